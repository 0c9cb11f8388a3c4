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

// layOutAll makes a display of the list over all teams, or of a view of it: one's own, or that of all.
func (h *house) layOutAll(t testing.TB, actor Actor, client uuid.UUID, view uuid.UUID, private bool, query string) Ref {
	t.Helper()
	member, set := uuid.Nil, map[string]any{"query": query, "private": private}
	if private {
		member = actor.Member
	}
	if view != uuid.Nil {
		set["view"] = string(NewRef("view", view))
	}
	ref := NewRef("display", DisplayID(h.ws, uuid.Nil, view, member))
	h.applied(t, actor, client, Operation{Op: Create, Record: ref, Set: set})
	return ref
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

	t.Run("the list over all teams has its own, and each of its views", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		view, ofTeam := NewRef("view", newID()), NewRef("view", newID())
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: view, Set: map[string]any{"name": "Urgent"}},
			Operation{Op: Create, Record: ofTeam, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Bugs"}})
		since := h.at(t)
		own := h.layOutAll(t, h.cleo, newID(), uuid.Nil, true, "group=team")
		h.layOutAll(t, h.ann, h.annsTab, uuid.Nil, false, "group=label")
		h.layOutAll(t, h.ann, h.annsTab, view.ID(), false, "group=none")
		for _, one := range []struct {
			who      Actor
			view     uuid.UUID
			own, all string
		}{{h.cleo, uuid.Nil, "group=team", "group=label"}, {h.ben, uuid.Nil, "", "group=label"}, {h.cleo, view.ID(), "", "group=none"}, {h.ben, ofTeam.ID(), "", "group=label"}} {
			found, err := h.DisplaysOfAll(t.Context(), one.who, one.view)
			must(t, err)
			if found.Own.Query != one.own || found.All.Query != one.all {
				t.Errorf("%+v %+v", found.Own, found.All)
			}
		}
		for who, want := range map[Actor]int{h.cleo: 3, h.ben: 2} {
			pulled, err := h.Pull(t.Context(), who, Pull{Since: since})
			must(t, err)
			if len(pulled.Changes) != want {
				t.Errorf("%d are told to %s", len(pulled.Changes), who.Member)
			}
		}
		if taken := h.push(t, h.ben, h.bensTab, Operation{Op: Delete, Record: own}); taken.Error == nil || taken.Error.Code != CodeNotFound {
			t.Errorf("another takes it away: %+v", taken)
		}
		mixed := DisplayID(h.ws, uuid.Nil, ofTeam.ID(), uuid.Nil)
		if got := h.push(t, h.ann, h.annsTab, Operation{Op: Create, Record: NewRef("display", mixed), Set: map[string]any{"view": string(ofTeam)}}); got.Error == nil || got.Error.Fields["view"] == "" {
			t.Errorf("a team's view among those of all: %+v", got)
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
