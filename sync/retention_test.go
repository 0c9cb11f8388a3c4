package sync

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/queries/querytest"
)

const keptFor = 90 * 24 * time.Hour

// aged is a house that has lived, then stood for longer than its log is kept, and was lived in again.
func aged(t *testing.T) (h *house, old int64) {
	t.Helper()
	h = setupWith(t, Options{Retention: keptFor})
	h.live(t)
	old = h.verdict(t).Head
	h.clock.advance(keptFor + time.Hour)
	return h, old
}

// everything pulls all that an actor may see.
func (h *house) everything(t testing.TB, actor Actor, limit int) replica {
	t.Helper()
	var r replica
	r.pull(t, h, actor, limit)
	return r
}

// cutLogs cuts what is too old; the engine's own first round may be at it still.
func cutLogs(t testing.TB, e *Engine) {
	t.Helper()
	err := errCuttingElsewhere
	for errors.Is(err, errCuttingElsewhere) {
		err = e.cutLogs(t.Context())
	}
	must(t, err)
}

func (h *house) floor(t testing.TB) int64 {
	t.Helper()
	floor, err := h.queries.GetFloor(t.Context(), h.pool, h.ws)
	must(t, err)
	return floor
}

func TestS22_ACutLogBelowTheFloor(t *testing.T) {
	t.Parallel()

	t.Run("from below the floor is truncated, from the floor come the changes since, and the copy is a fresh one's", func(t *testing.T) {
		t.Parallel()
		h, old := aged(t)
		client := h.everything(t, h.ben, 0)
		young, version := h.issue(t, "young")
		cutLogs(t, h.Engine)
		if floor := h.floor(t); floor != old || version != old+1 {
			t.Fatalf("the floor is %d of %d", floor, old)
		}
		for _, since := range []int64{1, old - 1} {
			answer, err := h.Pull(t.Context(), h.ben, Pull{Since: since})
			must(t, err)
			if answer.Reset != "truncated" || answer.Version != version || len(answer.Changes) != 0 {
				t.Errorf("since %d: %+v", since, answer)
			}
		}
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: old})
		must(t, err)
		if answer.Reset != "" || len(answer.Changes) != 1 || answer.Changes[0].Record != young {
			t.Errorf("since the floor: %+v", answer)
		}
		client.pull(t, h, h.ben, 0) // from the floor on
		for _, limit := range []int{1, 3, 5000} {
			fresh := h.everything(t, h.ben, limit)
			wanted, err := json.Marshal(fresh.live())
			must(t, err)
			got, err := json.Marshal(client.live())
			must(t, err)
			if diff := cmp.Diff(string(wanted), string(got)); diff != "" {
				t.Errorf("limit %d (-fresh +kept):\n%s", limit, diff)
			}
		}
	})

	t.Run("a stream that resumes below the floor tells that all may be stale", func(t *testing.T) {
		t.Parallel()
		h, old := aged(t)
		cutLogs(t, h.Engine)
		h.issue(t, "young")
		for since, all := range map[int64]bool{old - 1: true, old: false} {
			s, err := h.Subscribe(t.Context(), h.ben, &since)
			must(t, err)
			event, told := s.Take()
			if !told || event.All != all || event.From != since || event.Version != old+1 {
				t.Errorf("since %d: %t %+v", since, told, event)
			}
			s.Close()
		}
	})

	t.Run("a hub whose place was cut tells everybody that all may be stale, rights too", func(t *testing.T) {
		t.Parallel()
		h, old := aged(t)
		s, err := h.Subscribe(t.Context(), h.ben, nil)
		must(t, err)
		defer s.Close()
		cutLogs(t, h.Engine)
		s.hub.mu.Lock()
		s.hub.cursor = 2 // as that of a node that slept
		s.hub.mu.Unlock()
		s.hub.hear(old, nil)
		select {
		case <-s.Ready():
		case <-time.After(patienceInTests):
			t.Fatal("nothing was told")
		}
		if event, told := s.Take(); !told || !event.Access || !event.All || event.Version != old {
			t.Errorf("%t %+v", told, event)
		}
	})

	t.Run("V goes on when the whole log is cut", func(t *testing.T) {
		t.Parallel()
		h, old := aged(t)
		cutLogs(t, h.Engine)
		if n := h.count(t, "change"); n != 0 {
			t.Errorf("%d entries are left", n)
		}
		if n := h.count(t, "result"); n != 0 {
			t.Errorf("%d results are left", n)
		}
		if head := h.verdict(t).Head; head != old {
			t.Errorf("the head fell from %d to %d", old, head)
		}
		if _, version := h.issue(t, "young"); version != old+1 {
			t.Errorf("V %d follows %d", version, old)
		}
		h.liveOn(t)
	})
}

// liveOn goes on with records whose beginning was cut, and Verify must accept all of it.
func (h *house) liveOn(t *testing.T) {
	t.Helper()
	list, err := h.TeamIssues(t.Context(), h.ann, "ENG", ListOptions{})
	must(t, err)
	for _, group := range list.Groups {
		for _, row := range group.Issues {
			ref := NewRef("issue", row.ID)
			h.applied(t, h.ann, h.annsTab, setField(ref, row.Version, "title", row.Title+"!"))
			h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: ref})
			h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: ref})
		}
	}
	if verdict := h.verdict(t); verdict.First != nil {
		t.Errorf("%s", verdict.First)
	}
}

func (h *house) count(t testing.TB, table string) (n int) {
	t.Helper()
	must(t, h.pool.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n))
	return n
}

