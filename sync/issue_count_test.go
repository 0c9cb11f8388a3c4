package sync

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"tandem/queries"
)

// groupCounts are what a team's list says, without its empty groups.
func (h *house) groupCounts(t testing.TB, key string, options ListOptions) map[uuid.UUID]int64 {
	t.Helper()
	list, err := h.TeamIssues(t.Context(), h.ann, key, options)
	must(t, err)
	counts := map[uuid.UUID]int64{}
	for _, group := range list.Groups {
		if group.Count > 0 {
			counts[group.ID] = group.Count
		}
	}
	return counts
}

func (h *house) countedAnew(t testing.TB, team uuid.UUID) map[uuid.UUID]int64 {
	t.Helper()
	rows, err := h.queries.CountIssuesByStatus(t.Context(), h.pool, queries.CountIssuesByStatusParams{WorkspaceID: h.ws, TeamID: team})
	must(t, err)
	counts := map[uuid.UUID]int64{}
	for _, row := range rows {
		counts[row.StatusID] = row.Issues
	}
	return counts
}

// TestCounts_FollowTheLog shifts issues between teams, statuses and the trash at random, and undoes some of it. What a list goes on
// from is always what counting anew gives.
func TestCounts_FollowTheLog(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{3, 20261123} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			random := rand.New(rand.NewPCG(seed, 0))
			web := h.openTeam(t, "WEB")
			keys := map[string]uuid.UUID{"ENG": h.team, "SEC": h.private, "WEB": web}
			statuses := []Ref{h.todo, h.doing, h.done, statusIn(web, "Review"), statusIn(web, "Shipped")}
			teams := []uuid.UUID{h.team, h.private, web}
			var issues, relations []Ref
			var done []Result
			pick := func() Ref { return issues[random.IntN(len(issues))] }
			for range 120 {
				h.shift(t, random, teams, &issues, &relations, &done, pick)
				if result := h.push(t, h.ann, h.annsTab, setField(pick(), h.head(t), "status", string(statuses[random.IntN(len(statuses))]))); result.Status == Applied && result.changed {
					done = append(done, result)
				}
				for key, team := range keys {
					if random.IntN(3) > 0 { // else there is more to catch up on
						if diff := cmp.Diff(h.countedAnew(t, team), h.groupCounts(t, key, ListOptions{})); diff != "" {
							t.Fatal(key, diff)
						}
					}
				}
			}
		})
	}
}

func TestCounts_BeginAnewWhereTheLogDoesNotReach(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, version := h.issue(t, "Fix login")
	want := maps.Clone(h.groupCounts(t, "ENG", ListOptions{}))
	for what, spoil := range map[string]func(*issueCount){
		"another epoch":      func(c *issueCount) { c.epoch = newID() },
		"long ago":           func(c *issueCount) { c.version -= countedSpan + 1 },
		"before what is cut": func(c *issueCount) { c.version = -1 },
		"a later V":          func(c *issueCount) { c.version += 5 }, // a node read the primary, and this one a copy that lags
	} {
		of := countedTeam{h.ws, h.team}
		known, _ := h.counts.teams.Get(of)
		known.statuses = map[uuid.UUID]int64{h.todo.ID(): 77}
		spoil(&known)
		h.counts.teams.Add(of, known)
		if diff := cmp.Diff(want, h.groupCounts(t, "ENG", ListOptions{})); diff != "" {
			t.Error(what, diff)
		}
	}
	h.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 1))
	if got := h.groupCounts(t, "ENG", ListOptions{Terms: []string{"priority:urgent"}}); got[h.todo.ID()] != 1 || len(got) != 1 {
		t.Error("a filter counts what passes it:", got)
	}
}
