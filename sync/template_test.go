package sync

import (
	"slices"
	"testing"

	"github.com/google/uuid"
)

func template(name string, more ...func(map[string]any)) Operation {
	set := map[string]any{"name": name}
	for _, f := range more {
		f(set)
	}
	return Operation{Op: Create, Record: NewRef("template", newID()), Set: set}
}

func isDefault(set map[string]any) { set["default"] = true }

func (h *house) ofTeam(set map[string]any) { set["team"] = string(NewRef("team", h.team)) }

// templates are those that somebody may start an issue of the public team from, the default with a star.
func (h *house) templates(t testing.TB, actor Actor) []string {
	t.Helper()
	snapshot, err := h.Look(t.Context(), actor)
	must(t, err)
	chosen, any := snapshot.DefaultTemplate(h.team)
	names := []string{}
	for _, one := range snapshot.Templates(h.team) {
		if any && one.ID == chosen.ID {
			one.Name += "*"
		}
		names = append(names, one.Name)
	}
	return names
}

func TestTemplate(t *testing.T) {
	t.Parallel()

	t.Run("of a team is shown to whoever sees the team, of none to everybody", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		secret := template("Secret", func(set map[string]any) { set["team"] = string(NewRef("team", h.private)) })
		h.applied(t, h.ann, h.annsTab, template("Bug", h.ofTeam), template("Chore"), secret)
		wantSame(t, "ben's", []string{"Bug", "Chore"}, h.templates(t, h.ben))
		snapshot, err := h.Look(t.Context(), h.ben)
		must(t, err)
		if _, seen := snapshot.Template(secret.Record.ID()); seen {
			t.Error("ben sees the private team's")
		}
	})

	t.Run("texts merge, labels commute, and it goes and comes back", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		bug := Operation{Op: Create, Record: NewRef("label", newID()), Set: map[string]any{"name": "bug"}}
		one := template("Bug", h.ofTeam, func(set map[string]any) { set["title"], set["description"] = "[Bug] ", "one\ntwo\nthree\n" })
		base := h.applied(t, h.ann, h.annsTab, bug, one).Version
		says := func(actor Actor, from, to string) {
			t.Helper()
			h.applied(t, actor, newID(), Operation{Op: Text, Record: one.Record, Base: &base, Field: "description", From: &from, Text: &to})
		}
		says(h.ann, "one\ntwo\nthree\n", "one by Ann\ntwo\nthree\n")
		says(h.ben, "one\ntwo\nthree\n", "one\ntwo\nthree by Ben\n")
		h.applied(t, h.ben, h.bensTab, Operation{Op: Add, Record: one.Record, Field: "labels", Value: string(bug.Record)}, setField(one.Record, base, "priority", int64(2)))
		look := func() (TemplateName, bool) {
			snapshot, err := h.Look(t.Context(), h.ben)
			must(t, err)
			return snapshot.Template(one.Record.ID())
		}
		is, _ := look()
		if is.Description != "one by Ann\ntwo\nthree by Ben\n" || is.Title != "[Bug]" || is.Priority != 2 || !slices.Equal(is.Labels, []uuid.UUID{bug.Record.ID()}) {
			t.Errorf("%+v", is)
		}
		gone := Transaction{ID: newID(), Ops: []Operation{{Op: Delete, Record: one.Record}}}
		h.send(t, h.ben, h.bensTab, gone)
		if _, seen := look(); seen {
			t.Error("it is there although it is in the trash")
		}
		h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: gone.ID})
		if back, _ := look(); back.Description != is.Description {
			t.Errorf("it came back as %+v", back)
		}
	})

	t.Run("one of a team's is the default, the last that was made it, and goes before everybody's", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		bug, chore, any := template("Bug", h.ofTeam, isDefault), template("Chore", h.ofTeam), template("Any", isDefault)
		base := h.applied(t, h.ann, h.annsTab, bug, chore, any).Version
		wantSame(t, "at first", []string{"Any", "Bug*", "Chore"}, h.templates(t, h.ben))
		chosen := Transaction{ID: newID(), Ops: []Operation{setField(chore.Record, base, "default", true)}}
		h.send(t, h.ben, h.bensTab, chosen)
		wantSame(t, "another", []string{"Any", "Bug", "Chore*"}, h.templates(t, h.ben))
		h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: chosen.ID})
		wantSame(t, "undone", []string{"Any", "Bug*", "Chore"}, h.templates(t, h.ben))
		h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: bug.Record})
		wantSame(t, "in the trash", []string{"Any*", "Chore"}, h.templates(t, h.ben))
		now := h.applied(t, h.ben, h.bensTab, setField(chore.Record, h.head(t), "default", true)).Version
		h.applied(t, h.ben, h.bensTab, Operation{Op: Restore, Record: bug.Record})
		wantSame(t, "back, and no default", []string{"Any", "Bug", "Chore*"}, h.templates(t, h.ben))
		h.applied(t, h.ben, h.bensTab, setField(chore.Record, now, "default", false))
		wantSame(t, "none of its own", []string{"Any*", "Bug", "Chore"}, h.templates(t, h.ben))
	})

	t.Run("two that are made the default at once leave one", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		bug, chore := template("Bug", h.ofTeam), template("Chore", h.ofTeam)
		base := h.applied(t, h.ann, h.annsTab, bug, chore).Version
		h.applied(t, h.ann, h.annsTab, setField(bug.Record, base, "default", true))
		h.applied(t, h.ben, h.bensTab, setField(chore.Record, base, "default", true))
		wantSame(t, "the default", []string{"Bug", "Chore*"}, h.templates(t, h.ann))
	})

	t.Run("refused is what its team has not, and what guests write", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.applied(t, h.ann, h.annsTab, template("Bug"))
		label := Operation{Op: Create, Record: NewRef("label", newID()), Set: map[string]any{"name": "ours", "team": string(NewRef("team", h.team))}}
		h.applied(t, h.ann, h.annsTab, label)
		launch := h.project(t, "Launch", h.team)
		for name, c := range map[string]struct {
			actor Actor
			op    Operation
			code  string
		}{
			"a status of no team":       {h.ben, template("A", func(set map[string]any) { set["status"] = string(h.todo) }), CodeInvalid},
			"a label of another team":   {h.ben, template("A", func(set map[string]any) { set["labels"] = []string{string(label.Record)} }), CodeInvalid},
			"a project of another team": {h.ben, template("A", having("project", string(launch))), CodeInvalid},
			"a name that is taken":      {h.ben, template("bug"), CodeInvalid},
			"no name":                   {h.ben, template(""), CodeInvalid},
			"of a team that is hidden":  {h.ben, template("A", func(set map[string]any) { set["team"] = string(NewRef("team", h.private)) }), CodeNotFound},
			"of a guest":                {h.cleo, template("A", h.ofTeam), CodeForbidden},
		} {
			if result := h.push(t, c.actor, newID(), c.op); result.Error == nil || result.Error.Code != c.code {
				t.Errorf("%s: %+v %+v", name, result, result.Error)
			}
		}
	})
}
