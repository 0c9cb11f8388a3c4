package handlers

import (
	"testing"

	"tandem/sync"
)

func TestS78_StepsAreOnesOwnOnEveryDevice(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Stepped on")
	done := h.ben.apply(setField(issue.ref, issue.version, "priority", 2))
	steps := func(b *browser) (told map[string][]step) {
		b.get("/acme/sync/steps", "Accept", "application/json").ok().decode(&told)
		return told
	}
	if got := steps(h.ben); len(got["undo"]) != 1 || got["undo"][0].Transaction != done.ID || got["redo"] == nil || len(got["redo"]) != 0 {
		t.Errorf("%+v", got)
	}
	for _, one := range steps(h.ann)["undo"] {
		if one.Transaction == done.ID {
			t.Error("ann may undo what ben did")
		}
	}
	undone := h.ben.apply(sync.Operation{Op: sync.Undo, Transaction: done.ID})
	if got := steps(h.ben); len(got["undo"]) != 0 || len(got["redo"]) != 1 || got["redo"][0].Transaction != undone.ID {
		t.Errorf("after the undo %+v", got)
	}
}
