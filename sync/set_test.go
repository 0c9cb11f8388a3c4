package sync

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSet(t *testing.T) {
	t.Parallel()

	for name, annFirst := range map[string]bool{"one order": true, "the other": false} {
		t.Run("S67 different fields from one base both survive, in "+name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			issue, base := h.issue(t, "Fix login")
			edits := []func() Result{
				func() Result { return h.applied(t, h.ann, h.annsTab, setField(issue, base, "status", string(h.doing))) },
				func() Result {
					return h.applied(t, h.ben, h.bensTab, setField(issue, base, "assignee", string(NewRef("member", h.ben.Member))))
				},
			}
			if !annFirst {
				slices.Reverse(edits)
			}
			for _, edit := range edits {
				if result := edit(); len(result.Notices) != 0 {
					t.Errorf("%+v", result.Notices)
				}
			}
			page := h.page(t, issue)
			if NewRef("status", page.IssueRow.Status) != h.doing || page.Assignee != h.ben.Member {
				t.Errorf("status %s, assignee %s", page.IssueRow.Status, page.Assignee)
			}
		})
	}

	t.Run("S68 the later of two racing writes wins and is told whose value it replaced", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, setField(issue, base, "priority", 1))
		h.clock.advance(9999 * time.Millisecond)
		result := h.applied(t, h.ben, h.bensTab, setField(issue, base, "priority", 2))
		if len(result.Notices) != 1 || result.Notices[0].Code != "overwrote" || result.Notices[0].Theirs != int64(1) {
			t.Fatalf("notices %+v", result.Notices)
		}
		changes := h.page(t, issue).Changes
		last := changes[len(changes)-1]
		if lost := last.Overwrote["priority"]; lost.Member != h.ann.Member {
			t.Errorf("the log does not say whose value was replaced: %+v", last)
		}
	})

	t.Run("S68 ten seconds later it is a conflict and nothing is applied", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, setField(issue, base, "priority", 1))
		h.clock.advance(10 * time.Second)
		result := h.push(t, h.ben, h.bensTab, setField(issue, base, "priority", 2), setField(issue, base, "title", "Other"))
		if result.Status != InConflict || len(result.Conflicts) != 1 {
			t.Fatalf("%+v", result)
		}
		conflict := result.Conflicts[0]
		if conflict.Base != int64(0) || conflict.Mine != int64(2) || conflict.Theirs != int64(1) || conflict.By != NewRef("member", h.ann.Member) {
			t.Errorf("conflict %+v", conflict)
		}
		if page := h.page(t, issue); page.Priority != 1 || page.Title != "Fix login" {
			t.Errorf("something was applied: %d %q", page.Priority, page.Title)
		}
	})

	t.Run("S68 theirs is what stands there, not what the same transaction put there before", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		seen := h.applied(t, h.ann, h.annsTab, setField(issue, base, "priority", 1)).Version
		h.clock.advance(time.Minute)
		result := h.push(t, h.ben, h.bensTab, setField(issue, seen, "priority", 2), setField(issue, base, "priority", 3))
		if len(result.Conflicts) != 1 || result.Conflicts[0].Mine != int64(3) || result.Conflicts[0].Theirs != int64(1) {
			t.Errorf("%+v", result)
		}
	})

	t.Run("S68 a queued write is never a race", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, setField(issue, base, "priority", 1))
		result := h.send(t, h.ben, h.bensTab, Transaction{ID: newID(), Queued: true, Ops: []Operation{setField(issue, base, "priority", 2)}})
		if result.Status != InConflict {
			t.Errorf("%+v", result)
		}
	})

	t.Run("S57 one's own later edit from the same base is no conflict", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		for _, priority := range []int{1, 2} {
			result := h.send(t, h.ben, h.bensTab, Transaction{ID: newID(), Queued: true, Ops: []Operation{setField(issue, base, "priority", priority)}})
			if result.Status != Applied {
				t.Fatalf("%+v", result)
			}
		}
		var history [][2]any
		for _, change := range h.page(t, issue).Changes[1:] {
			history = append(history, [2]any{change.Before["priority"], change.After["priority"]})
		}
		if want := [][2]any{{int64(0), int64(1)}, {int64(1), int64(2)}}; !cmp.Equal(history, want) {
			t.Errorf("history %v", history)
		}
	})
}
