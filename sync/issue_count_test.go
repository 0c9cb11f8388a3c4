package sync

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
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
		of := countedTeam{workspace: h.ws, team: h.team}
		known, _ := h.counts.teams.Get(of)
		known.issues = map[countedKey]int64{{status: h.todo.ID()}: 77}
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

// A transaction has as many lines as operations, so that few of them make a log which takes longer to read than counting anew.
func TestCounts_BeginAnewWhereTheLogIsLong(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue(t, "Fix login")
	of := countedTeam{workspace: h.ws, team: h.team}
	h.groupCounts(t, "ENG", ListOptions{})
	for range countedRows/MaxOperations + 1 {
		ops := make([]Operation, MaxOperations)
		for i := range ops {
			ops[i] = create(h, NewRef("issue", newID()), "One of many")
		}
		h.applied(t, h.ann, h.annsTab, ops...)
	}
	var catchUp *countQuestion
	snapshot, err := h.read(t.Context(), h.ann, func(p *queries.Pipeline, _ Snapshot) error {
		catchUp = h.askCount(t.Context(), p, of)
		return nil
	})
	must(t, err)
	if read := len(*catchUp.changed); read > countedRows+1 {
		t.Errorf("%d lines of the log were read", read)
	}
	if _, found := h.learnCount(catchUp, snapshot); found {
		t.Error("a part of the log was taken for all of it")
	}
	if diff := cmp.Diff(h.countedAnew(t, h.team), h.groupCounts(t, "ENG", ListOptions{})); diff != "" {
		t.Error(diff)
	}
}

// TestCounts_OfOtherGroupsFollowTheLog changes what issues are grouped by, at random. What the lists say, those over all teams too, is what counting under a
// filter that lets everything through gives, which nothing is remembered of.
func TestCounts_OfOtherGroupsFollowTheLog(t *testing.T) {
	t.Parallel()
	h := setup(t)
	random := rand.New(rand.NewPCG(7, 0))
	web := h.openTeam(t, "WEB")
	teams := []uuid.UUID{h.team, h.private, web}
	var issues, relations []Ref
	var done []Result
	pick := func() Ref { return issues[random.IntN(len(issues))] }
	labels := []Ref{NewRef("label", newID()), NewRef("label", newID())}
	project := NewRef("project", newID())
	for i, label := range labels {
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: label, Set: map[string]any{"name": fmt.Sprint("mark ", i), "color": "#112233"}})
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: project, Set: map[string]any{"name": "Moon"}})
	values := map[string][]any{"priority": {0, 1, 4}, "assignee": {nil, string(NewRef("member", h.ann.Member)), string(NewRef("member", h.ben.Member))}, "project": {nil, string(project)}}
	fields := []string{"priority", "assignee", "project"}
	passing := []string{"-creator:none"}
	for range 60 {
		h.shift(t, random, teams, &issues, &relations, &done, pick)
		for range 3 {
			field := fields[random.IntN(len(fields))]
			h.push(t, h.ann, h.annsTab, setField(pick(), h.head(t), field, values[field][random.IntN(len(values[field]))]))
			h.push(t, h.ann, h.annsTab, Operation{Op: []Verb{Add, Remove}[random.IntN(2)], Record: pick(), Field: "labels", Value: string(labels[random.IntN(2)])})
		}
		for _, group := range []string{"assignee", "priority", "label", "project", "cycle", "none"} {
			for _, key := range []string{"ENG", "WEB", ""} {
				if random.IntN(3) == 0 {
					continue // there is more to catch up on
				}
				of := ListOptions{Layout: Layout{Group: group}}
				anew := ListOptions{Layout: of.Layout, Terms: passing}
				if random.IntN(2) == 0 {
					of.Terms, anew.Terms = []string{"-status:doing"}, append(passing[:1:1], "-status:doing")
				}
				if diff := cmp.Diff(h.allCounts(t, key, anew), h.allCounts(t, key, of)); diff != "" {
					t.Fatal(group, key, diff)
				}
			}
		}
	}
}

// Counts are bounded by how many numbers they hold: one of many members and labels takes the place of many small ones.
func TestCounts_AreForgottenWhereTheyAreTooManyNumbers(t *testing.T) {
	t.Parallel()
	counts := newIssueCounts()
	count := func(numbers int) issueCount {
		c := issueCount{issues: map[countedKey]int64{}}
		for range numbers {
			c.issues[countedKey{key: newID()}] = 1
		}
		return c
	}
	of := func(team byte) countedTeam { return countedTeam{team: uuid.UUID{team}} }
	is := func(when string, want ...byte) {
		t.Helper()
		var there []byte
		for team := range byte(6) {
			if _, known := counts.teams.Get(of(team)); known {
				there = append(there, team)
			}
		}
		if diff := cmp.Diff(want, there); diff != "" {
			t.Error(when, diff)
		}
	}
	quarter := countedNumbers/4 - countedAlone
	for team := range byte(4) {
		counts.teams.Add(of(team), count(quarter))
	}
	is("as many as fit", 0, 1, 2, 3)
	counts.teams.Add(of(3), count(quarter))
	is("one again", 0, 1, 2, 3)
	counts.teams.Add(of(4), count(10))
	is("a small one more", 1, 2, 3, 4)
	counts.teams.Add(of(5), count(2*quarter))
	is("a large one more", 3, 4, 5)
	counts.teams.Add(of(5), count(countedNumbers))
	is("one that is too large", 3, 4)
	counts.teams.Remove(of(3))
	is("one is removed", 4)
}

func TestCounts_AreTheSameWhileNothingChanges(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue(t, "Fix login")
	numbers := func() uintptr {
		h.groupCounts(t, "ENG", ListOptions{})
		known, _ := h.counts.teams.Get(countedTeam{workspace: h.ws, team: h.team})
		return reflect.ValueOf(known.issues).Pointer()
	}
	first := numbers()
	if numbers() != first {
		t.Error("numbers that nothing changed are copied")
	}
	h.issue(t, "Fix logout")
	if numbers() == first {
		t.Error("numbers that others may read are changed")
	}
}

// allCounts are what a team's list says, or with no key that of all teams, by what their groups are of.
func (h *house) allCounts(t testing.TB, key string, options ListOptions) map[string]int64 {
	t.Helper()
	list, err := h.AllIssues(t.Context(), h.ann, options)
	if key != "" {
		list, err = h.TeamIssues(t.Context(), h.ann, key, options)
	}
	must(t, err)
	counts := map[string]int64{}
	for _, group := range list.Groups {
		if group.Count > 0 {
			counts[fmt.Sprint(group.ID, group.Priority)] = group.Count
		}
	}
	return counts
}
