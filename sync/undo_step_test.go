package sync

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func (h *house) steps(t testing.TB, actor Actor) UndoSteps {
	t.Helper()
	steps, err := h.UndoSteps(t.Context(), actor)
	must(t, err)
	return steps
}

func TestUndoSteps(t *testing.T) {
	t.Parallel()
	ids := func(steps []UndoStep) []uuid.UUID {
		var all []uuid.UUID
		for _, step := range steps {
			all = append(all, step.Transaction)
		}
		return all
	}

	t.Run("S77 what is undone can be redone until there is a new edit", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, at := h.issue(t, "Fix login")
		one := h.applied(t, h.ben, h.bensTab, setField(issue, at, "priority", 1))
		two := h.applied(t, h.ben, h.bensTab, setField(issue, one.Version, "priority", 2))
		back := h.applied(t, h.ben, newID(), undo(two.ID))
		if got := h.steps(t, h.ben); !cmp.Equal(ids(got.Undo), []uuid.UUID{one.ID}) || !cmp.Equal(ids(got.Redo), []uuid.UUID{back.ID}) {
			t.Errorf("after an undo %+v", got)
		}
		again := h.applied(t, h.ben, h.bensTab, undo(back.ID))
		if got := h.steps(t, h.ben); !cmp.Equal(ids(got.Undo), []uuid.UUID{again.ID, one.ID}) || len(got.Redo) != 0 {
			t.Errorf("after the redo %+v", got)
		}
		h.applied(t, h.ben, h.bensTab, undo(again.ID))
		fresh := h.applied(t, h.ben, h.bensTab, setField(issue, at, "title", "Mend login"))
		if got := h.steps(t, h.ben); !cmp.Equal(ids(got.Undo), []uuid.UUID{fresh.ID, one.ID}) || len(got.Redo) != 0 {
			t.Errorf("after a new edit %+v", got)
		}
	})

	t.Run("S78 steps are one's own, and reach a hundred and a day", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, at := h.issue(t, "Fix login")
		h.applied(t, h.ben, h.bensTab, setField(issue, at, "title", "A day ago"))
		h.clock.advance(undoWindow)
		first := h.applied(t, h.ben, h.bensTab, setField(issue, at, "priority", 1))
		for n := range mostSteps - 1 {
			h.applied(t, h.ben, h.bensTab, setField(issue, at, "estimate", n))
		}
		h.applied(t, h.ann, h.annsTab, setField(issue, at, "due", "2026-12-01"))
		got := ids(h.steps(t, h.ben).Undo)
		if len(got) != mostSteps || got[mostSteps-1] != first.ID {
			t.Errorf("%d steps", len(got))
		}
		h.clock.advance(undoWindow)
		h.applied(t, h.ben, h.bensTab, undo(first.ID))
		h.clock.advance(time.Second)
		if got := h.steps(t, h.ben).Undo; len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})

	t.Run("S77 a conflict leaves the step, to be undone in part", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, at := h.issue(t, "Fix login")
		step := h.applied(t, h.ben, h.bensTab, setField(issue, at, "priority", 1))
		h.applied(t, h.ann, h.annsTab, setField(issue, step.Version, "priority", 2))
		if result := h.push(t, h.ben, h.bensTab, undo(step.ID)); result.Status != InConflict {
			t.Fatalf("%+v", result)
		}
		if got := h.steps(t, h.ben); len(got.Undo) != 1 {
			t.Errorf("%+v", got)
		}
		h.applied(t, h.ben, h.bensTab, undoPartly(step.ID))
		if got := h.steps(t, h.ben); len(got.Undo) != 0 || len(got.Redo) != 0 {
			t.Errorf("%+v", got)
		}
	})
}
