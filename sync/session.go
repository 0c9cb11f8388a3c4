package sync

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
	"golang.org/x/time/rate"

	"tandem/queries"
)

// Person is somebody with an account, whatever workspaces they are in.
type Person struct {
	ID     uuid.UUID
	Name   string
	Email  string
	NoKeys bool // single keys do nothing for them
}

// Token is a secret that is shown once; only its hash is stored.
type Token string

// NewToken makes a secret of 256 random bits.
func NewToken() Token {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program instead
	return Token(base64.RawURLEncoding.EncodeToString(raw))
}

func (t Token) hash() []byte {
	sum := sha256.Sum256([]byte(t))
	return sum[:]
}

const (
	sessionLife  = 90 * 24 * time.Hour
	sessionCache = 2 * time.Second // how long another node's sign-out may go unnoticed
	actorCache   = 2 * time.Second // as what member a person acts; what a member may do is read with every snapshot
	touchEvery   = 5 * time.Minute
	minPassword  = 8

	accountCaches = 20_000 // entries that each cache of the account holds at most
)

// account keeps what signing in needs beside the database. Safe for concurrent use.
type account struct {
	sessions brief[Token, Person]
	grants   brief[Token, Grant]
	actors   brief[actorKey, Actor]
	tries    *lru.Cache[string, *rate.Limiter]
}

type actorKey struct {
	slug   string
	person uuid.UUID
}

func newAccount() account {
	tries, _ := lru.New[string, *rate.Limiter](accountCaches) // the length is above zero
	return account{
		sessions: newBrief[Token, Person](accountCaches, sessionCache),
		grants:   newBrief[Token, Grant](accountCaches, sessionCache),
		actors:   newBrief[actorKey, Actor](accountCaches, actorCache),
		tries:    tries,
	}
}

// mayTry allows ten tries at once and one more each minute for a key.
func (a account) mayTry(key string) bool { return a.may(key, rate.Every(time.Minute), 10) }

// mayAsk is mayTry for what every sign-in page asks for by itself, also those of many people behind one address.
func (a account) mayAsk(key string) bool { return a.may(key, rate.Every(time.Second), 100) }

func (a account) may(key string, again rate.Limit, atOnce int) bool {
	limiter, known := a.tries.Get(key)
	if !known {
		limiter = rate.NewLimiter(again, atOnce)
		if others, raced, _ := a.tries.PeekOrAdd(key, limiter); raced {
			limiter = others
		}
	}
	return limiter.Allow()
}

// network is where somebody comes from, as far as it tells them apart: whoever has one IPv6 address has all that share its first half.
func network(from string) string {
	at, err := netip.ParseAddr(from)
	if err != nil || at.Unmap().Is4() {
		return from
	}
	return netip.PrefixFrom(at.WithZone(""), 64).Masked().String()
}

var errTooManyTries = &Error{Kind: TooMany, Code: CodeRateLimited, Text: "Too many tries. Wait a minute, then try again."}

// wrongSignIn does not tell whether the address or the password was wrong.
var wrongSignIn = &Error{Kind: Invalid, Code: CodeInvalid, Text: "E-mail address or password is wrong.",
	Fields: map[string]string{"password": "E-mail address or password is wrong."}}

// nobodysHash makes an unknown address cost what a wrong password costs.
const nobodysHash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Jl2bkvSLZRzEXtZ7VtbGrlsO2e6zmG0yyMZo9GDRlQE"

// hashCost is OWASP's recommendation for argon2id.
var hashCost = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// SignIn checks a password and opens a session. Tries are limited for the address and for where they come from.
func (e *Engine) SignIn(ctx context.Context, email, password, from, userAgent string) (Token, error) {
	email = shortened(strings.ToLower(strings.TrimSpace(email)), 254)
	if !e.account.mayTry("email "+email) || !e.account.mayTry("from "+network(from)) {
		return "", errTooManyTries
	}
	person, err := e.queries.GetPersonByEmail(ctx, e.pool, email)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("sign in: %w", err)
	}
	hash := person.PasswordHash
	if err != nil {
		hash = nobodysHash
	}
	match, wrong := argon2id.ComparePasswordAndHash(password, hash)
	if wrong != nil {
		return "", fmt.Errorf("compare password: %w", wrong)
	}
	if !match || err != nil {
		return "", wrongSignIn
	}
	return e.OpenSession(ctx, person.ID, userAgent)
}

// OpenSession makes a session for a person without asking for anything: the caller has made sure who they are.
func (e *Engine) OpenSession(ctx context.Context, person uuid.UUID, userAgent string) (Token, error) {
	return e.openSession(ctx, e.pool, person, nil, userAgent)
}

