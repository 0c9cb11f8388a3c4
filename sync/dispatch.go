package sync

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"tandem/queries"
)

// What shall be told beyond the inbox is written down in the commit that tells the inbox of it, with the time at which it goes
// out: so once, whichever node follows the log, and a digest is what has gathered by its time. A letter is claimed before it is
// sent. Who ends in between leaves it to be tried again, so a letter whose taking was not heard of may come twice, under one id.

const (
	dispatchPage  = 200
	letterMost    = 200             // issues and comments that it tells of
	dispatchLease = 5 * time.Minute // longer than whoever takes letters is waited for
)

// ErrUndeliverable is what sending a letter fails with when it would fail always.
var ErrUndeliverable = errors.New("undeliverable")

// ErrGone is what sending a letter fails with when its browser takes no more.
var ErrGone = errors.New("the browser is gone")

// channel is a way out of the inbox.
type channel struct {
	push  bool
	kept  time.Duration // what could not be sent for so long is no news any more, and is dropped
	side  int           // letters that are sent side by side
	wants func(Preference, Reason) bool
}

var (
	byMail = channel{kept: 8 * 24 * time.Hour, side: 1, wants: Preference.mails} // longer than any digest waits
	byPush = channel{push: true, kept: 24 * time.Hour, side: 8, wants: Preference.pushes}
)

// Letter is what a member is told at one time, by e-mail or in a browser.
type Letter struct {
	Snapshot
	Actor     Actor
	Slug      string   // of the workspace
	Workspace string   // its name
	Browser   *Browser // nil: by e-mail
	Unread    int      // issues in the inbox, at most a hundred
	Items     []LetterItem
}

// LetterItem is one issue with why it is told of.
type LetterItem struct {
	IssueTitle
	Reason  Reason
	Actor   uuid.UUID // zero: the program
	Comment uuid.UUID // zero: none
	Body    string    // the comment's
	At      time.Time
	News    int64 // its V
}

// SendMail goes once through the mail whose time has come. What is read by now, or what its receiver may not see or does not
// want any more, is dropped. A letter that send could not send is tried again later, unless it said ErrUndeliverable.
func (e *Engine) SendMail(ctx context.Context, send func(context.Context, Letter) error) error {
	return e.dispatch(ctx, byMail, send)
}

// SendPush does the same for what is to be told in browsers. A browser of which send says ErrGone is forgotten. Letters to
// different browsers are sent side by side, so that a slow service of one does not keep the others waiting.
func (e *Engine) SendPush(ctx context.Context, send func(context.Context, Letter) error) error {
	return e.dispatch(ctx, byPush, send)
}

func (e *Engine) dispatch(ctx context.Context, by channel, send func(context.Context, Letter) error) error {
	now := e.clock(time.Now()).UTC()
	receivers, err := e.queries.ListReceivers(ctx, e.pool, queries.ListReceiversParams{Now: now, Push: by.push, Most: dispatchPage})
	if err != nil {
		return fmt.Errorf("list who is to be told: %w", err)
	}
	failed := make([]error, len(receivers))
	var group errgroup.Group
	group.SetLimit(by.side)
	for i, receiver := range receivers {
		group.Go(func() error {
			if err := e.sendTo(ctx, by, receiver, send); err != nil {
				failed[i] = fmt.Errorf("tell %s: %w", receiver.MemberID, err)
			}
			return nil
		})
	}
	_ = group.Wait() // one that fails leaves the others be
	return errors.Join(failed...)
}

