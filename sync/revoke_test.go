package sync

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestRevoke(t *testing.T) {
	t.Parallel()

	t.Run("S44 what leaves one's sight comes as revoke, once and in order, with its comments and shares", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		remark := h.remark(t, h.ann, h.annsTab, issue, "A remark")
		_, err := h.Share(t.Context(), h.ann, h.annsTab, issue, "", nil)
		must(t, err)
		share := NewRef("share", h.page(t, issue).Shares[0].ID)
		var ben, ann, dan replica
		dans := h.member(t, "dan", Guest, h.private)
		for reader, actor := range map[*replica]Actor{&ben: h.ben, &ann: h.ann, &dan: dans} {
			reader.pull(t, h, actor, 500)
		}
		moved := h.applied(t, h.ann, h.annsTab, toTeam(issue, base, h.private))
		late := h.remark(t, h.ann, h.annsTab, issue, "Among us")
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: ben.cursor})
		must(t, err)
		want := []RecordChange{{moved.Version, issue, "revoke", nil}, {moved.Version, remark, "revoke", nil}, {moved.Version, share, "revoke", nil}}
		if diff := cmp.Diff(want, answer.Changes); diff != "" {
			t.Error(diff)
		}
		ann.pull(t, h, h.ann, 500)
		dan.pull(t, h, dans, 500)
		for name, has := range map[string]replica{"ann": ann, "dan": dan} {
			for _, ref := range []Ref{issue, remark, late} {
				if has.records[ref].Op != "put" {
					t.Errorf("%s: %s is %+v", name, ref, has.records[ref])
				}
			}
		}
		for since, revokes := range map[int64]int{0: 0, moved.Version - 1: 3, moved.Version: 0} {
			answer, err := h.Pull(t.Context(), h.ben, Pull{Since: since})
			must(t, err)
			if got := countOps(answer, "revoke"); got != revokes {
				t.Errorf("since %d: %d revokes", since, got)
			}
		}
	})

	t.Run("S24 a version with revokes is never split", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		var cursor replica
		var ops []Operation
		for range 5 {
			issue, base := h.issue(t, "Fix login")
			h.remark(t, h.ann, h.annsTab, issue, "A remark")
			ops = append(ops, toTeam(issue, base, h.private))
		}
		cursor.pull(t, h, h.ben, 500)
		h.applied(t, h.ann, h.annsTab, ops...)
		h.issue(t, "After it")
		first, err := h.Pull(t.Context(), h.ben, Pull{Since: cursor.cursor, Limit: 1})
		must(t, err)
		if countOps(first, "revoke") != 10 || len(first.Changes) != 10 || !first.More {
			t.Errorf("%d of %d, more %t", countOps(first, "revoke"), len(first.Changes), first.More)
		}
		cursor.pull(t, h, h.ben, 1)
		cursor.equals(t, h, h.ben)
	})

	t.Run("there and back between two pulls is put, there twice is revoked once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		back, base := h.issue(t, "Comes back")
		gone, _ := h.issue(t, "Goes twice")
		var ben replica
		ben.pull(t, h, h.ben, 500)
		h.applied(t, h.ann, h.annsTab, toTeam(back, base, h.private), toTeam(gone, base+1, h.private))
		at := h.applied(t, h.ann, h.annsTab, toTeam(back, base, h.team), toTeam(gone, base+1, h.team)).Version
		last := h.applied(t, h.ann, h.annsTab, toTeam(gone, at, h.private)).Version
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: ben.cursor})
		must(t, err)
		if len(answer.Changes) != 2 || answer.Changes[0].Op != "put" || answer.Changes[1].Op != "revoke" || answer.Changes[1].Version != last {
			t.Errorf("%+v", answer.Changes)
		}
	})

	t.Run("S48 a change of one's rights resets as ever", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		var ben replica
		ben.pull(t, h, h.ben, 500)
		h.applied(t, h.ann, h.annsTab, toTeam(issue, base, h.private))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Add, Record: NewRef("team", h.private), Field: "members", Value: string(NewRef("member", h.ben.Member))})
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: ben.cursor})
		must(t, err)
		if answer.Reset != "access" {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("S45 a stream tells the old team's readers that the issue is stale, and neither team's of the other", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		dans := h.member(t, "dan", Guest, web)
		issue, base := h.issueIn(t, h.private, "Secret")
		h.remark(t, h.ann, h.annsTab, issue, "A remark")
		seen := map[string]Actor{"cleo": h.cleo, "dan": dans, "ann": h.ann}
		step := func(to uuid.UUID) map[string]string {
			streams, told := map[string]*Subscription{}, map[string]string{}
			head := h.head(t)
			for name, actor := range seen {
				streams[name] = h.watch(t, h.Engine, actor, &head)
			}
			base = h.applied(t, h.ann, h.annsTab, toTeam(issue, base, to)).Version
			h.label(t, fmt.Sprint("mark ", base), uuid.Nil)
			for name, s := range streams {
				told[name] = toldUntil(t, s, base+1)
				if again := toldUntil(t, h.watch(t, h.Engine, seen[name], &head), base+1); again != told[name] {
					t.Errorf("%s was told %s, and from the log %s", name, told[name], again)
				}
			}
			return told
		}
		wants := func(step string, told map[string]string, reader string, some bool, hidden ...uuid.UUID) {
			if strings.Contains(told[reader], string(issue)) != some {
				t.Errorf("%s: %s was told %q", step, reader, told[reader])
			}
			for _, id := range hidden {
				if strings.Contains(told[reader], id.String()) {
					t.Errorf("%s: %s was told of %s", step, reader, id)
				}
			}
		}
		out := step(h.team)
		wants("SEC to ENG", out, "cleo", true, h.private, web)
		wants("SEC to ENG", out, "dan", false, h.private, h.team)
		over := step(web)
		wants("ENG to WEB", over, "cleo", true, web, h.private)
		wants("ENG to WEB", over, "dan", true, h.team, h.private)
		in := step(h.private)
		wants("WEB to SEC", in, "cleo", false, web, h.private)
		wants("WEB to SEC", in, "dan", true, h.private)
		wants("WEB to SEC", in, "ann", true)
	})

	t.Run("S45 the history is the issue's, without the teams that its reader does not see", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issueIn(t, h.private, "Secret", having("description", "As it was"))
		h.remark(t, h.ann, h.annsTab, issue, "A remark")
		h.applied(t, h.ann, h.annsTab, setField(issue, base, "priority", 1))
		h.applied(t, h.ann, h.annsTab, toTeam(issue, base, h.team))
		page, err := h.Issue(t.Context(), h.ben, IssueID{ID: issue.ID()})
		must(t, err)
		if len(page.Changes) != 3 || page.Changes[1].After["priority"] != int64(1) || len(page.Comments) != 1 {
			t.Errorf("%+v", page.Changes)
		}
		for _, change := range page.Changes {
			told := fmt.Sprint(change.Before["team"], change.Before["number"], change.After["team"])
			if strings.Contains(told, h.private.String()) || change.Before["team"] == nil && change.Before["number"] != nil {
				t.Errorf("%d: %+v", change.Version, change)
			}
		}
		_, _, err = h.IssueFreshness(t.Context(), h.ben, IssueID{Team: "SEC", Number: 1})
		wantCode(t, err, CodeNotFound)
		snapshot, err := h.Look(t.Context(), h.ben)
		must(t, err)
		named, err := h.IssuesByKey(t.Context(), h.ben, snapshot, []string{"SEC-1"})
		must(t, err)
		if len(named) != 0 {
			t.Errorf("the key of the hidden team names %v", named)
		}
	})

	t.Run("a share's stream follows its issue into another team", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		token, err := h.Share(t.Context(), h.ann, h.annsTab, issue, "", nil)
		must(t, err)
		s, _, err := h.WatchShare(t.Context(), token)
		must(t, err)
		defer s.Close()
		for _, op := range []Operation{toTeam(issue, base, h.private), setField(issue, base, "priority", 2), setField(issue, base, "title", "Fix sign-in")} {
			for _, again := s.Take(); again; _, again = s.Take() {
				continue
			}
			h.applied(t, h.ann, h.annsTab, op)
			<-s.Ready()
		}
	})

	t.Run("a version with more lines than the hub reads at a time is told whole", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		var issues []Ref
		var moves []Operation
		for range 3 {
			issue, base := h.issue(t, "Discussed")
			issues, moves = append(issues, issue), append(moves, toTeam(issue, base, h.private))
		}
		for _, issue := range issues {
			var ops []Operation
			for n := range 900 {
				ops = append(ops, comment(issue, NewRef("comment", newID()), fmt.Sprint("remark ", n)))
			}
			h.applied(t, h.ann, h.annsTab, ops...)
		}
		moved := h.applied(t, h.ann, h.annsTab, moves...)
		hub := &hub{engine: h.Engine, workspace: h.ws, cursor: moved.Version - 1}
		batch, err := hub.readLog(t.Context())
		must(t, err)
		if len(batch) != 2700+6 {
			t.Errorf("%d lines", len(batch))
		}
	})
}

