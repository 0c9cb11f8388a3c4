package sync

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// mostUnread bounds the count of what is unread; past it people only want to know that it is much.
const mostUnread = 100

// InboxRow is an issue that the reader was told of.
type InboxRow struct {
	IssueTitle
	Version    int64 // of the newest that was told
	Reason     Reason
	Actor      uuid.UUID // zero: the program
	Comment    uuid.UUID // where the newest stands; zero: no comment
	At         time.Time
	Unread     int
	Subscribed bool
}

// Inbox is what somebody was told, newest first.
type Inbox struct {
	Snapshot
	Rows []InboxRow
	More string
}

// InboxView is a part of one's inbox.
type InboxView struct {
	Done  bool   // what was put away, else what is there to be looked at
	After string // More of the page before
}

// Inbox reads a part of the reader's inbox, as true as the log: what was written before is in it.
func (e *Engine) Inbox(ctx context.Context, actor Actor, view InboxView) (Inbox, error) {
	before, err := parseVersion(view.After)
	if err != nil {
		return Inbox{}, err
	}
	var page Inbox
	var rows *[]queries.ListInboxRow
	page.Snapshot, _, err = e.readInbox(ctx, actor, func(p *queries.Pipeline, s Snapshot, now time.Time) {
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListInboxRow, error) {
			return e.queries.ListInbox(ctx, db, queries.ListInboxParams{WorkspaceID: actor.Workspace, MemberID: actor.Member, Done: view.Done,
				Before: before, Now: now, TeamIDs: s.who.visibleTeams(), Most: PageSize + 1})
		})
	})
	if err != nil {
		return Inbox{}, err
	}
	for _, row := range *rows {
		page.Rows = append(page.Rows, inboxRow(row))
	}
	if len(page.Rows) > PageSize {
		page.cut()
	}
	return page, nil
}

// cut leaves what lies behind the page for the next one. One transaction's rows stay together.
func (i *Inbox) cut() {
	last := i.Rows[PageSize-1].Version
	for at := PageSize; at < len(i.Rows); at++ {
		if i.Rows[at].Version != last {
			i.Rows, i.More = i.Rows[:at], formatVersion(last)
			return
		}
	}
}

func inboxRow(row queries.ListInboxRow) InboxRow {
	r := InboxRow{IssueTitle: IssueTitle{ID: row.ID, Team: row.TeamID, Number: row.Number, Title: row.Title, Status: row.StatusID},
		Version: row.Version, Reason: Reason(row.Reason), At: row.At, Unread: int(row.Unread), Subscribed: row.Subscribed}
	if row.ActorID != nil {
		r.Actor = *row.ActorID
	}
	if row.CommentID != nil {
		r.Comment = *row.CommentID
	}
	return r
}

// Unread is how much of an inbox was not read yet.
type Unread struct {
	Snapshot
	Issues []uuid.UUID // newest first, at most a hundred
	More   bool        // there are more
}

// Unread reads what the reader has not read yet.
func (e *Engine) Unread(ctx context.Context, actor Actor) (Unread, error) {
	var issues *[]uuid.UUID
	snapshot, _, err := e.readInbox(ctx, actor, func(p *queries.Pipeline, s Snapshot, now time.Time) {
		issues = e.askUnread(ctx, p, s, actor, now)
	})
	if err != nil {
		return Unread{}, err
	}
	return unreadOf(snapshot, *issues), nil
}

func (e *Engine) askUnread(ctx context.Context, p *queries.Pipeline, s Snapshot, actor Actor, now time.Time) *[]uuid.UUID {
	return queries.Ask(p, func(db queries.DBTX) ([]uuid.UUID, error) {
		return e.queries.ListUnread(ctx, db, queries.ListUnreadParams{WorkspaceID: actor.Workspace, MemberID: actor.Member, Now: now,
			TeamIDs: s.who.visibleTeams(), Most: mostUnread + 1})
	})
}

func unreadOf(s Snapshot, issues []uuid.UUID) Unread {
	return Unread{s, issues[:min(len(issues), mostUnread)], len(issues) > mostUnread}
}

