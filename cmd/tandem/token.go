package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
)

// run prints the token and nothing else, so that a script can keep what it reads.
func (c *tokenCreateCommand) run(ctx context.Context, p *program) error {
	if c.Days != nil && (*c.Days < 1 || *c.Days > mostDays) {
		return misuse{fmt.Sprintf("--days: name from 1 to %d days, or leave it out for a token that is good until it is revoked", mostDays)}
	}
	return withEngine(ctx, p, func(engine *sync.Engine) error {
		person, actor, err := memberOf(ctx, engine, c.Workspace, c.User)
		if err != nil {
			return err
		}
		token, err := engine.CreateToken(ctx, sync.NewAccessToken{Person: person.ID, Workspace: actor.Workspace, Name: c.Name,
			Scope: c.Scope, Life: c.life()})
		if err == nil {
			_, err = fmt.Fprintln(p.stdout, token)
		}
		return err
	})
}

// mostDays is a hundred years. Some more would not fit into a time.Duration.
const mostDays = 36_500

// life is zero for a token that does not end by itself.
func (c *tokenCreateCommand) life() time.Duration {
	if c.Days == nil {
		return 0
	}
	return time.Duration(*c.Days) * 24 * time.Hour
}

func (c *tokenListCommand) run(ctx context.Context, p *program) error {
	return withEngine(ctx, p, func(engine *sync.Engine) error {
		workspace, err := workspaceNamed(ctx, engine, c.Workspace)
		if err != nil {
			return err
		}
		var person sync.Person
		if c.User != "" {
			if person, err = personNamed(ctx, engine, c.User); err != nil {
				return err
			}
		}
		tokens, err := engine.Tokens(ctx, workspace, person.ID)
		if err != nil {
			return err
		}
		return c.print(p, tokens)
	})
}

func (c *tokenListCommand) print(p *program, tokens []sync.AccessToken) error {
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tUSER\tSCOPE\tNAME\tCREATED\tLAST USED\tEXPIRES")
	for _, token := range tokens {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", token.ID, token.Email, token.Scope, or(token.Name, "-"),
			day(&token.CreatedAt), day(token.LastUsedAt), day(token.ExpiresAt))
	}
	return table.Flush()
}

func (c *tokenRevokeCommand) run(ctx context.Context, p *program) error {
	id, err := uuid.Parse(c.ID)
	if err != nil {
		return misuse{fmt.Sprintf("%q is no token's id; `tandem token list` shows them", c.ID)}
	}
	return withEngine(ctx, p, func(engine *sync.Engine) error {
		workspace, err := workspaceNamed(ctx, engine, c.Workspace)
		if err != nil {
			return err
		}
		err = engine.RevokeToken(ctx, workspace, uuid.Nil, id)
		if isNotFound(err) {
			return fmt.Errorf("there is no token %s in %s", id, c.Workspace)
		}
		return err
	})
}

// withEngine opens a database that is there for the time of one command: a new one would have nobody to make a token for.
func withEngine(ctx context.Context, p *program, do func(*sync.Engine) error) error {
	if err := thereIsData(p); err != nil {
		return err
	}
	db, err := sharedDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer db.close(p)
	engine := newEngine(p, db)
	defer engine.Stop()
	return readable(do(engine))
}

func workspaceNamed(ctx context.Context, engine *sync.Engine, slug string) (uuid.UUID, error) {
	workspace, err := engine.WorkspaceBySlug(ctx, slug)
	if isNotFound(err) {
		return workspace, fmt.Errorf("there is no workspace %s: name one that exists", slug)
	}
	return workspace, err
}

func personNamed(ctx context.Context, engine *sync.Engine, email string) (sync.Person, error) {
	person, err := engine.PersonByEmail(ctx, strings.TrimSpace(email))
	if isNotFound(err) {
		return person, fmt.Errorf("nobody has an account with the address %s: make one with `tandem user add`", email)
	}
	return person, err
}

// memberOf finds somebody by their address, in a workspace that they are in.
func memberOf(ctx context.Context, engine *sync.Engine, slug, email string) (sync.Person, sync.Actor, error) {
	if _, err := workspaceNamed(ctx, engine, slug); err != nil {
		return sync.Person{}, sync.Actor{}, err
	}
	person, err := personNamed(ctx, engine, email)
	if err != nil {
		return person, sync.Actor{}, err
	}
	actor, err := engine.ActorIn(ctx, slug, person.ID)
	if isNotFound(err) {
		err = fmt.Errorf("%s is not in %s: add them with `tandem user add`", email, slug)
	}
	return person, actor, err
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

func day(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.DateOnly)
}
