package sync

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// replica is a client that keeps what it pulls.
type replica struct {
	cursor  int64
	records map[Ref]RecordChange
	seen    []int64 // the versions of what came, in order
}

// pull brings the replica up to the head and reports any answer that breaks the protocol.
func (r *replica) pull(t testing.TB, h *house, actor Actor, limit int) {
	t.Helper()
	if r.records == nil {
		r.records = map[Ref]RecordChange{}
	}
	for {
		answer, err := h.Pull(t.Context(), actor, Pull{Since: r.cursor, Limit: limit})
		must(t, err)
		if answer.Reset != "" {
			t.Fatalf("reset: %s", answer.Reset)
		}
		for _, change := range answer.Changes {
			if change.Version <= r.cursor {
				t.Fatalf("version %d came after the cursor %d", change.Version, r.cursor)
			}
			r.take(change)
		}
		if answer.Version < r.cursor {
			t.Fatalf("the cursor fell from %d to %d", r.cursor, answer.Version)
		}
		r.cursor = answer.Version
		if !answer.More {
			return
		}
	}
}

func (r *replica) take(change RecordChange) {
	r.seen = append(r.seen, change.Version)
	if change.Op != "put" {
		delete(r.records, change.Record)
		return
	}
	r.records[change.Record] = change
}

func TestPull(t *testing.T) {
	t.Parallel()

	t.Run("S19 at the head there is nothing new", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		var reader replica
		reader.pull(t, h, h.ben, 500)
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: reader.cursor})
		must(t, err)
		if len(answer.Changes) != 0 || answer.More || answer.Version != reader.cursor {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("S20 a cursor in the future is reset", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: 1 << 40})
		must(t, err)
		if answer.Reset != "future" {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("S21 a cursor of another epoch is reset", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: 1, Epoch: newID()})
		must(t, err)
		if answer.Reset != "epoch" {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("S23 what came and went between two pulls is never put", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		var reader replica
		reader.pull(t, h, h.ben, 500)
		issue, _ := h.issue(t, "Short-lived")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: issue})
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: reader.cursor})
		must(t, err)
		for _, change := range answer.Changes {
			if change.Record == issue && change.Op != "delete" {
				t.Errorf("%+v", change)
			}
		}
	})

	t.Run("S23 what is deleted goes from a replica that had it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		var reader replica
		reader.pull(t, h, h.ben, 500)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: issue})
		reader.pull(t, h, h.ben, 500)
		if _, there := reader.records[issue]; there {
			t.Error("it is still there")
		}
	})

	t.Run("S24 pages are in order, whole, and add up to one big pull", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		for range 20 {
			var ops []Operation
			for n := range 15 {
				ops = append(ops, create(h, NewRef("issue", newID()), fmt.Sprint("issue ", n)))
			}
			h.applied(t, h.ann, h.annsTab, ops...)
		}
		var small, big replica
		small.pull(t, h, h.ben, 7)
		big.pull(t, h, h.ben, 5000)
		if diff := cmp.Diff(big.records, small.records); diff != "" {
			t.Error(diff)
		}
		if len(small.seen) != len(big.seen) {
			t.Errorf("%d came in small pages, %d in one", len(small.seen), len(big.seen))
		}
	})

	t.Run("S48 whoever is added to a team starts over and then has all of it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issueIn(t, h.private, "Secret")
		var reader replica
		reader.pull(t, h, h.ben, 500)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Add, Record: NewRef("team", h.private), Field: "members", Value: string(NewRef("member", h.ben.Member))})
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: reader.cursor})
		must(t, err)
		if answer.Reset != "access" {
			t.Fatalf("%+v", answer)
		}
		var fresh replica
		fresh.pull(t, h, h.ben, 500)
		if _, there := fresh.records[issue]; !there {
			t.Error("the team's issue is not there")
		}
	})

	t.Run("S44 a pull never holds what the reader may not see", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.issueIn(t, h.private, "Secret")
		var reader replica
		reader.pull(t, h, h.ben, 500)
		for ref, change := range reader.records {
			if change.Fields["team"] == string(NewRef("team", h.private)) || ref == NewRef("team", h.private) {
				t.Errorf("%s %v", ref, change.Fields)
			}
		}
	})
}