// toldUntil are the keys that a stream tells up to a version.
func toldUntil(t testing.TB, s *Subscription, version int64) string {
	t.Helper()
	told := map[string]bool{}
	for {
		event := next(t, s)
		for _, key := range slices.Concat(event.Records, event.Topics) {
			told[key] = true
		}
		if event.Version >= version {
			return fmt.Sprint(slices.Sorted(maps.Keys(told)))
		}
	}
}

func countOps(answer PullResult, op string) int {
	count := 0
	for _, change := range answer.Changes {
		if change.Op == op {
			count++
		}
	}
	return count
}

func (h *house) head(t testing.TB) int64 {
	t.Helper()
	snapshot, err := h.Look(t.Context(), h.ann)
	must(t, err)
	return snapshot.Version
}

// equals holds a replica against one that starts from nothing.
func (r *replica) equals(t testing.TB, h *house, actor Actor) {
	t.Helper()
	var fresh replica
	fresh.pull(t, h, actor, 5000)
	if diff := cmp.Diff(fresh.records, r.records); diff != "" {
		t.Error(diff)
	}
}

// TestRevoke_ReplicasConverge shifts issues with comments, relations and families between teams at random. Each of four readers
// pulls now and then, in pages of any size, and always holds exactly what a pull from nothing gives.
func TestRevoke_ReplicasConverge(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 20261122, 4711} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			random := rand.New(rand.NewPCG(seed, 0))
			teams := []uuid.UUID{h.team, h.private, h.openTeam(t, "WEB"), h.openTeam(t, "OPS")}
			actors := []Actor{h.ann, h.ben, h.cleo, h.member(t, "dan", Guest, h.private, teams[3])}
			replicas := make([]replica, len(actors))
			for i, actor := range actors {
				replicas[i].pull(t, h, actor, 5000) // past the last change of rights, which would reset a smaller page's cursor
			}
			var issues, relations []Ref
			var done []Result
			pick := func() Ref { return issues[random.IntN(len(issues))] }
			for range 140 {
				h.shift(t, random, teams, &issues, &relations, &done, pick)
				if reader := random.IntN(2 * len(actors)); reader < len(actors) {
					replicas[reader].pull(t, h, actors[reader], 1+random.IntN(40))
					replicas[reader].equals(t, h, actors[reader])
				}
			}
			for i, actor := range actors {
				replicas[i].pull(t, h, actor, 7)
				replicas[i].equals(t, h, actor)
			}
			h.checkLog(t)
		})
	}
}

