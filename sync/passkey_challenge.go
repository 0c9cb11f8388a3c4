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

// ChallengeLife is how long a challenge can be answered.
const ChallengeLife = 15 * time.Minute

const challengesKept = 10 // of a browser, or of a person: one for each page that waits

// ChallengeToAdd remembers what a person's browser must sign to add a passkey. It may be answered once, within ChallengeLife, with
// the secret that is returned: the one that the browser holds for other pages of its own, or a new one when that is "".
func (e *Engine) ChallengeToAdd(ctx context.Context, person uuid.UUID, browser Token, value string) (Token, error) {
	return e.challenge(ctx, &person, browser, value)
}

// ChallengeToSignIn is ChallengeToAdd for whoever signs in. How many may be asked for is limited for where they come from.
func (e *Engine) ChallengeToSignIn(ctx context.Context, from string, browser Token, value string) (Token, error) {
	if !e.account.mayAsk("challenge " + network(from)) {
		return "", errTooManyTries
	}
	return e.challenge(ctx, nil, browser, value)
}

func (e *Engine) challenge(ctx context.Context, person *uuid.UUID, browser Token, value string) (Token, error) {
	if browser == "" {
		browser = NewToken()
	}
	made := queries.InsertPasskeyChallengeParams{TokenHash: browser.hash(), Value: []byte(value), PersonID: person, ExpiresAt: time.Now().Add(ChallengeLife)}
	if err := e.queries.InsertPasskeyChallenge(ctx, e.pool, made); err != nil {
		return "", fmt.Errorf("remember a challenge: %w", err)
	}
	older := queries.DeleteOlderPasskeyChallengesParams{TokenHash: made.TokenHash, PersonID: person, Kept: challengesKept}
	if err := e.queries.DeleteOlderPasskeyChallenges(ctx, e.pool, older); err != nil {
		return "", fmt.Errorf("forget older challenges: %w", err)
	}
	return browser, nil
}

// AnswerToAdd takes the challenge that a person's browser says to answer. Invalid when it has none of this value, or no longer.
func (e *Engine) AnswerToAdd(ctx context.Context, person uuid.UUID, browser Token, value string) error {
	return e.answer(ctx, &person, browser, value)
}

// TryPasskey counts a try to sign in with a passkey; an error when there are too many from where it comes. It is asked before the
// answer is read.
func (e *Engine) TryPasskey(from string) error {
	if !e.account.mayAsk("answer " + network(from)) {
		return errTooManyTries
	}
	return nil
}

// AnswerToSignIn is AnswerToAdd for whoever signs in.
func (e *Engine) AnswerToSignIn(ctx context.Context, browser Token, value string) error {
	return e.answer(ctx, nil, browser, value)
}

func (e *Engine) answer(ctx context.Context, person *uuid.UUID, browser Token, value string) error {
	row, err := e.queries.TakePasskeyChallenge(ctx, e.pool, queries.TakePasskeyChallengeParams{TokenHash: browser.hash(), Value: []byte(value)})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("take a challenge: %w", err)
	}
	same := (row.PersonID == nil) == (person == nil) && (person == nil || *row.PersonID == *person)
	if err != nil || !row.Fresh || !same {
		return invalid("passkey", "This took too long, or was sent twice. Try again.")
	}
	return nil
}
