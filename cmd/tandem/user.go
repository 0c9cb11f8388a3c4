package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"tandem/queries"
	"tandem/sync"
)

func (c *userAddCommand) run(ctx context.Context, p *program) error {
	for i, key := range c.Team {
		checked, err := checkTeamKey(key)
		if err != nil {
			return err
		}
		c.Team[i] = checked
	}
	if c.Role == sync.Guest && len(c.Team) == 0 {
		return misuse{"--role guest: a guest sees only the teams they are in, name one with --team"}
	}
	password, err := readPassword(p.stdin)
	if err != nil {
		return err
	}
	db, err := sharedDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer db.close(p)
	engine := newEngine(p, db)
	defer engine.Stop()
	return c.add(ctx, p, db, engine, password)
}

// readPassword reads the first line.
func readPassword(from io.Reader) (string, error) {
	line, err := bufio.NewReader(from).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", misuse{"--password-stdin: write the password on standard input, such as `tandem user add ... < file`"}
	}
	return line, nil
}

func (c *userAddCommand) add(ctx context.Context, p *program, db *database, engine *sync.Engine, password string) error {
	workspace, err := c.findWorkspace(ctx, engine)
	if err != nil {
		return err
	}
	person, err := c.findPerson(ctx, p, engine, password)
	if err != nil {
		return readable(err)
	}
	if workspace == uuid.Nil {
		if workspace, err = engine.CreateWorkspace(ctx, c.Workspace, c.Workspace); err != nil {
			return readable(err)
		}
	}
	return c.join(ctx, db, engine, workspace, person)
}

// findWorkspace returns the zero id for one that is to be made: the instance's first.
func (c *userAddCommand) findWorkspace(ctx context.Context, engine *sync.Engine) (uuid.UUID, error) {
	workspace, err := engine.WorkspaceBySlug(ctx, c.Workspace)
	if !isNotFound(err) {
		return workspace, err
	}
	first, err := engine.NeedsSetup(ctx)
	switch {
	case err != nil:
		return uuid.Nil, err
	case !first:
		return uuid.Nil, fmt.Errorf("there is no workspace %s: name one that exists", c.Workspace)
	case sync.WorkspaceSlug(c.Workspace) != c.Workspace:
		return uuid.Nil, misuse{fmt.Sprintf("--workspace %s: use two to 31 small letters, digits or dashes, a letter first", c.Workspace)}
	case c.Role != sync.Admin:
		return uuid.Nil, misuse{"--role " + c.Role + ": the first member of a new workspace is its admin"}
	}
	return uuid.Nil, nil
}

// findPerson makes the account unless there is one of this address.
func (c *userAddCommand) findPerson(ctx context.Context, p *program, engine *sync.Engine, password string) (sync.Person, error) {
	person, err := engine.PersonByEmail(ctx, strings.TrimSpace(c.Email))
	if isNotFound(err) {
		return engine.AddPerson(ctx, sync.NewPerson{Name: c.Name, Email: c.Email, Password: password})
	}
	if err == nil {
		fmt.Fprintf(p.stderr, "tandem: %s has an account already; its name and password stay as they are\n", c.Email)
	}
	return person, err
}

// join makes a person a member, in teams that are made where needed.
func (c *userAddCommand) join(ctx context.Context, db *database, engine *sync.Engine, workspace uuid.UUID, person sync.Person) error {
	teams, err := c.teams(ctx, db, engine, workspace)
	if err != nil {
		return err
	}
	if _, err := engine.AddMember(ctx, workspace, person, c.Role, teams...); err != nil {
		return readable(err)
	}
	if c.Role == sync.Admin {
		return endSetup(ctx, db.pool)
	}
	return nil
}

// teams finds the teams to join. In a workspace without any, the first is made even if none was asked for.
func (c *userAddCommand) teams(ctx context.Context, db *database, engine *sync.Engine, workspace uuid.UUID) ([]uuid.UUID, error) {
	existing, err := queries.New().ListTeams(ctx, db.pool, workspace)
	if err != nil {
		return nil, err
	}
	keys, more := c.Team, (func(uuid.UUID) []sync.Operation)(nil)
	if len(existing) == 0 {
		more = func(team uuid.UUID) []sync.Operation {
			return sync.StarterOps(workspace, team, sync.Starter{Labels: starter().Labels})
		}
		if len(keys) == 0 {
			keys = []string{sync.TeamKey(c.Workspace)}
		}
	}
	var teams []uuid.UUID
	for _, key := range keys {
		team, found, err := findTeam(ctx, db, workspace, key)
		if err == nil && !found && c.Role != sync.Admin {
			err = fmt.Errorf("there is no team %s in %s", key, c.Workspace)
		}
		if err == nil && !found {
			team, err = ensureTeam(ctx, db, engine, workspace, key, key, more)
			more = nil
		}
		if err != nil {
			return nil, err
		}
		teams = append(teams, team.ID)
	}
	return teams, nil
}

func isNotFound(err error) bool {
	told, ok := errors.AsType[*sync.Error](err)
	return ok && told.Kind == sync.NotFound
}

// readable is an engine's error in words for the person at the terminal.
func readable(err error) error {
	told, ok := errors.AsType[*sync.Error](err)
	if !ok || told.Kind == sync.Internal {
		return err
	}
	return errors.New(told.Text)
}