// shift does one random thing as ann. What the rules refuse is part of it: an undo, say, that meets a conflict.
func (h *house) shift(t testing.TB, random *rand.Rand, teams []uuid.UUID, issues, relations *[]Ref, done *[]Result, pick func() Ref) {
	t.Helper()
	head, team := h.head(t), teams[random.IntN(len(teams))]
	if len(*issues) < 5 {
		issue, _ := h.issueIn(t, team, "Made")
		*issues = append(*issues, issue)
		return
	}
	var result Result
	switch random.IntN(11) {
	case 0:
		issue, _ := h.issueIn(t, team, "Made")
		*issues = append(*issues, issue)
	case 1, 2, 3:
		result = h.push(t, h.ann, h.annsTab, toTeam(pick(), head, team))
	case 4:
		result = h.push(t, h.ann, h.annsTab, toTeam(pick(), head, team), toTeam(pick(), head, team))
	case 5:
		result = h.push(t, h.ann, h.annsTab, comment(pick(), NewRef("comment", newID()), "Said"))
	case 6:
		result = h.push(t, h.ann, h.annsTab, setField(pick(), head, "parent", string(pick())))
	case 7:
		op := []Verb{Delete, Restore}[random.IntN(2)]
		result = h.push(t, h.ann, h.annsTab, Operation{Op: op, Record: pick()})
	case 9:
		made := relation(pick(), []string{Related, Blocks, Duplicate}[random.IntN(3)], pick())
		if result = h.push(t, h.ann, h.annsTab, made); result.Status == Applied {
			*relations = append(*relations, made.Record)
		}
	case 10:
		if len(*relations) > 0 {
			op := []Verb{Delete, Restore}[random.IntN(2)]
			result = h.push(t, h.ann, h.annsTab, Operation{Op: op, Record: (*relations)[random.IntN(len(*relations))]})
		}
	case 8:
		if len(*done) > 0 {
			undone := (*done)[random.IntN(len(*done))]
			result = h.push(t, h.ann, h.annsTab, Operation{Op: Undo, Transaction: undone.ID, Partial: random.IntN(2) == 0})
		}
	}
	if result.Status == Applied && result.changed {
		*done = append(*done, result)
	}
	if result.Error != nil && slices.Contains([]string{CodeMalformed, CodeReused, CodeDepends}, result.Error.Code) {
		t.Fatalf("%+v", result)
	}
}
