package sync

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// failOn makes PostgreSQL raise an error when an issue of a title is written: at the first try, or at each.
func (h *house) failOn(t testing.TB, title, raise string, once bool) {
	t.Helper()
	condition := "true"
	if once {
		condition = "nextval('tries') = 1" // sequences are not rolled back
	}
	_, err := h.pool.Exec(t.Context(), `create sequence tries;
		create function fail() returns trigger language plpgsql as $$ begin
			if new.title = '`+title+`' and `+condition+` then raise exception 'on purpose' using `+raise+`; end if;
			return new;
		end $$;
		create trigger fail before insert on issue for each row execute function fail()`)
	must(t, err)
}

func TestFailure(t *testing.T) {
	t.Parallel()

	for name, code := range map[string]string{"serialization failure": "40001", "deadlock": "40P01"} {
		t.Run("S13 a "+name+" is tried again and the client sees one success", func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			h.failOn(t, "Unlucky", "errcode = '"+code+"'", true)
			issue, _ := h.issue(t, "Unlucky")
			if log := h.logOf(t, issue.ID()); len(log) != 1 {
				t.Errorf("log %v", log)
			}
		})
	}

	t.Run("S27 a constraint that fails at the end leaves no trace, and the others of the group go through", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.failOn(t, "Unlucky", "errcode = '23505', constraint = 'issue_number_unique'", false)
		_, before := h.issue(t, "Before")
		bad, good := NewRef("issue", newID()), NewRef("issue", newID())
		answer, err := h.Push(t.Context(), h.ben, Push{Client: h.bensTab, Transactions: []Transaction{
			{ID: newID(), Ops: []Operation{create(h, bad, "Unlucky"), comment(bad, NewRef("comment", newID()), "findable")}},
			{ID: newID(), Ops: []Operation{create(h, good, "After")}},
		}})
		must(t, err)
		if got := statuses(answer); !cmp.Equal(got, []string{Rejected, Applied}) {
			t.Fatalf("%v", got)
		}
		if answer.Results[1].Version != before+1 {
			t.Errorf("V went from %d to %d", before, answer.Results[1].Version)
		}
		if log := h.logOf(t, bad.ID()); len(log) != 0 {
			t.Errorf("log %v", log)
		}
		found, err := h.Search(t.Context(), h.ann, "findable", "")
		must(t, err)
		if len(found.Comments) != 0 {
			t.Errorf("%+v", found.Comments)
		}
		h.checkLog(t)
	})

	t.Run("S81 what stands behind a failure of the server is not done before it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.failOn(t, "Unlucky", "errcode = 'XX000'", false)
		earlier := h.applied(t, h.ben, h.bensTab, create(h, NewRef("issue", newID()), "Earlier"))
		queue := []Transaction{
			{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "Unlucky")}},
			{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "Lucky")}},
			{ID: newID(), Ops: []Operation{{Op: Undo, Transaction: earlier.ID}}}, // in a group of its own
		}
		if answer, err := h.Push(t.Context(), h.ben, Push{Client: h.bensTab, Transactions: queue}); err == nil {
			t.Fatalf("%+v", answer)
		}
		_, err := h.pool.Exec(t.Context(), "drop trigger fail on issue")
		must(t, err)
		answer, err := h.Push(t.Context(), h.ben, Push{Client: h.bensTab, Transactions: queue})
		must(t, err)
		for i, result := range answer.Results {
			if result.Status != Applied || result.Replayed || result.Version != earlier.Version+1+int64(i) {
				t.Errorf("%+v", result)
			}
		}
		h.checkLog(t)
	})

	t.Run("a client that hangs up has not undone its write", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		transaction := Transaction{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "Hello")}}
		gone, hangUp := context.WithCancel(t.Context())
		hangUp()
		if _, err := h.Push(gone, h.ben, Push{Client: h.bensTab, Transactions: []Transaction{transaction}}); err == nil {
			t.Log("the answer was quicker than the client")
		}
		if again := h.send(t, h.ben, h.bensTab, transaction); again.Status != Applied || !again.Replayed {
			t.Errorf("%+v", again)
		}
	})

	t.Run("a NUL in a field's name is refused and blocks nothing", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		op := textOp(issue, base, nil, "x")
		op.Field = "a\x00"
		if result := h.push(t, h.ben, h.bensTab, op); result.Error == nil || result.Error.Code != CodeInvalid {
			t.Errorf("%+v", result)
		}
	})

	t.Run("data that only PostgreSQL refuses is the author's error, kept like any other", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.failOn(t, "Unlucky", "errcode = '22P02'", false)
		bad := Transaction{ID: newID(), Ops: []Operation{create(h, NewRef("issue", newID()), "Unlucky")}}
		first, again := h.send(t, h.ben, h.bensTab, bad), h.send(t, h.ben, h.bensTab, bad)
		if first.Error == nil || first.Error.Code != CodeInvalid || !again.Replayed {
			t.Errorf("%+v, %+v", first, again)
		}
	})

	t.Run("a NUL is refused as invalid and blocks nothing", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		result := h.push(t, h.ben, h.bensTab, create(h, NewRef("issue", newID()), "a\x00b"))
		if result.Error == nil || result.Error.Code != CodeInvalid {
			t.Errorf("%+v", result)
		}
		escaped := `the six characters \u0000 are harmless`
		issue := NewRef("issue", newID())
		h.applied(t, h.ben, h.bensTab, create(h, issue, escaped))
		if got := h.page(t, issue).Title; got != escaped {
			t.Errorf("%q", got)
		}
	})
}
