package sync

import (
	stdsync "sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestReplay(t *testing.T) {
	t.Parallel()

	t.Run("S3 the same push again, also in parallel, is answered from the stored result", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		ref := NewRef("issue", newID())
		transaction := Transaction{ID: newID(), Ops: []Operation{create(h, ref, "Fix login")}}
		first := h.send(t, h.ben, h.bensTab, transaction)
		if first.Status != Applied || first.Replayed {
			t.Fatalf("%+v", first)
		}
		results := inParallel(5, func() Result { return h.send(t, h.ben, h.bensTab, transaction) })
		for _, again := range results {
			if again.Version != first.Version || !again.Replayed || again.Status != Applied {
				t.Errorf("replay %+v, first %+v", again, first)
			}
		}
		if log := h.logOf(t, ref.ID()); len(log) != 1 {
			t.Errorf("the log has %d entries of it", len(log))
		}
	})

	t.Run("S10 one transaction on two connections at once runs once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		ref := NewRef("issue", newID())
		transaction := Transaction{ID: newID(), Ops: []Operation{create(h, ref, "Fix login")}}
		results := inParallel(8, func() Result { return h.send(t, h.ben, h.bensTab, transaction) })
		fresh := 0
		for _, result := range results {
			if result.Status != Applied {
				t.Errorf("%+v", result)
			}
			if !result.Replayed {
				fresh++
			}
		}
		if log := h.logOf(t, ref.ID()); fresh != 1 || len(log) != 1 {
			t.Errorf("ran %d times, %d log entries", fresh, len(log))
		}
	})

	t.Run("S4 a refusal is stored too and does not block the next", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		bad := Transaction{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "")}}
		first := h.send(t, h.ben, h.bensTab, bad)
		again := h.send(t, h.ben, h.bensTab, bad)
		if first.Status != Rejected || first.Error.Code != CodeInvalid || !again.Replayed {
			t.Fatalf("first %+v, again %+v", first, again)
		}
		if diff := cmp.Diff(first.Error, again.Error); diff != "" {
			t.Error(diff)
		}
		h.applied(t, h.ben, h.bensTab, create(h, NewRef("issue", newID()), "Good"))
	})

	t.Run("S5 and S6 each transaction has its own result, and done ones are replayed", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		batch := []Transaction{
			{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "One")}},
			{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "")}},
			{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "Three")}},
		}
		answer, err := h.Push(t.Context(), h.ben, Push{Client: h.bensTab, Transactions: batch})
		must(t, err)
		if got := statuses(answer); !cmp.Equal(got, []string{Applied, Rejected, Applied}) {
			t.Fatalf("%v", got)
		}
		batch = append(batch, Transaction{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "Four")}})
		answer, err = h.Push(t.Context(), h.ben, Push{Client: h.bensTab, Transactions: batch})
		must(t, err)
		for i, result := range answer.Results {
			if result.Replayed != (i < 3) {
				t.Errorf("result %d: replayed %v", i, result.Replayed)
			}
		}
	})

	t.Run("S7 what would fail today is still answered as it was", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		transaction := Transaction{ID: newID(), Ops: []Operation{setField(issue, base, "priority", 1)}}
		h.send(t, h.ben, h.bensTab, transaction)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: issue})
		if again := h.send(t, h.ben, h.bensTab, transaction); again.Status != Applied || !again.Replayed {
			t.Errorf("%+v", again)
		}
	})

	t.Run("S8 a used id with other operations is refused and the first result stays", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		first := Transaction{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "One")}}
		h.send(t, h.ben, h.bensTab, first)
		other := Transaction{ID: first.ID, Ops: []Operation{create(h, NewRef("issue", newID()), "Two")}}
		if result := h.send(t, h.ben, h.bensTab, other); result.Status != Rejected || result.Error.Code != CodeReused {
			t.Errorf("%+v", result)
		}
		if again := h.send(t, h.ben, h.bensTab, first); again.Status != Applied || !again.Replayed {
			t.Errorf("%+v", again)
		}
	})

	t.Run("S8 a form with a used id and another body is a new transaction", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		first := Transaction{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "One")}}
		_, err := h.Apply(t.Context(), h.ben, h.bensTab, first)
		must(t, err)
		first.Ops = []Operation{create(h, NewRef("issue", newID()), "Two")}
		result, err := h.Apply(t.Context(), h.ben, h.bensTab, first)
		must(t, err)
		if result.Replayed {
			t.Errorf("%+v", result)
		}
	})

	t.Run("S9 a client id belongs to who used it first", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.issue(t, "Fix login")
		_, err := h.Push(t.Context(), h.ben, Push{Client: h.annsTab, Transactions: []Transaction{
			{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "Mine")}}}})
		wantCode(t, err, CodeClientTaken)
	})

	t.Run("S58 what was made offline drains in order: create, comment, assign, delete", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, unseen := NewRef("issue", newID()), int64(0)
		var queue []Transaction
		for _, op := range []Operation{
			create(h, issue, "Offline"), comment(issue, NewRef("comment", newID()), "Hello"),
			setField(issue, unseen, "assignee", string(NewRef("member", h.ben.Member))), {Op: Delete, Record: issue},
		} {
			queue = append(queue, Transaction{ID: newID(), Queued: true, Ops: []Operation{op}})
		}
		answer, err := h.Push(t.Context(), h.ben, Push{Client: h.bensTab, Transactions: queue})
		must(t, err)
		if got := statuses(answer); !cmp.Equal(got, []string{Applied, Applied, Applied, Applied}) {
			t.Fatalf("%+v", answer.Results)
		}
		if page := h.page(t, issue); !page.Deleted || len(page.Comments) != 1 || page.Assignee != h.ben.Member {
			t.Errorf("%+v", page)
		}
	})

	t.Run("S58 what builds on a refusal whose answer was lost is refused as depends too", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue := NewRef("issue", newID())
		refused := Transaction{ID: newID(), Ops: []Operation{create(h, issue, "")}}
		h.send(t, h.ben, h.bensTab, refused)
		result := h.send(t, h.ben, h.bensTab, refused, Transaction{ID: newID(), Ops: []Operation{{Op: Delete, Record: issue}}})
		if result.Error == nil || result.Error.Code != CodeDepends {
			t.Errorf("%+v", result)
		}
	})
	t.Run("S58 what builds on a refused record is refused as depends", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue := NewRef("issue", newID())
		answer, err := h.Push(t.Context(), h.ben, Push{Client: h.bensTab, Transactions: []Transaction{
			{ID: newID(), Ops: []Operation{create(h, issue, "")}},
			{ID: newID(), Ops: []Operation{comment(issue, NewRef("comment", newID()), "Hello")}},
		}})
		must(t, err)
		if result := answer.Results[1]; result.Status != Rejected || result.Error.Code != CodeDepends {
			t.Errorf("%+v", result)
		}
		later := h.push(t, h.ben, h.bensTab, comment(issue, NewRef("comment", newID()), "Again"))
		if later.Error == nil || later.Error.Code != CodeDepends {
			t.Errorf("%+v", later)
		}
	})
}

