package sync

import (
	"testing"

	"github.com/google/uuid"
)

// layOut makes a display of the team's list: one's own, or that of all.
func (h *house) layOut(t testing.TB, actor Actor, client uuid.UUID, private bool, query string) Ref {
	t.Helper()
	op := h.display(actor, private, query)
	h.applied(t, actor, client, op)
	return op.Record
}

func (h *house) display(actor Actor, private bool, query string) Operation {
	member := uuid.Nil
	if private {
		member = actor.Member
	}
	return Operation{Op: Create, Record: NewRef("display", DisplayID(h.ws, h.team, uuid.Nil, member)),
		Set: map[string]any{"team": string(NewRef("team", h.team)), "query": query, "private": private}}
}

func TestDisplay(t *testing.T) {
	t.Parallel()

	t.Run("each member has one's own, and all have one", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.layOut(t, h.ben, h.bensTab, true, "group=assignee")
		h.layOut(t, h.ann, h.annsTab, false, "group=priority")
		for _, one := range []struct {
			who      Actor
			own, all string
		}{{h.ben, "group=assignee", "group=priority"}, {h.ann, "", "group=priority"}} {
			found, err := h.Displays(t.Context(), one.who, "ENG", uuid.Nil)
			must(t, err)
			if found.Own.Query != one.own || found.Own.Set() != (one.own != "") || found.All.Query != one.all {
				t.Errorf("%+v %+v", found.Own, found.All)
			}
		}
	})

	t.Run("nobody else hears of one's own", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		pull := func(who Actor, since int64) PullResult {
			t.Helper()
			answer, err := h.Pull(t.Context(), who, Pull{Since: since})
			must(t, err)
			return answer
		}
		before := pull(h.ann, 0).Version
		ref := h.layOut(t, h.ben, h.bensTab, true, "group=assignee")
		for _, change := range pull(h.ann, before).Changes {
			t.Errorf("ann is told of %s", change.Record)
		}
		if mine := pull(h.ben, before).Changes; len(mine) != 1 || mine[0].Record != ref {
			t.Errorf("ben is told %v", mine)
		}
		absent := h.push(t, h.ann, h.annsTab, Operation{Op: Delete, Record: NewRef("display", newID())})
		hidden := h.push(t, h.ann, h.annsTab, Operation{Op: Delete, Record: ref})
		if absent.Error == nil || hidden.Error == nil || absent.Error.Text != hidden.Error.Text {
			t.Errorf("%v and %v are told apart", absent.Error, hidden.Error)
		}
	})

	t.Run("its id follows from what it is of", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		op := h.display(h.ben, true, "")
		op.Record = NewRef("display", newID())
		if got := h.push(t, h.ben, h.bensTab, op); got.Error == nil || got.Error.Fields["record"] == "" {
			t.Errorf("%+v", got)
		}
		op = h.display(h.ann, true, "")
		if got := h.push(t, h.ben, h.bensTab, op); got.Error == nil {
			t.Error("ben made one for ann")
		}
	})

	t.Run("a reset can be undone, and one that was reset can be set again", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		ref := h.layOut(t, h.ben, h.bensTab, true, "group=assignee")
		reset := h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: ref})
		h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: reset.ID})
		found, err := h.Displays(t.Context(), h.ben, "ENG", uuid.Nil)
		must(t, err)
		if !found.Own.Set() || found.Own.Query != "group=assignee" {
			t.Errorf("%+v", found.Own)
		}
		h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: ref})
		found, err = h.Displays(t.Context(), h.ben, "ENG", uuid.Nil)
		must(t, err)
		h.applied(t, h.ben, h.bensTab, found.Own.Writes(nil, "order=due")...)
		found, err = h.Displays(t.Context(), h.ben, "ENG", uuid.Nil)
		must(t, err)
		if !found.Own.Set() || found.Own.Query != "order=due" {
			t.Errorf("%+v", found.Own)
		}
	})

	t.Run("what is no query is refused, and guests lay out nothing for all", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		for _, query := range []string{"group=%", "?group=none", "a#b"} {
			if got := h.push(t, h.ben, h.bensTab, h.display(h.ben, true, query)); got.Error == nil || got.Error.Fields["query"] == "" {
				t.Errorf("%q: %+v", query, got)
			}
		}
		guest := h.member(t, "dan", Guest, h.team)
		if got := h.push(t, guest, newID(), h.display(guest, false, "")); got.Error == nil || got.Error.Code != CodeForbidden {
			t.Errorf("%+v", got)
		}
		h.applied(t, guest, newID(), h.display(guest, true, ""))
	})
}
