package sync

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
)

func favourite(target Ref, more ...func(map[string]any)) Operation {
	set := map[string]any{target.kind(): string(target)}
	for _, f := range more {
		f(set)
	}
	return Operation{Op: Create, Record: NewRef("favourite", newID()), Set: set}
}

// favourites are what the sidebar shows to somebody.
func (h *house) favourites(t testing.TB, actor Actor) []string {
	t.Helper()
	list, err := h.Favourites(t.Context(), actor)
	must(t, err)
	shown := []string{}
	for _, one := range list.Rows {
		words := map[string]string{"issue": one.Issue.Title, "view": one.View.Name, "team": one.Team.Name, "project": one.Project.Name, "cycle": fmt.Sprint(one.Team.Key, " cycle ", one.Cycle.Number)}[one.Target.kind()]
		if one.Folder != "" {
			words = one.Folder + "/" + words
		}
		shown = append(shown, words)
	}
	return shown
}

func TestFavourite(t *testing.T) {
	t.Parallel()

	t.Run("issues, views and teams stand in the order in which they were made, or were put", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "One")
		view := NewRef("view", newID())
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: view, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Bugs"}})
		ops := []Operation{favourite(view), favourite(issue, func(set map[string]any) { set["folder"] = "Soon" }), favourite(NewRef("team", h.team))}
		made := h.applied(t, h.ben, h.bensTab, ops...)
		wantSame(t, "the list", []string{"Bugs", "Soon/One", "Engineering"}, h.favourites(t, h.ben))
		h.applied(t, h.ben, h.bensTab, setField(ops[2].Record, made.Version, "position", int64(1)), setField(ops[0].Record, made.Version, "position", int64(3)))
		wantSame(t, "the list in another order", []string{"Engineering", "Soon/One", "Bugs"}, h.favourites(t, h.ben))
	})

	t.Run("a view of all teams is kept by everybody who is there, and goes with it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		view := NewRef("view", newID())
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: view, Set: map[string]any{"name": "Urgent"}})
		h.applied(t, h.cleo, newID(), favourite(view))
		wantSame(t, "the list", []string{"Urgent"}, h.favourites(t, h.cleo))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: view})
		wantSame(t, "the list without it", []string{}, h.favourites(t, h.cleo))
	})

	t.Run("it is there once for each thing, and again after it was taken out", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "One")
		one := favourite(issue)
		h.applied(t, h.ben, h.bensTab, one)
		if again := h.push(t, h.ben, h.bensTab, favourite(issue)); again.Error == nil || again.Error.Fields["issue"] == "" {
			t.Errorf("a second one: %+v", again)
		}
		h.applied(t, h.ann, h.annsTab, favourite(issue))
		gone := Transaction{ID: newID(), Ops: []Operation{{Op: Delete, Record: one.Record}}}
		h.send(t, h.ben, h.bensTab, gone)
		wantSame(t, "taken out", []string{}, h.favourites(t, h.ben))
		h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: gone.ID})
		wantSame(t, "taken out, undone", []string{"One"}, h.favourites(t, h.ben))
		h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: one.Record})
		h.applied(t, h.ben, h.bensTab, favourite(issue))
		if back := h.push(t, h.ben, h.bensTab, Operation{Op: Restore, Record: one.Record}); back.Status != Rejected {
			t.Errorf("both at once: %+v", back)
		}
	})

	t.Run("S44 nobody else is told of one, pulls it, or can name it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "One")
		one := favourite(issue)
		made := h.applied(t, h.ben, h.bensTab, one)
		for op, want := range map[Verb]string{Delete: CodeNotFound, Restore: CodeNotFound, Set: CodeNotFound} {
			result := h.push(t, h.ann, h.annsTab, Operation{Op: op, Record: one.Record, Base: &made.Version, Set: map[string]any{"folder": "x"}})
			if result.Error == nil || result.Error.Code != want {
				t.Errorf("%s: %+v", op, result)
			}
		}
		for actor, want := range map[Actor]int{h.ann: 0, h.ben: 1} {
			pulled, err := h.Pull(t.Context(), actor, Pull{})
			must(t, err)
			found := 0
			for _, change := range pulled.Changes {
				if change.Record == one.Record {
					found++
				}
			}
			if found != want {
				t.Errorf("%s pulls it %d times", actor.Member, found)
			}
		}
		since := made.Version - 1
		for actor, want := range map[Actor][]string{h.ann: nil, h.ben: {string(NewRef("member", h.ben.Member))}} {
			subscription, err := h.Subscribe(t.Context(), actor, &since)
			must(t, err)
			event, _ := subscription.Take()
			subscription.Close()
			wantSame(t, "what is told", want, event.Topics)
			if event.Records != nil {
				t.Errorf("records are named: %v", event.Records)
			}
		}
	})

	t.Run("projects and cycles are kept as the others are, as long as they are there for their owner", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Set, Record: NewRef("team", h.team), Base: new(int64), Set: map[string]any{"cycle_weeks": 2, "cycle_day": 1}})
		look, err := h.Look(t.Context(), h.ben)
		must(t, err)
		cycle := NewRef("cycle", look.Cycles(h.team)[0].ID)
		ours, hidden, everybodys := h.project(t, "Ours", h.team), h.project(t, "Hidden", h.private), h.project(t, "Of everybody", uuid.Nil)
		h.applied(t, h.ben, h.bensTab, favourite(ours), favourite(cycle), favourite(everybodys))
		wantSame(t, "the list", []string{"Ours", "ENG cycle 1", "Of everybody"}, h.favourites(t, h.ben))
		for actor, target := range map[Actor]Ref{h.ben: hidden, h.cleo: everybodys} {
			h.wantRefused(t, actor, newID(), CodeNotFound, "", favourite(target))
		}
		h.wantRefused(t, h.ben, h.bensTab, CodeInvalid, "", favourite(cycle))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: ours})
		wantSame(t, "a project in the trash", []string{"ENG cycle 1", "Of everybody"}, h.favourites(t, h.ben))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: ours})
		wantSame(t, "and back", []string{"Ours", "ENG cycle 1", "Of everybody"}, h.favourites(t, h.ben))
	})

	t.Run("what has gone, or went out of sight, is not shown", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		dan := h.member(t, "dan", Member, h.private)
		secret, made := h.issueIn(t, h.private, "Secret")
		open, _ := h.issue(t, "Open")
		tab := newID()
		h.applied(t, dan, tab, favourite(secret), favourite(open), favourite(NewRef("team", h.private)))
		wantSame(t, "before", []string{"Secret", "Open", "Security"}, h.favourites(t, dan))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: open})
		wantSame(t, "in the trash", []string{"Secret", "Security"}, h.favourites(t, dan))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Remove, Record: NewRef("team", h.private), Field: "members", Value: string(NewRef("member", dan.Member))})
		wantSame(t, "out of sight", []string{}, h.favourites(t, dan))
		h.applied(t, h.ann, h.annsTab, setField(secret, made, "team", string(NewRef("team", h.team))), Operation{Op: Restore, Record: open})
		wantSame(t, "in sight again", []string{"Secret", "Open"}, h.favourites(t, dan))
	})

	t.Run("refused is what leads nowhere, or to two things, or to what one does not see", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		secret, _ := h.issueIn(t, h.private, "Secret")
		issue, _ := h.issue(t, "One")
		team := string(NewRef("team", h.team))
		for name, c := range map[string]struct {
			op   Operation
			code string
		}{
			"nothing":         {Operation{Op: Create, Record: NewRef("favourite", newID()), Set: map[string]any{"folder": "x"}}, CodeInvalid},
			"two things":      {favourite(issue, func(set map[string]any) { set["team"] = team }), CodeInvalid},
			"a hidden issue":  {favourite(secret), CodeNotFound},
			"an absent issue": {favourite(NewRef("issue", newID())), CodeNotFound},
			"of another":      {favourite(issue, func(set map[string]any) { set["member"] = string(NewRef("member", h.ann.Member)) }), CodeInvalid},
		} {
			if result := h.push(t, h.ben, h.bensTab, c.op); result.Error == nil || result.Error.Code != c.code {
				t.Errorf("%s: %+v %+v", name, result, result.Error)
			}
		}
		wantSame(t, "the list", []string{}, h.favourites(t, h.ben))
	})

	t.Run("two of one group that lead to the same meet as if one came later", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "One")
		answer, err := h.Push(t.Context(), h.ben, Push{Client: h.bensTab, Transactions: []Transaction{
			{ID: newID(), Ops: []Operation{favourite(issue)}}, {ID: newID(), Ops: []Operation{favourite(issue)}}}})
		must(t, err)
		if answer.Results[0].Status != Applied || answer.Results[1].Status != Rejected {
			t.Errorf("%+v", answer.Results)
		}
	})
}

func TestFavourite_MemberMayKeepSoManyAndNoMore(t *testing.T) {
	t.Parallel()
	h := setup(t)
	var ops []Operation
	for range mostFavourites {
		issue := Operation{Op: Create, Record: NewRef("issue", uuid.Must(uuid.NewV7())), Set: map[string]any{"team": string(NewRef("team", h.team)), "title": "x"}}
		ops = append(ops, issue, favourite(issue.Record))
	}
	h.applied(t, h.ben, h.bensTab, ops...)
	if one := h.push(t, h.ben, h.bensTab, favourite(NewRef("team", h.team))); one.Status != Rejected {
		t.Errorf("one more: %+v", one)
	}
}
