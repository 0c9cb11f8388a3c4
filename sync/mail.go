package sync

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// What shall be told by e-mail is written down in the commit that tells the inbox of it, with the time at which it goes out: so
// once, whichever node follows the log, and a digest is what has gathered by its time. A letter is claimed before it is sent.
// Who ends in between leaves it to be tried again, so a letter whose taking was not heard of may come twice, under one id.

const (
	mailPage  = 200
	mailLease = 5 * time.Minute    // longer than any server of mail is waited for
	mailKept  = 8 * 24 * time.Hour // longer than any digest waits
)

// ErrUndeliverable is what sending a letter fails with when it would fail always.
var ErrUndeliverable = errors.New("undeliverable")

// Letter is what a member is told by e-mail at one time.
type Letter struct {
	Snapshot
	Actor     Actor
	Slug      string // of the workspace
	Workspace string // its name
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
	now := e.clock(time.Now()).UTC()
	if err := e.queries.DeleteOldMail(ctx, e.pool, now.Add(-mailKept)); err != nil {
		return fmt.Errorf("forget old mail: %w", err)
	}
	receivers, err := e.queries.ListMailReceivers(ctx, e.pool, queries.ListMailReceiversParams{Now: now, Most: mailPage})
	if err != nil {
		return fmt.Errorf("list who has mail: %w", err)
	}
	var failed error
	for _, receiver := range receivers {
		if err := e.sendTo(ctx, receiver, now, send); err != nil {
			failed = errors.Join(failed, fmt.Errorf("send mail to %s: %w", receiver.MemberID, err))
		}
	}
	return failed
}

func (e *Engine) sendTo(ctx context.Context, to queries.ListMailReceiversRow, now time.Time, send func(context.Context, Letter) error) error {
	claim := uuid.Must(uuid.NewV7())
	tries, err := e.queries.ClaimMail(ctx, e.pool, queries.ClaimMailParams{WorkspaceID: to.WorkspaceID, MemberID: to.MemberID,
		Claim: claim, Now: now, RetryAt: now.Add(mailLease)})
	if err != nil || len(tries) == 0 {
		return err
	}
	letter, err := e.letter(ctx, to, claim, now)
	if err == nil && len(letter.Items) > 0 {
		err = send(ctx, letter)
	}
	if told, ok := errors.AsType[*Error](err); ok && told.Kind == NotFound {
		err = nil // they are not here any more
	}
	if err != nil && !errors.Is(err, ErrUndeliverable) {
		later := queries.DelayMailParams{WorkspaceID: to.WorkspaceID, MemberID: to.MemberID, Claim: claim, SendAt: now.Add(mailPause(tries))}
		return errors.Join(err, e.queries.DelayMail(context.WithoutCancel(ctx), e.pool, later))
	}
	done := queries.DeleteMailParams{WorkspaceID: to.WorkspaceID, MemberID: to.MemberID, Claim: claim}
	return errors.Join(err, e.queries.DeleteMail(context.WithoutCancel(ctx), e.pool, done))
}

// mailPause is how long a letter waits that could not be sent: from a minute, doubling, up to an hour.
func mailPause(tries []int32) time.Duration {
	return min(time.Minute<<min(slices.Max(tries)-1, 6), time.Hour)
}

// letter is what of claimed mail is still to be told.
func (e *Engine) letter(ctx context.Context, to queries.ListMailReceiversRow, claim uuid.UUID, now time.Time) (Letter, error) {
	letter := Letter{Actor: Actor{to.WorkspaceID, to.MemberID}, Slug: to.Slug, Workspace: to.Name}
	var rows *[]queries.ListMailRow
	var err error
	letter.Snapshot, err = e.read(ctx, letter.Actor, func(p *queries.Pipeline, s Snapshot) error {
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListMailRow, error) {
			return e.queries.ListMail(ctx, db, queries.ListMailParams{WorkspaceID: to.WorkspaceID, MemberID: to.MemberID, Claim: claim, Now: now, TeamIDs: s.who.visibleTeams()})
		})
		return nil
	})
	if err != nil {
		return letter, err
	}
	wishes := letter.Preference()
	for _, row := range *rows {
		if wishes.mails(Reason(row.Reason)) {
			letter.Items = append(letter.Items, letterItem(row))
		}
	}
	return letter, nil
}