func (e *Engine) sendTo(ctx context.Context, by channel, to queries.ListReceiversRow, send func(context.Context, Letter) error) error {
	now := e.clock(time.Now()).UTC() // a round may take longer than a claim lasts
	claim := uuid.Must(uuid.NewV7())
	tries, err := e.queries.ClaimDispatches(ctx, e.pool, queries.ClaimDispatchesParams{WorkspaceID: to.WorkspaceID, MemberID: to.MemberID,
		BrowserID: to.BrowserID, Claim: claim, Now: now, RetryAt: now.Add(dispatchLease)})
	if err != nil || len(tries) == 0 {
		return err
	}
	letter, err := e.letter(ctx, by, to, claim, now)
	if err == nil && len(letter.Items) > 0 {
		err = send(ctx, letter)
	}
	after := context.WithoutCancel(ctx)
	if errors.Is(err, ErrGone) && to.BrowserID != nil {
		err = e.queries.DeleteBrowser(after, e.pool, *to.BrowserID)
	}
	if told, ok := errors.AsType[*Error](err); ok && told.Kind == NotFound {
		err = nil // they are not here any more
	}
	if err != nil && !errors.Is(err, ErrUndeliverable) {
		later := queries.DelayDispatchesParams{WorkspaceID: to.WorkspaceID, MemberID: to.MemberID, Claim: claim, SendAt: now.Add(dispatchPause(tries))}
		return errors.Join(err, e.queries.DelayDispatches(after, e.pool, later))
	}
	done := queries.DeleteDispatchesParams{WorkspaceID: to.WorkspaceID, MemberID: to.MemberID, Claim: claim}
	return errors.Join(err, e.queries.DeleteDispatches(after, e.pool, done))
}

// dispatchPause is how long a letter waits that could not be sent: from a minute, doubling, up to an hour.
func dispatchPause(tries []int32) time.Duration {
	return min(time.Minute<<min(slices.Max(tries)-1, 6), time.Hour)
}

// letter is what of a claim is still to be told. NotFound when there is nobody there any more to be told.
func (e *Engine) letter(ctx context.Context, by channel, to queries.ListReceiversRow, claim uuid.UUID, now time.Time) (letter Letter, err error) {
	letter = Letter{Actor: Actor{to.WorkspaceID, to.MemberID}, Slug: to.Slug, Workspace: to.Name}
	if to.BrowserID != nil {
		if letter.Browser, err = e.browser(ctx, *to.BrowserID); err != nil {
			return letter, err
		}
	}
	var rows *[]queries.ListDispatchesRow
	var unread *[]uuid.UUID
	letter.Snapshot, err = e.read(ctx, letter.Actor, func(p *queries.Pipeline, s Snapshot) error {
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListDispatchesRow, error) {
			return e.queries.ListDispatches(ctx, db, queries.ListDispatchesParams{WorkspaceID: to.WorkspaceID, MemberID: to.MemberID, Claim: claim, Now: now,
				Since: now.Add(-by.kept), Most: letterMost, TeamIDs: s.who.visibleTeams()})
		})
		unread = e.askUnread(ctx, p, s, letter.Actor, now)
		return nil
	})
	if err != nil {
		return letter, err
	}
	letter.Unread = len(unreadOf(letter.Snapshot, *unread).Issues)
	wishes := letter.Preference()
	slices.SortFunc(*rows, func(a, b queries.ListDispatchesRow) int {
		return cmp.Or(bytes.Compare(a.TeamID[:], b.TeamID[:]), a.At.Compare(b.At), cmp.Compare(a.Version, b.Version))
	})
	for _, row := range *rows {
		if by.wants(wishes, Reason(row.Reason)) {
			letter.Items = append(letter.Items, letterItem(row))
		}
	}
	return letter, nil
}

func letterItem(row queries.ListDispatchesRow) LetterItem {
	item := LetterItem{IssueTitle: IssueTitle{ID: row.ID, Team: row.TeamID, Number: row.Number, Title: row.Title}, Reason: Reason(row.Reason),
		Body: row.Body, At: row.At, News: row.Version}
	if row.ActorID != nil {
		item.Actor = *row.ActorID
	}
	if row.CommentID != nil && row.Body != "" {
		item.Comment = *row.CommentID
	}
	return item
}

// planDispatch says when what was found goes out, and on which ways: by e-mail where there is one, and to the browsers of whoever has any.
func (n *news) planDispatch(now time.Time, mails bool) {
	for _, item := range n.list {
		wishes := n.words.preferenceOf(item.member)
		if wishes.pushes(item.told.reason) {
			item.pushAt = now
		}
		switch {
		case !mails || !wishes.mails(item.told.reason):
		case item.told.reason.AtOnce():
			item.mailAt = now
		default:
			item.mailAt = nextDigest(wishes.Digest, now.In(n.zone(item.team)))
		}
	}
}
