package sync

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

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
	if errors.Is(err, pgx.ErrNoRows) {
		return Actor{}, notFound("This link")
	}
	if err != nil {
		return Actor{}, err
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
	ops := snapshot.Preference().Writes(map[string]any{"mail": []any{}})
	_, err = e.Apply(ctx, actor, uuid.Must(uuid.NewV7()), Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Unsubscribe from e-mail", Ops: ops})
	return err
}

func (e *Engine) sign(ctx context.Context, what string, actor Actor) ([]byte, error) {
	secret, err := e.secret(ctx, what, func() ([]byte, error) {
		fresh := make([]byte, 32)
		_, _ = rand.Read(fresh) // never fails: crypto/rand ends the program instead
		return fresh, nil
	})
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(actor.Workspace[:])
	mac.Write(actor.Member[:])
	return mac.Sum(nil), nil
}