// openSession makes a session that ends with the passkey that opens it, if one does.
func (e *Engine) openSession(ctx context.Context, db queries.DBTX, person uuid.UUID, passkey *uuid.UUID, userAgent string) (Token, error) {
	token := NewToken()
	err := e.queries.InsertSession(ctx, db, queries.InsertSessionParams{TokenHash: token.hash(), PersonID: person, PasskeyID: passkey,
		UserAgent: shortened(userAgent, 300), ExpiresAt: time.Now().Add(sessionLife)})
	if err != nil {
		return "", fmt.Errorf("open a session: %w", err)
	}
	return token, nil
}

func shortened(s string, most int) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// SignOut ends a session. One that is not there is no error.
func (e *Engine) SignOut(ctx context.Context, token Token) error {
	if err := e.queries.DeleteSession(ctx, e.pool, token.hash()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	e.account.sessions.remove(token) // last: a request before it may have read the session once more
	return nil
}

// SignedIn finds whose session a token opens; a SignedOut error when nobody's. What it says may be two seconds old.
func (e *Engine) SignedIn(ctx context.Context, token Token) (Person, error) {
	if token == "" {
		return Person{}, errSignedOut
	}
	if person, known := e.account.sessions.get(token); known {
		return person, nil
	}
	row, err := e.queries.GetSession(ctx, e.pool, token.hash())
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, errSignedOut
	}
	if err != nil {
		return Person{}, fmt.Errorf("read the session: %w", err)
	}
	if time.Since(row.LastSeenAt) > touchEvery {
		if err := e.queries.TouchSession(ctx, e.pool, token.hash()); err != nil {
			return Person{}, fmt.Errorf("touch the session: %w", err)
		}
	}
	person := Person{row.PersonID, row.Name, row.Email, !row.SingleKeys}
	e.account.sessions.add(token, person)
	return person, nil
}

// SetSingleKeys switches a person's single keys on or off; the session of the token knows at once, others within two seconds.
func (e *Engine) SetSingleKeys(ctx context.Context, person uuid.UUID, token Token, on bool) error {
	if err := e.queries.SetSingleKeys(ctx, e.pool, queries.SetSingleKeysParams{SingleKeys: on, ID: person}); err != nil {
		return fmt.Errorf("switch single keys: %w", err)
	}
	e.account.sessions.remove(token)
	return nil
}

var errSignedOut = &Error{Kind: SignedOut, Code: CodeSignedOut, Text: "Sign in first."}

// ActorIn finds who a person is in the workspace of a slug. NotFound when there is none, or they are not in it.
func (e *Engine) ActorIn(ctx context.Context, slug string, person uuid.UUID) (Actor, error) {
	key := actorKey{slug, person}
	if actor, known := e.account.actors.get(key); known {
		return actor, nil
	}
	row, err := e.queries.GetActor(ctx, e.pool, queries.GetActorParams{Slug: slug, PersonID: &person})
	if errors.Is(err, pgx.ErrNoRows) {
		return Actor{}, notFound("This workspace")
	}
	if err != nil {
		return Actor{}, fmt.Errorf("find the member: %w", err)
	}
	actor := Actor{row.WorkspaceID, row.MemberID}
	e.account.actors.add(key, actor)
	return actor, nil
}

// WorkspaceName names a workspace that a person is in.
type WorkspaceName struct {
	ID   uuid.UUID
	Slug string
	Name string
}

// Workspaces lists the workspaces that a person is in, by slug.
func (e *Engine) Workspaces(ctx context.Context, person uuid.UUID) ([]WorkspaceName, error) {
	rows, err := e.queries.ListWorkspacesByPerson(ctx, e.pool, &person)
	if err != nil {
		return nil, fmt.Errorf("list workspaces: %w", err)
	}
	names := make([]WorkspaceName, len(rows))
	for i, row := range rows {
		names[i] = WorkspaceName{row.ID, row.Slug, row.Name}
	}
	return names, nil
}

// sweepSessions takes away the sessions, access tokens and challenges that have ended, as often as challenges do.
func (e *Engine) sweepSessions() {
	for e.background.Err() == nil {
		err := e.queries.DeleteExpiredSessions(e.background, e.pool)
		err = errors.Join(err, e.queries.DeleteExpiredTokens(e.background, e.pool), e.queries.DeleteExpiredPasskeyChallenges(e.background, e.pool))
		if err != nil && e.background.Err() == nil {
			e.logger.WarnContext(e.background, "expired sessions, tokens and challenges stay a while longer", "err", err)
		}
		pause(e.background, ChallengeLife)
	}
}

// hashPassword refuses one that is too short.
func hashPassword(password string) (string, error) {
	if utf8.RuneCountInString(password) < minPassword {
		return "", invalid("password", fmt.Sprintf("At least %d characters.", minPassword))
	}
	hash, err := argon2id.CreateHash(password, &hashCost)
	if err != nil {
		return "", fmt.Errorf("hash the password: %w", err)
	}
	return hash, nil
}
