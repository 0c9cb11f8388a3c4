package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// A passkey is a secret of its person, as a password is, so no record of any workspace: it opens all that they are in. Whether a
// browser has one is proved by whoever knows the protocol of authenticators; here is what must be remembered of it.

const (
	passkeysKept = 20   // of a person
	longestKey   = 1024 // bytes; longer ones take long to check, and whoever signs in is not known before
)

var errTooManyPasskeys = invalid("passkey", fmt.Sprintf("You have %d passkeys. Remove one that you no longer use, then add this one.", passkeysKept))

// Passkey is a key pair whose private half never leaves somebody's device or password manager.
type Passkey struct {
	ID         uuid.UUID
	Person     uuid.UUID
	Credential []byte // the authenticator's own name of it
	PublicKey  []byte // COSE
	SignCount  uint32 // how often it was used, as the authenticator counts; zero where it does not
	Synced     bool   // may be on several devices; never changes
	Name       string
	CreatedAt  time.Time
	LastUsedAt *time.Time // nil: never
}

// Passkeys lists the passkeys of a person, oldest first.
func (e *Engine) Passkeys(ctx context.Context, person uuid.UUID) ([]Passkey, error) {
	rows, err := e.queries.ListPasskeys(ctx, e.pool, person)
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	passkeys := make([]Passkey, len(rows))
	for i, row := range rows {
		passkeys[i] = passkeyOf(row)
	}
	return passkeys, nil
}

// PasskeyOf finds a person's passkey by the authenticator's name of it; NotFound when it is not theirs, or no longer.
func (e *Engine) PasskeyOf(ctx context.Context, person uuid.UUID, credential []byte) (Passkey, error) {
	row, err := e.queries.GetPasskey(ctx, e.pool, queries.GetPasskeyParams{CredentialID: credential, PersonID: person})
	if errors.Is(err, pgx.ErrNoRows) {
		return Passkey{}, notFound("This passkey")
	}
	if err != nil {
		return Passkey{}, fmt.Errorf("read the passkey: %w", err)
	}
	return passkeyOf(row), nil
}

func passkeyOf(row queries.Passkey) Passkey {
	return Passkey{row.ID, row.PersonID, row.CredentialID, row.PublicKey, uint32(row.SignCount), row.BackupEligible, row.Name, row.CreatedAt, row.LastUsedAt}
}

// MayAddPasskey tells whether somebody may add a passkey to those that they have. Forbidden in a session that began long ago:
// whoever finds it open must not stay for good. Invalid when there are too many.
func (e *Engine) MayAddPasskey(ctx context.Context, session Token, kept []Passkey) error {
	began, err := e.queries.GetSessionStart(ctx, e.pool, session.hash())
	if errors.Is(err, pgx.ErrNoRows) {
		return errSignedOut
	}
	if err != nil {
		return fmt.Errorf("read when the session began: %w", err)
	}
	if time.Since(began) > ChallengeLife {
		return forbidden("You signed in some time ago. Sign out and in again, then add it within a quarter of an hour.")
	}
	if len(kept) >= passkeysKept {
		return errTooManyPasskeys
	}
	return nil
}

// AddPasskey gives a person a passkey that the caller has proved to be theirs. Invalid for a name that is none, for one that is
// there already, for a key that is too long, and when there are too many.
func (e *Engine) AddPasskey(ctx context.Context, passkey Passkey) error {
	name, wrong := line(80).read(passkey.Name)
	if wrong != "" {
		return invalid("name", wrong)
	}
	if len(passkey.PublicKey) > longestKey {
		return invalid("passkey", "The key of this passkey is too long to be checked at each sign-in. Add one of another device or password manager.")
	}
	made, err := e.queries.InsertPasskey(ctx, e.pool, queries.InsertPasskeyParams{ID: uuid.Must(uuid.NewV7()), PersonID: passkey.Person, CredentialID: passkey.Credential,
		PublicKey: passkey.PublicKey, SignCount: int64(passkey.SignCount), BackupEligible: passkey.Synced, Name: text(name), Most: passkeysKept})
	if told := domainError(err); told != nil {
		return told
	}
	if err != nil {
		return fmt.Errorf("add a passkey: %w", err)
	}
	if made == 0 {
		return errTooManyPasskeys
	}
	return nil
}

// RenamePasskey names a passkey of a person anew. NotFound when they have none of this id.
func (e *Engine) RenamePasskey(ctx context.Context, person, id uuid.UUID, wish string) error {
	name, wrong := line(80).read(wish)
	if wrong != "" {
		return invalid("name", wrong)
	}
	named, err := e.queries.SetPasskeyName(ctx, e.pool, queries.SetPasskeyNameParams{Name: text(name), ID: id, PersonID: person})
	if err != nil {
		return fmt.Errorf("rename a passkey: %w", err)
	}
	if named == 0 {
		return notFound("This passkey")
	}
	return nil
}

// RemovePasskey makes a passkey of a person open nothing any more, and ends the sessions that it opened. NotFound when they have
// none of this id.
func (e *Engine) RemovePasskey(ctx context.Context, person, id uuid.UUID) error {
	removed, err := e.queries.DeletePasskey(ctx, e.pool, queries.DeletePasskeyParams{ID: id, PersonID: person})
	if err != nil {
		return fmt.Errorf("remove a passkey: %w", err)
	}
	if removed == 0 {
		return notFound("This passkey")
	}
	e.account.sessions.purge() // it knows secrets, not passkeys; reading the others again is cheap
	return nil
}

// SignInWith opens a session for whoever has proved to hold a passkey, which ends with it, and remembers the count of its use.
// Invalid when the passkey is gone, or the count did not grow: then somebody has a copy of it.
func (e *Engine) SignInWith(ctx context.Context, passkey Passkey, count uint32, userAgent string) (token Token, err error) {
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		used, err := e.queries.UsePasskey(ctx, tx, queries.UsePasskeyParams{SignCount: int64(count), ID: passkey.ID})
		if err != nil {
			return fmt.Errorf("use a passkey: %w", err)
		}
		if used == 0 {
			return invalid("passkey", "This passkey was removed, or was used more often elsewhere, as a copy would be. Sign in with your password and look at your passkeys.")
		}
		token, err = e.openSession(ctx, tx, passkey.Person, &passkey.ID, userAgent)
		return err
	})
	return token, err
}
