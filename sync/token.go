package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// tokenPrefix tells an access token from the secret of a session, and lets scanners for leaked secrets know it.
const tokenPrefix = "tandem_"

// What an access token may do.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// Grant is what an access token lets in: a person, in one workspace, with their own rights or to read alone.
type Grant struct {
	Person   Person
	Slug     string
	ReadOnly bool
}

// AccessToken describes a token to its owner. What it opens with is shown once, when it is made.
type AccessToken struct {
	ID         uuid.UUID
	Name       string
	Scope      string
	Email      string // whose it is
	CreatedAt  time.Time
	LastUsedAt *time.Time // nil: never; otherwise some minutes exact
	ExpiresAt  *time.Time // nil: when it is revoked
}

// NewAccessToken is what is asked for. A zero Life means until it is revoked.
type NewAccessToken struct {
	Person    uuid.UUID
	Workspace uuid.UUID
	Name      string
	Scope     string
	Life      time.Duration
}

// CreateToken makes an access token. The caller has made sure that the person is in the workspace; one who leaves it takes
// what the token opens with them.
func (e *Engine) CreateToken(ctx context.Context, wanted NewAccessToken) (Token, error) {
	if wanted.Scope != ScopeRead && wanted.Scope != ScopeWrite {
		return "", invalid("scope", "Choose read or write.")
	}
	name, wrong := phrase(80).read(wanted.Name)
	if wrong != "" {
		return "", invalid("name", wrong)
	}
	token := tokenPrefix + NewToken()
	params := queries.InsertTokenParams{ID: uuid.Must(uuid.NewV7()), TokenHash: token.hash(), PersonID: wanted.Person,
		WorkspaceID: wanted.Workspace, Name: text(name), Scope: wanted.Scope}
	if wanted.Life > 0 {
		end := time.Now().Add(wanted.Life)
		params.ExpiresAt = &end
	}
	if err := e.queries.InsertToken(ctx, e.pool, params); err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return token, nil
}

// Granted finds what an access token opens; a SignedOut error when nothing. What it says may be two seconds old.
func (e *Engine) Granted(ctx context.Context, token Token) (Grant, error) {
	if !strings.HasPrefix(string(token), tokenPrefix) {
		return Grant{}, errNoToken // a session's secret is for its cookie alone
	}
	if grant, known := e.account.grants.get(token); known {
		return grant, nil
	}
	row, err := e.queries.GetToken(ctx, e.pool, token.hash())
	if errors.Is(err, pgx.ErrNoRows) {
		return Grant{}, errNoToken
	}
	if err != nil {
		return Grant{}, fmt.Errorf("read the token: %w", err)
	}
	if row.LastUsedAt == nil || time.Since(*row.LastUsedAt) > touchEvery {
		if err := e.queries.TouchToken(ctx, e.pool, token.hash()); err != nil {
			return Grant{}, fmt.Errorf("touch the token: %w", err)
		}
	}
	grant := Grant{Person{ID: row.PersonID, Name: row.Name, Email: row.Email}, row.Slug, row.Scope == ScopeRead}
	e.account.grants.add(token, grant)
	return grant, nil
}

var errNoToken = &Error{Kind: SignedOut, Code: CodeSignedOut, Text: "This token is unknown, revoked or expired."}

// Tokens lists the access tokens of a workspace, of one person unless the id is zero, oldest first.
func (e *Engine) Tokens(ctx context.Context, workspace, person uuid.UUID) ([]AccessToken, error) {
	rows, err := e.queries.ListTokens(ctx, e.pool, queries.ListTokensParams{WorkspaceID: workspace, PersonID: optional(person)})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	tokens := make([]AccessToken, len(rows))
	for i, row := range rows {
		tokens[i] = AccessToken{row.ID, row.Name, row.Scope, row.Email, row.CreatedAt, row.LastUsedAt, row.ExpiresAt}
	}
	return tokens, nil
}

// RevokeToken ends an access token of a workspace, one of a person's own unless that id is zero. NotFound when there is none.
func (e *Engine) RevokeToken(ctx context.Context, workspace, person, id uuid.UUID) error {
	ended, err := e.queries.DeleteToken(ctx, e.pool, queries.DeleteTokenParams{ID: id, WorkspaceID: workspace, PersonID: optional(person)})
	if err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	if ended == 0 {
		return notFound("This token")
	}
	e.account.grants.purge() // it knows secrets, not ids; reading the others again is cheap
	return nil
}

// Ended finds which secrets, of sessions and of access tokens, open nothing any more. It asks the database, and makes the
// memory forget them.
func (e *Engine) Ended(ctx context.Context, tokens []Token) ([]Token, error) {
	hashes := make([][]byte, len(tokens))
	for i, token := range tokens {
		hashes[i] = token.hash()
	}
	rows, err := e.queries.ListLiveSecrets(ctx, e.pool, hashes)
	if err != nil {
		return nil, fmt.Errorf("look whether sessions go on: %w", err)
	}
	live := make(map[string]bool, len(rows))
	for _, hash := range rows {
		live[string(hash)] = true
	}
	var ended []Token
	for i, token := range tokens {
		if !live[string(hashes[i])] {
			e.account.sessions.remove(token)
			e.account.grants.remove(token)
			ended = append(ended, token)
		}
	}
	return ended, nil
}
