package sync

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestUndoOfTransfersInRounds(t *testing.T) {
	t.Parallel()

	t.Run("S75 what hangs on an issue that a rule keeps stays with it, and the others go back without it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		parent, _ := h.issue(t, "Parent")
		child, base := h.issue(t, "Child", having("parent", string(parent)))
		h.remark(t, h.ann, h.annsTab, child, "A remark")
		moved := h.applied(t, h.ben, h.bensTab, toTeam(child, base, web), setField(child, base, "parent", nil), toTeam(parent, base, web))
		h.applied(t, h.ann, h.annsTab, setField(parent, moved.Version, "parent", string(child)))

		whole := h.push(t, h.ben, h.bensTab, undo(moved.ID))
		if whole.Status != InConflict || len(whole.Conflicts) != 1 || whole.Conflicts[0].Record != child {
			t.Errorf("%+v", whole)
		}
		partly := h.applied(t, h.ben, h.bensTab, undoPartly(moved.ID))
		if len(partly.Notices) != 1 || partly.Notices[0].Record != child || partly.Notices[0].Field != "" {
			t.Errorf("%+v", partly.Notices)
		}
		left, back := h.page(t, child), h.page(t, parent)
		if h.key(t, child) != "WEB-1" || left.Parent != uuid.Nil || len(left.Comments) != 1 || left.Comments[0].Version != moved.Version {
			t.Errorf("%s below %s, comments %+v", h.key(t, child), left.Parent, left.Comments)
		}
		if h.key(t, parent) != "ENG-1" || back.Parent != uuid.Nil {
			t.Errorf("%s below %s", h.key(t, parent), back.Parent)
		}
		h.checkLog(t)
	})

	for name, lose := range map[string]func(h *house, team uuid.UUID) []Operation{
		"deleted": func(_ *house, team uuid.UUID) []Operation {
			return []Operation{{Op: Delete, Record: NewRef("team", team)}}
		},
		"hidden": func(h *house, team uuid.UUID) []Operation {
			return []Operation{setField(NewRef("team", team), 0, "private", true)}
		},
	} {
		t.Run("S77 an issue whose old team is "+name+" stays, and the rest goes back", func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			web := h.openTeam(t, "WEB")
			stays, _ := h.issueIn(t, web, "Stays")
			h.remark(t, h.ann, h.annsTab, stays, "A remark")
			other, base := h.issue(t, "Goes back")
			alone := h.applied(t, h.ben, h.bensTab, setField(other, base, "priority", 1), toTeam(stays, base, h.team))
			last, base := h.issueIn(t, web, "Alone")
			h.remark(t, h.ann, h.annsTab, last, "A remark")
			only := h.applied(t, h.ben, h.bensTab, toTeam(last, base, h.team))
			ops := lose(h, web)
			for i := range ops {
				if ops[i].Op == Set {
					ops[i].Base = &only.Version
				}
			}
			h.applied(t, h.ann, h.annsTab, ops...)

			if result := h.push(t, h.ben, h.bensTab, undo(only.ID)); result.Status != Rejected || result.Error == nil || result.Error.Code == CodeConflict {
				t.Errorf("of which nothing can go back: %+v", result)
			}
			whole := h.push(t, h.ben, h.bensTab, undo(alone.ID))
			if whole.Status != InConflict || len(whole.Conflicts) != 1 || whole.Conflicts[0].Record != stays || whole.Conflicts[0].Text == "" {
				t.Errorf("%+v", whole)
			}
			partly := h.applied(t, h.ben, h.bensTab, undoPartly(alone.ID))
			if len(partly.Notices) != 1 || partly.Notices[0].Record != stays {
				t.Errorf("%+v", partly.Notices)
			}
			if h.page(t, other).Priority != 0 || h.page(t, stays).IssueRow.Team != h.team {
				t.Errorf("priority %d, in %s", h.page(t, other).Priority, h.page(t, stays).IssueRow.Team)
			}
			h.checkLog(t)
		})
	}

	t.Run("S77 a place is given back as it was, however many rounds it takes", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		f := h.records(t)
		was := h.page(t, f.parent).rank
		h.applied(t, h.ann, h.annsTab, setField(f.issue, f.at, "status", string(f.status)))
		step := h.applied(t, h.ben, h.bensTab, Operation{Op: Move, Record: f.parent, Before: f.issue}, setField(f.issue, f.at+1, "status", string(h.doing)))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: f.status})
		partly := h.applied(t, h.ben, h.bensTab, undoPartly(step.ID))
		if now := h.page(t, f.parent).rank; now != was || len(partly.Notices) != 1 {
			t.Errorf("it lay at %s, now at %s; %+v", was, now, partly.Notices)
		}
	})
}

func TestUndoOfTrashThatIsAnothersNow(t *testing.T) {
	t.Parallel()
	type step struct {
		op  Verb
		ann bool
	}
	for name, steps := range map[string][]step{
		"deleted again":      {{Delete, true}, {Restore, false}, {Delete, false}},
		"restored again":     {{Delete, false}, {Restore, true}, {Delete, false}, {Restore, false}},
		"made, and restored": {{Create, true}, {Delete, false}, {Restore, false}},
	} {
		t.Run("S76 "+name+" by somebody else it stays, and they are not overruled in silence", func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			issue := NewRef("issue", newID())
			ops := map[Verb]Operation{Create: create(h, issue, "Fix login"), Delete: {Op: Delete, Record: issue}, Restore: {Op: Restore, Record: issue}}
			if steps[0].op != Create {
				h.applied(t, h.ben, h.bensTab, ops[Create])
			}
			var anns Result
			for _, step := range steps {
				if step.ann {
					anns = h.applied(t, h.ann, h.annsTab, ops[step.op])
				} else {
					h.applied(t, h.ben, h.bensTab, ops[step.op])
				}
			}
			before := h.contents(t)
			if result := h.push(t, h.ann, h.annsTab, undo(anns.ID)); result.Status != Rejected || result.Error.Text == "" {
				t.Errorf("%+v", result)
			}
			partly := h.applied(t, h.ann, h.annsTab, undoPartly(anns.ID))
			if len(partly.Notices) != 1 || partly.Notices[0].Record != issue {
				t.Errorf("%+v", partly.Notices)
			}
			if diff := cmp.Diff(before, h.contents(t)); diff != "" {
				t.Error(diff)
			}
			h.checkLog(t)
		})
	}
}
