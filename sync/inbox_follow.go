package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// The inboxes are made from the log by whoever comes first: a reader who finds that news may be missing, or a round that
// every node makes for those who do not look. One follows a workspace's log at a time, and moves its cursor in the commit
// that holds what was found, so that each line is looked at once, whatever ends in between.

const (
	newsPage    = 1000 // lines that are looked at in one transaction
	followEvery = 15 * time.Second
	followTime  = time.Minute
	inboxKept   = 500 // rows of a member, the newest
)

// followLogs goes round until the engine stops.
func (e *Engine) followLogs() {
	for pause(e.background, followEvery); e.background.Err() == nil; pause(e.background, followEvery) {
		if err := e.followAll(e.background); err != nil && e.background.Err() == nil {
			e.logger.WarnContext(e.background, "following the logs failed; the next round tries again", "err", err)
		}
	}
}

// followAll brings the inboxes of all workspaces to the heads of their logs. One that fails leaves the others be.
func (e *Engine) followAll(ctx context.Context) error {
	const page = 500
	var failed error
	for after := uuid.Nil; ; {
		behind, err := e.queries.ListInboxLags(ctx, e.pool, queries.ListInboxLagsParams{After: after, Most: page})
		if err != nil {
			return errors.Join(failed, fmt.Errorf("list what to follow: %w", err))
		}
		for _, workspace := range behind {
			failed = errors.Join(failed, e.follow(ctx, workspace))
			after = workspace
		}
		if len(behind) < page || ctx.Err() != nil {
			return failed
		}
	}
}

// follow brings the inboxes of a workspace to the head of its log, or at least to where it was when this was called by
// all who wait for it. Those who ask at once wait for one: each would hold a connection while it waits for the cursor.
func (e *Engine) follow(ctx context.Context, workspace uuid.UUID) error {
	done := e.following.DoChan(workspace.String(), func() (any, error) {
		ctx, cancel := context.WithTimeout(e.background, followTime)
		defer cancel()
		return nil, e.followNow(ctx, workspace)
	})
	select {
	case answer := <-done:
		return answer.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Engine) followNow(ctx context.Context, workspace uuid.UUID) error {
	for more := true; more; {
		err := pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) (err error) {
			more, err = e.followPage(ctx, tx, workspace)
			return err
		})
		if err != nil {
			return fmt.Errorf("follow the log of %s: %w", workspace, err)
		}
	}
	return nil
}

// followPage looks at whole versions behind the cursor. V has gaps where an epoch began and where the log was cut; both
// are gone over.
func (e *Engine) followPage(ctx context.Context, tx pgx.Tx, workspace uuid.UUID) (more bool, err error) {
	if err := e.queries.InsertInboxCursorIfNew(ctx, tx, workspace); err != nil {
		return false, err
	}
	since, err := e.queries.LockInboxCursor(ctx, tx, workspace)
	if err != nil {
		return false, err
	}
	until, err := e.queries.GetNewsEnd(ctx, tx, queries.GetNewsEndParams{WorkspaceID: workspace, Since: since, Most: newsPage})
	if err != nil || until == since {
		return false, err
	}
	page := queries.ListNewsParams{WorkspaceID: workspace, Since: since, Until: until}
	lines, err := e.queries.ListNews(ctx, tx, page)
	if err != nil {
		return false, err
	}
	found, err := e.newsIn(ctx, tx, page, lines)
	if err != nil {
		return false, err
	}
	if err := e.putNews(ctx, tx, workspace, found); err != nil {
		return false, err
	}
	return true, e.queries.UpdateInboxCursor(ctx, tx, queries.UpdateInboxCursorParams{WorkspaceID: workspace, Version: until})
}

// newsIn works out whom the lines of a page are news to, and why.
func (e *Engine) newsIn(ctx context.Context, tx pgx.Tx, page queries.ListNewsParams, rows []queries.ListNewsRow) (*news, error) {
	if len(rows) == 0 {
		return newNews(nil, nil), nil
	}
	head, err := e.queries.GetHead(ctx, tx, page.WorkspaceID)
	if err != nil {
		return nil, fmt.Errorf("read the head: %w", err)
	}
	words, err := e.newsWords(ctx, tx, page.WorkspaceID, head.Vocabulary)
	if err != nil {
		return nil, err
	}
	n := newNews(words, e.newHandles)
	lines, err := n.decode(rows)
	if err != nil {
		return nil, err
	}
	if err := e.newsAround(ctx, tx, queries.ListSubscribersParams{WorkspaceID: page.WorkspaceID, Since: page.Since, Until: page.Until}, n, lines); err != nil {
		return nil, err
	}
	for _, line := range lines {
		n.take(line)
	}
	return n, nil
}

