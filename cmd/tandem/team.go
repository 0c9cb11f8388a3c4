package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"tandem/queries"
	"tandem/sync"
)

var teamKey = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,6}$`)

// errPlain is an error in words that say to anybody what to do.
type errPlain string

func (e errPlain) Error() string { return string(e) }

// checkTeamKey returns the key in capitals.
func checkTeamKey(key string) (string, error) {
	key = strings.ToUpper(key)
	if !teamKey.MatchString(key) {
		return "", misuse{fmt.Sprintf("--team %s: a key is two to seven letters or digits, a letter first, such as ENG", key)}
	}
	return key, nil
}

// findTeam looks for a team by its key; false when there is none. One in the trash is an error.
func findTeam(ctx context.Context, db *database, workspace uuid.UUID, key string) (queries.ListTeamsRow, bool, error) {
	teams, err := queries.New().ListTeams(ctx, db.pool, workspace)
	if err != nil {
		return queries.ListTeamsRow{}, false, err
	}
	for _, team := range teams {
		if team.Key == key && team.DeletedAt != nil {
			return team, false, errPlain("the team " + key + " is in the trash: restore it first, or choose another key")
		}
		if team.Key == key {
			return team, true, nil
		}
	}
	return queries.ListTeamsRow{}, false, nil
}

// ensureTeam makes a team with the usual statuses unless there is one of this key. more goes into the same transaction.
func ensureTeam(ctx context.Context, db *database, engine *sync.Engine, workspace uuid.UUID, key, name string, more func(team uuid.UUID) []sync.Operation) (queries.ListTeamsRow, error) {
	team, found, err := findTeam(ctx, db, workspace, key)
	if found || err != nil {
		return team, err
	}
	id := sync.Derive(workspace, "team", key)
	ops := []sync.Operation{{Op: sync.Create, Record: sync.NewRef("team", id), Set: map[string]any{"key": key, "name": name}}}
	ops = append(ops, sync.StarterOps(workspace, id, sync.Starter{Statuses: starter().Statuses})...)
	if more != nil {
		ops = append(ops, more(id)...)
	}
	if err := asProgram(ctx, engine, workspace, sync.Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Make the team " + key, Ops: ops}); err != nil {
		return team, fmt.Errorf("make the team %s: %w", key, err)
	}
	team, _, err = findTeam(ctx, db, workspace, key)
	return team, err
}

// asProgram does transactions that are nobody's, and returns the first refusal.
func asProgram(ctx context.Context, engine *sync.Engine, workspace uuid.UUID, transactions ...sync.Transaction) error {
	actor, client := sync.Program(workspace)
	results, err := engine.Import(ctx, actor, client, transactions)
	if err != nil {
		return err
	}
	for _, result := range results {
		if err := result.Err(); err != nil {
			return err
		}
	}
	return nil
}
