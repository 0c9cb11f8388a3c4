package sync

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// explaining runs the plan of a question instead of answering it.
type explaining struct {
	pgx.Tx
	plan []byte
}

func (e *explaining) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	row := e.Tx.QueryRow(ctx, "EXPLAIN (ANALYZE, FORMAT JSON) "+sql, args...)
	_ = row.Scan(&e.plan) // without a plan there is nothing to count
	return row
}

// planNode is a step of a plan, with those below it.
type planNode struct {
	Relation string     `json:"Relation Name"`
	Index    string     `json:"Index Name"`
	Loops    int        `json:"Actual Loops"`
	Plans    []planNode `json:"Plans"`
}

// looks are how often a table was gone to, by any way.
func (n planNode) looks(table string) int {
	count := 0
	if n.Relation == table {
		count = n.Loops
	}
	for _, below := range n.Plans {
		count += below.looks(table)
	}
	return count
}

// A list over all teams names what blocks the issues of each: to ask whether it is fresh is one step for each team, and not one for each pair of them.
func TestFreshness_OfAllTeamsGrowsWithTheirNumber(t *testing.T) {
	t.Parallel()
	h := setup(t)
	var teams, first []uuid.UUID
	var before Ref
	for n := range 12 {
		team := newID()
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: NewRef("team", team), Set: map[string]any{"key": fmt.Sprint("T", n), "name": fmt.Sprint("Team ", n)}},
			Operation{Op: Create, Record: NewRef("status", newID()), Set: map[string]any{"team": string(NewRef("team", team)), "name": "Todo", "category": "unstarted"}})
		issue, _ := h.issueIn(t, team, fmt.Sprint("Issue of ", n))
		if before != "" {
			h.relate(t, before, Blocks, issue)
		}
		if teams, before = append(teams, team), issue; n == 3 {
			first = teams[:4:4]
		}
	}
	for _, some := range [][]uuid.UUID{first, teams} {
		if looks := h.freshnessLooks(t, some, false); looks != len(some) {
			t.Errorf("of %d teams the relations were gone to %d times", len(some), looks)
		}
		if looks := h.freshnessLooks(t, some, true); looks != len(some)*len(some) {
			t.Errorf("of the pairs of %d teams the relations were gone to %d times", len(some), looks)
		}
	}

	var topics []string
	for _, team := range teams {
		topics = append(topics, RelationsOf(team))
	}
	fresh, err := h.Freshness(t.Context(), h.ben, topics...)
	must(t, err)
	if fresh.Stale != h.at(t) {
		t.Errorf("it is of %d, and the last relation of %d", fresh.Stale, h.at(t))
	}
	hidden, _ := h.issueIn(t, h.private, "Secret")
	h.relate(t, hidden, Blocks, before)
	after, err := h.Freshness(t.Context(), h.ben, topics...)
	must(t, err)
	if after.Stale != fresh.Stale {
		t.Error("what a hidden team's issue blocks is told")
	}
}

// freshnessLooks is how often the relations are gone to where all of some teams are shown and seen.
func (h *house) freshnessLooks(t *testing.T, teams []uuid.UUID, few bool) int {
	t.Helper()
	tx, err := h.pool.Begin(t.Context())
	must(t, err)
	defer func() { must(t, tx.Rollback(context.WithoutCancel(t.Context()))) }()
	_, err = tx.Exec(t.Context(), "set local enable_seqscan = off") // as in a table of more than some rows
	must(t, err)
	asked := &explaining{Tx: tx}
	_, _ = h.queries.GetTopicsVersion(t.Context(), asked, queries.GetTopicsVersionParams{WorkspaceID: h.ws, Names: []string{}, BlockedTeamIds: teams, TeamIDs: teams, FewPairs: few}) // the plan is all
	var plans []struct{ Plan planNode }
	must(t, json.Unmarshal(asked.plan, &plans))
	return plans[0].Plan.looks("relation")
}