// The texts of projects come by a query of their own, beside the projects in memory: a page must not reach further than that query did.
func TestPull_ProjectsOfOneTransactionKeepTheirTexts(t *testing.T) {
	t.Parallel()
	h := setup(t)
	first, second := NewRef("project", newID()), NewRef("project", newID())
	made := h.applied(t, h.ann, h.annsTab,
		Operation{Op: Create, Record: first, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "One", "description": "Why one"}},
		Operation{Op: Create, Record: second, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Two", "description": "Why two"}})
	reader := replica{cursor: made.Version - 1}
	reader.pull(t, h, h.ben, 1)
	for ref, text := range map[Ref]string{first: "Why one", second: "Why two"} {
		if got := reader.records[ref].Fields["description"]; got != text {
			t.Errorf("%v is told with the text %q, not %q", reader.records[ref].Fields["name"], got, text)
		}
	}
}

// checkLog holds the log against the live records: versions without a gap, each before the previous after, the last
// after the live value, each record's version its last entry's.
func (h *house) checkLog(t testing.TB) {
	t.Helper()
	rows, err := h.pool.Query(t.Context(), `select version, kind, record_id::text, before, after from change where workspace_id = $1 order by version, ordinal`, h.ws)
	must(t, err)
	defer rows.Close()
	state, at := map[string]map[string]any{}, map[string]int64{}
	last := int64(0)
	for rows.Next() {
		var version int64
		var kind, id string
		var before, after map[string]any
		must(t, rows.Scan(&version, &kind, &id, &before, &after))
		if version != last && version != last+1 {
			t.Fatalf("the log goes from %d to %d", last, version)
		}
		last = version
		if state[id] == nil {
			state[id] = map[string]any{}
			if kind == "workspace" { // it was there before its log
				maps.Copy(state[id], before)
			}
		}
		for field, was := range before {
			if !cmp.Equal(was, state[id][field]) {
				t.Errorf("V %d, %s:%s.%s: before is %v, the previous after %v", version, kind, id, field, was, state[id][field])
			}
		}
		maps.Copy(state[id], after)
		at[id] = version
	}
	must(t, rows.Err())
	h.compareLive(t, state, at)
}

func (h *house) compareLive(t testing.TB, state map[string]map[string]any, at map[string]int64) {
	t.Helper()
	rows, err := h.pool.Query(t.Context(), `select id::text, version, title, priority, 'status:' || status_id, 'team:' || team_id, number from issue where workspace_id = $1
		union all select id::text, version, null, null, null, 'team:' || team_id, null from comment where workspace_id = $1`, h.ws)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var id, team string
		var title, status *string
		var version int64
		var priority, number *float64
		must(t, rows.Scan(&id, &version, &title, &priority, &status, &team, &number))
		live := map[string]any{"team": team}
		if title != nil {
			live["title"], live["status"], live["priority"], live["number"] = *title, *status, *priority, *number
		}
		for field, value := range live {
			if !cmp.Equal(state[id][field], value) {
				t.Errorf("record %s.%s: the log says %v, the table %v", id, field, state[id][field], value)
			}
		}
		if at[id] != version {
			t.Errorf("record %s: last entry %d, version %d", id, at[id], version)
		}
	}
	must(t, rows.Err())
}

// Without its team a view would read as one of all teams.
func TestPull_AViewOfATeamInTheTrashKeepsItsTeam(t *testing.T) {
	t.Parallel()
	h := setup(t)
	team, view := newID(), NewRef("view", newID())
	ref := NewRef("team", team)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: ref, Set: map[string]any{"key": "OLD", "name": "Old"}},
		Operation{Op: Create, Record: view, Set: map[string]any{"team": string(ref), "name": "Theirs"}}, Operation{Op: Delete, Record: ref})
	told, err := h.Pull(t.Context(), h.ann, Pull{Limit: PullMost})
	must(t, err)
	at := slices.IndexFunc(told.Changes, func(c RecordChange) bool { return c.Record == view })
	if at < 0 || told.Changes[at].Fields["team"] != string(ref) {
		t.Errorf("it is told as %+v", told.Changes)
	}
}
