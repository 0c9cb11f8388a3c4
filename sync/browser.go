package sync

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// A browser that shows notifications belongs to a session: it is told nothing once that has ended. It is a secret of its
// person, so no record of any workspace, and it is told of all workspaces that they are in.

const (
	browsersKept = 10   // of a person, the newest
	mostEndpoint = 1000 // bytes; push services need some 200
)

// Browser is where notifications of one sign-in go.
type Browser struct {
	Endpoint string // URL that its push service takes messages at
	P256DH   []byte // public key of the browser, which messages are encrypted for
	Auth     []byte // shared with the browser alone
}

// TellBrowser has the browser of a session told from now on, in the place of what was there before; of many browsers of a person
// the oldest gives way. Invalid for what no browser has made; Forbidden for what is no session, such as an access token.
func (e *Engine) TellBrowser(ctx context.Context, token Token, browser Browser) error {
	if err := browser.check(); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		if lasts, err := e.queries.LockSession(ctx, tx, token.hash()); err != nil {
			return err
		} else if lasts == 0 {
			return &Error{Kind: Forbidden, Code: CodeForbidden, Text: "Only a browser that is signed in shows notifications."}
		}
		before := queries.DeleteBrowserBeforeParams{TokenHash: token.hash(), Endpoint: browser.Endpoint}
		if err := e.queries.DeleteBrowserBefore(ctx, tx, before); err != nil {
			return err
		}
		made := queries.InsertBrowserParams{ID: uuid.Must(uuid.NewV7()), TokenHash: token.hash(), Endpoint: browser.Endpoint, P256dh: browser.P256DH, Auth: browser.Auth}
		if err := e.queries.InsertBrowser(ctx, tx, made); err != nil {
			return err
		}
		return e.queries.DeleteBrowsersBeyond(ctx, tx, queries.DeleteBrowsersBeyondParams{TokenHash: token.hash(), Most: browsersKept})
	})
}

// check refuses what cannot be told. Where the endpoint leads is looked at by whoever sends: a name may lead elsewhere by then.
func (b Browser) check() error {
	at, err := url.Parse(b.Endpoint)
	if err != nil || at.Scheme != "https" || at.Hostname() == "" || at.User != nil || len(b.Endpoint) > mostEndpoint {
		return invalid("endpoint", "This is no address of a push service.")
	}
	if _, err := ecdh.P256().NewPublicKey(b.P256DH); err != nil || len(b.Auth) != 16 {
		return invalid("p256dh", "These are no keys of a browser.")
	}
	return nil
}

// ForgetBrowser has the browser of a session told nothing more.
func (e *Engine) ForgetBrowser(ctx context.Context, token Token) error {
	if err := e.queries.DeleteBrowserOfSession(ctx, e.pool, token.hash()); err != nil {
		return fmt.Errorf("forget the browser: %w", err)
	}
	return nil
}

// ToldBrowser tells at which endpoint the browser of a session is told; "" when it is not.
func (e *Engine) ToldBrowser(ctx context.Context, token Token) (endpoint string, err error) {
	endpoint, err = e.queries.GetBrowserOfSession(ctx, e.pool, token.hash())
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look for the browser: %w", err)
	}
	return endpoint, nil
}

// browser reads one that is to be told; NotFound when it is gone, or signed out.
func (e *Engine) browser(ctx context.Context, id uuid.UUID) (*Browser, error) {
	row, err := e.queries.GetBrowser(ctx, e.pool, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, notFound("This browser")
	}
	if err != nil {
		return nil, fmt.Errorf("read the browser: %w", err)
	}
	return &Browser{row.Endpoint, row.P256dh, row.Auth}, nil
}

// PushKey is the private key, of P-256, that push services know this site by, the same on all nodes. Browsers ask for messages of
// its public half alone, so it is made once.
func (e *Engine) PushKey(ctx context.Context) (*ecdh.PrivateKey, error) {
	raw, err := e.secret(ctx, "push", func() ([]byte, error) {
		key, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		return key.Bytes(), nil
	})
	if err != nil {
		return nil, err
	}
	key, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("read the key of notifications: %w", err)
	}
	return key, nil
}