func create(h *house, ref Ref, title string) Operation {
	return Operation{Op: Create, Record: ref, Set: map[string]any{"team": string(NewRef("team", h.team)), "title": title}}
}

func comment(issue, ref Ref, body string) Operation {
	return Operation{Op: Create, Record: ref, Set: map[string]any{"issue": string(issue), "body": body}}
}

func statuses(answer PushResult) []string {
	var all []string
	for _, result := range answer.Results {
		all = append(all, result.Status)
	}
	return all
}

func inParallel[T any](times int, f func() T) []T {
	results := make([]T, times)
	var all stdsync.WaitGroup
	for i := range times {
		all.Go(func() { results[i] = f() })
	}
	all.Wait()
	return results
}

// logOf counts the log's entries of a record.
func (h *house) logOf(t testing.TB, record uuid.UUID) []int64 {
	t.Helper()
	rows, err := h.pool.Query(t.Context(), "select version from change where workspace_id = $1 and record_id = $2 order by version", h.ws, record)
	must(t, err)
	defer rows.Close()
	var versions []int64
	for rows.Next() {
		var version int64
		must(t, rows.Scan(&version))
		versions = append(versions, version)
	}
	must(t, rows.Err())
	return versions
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	told, ok := asError(err)
	if !ok || told.Code != code {
		t.Fatalf("error %v, want code %s", err, code)
	}
}