// newsAround reads whom lines concern beyond those whom they name: the subscribers, and those whose work waited for what was closed.
func (e *Engine) newsAround(ctx context.Context, tx pgx.Tx, page queries.ListSubscribersParams, n *news, lines []newsLine) error {
	var followed, closed []uuid.UUID
	for _, line := range lines {
		if line.closes {
			closed = append(closed, line.IssueID)
		}
		if line.tellsSubscribers() {
			followed = append(followed, line.IssueID)
		}
	}
	if len(followed) == 0 {
		return nil
	}
	var p queries.Pipeline // on this connection: to wait for another one while many wait for this could take for ever
	blocked := ask(&p, len(closed), func(db queries.DBTX) ([]queries.ListUnblockedRow, error) {
		return e.queries.ListUnblocked(ctx, db, queries.ListUnblockedParams{WorkspaceID: page.WorkspaceID, Blockers: closed})
	})
	had := queries.Ask(&p, func(db queries.DBTX) ([]queries.ListSubscribersRow, error) {
		page.IssueIDs = followed
		return e.queries.ListSubscribers(ctx, db, page)
	})
	if err := p.Send(ctx, tx.Conn()); err != nil {
		return fmt.Errorf("read what is blocked and who subscribes: %w", err)
	}
	for _, row := range *blocked {
		n.blocked[row.BlockerID] = append(n.blocked[row.BlockerID], row)
	}
	for _, row := range *had {
		members, err := decodeSet(row.Subscribers)
		if err != nil {
			return fmt.Errorf("read subscribers at %d: %w", row.Version, err)
		}
		n.had[row.IssueID] = append(n.had[row.IssueID], followers{row.Version, members})
	}
	return nil
}

// newsWords is the vocabulary in memory if it is still that of the table, else as it is there. That may be a later one by now,
// so nobody else is given it.
func (e *Engine) newsWords(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, version int64) (*vocabulary, error) {
	if known := e.words.get(workspace); known != nil && known.version == version {
		return known, nil
	}
	var p queries.Pipeline
	questions := askVocabulary(ctx, &p, e.queries, workspace)
	if err := p.Send(ctx, tx.Conn()); err != nil {
		return nil, fmt.Errorf("read the vocabulary: %w", err)
	}
	return questions.build(0), nil
}

// putNews writes down what was found, and forgets of each member's inbox what lies too deep to be looked at.
func (e *Engine) putNews(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, found *news) error {
	if len(found.list) == 0 {
		return nil
	}
	found.planDispatch(e.clock(time.Now()), e.mails)
	var made rows
	members := map[uuid.UUID]bool{}
	for _, one := range found.list {
		made.news(one)
		members[one.member] = true
	}
	if err := e.queries.UpsertInbox(ctx, tx, queries.UpsertInboxParams{WorkspaceID: workspace, Rows: made.all(), Activity: UntilActivity()}); err != nil {
		return err
	}
	told := slices.Collect(maps.Keys(members))
	return e.queries.DeleteInboxBeyond(ctx, tx, queries.DeleteInboxBeyondParams{WorkspaceID: workspace, MemberIDs: told, Most: inboxKept - 1})
}

func (r *rows) news(n *newsItem) {
	r.begin()
	r.put("member_id", n.member)
	r.put("issue_id", n.issue)
	r.put("version", n.version)
	r.put("reason", string(n.reason))
	r.optional("actor_id", n.actor)
	r.optional("comment_id", n.comment)
	r.put("at", n.at)
	r.put("unread", int64(n.unread))
	r.put("wakes", n.wakes)
	r.put("told_reason", string(n.told.reason))
	r.optional("told_actor_id", n.told.actor)
	r.optional("told_comment_id", n.told.comment)
	if !n.mailAt.IsZero() {
		r.put("mail_at", n.mailAt)
	}
	if !n.pushAt.IsZero() {
		r.put("push_at", n.pushAt)
	}
	r.end()
}

// decodeSet reads a set of references.
func decodeSet(raw []byte) (set []string, err error) {
	err = json.Unmarshal(raw, &set)
	return set, err
}