// live is the replica in a fixed order, without what was deleted.
func (r *replica) live() []RecordChange {
	var all []RecordChange
	for _, change := range r.records {
		if change.Op == "put" {
			all = append(all, change)
		}
	}
	slices.SortFunc(all, func(a, b RecordChange) int { return strings.Compare(string(a.Record), string(b.Record)) })
	return all
}

func TestRetention(t *testing.T) {
	t.Parallel()

	t.Run("what is young enough stays, imported history counts from its import", func(t *testing.T) {
		t.Parallel()
		h := setupWith(t, Options{Retention: keptFor})
		h.live(t) // imports entries of 2019
		h.clock.advance(keptFor - time.Hour)
		before := h.count(t, "change")
		cutLogs(t, h.Engine)
		if n := h.count(t, "change"); n != before || h.floor(t) != 0 {
			t.Errorf("%d of %d entries are left, the floor is %d", n, before, h.floor(t))
		}
	})

	t.Run("a refusal goes by its own time, not by its V", func(t *testing.T) {
		t.Parallel()
		h, _ := aged(t)
		refused := Transaction{ID: newID(), Ops: []Operation{setField(NewRef("issue", newID()), 1, "title", "x")}}
		h.send(t, h.ben, h.bensTab, refused)
		cutLogs(t, h.Engine)
		if again := h.send(t, h.ben, h.bensTab, refused); !again.Replayed || h.count(t, "result") != 1 {
			t.Errorf("%+v, %d results", again, h.count(t, "result"))
		}
	})

	t.Run("a text without from whose base was cut is a conflict", func(t *testing.T) {
		t.Parallel()
		h := setupWith(t, Options{Retention: keptFor})
		issue, base := h.issue(t, "Fix login")
		untouched, other := h.issue(t, "Fix logout")
		from, theirs, mine := "", "theirs", "mine"
		h.applied(t, h.ann, h.annsTab, Operation{Op: Text, Record: issue, Field: "description", From: &from, Text: &theirs})
		h.clock.advance(keptFor + time.Hour)
		later := theirs + " later"
		h.applied(t, h.ann, h.annsTab, Operation{Op: Text, Record: issue, Field: "description", From: &theirs, Text: &later})
		cutLogs(t, h.Engine)
		result := h.push(t, h.ben, h.bensTab, Operation{Op: Text, Record: issue, Field: "description", Base: &base, Text: &mine})
		if result.Status != InConflict || result.Conflicts[0].Base != nil || result.Conflicts[0].Theirs != later {
			t.Errorf("%+v", result)
		}
		// One that nobody has changed since is no guess: its stamp says so.
		h.applied(t, h.ben, h.bensTab, Operation{Op: Text, Record: untouched, Field: "description", Base: &other, Text: &mine})
	})

	t.Run("a conflict whose base was cut shows no base", func(t *testing.T) {
		t.Parallel()
		h := setupWith(t, Options{Retention: keptFor})
		issue, base := h.issue(t, "one")
		h.applied(t, h.ann, h.annsTab, setField(issue, base, "title", "two"))
		h.clock.advance(keptFor + time.Hour)
		h.applied(t, h.ann, h.annsTab, setField(issue, base, "title", "three"))
		cutLogs(t, h.Engine)
		h.clock.advance(time.Minute)
		result := h.push(t, h.ben, h.bensTab, setField(issue, base, "title", "mine"))
		if result.Status != InConflict || result.Conflicts[0].Base != nil || result.Conflicts[0].Theirs != "three" {
			t.Errorf("%+v", result)
		}
	})

	t.Run("undoing what was cut is refused in words", func(t *testing.T) {
		t.Parallel()
		h := setupWith(t, Options{Retention: keptFor})
		issue, base := h.issue(t, "one")
		set := h.applied(t, h.ann, h.annsTab, setField(issue, base, "title", "two"))
		h.clock.advance(keptFor + time.Hour)
		cutLogs(t, h.Engine)
		result := h.push(t, h.ann, h.annsTab, Operation{Op: Undo, Transaction: set.ID})
		if result.Status != Rejected || result.Error.Code != CodeNotFound || !strings.Contains(result.Error.Text, "no longer kept") {
			t.Errorf("%+v", result)
		}
	})

	t.Run("one node cuts at a time, and each step is whole", func(t *testing.T) {
		t.Parallel()
		h := setupWith(t, Options{Retention: keptFor})
		ops := make([]Operation, 0, retentionBatch-50)
		for range cap(ops) {
			ops = append(ops, Operation{Op: Create, Record: NewRef("issue", newID()), Set: map[string]any{"team": string(NewRef("team", h.team)), "title": "many"}})
		}
		h.applied(t, h.ann, h.annsTab, ops...)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: ops[0].Record})
		for i := range ops {
			ops[i].Record = NewRef("issue", newID())
		}
		last := h.applied(t, h.ann, h.annsTab, ops...).Version // it goes on behind the first batch
		h.clock.advance(keptFor + time.Hour)

		tx, err := h.pool.Begin(t.Context())
		must(t, err)
		locked, err := h.queries.TryLockRetention(t.Context(), tx)
		must(t, err)
		other := New(Options{Pool: querytest.Pool(t, h.pool.Config().ConnString()), Clock: h.clock.now, Retention: keptFor})
		if err := other.cutLog(t.Context(), h.ws); !locked || !errors.Is(err, errCuttingElsewhere) {
			t.Errorf("beside another node: %v", err)
		}
		must(t, tx.Rollback(t.Context()))
		cutLogs(t, other)
		if h.floor(t) != last || h.count(t, "change") != 0 {
			t.Errorf("the floor is %d of %d, %d entries are left", h.floor(t), last, h.count(t, "change"))
		}
	})
}