func letterItem(row queries.ListMailRow) LetterItem {
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

// planMail says when what was found goes out by e-mail.
func (n *news) planMail(now time.Time) {
	for _, item := range n.list {
		wishes := n.words.preferenceOf(item.member)
		switch {
		case !wishes.mails(item.mail.reason):
		case item.mail.reason.AtOnce():
			item.sendAt = now
		default:
			item.sendAt = nextDigest(wishes.Digest, now.In(n.zone(item.team)))
		}
	}
}

// nextDigest is when the next letter goes out, by the clock of a team.
func nextDigest(frequency string, now time.Time) time.Time {
	hour := func(of int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day(), of, 0, 0, 0, now.Location())
	}
	switch frequency {
	case DigestHourly:
		return hour(now.Hour() + 1)
	case DigestDaily, DigestWeekly:
		next := hour(morning)
		for !next.After(now) || frequency == DigestWeekly && next.Weekday() != time.Monday {
			next = next.AddDate(0, 0, 1)
		}
		return next
	}
	return hour(now.Hour() - now.Hour()%4 + 4)
}

// UnsubscribeToken signs a link by which a member turns e-mail off without signing in.
func (e *Engine) UnsubscribeToken(ctx context.Context, actor Actor) (string, error) {
	sum, err := e.sign(ctx, "unsubscribe", actor)
	return base64.RawURLEncoding.EncodeToString(append(actor.Member[:], sum...)), err
}

// Unsubscriber finds whose link a token is of. NotFound for one that was not signed here.
func (e *Engine) Unsubscriber(ctx context.Context, slug, token string) (Actor, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 16+sha256.Size {
		return Actor{}, notFound("This link")
	}
	workspace, err := e.queries.GetWorkspaceIDBySlug(ctx, e.pool, slug)
	if err != nil {
		return Actor{}, notFound("This link")
	}
	actor := Actor{Workspace: workspace, Member: uuid.UUID(raw[:16])}
	sum, err := e.sign(ctx, "unsubscribe", actor)
	if err != nil {
		return Actor{}, err
	}
	if !hmac.Equal(sum, raw[16:]) {
		return Actor{}, notFound("This link")
	}
	return actor, nil
}

// NoMail turns all e-mail to a member off. The client is the link that they followed: once more changes nothing.
func (e *Engine) NoMail(ctx context.Context, actor Actor) error {
	snapshot, err := e.Look(ctx, actor)
	if err != nil {
		return err
	}
	wishes := snapshot.Preference()
	op := Operation{Op: Create, Record: NewRef("preference", wishes.ID), Set: map[string]any{"mail": []any{}}}
	if wishes.Version > 0 {
		op.Op, op.Base = Set, &wishes.Version
	}
	_, err = e.Apply(ctx, actor, uuid.Must(uuid.NewV7()), Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Unsubscribe from e-mail", Ops: []Operation{op}})
	return err
}

func (e *Engine) sign(ctx context.Context, what string, actor Actor) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails: crypto/rand ends the program instead
	if err := e.queries.InsertSecretIfNew(ctx, e.pool, queries.InsertSecretIfNewParams{Name: what, Value: fresh}); err != nil {
		return nil, fmt.Errorf("make the secret of links: %w", err)
	}
	secret, err := e.queries.GetSecret(ctx, e.pool, what)
	if err != nil {
		return nil, fmt.Errorf("read the secret of links: %w", err)
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(actor.Workspace[:])
	mac.Write(actor.Member[:])
	return mac.Sum(nil), nil
}