// InboxFreshness tells when a page of the reader's inbox last changed. Its Marks are how often the rows were, and which
// issues are shown: one goes when it goes out of sight and comes when it wakes, and nothing that is left tells of it.
func (e *Engine) InboxFreshness(ctx context.Context, actor Actor, view InboxView) (Freshness, error) {
	before, err := parseVersion(view.After)
	if err != nil {
		return Freshness{}, err
	}
	var shown *queries.GetInboxShownRow
	snapshot, known, err := e.readInbox(ctx, actor, func(p *queries.Pipeline, s Snapshot, now time.Time) {
		shown = queries.Ask(p, func(db queries.DBTX) (queries.GetInboxShownRow, error) {
			return e.queries.GetInboxShown(ctx, db, queries.GetInboxShownParams{WorkspaceID: actor.Workspace, MemberID: actor.Member, Done: view.Done,
				Before: before, Now: now, TeamIDs: s.who.visibleTeams(), Most: PageSize + 1})
		})
	})
	if err != nil {
		return Freshness{}, err
	}
	marks := strconv.FormatInt(known.Revision, 36) + "." + shown.Issues
	return Freshness{Snapshot: snapshot, Stale: max(shown.Version, known.Vocabulary), Marks: marks}, nil
}

// readInbox reads when nothing in the log can be news to the reader that was not followed yet. Where others write faster
// than that, the snapshot says how far it was, and what comes later makes it stale again.
func (e *Engine) readInbox(ctx context.Context, actor Actor, ask func(*queries.Pipeline, Snapshot, time.Time)) (Snapshot, queries.GetInboxStateRow, error) {
	now := e.clock(time.Now()).UTC()
	for tries := 0; ; tries++ {
		var state *queries.GetInboxStateRow
		snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
			state = queries.Ask(p, func(db queries.DBTX) (queries.GetInboxStateRow, error) {
				return e.queries.GetInboxState(ctx, db, queries.GetInboxStateParams{WorkspaceID: actor.Workspace, MemberID: actor.Member})
			})
			ask(p, s, now)
			return nil
		})
		if err != nil {
			return snapshot, queries.GetInboxStateRow{}, err
		}
		if state.Followed >= state.Told {
			return snapshot, *state, nil
		}
		if tries == 3 {
			snapshot.Version = min(snapshot.Version, state.Followed)
			return snapshot, *state, nil
		}
		if err := e.follow(ctx, actor.Workspace); err != nil {
			return Snapshot{}, *state, err
		}
	}
}

// Mark is what a reader does with a row of their inbox; nil leaves as it is.
type Mark struct {
	Seen  int64 // the row's Version that they saw: what came later is neither read nor done; zero: whatever there is
	Read  *bool
	Done  *bool
	Until *time.Time // asleep until then; the zero time wakes it
}

// UntilActivity is the time until which sleeps what only news of any sort shall wake: a row of an inbox, or an issue in triage.
func UntilActivity() time.Time { return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }

// MarkInbox marks the reader's row of an issue. NotFound when there is none, or the issue is not theirs to see.
func (e *Engine) MarkInbox(ctx context.Context, actor Actor, issue uuid.UUID, mark Mark) error {
	snapshot, err := e.Look(ctx, actor)
	if err != nil {
		return err
	}
	wanted := queries.MarkInboxParams{WorkspaceID: actor.Workspace, MemberID: actor.Member, IssueID: issue, TeamIDs: snapshot.who.visibleTeams(),
		Seen: cmp.Or(mark.Seen, math.MaxInt64), Read: mark.Read, Done: mark.Done}
	if mark.Until != nil {
		wanted.Sleep = true
		if !mark.Until.IsZero() {
			wanted.SnoozedUntil = mark.Until
		}
	}
	count, err := e.queries.MarkInbox(ctx, e.pool, wanted)
	if err != nil {
		return fmt.Errorf("mark the inbox: %w", err)
	}
	if count == 0 {
		return notFound("This issue")
	}
	return nil
}

// parseVersion reads where a page of the inbox begins; without one it begins at the newest.
func parseVersion(raw string) (int64, error) {
	if raw == "" {
		return math.MaxInt64, nil
	}
	decoded, err := base64.RawURLEncoding.DecodeString(raw)
	version, wrong := strconv.ParseInt(string(decoded), 10, 64)
	if err = firstError(err, wrong); err != nil {
		return 0, invalid("after", "This page no longer exists; start from the first one.")
	}
	return version, nil
}

func formatVersion(version int64) string {
	return base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, version, 10))
}
