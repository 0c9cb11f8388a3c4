package sync

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func textOp(ref Ref, base int64, from *string, to string) Operation {
	return Operation{Op: Text, Record: ref, Base: &base, Field: "description", From: from, Text: &to}
}

func described(text string) func(map[string]any) {
	return func(set map[string]any) { set["description"] = text }
}

func TestText(t *testing.T) {
	t.Parallel()
	const base = "one\ntwo\nthree\n"

	t.Run("edits of different lines merge", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, at := h.issue(t, "Fix login", described(base))
		from := base
		h.applied(t, h.ann, h.annsTab, textOp(issue, at, &from, "ONE\ntwo\nthree\n"))
		h.applied(t, h.ben, h.bensTab, textOp(issue, at, &from, "one\ntwo\nTHREE\n"))
		if got := h.page(t, issue).Description; got != "ONE\ntwo\nTHREE\n" {
			t.Errorf("%q", got)
		}
	})

	t.Run("S69 the same words clash and each way out is one step", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, at := h.issue(t, "Fix login", described(base))
		from := base
		h.applied(t, h.ann, h.annsTab, textOp(issue, at, &from, "one\ntwo by Ann\nthree\n"))
		mine := "one\ntwo by Ben\nthree\n"
		result := h.push(t, h.ben, h.bensTab, textOp(issue, at, &from, mine))
		if result.Status != InConflict {
			t.Fatalf("%+v", result)
		}
		want := Conflict{Record: issue, Field: "description", Base: base, Mine: mine, Theirs: "one\ntwo by Ann\nthree\n"}
		got := result.Conflicts[0]
		got.By, got.At, got.Version = "", nil, 0
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Conflict{})); diff != "" {
			t.Error(diff)
		}
		theirs := result.Conflicts[0].Theirs.(string)
		h.applied(t, h.ben, h.bensTab, textOp(issue, result.Conflicts[0].Version, &theirs, mine))
		if got := h.page(t, issue).Description; got != mine {
			t.Errorf("%q", got)
		}
	})

	t.Run("texts of one transaction that clash are one conflict, with the last of them", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, at := h.issue(t, "Fix login", described(base))
		from, theirs, mine := base, "one\ntwo by Ann\nthree\n", "one\ntwo by Ben\nthree\n"
		h.applied(t, h.ann, h.annsTab, textOp(issue, at, &from, theirs))
		result := h.push(t, h.ben, h.bensTab, textOp(issue, at, &from, "one\ntwo, or so\nthree\n"), textOp(issue, at, &from, mine))
		if len(result.Conflicts) != 1 || result.Conflicts[0].Mine != mine || result.Conflicts[0].Theirs != theirs {
			t.Errorf("%+v", result)
		}
	})

	t.Run("what a transaction wrote itself is not theirs, and keeping mine keeps all of it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, at := h.issue(t, "Fix login", described(base))
		from, theirs, first, mine := base, "one\ntwo by Ann\nthree\n", "ONE\ntwo\nthree\n", "ONE\ntwo by Ben\nthree\n"
		h.applied(t, h.ann, h.annsTab, textOp(issue, at, &from, theirs))
		result := h.push(t, h.ben, h.bensTab, textOp(issue, at, &from, first), textOp(issue, at, &first, mine))
		if len(result.Conflicts) != 1 || result.Conflicts[0].Theirs != theirs {
			t.Errorf("%+v", result)
		}
		told := result.Conflicts[0].Theirs.(string)
		h.applied(t, h.ben, h.bensTab, textOp(issue, result.Conflicts[0].Version, &told, mine))
		if got := h.page(t, issue).Description; got != mine {
			t.Errorf("%q", got)
		}
	})

	t.Run("a plain form names only its base, and the log knows the text", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, at := h.issue(t, "Fix login", described(base))
		h.applied(t, h.ann, h.annsTab, textOp(issue, at, nil, "ONE\ntwo\nthree\n"))
		h.applied(t, h.ben, h.bensTab, textOp(issue, at, nil, "one\ntwo\nTHREE\n"))
		if got := h.page(t, issue).Description; got != "ONE\ntwo\nTHREE\n" {
			t.Errorf("%q", got)
		}
	})
}

func TestMembership(t *testing.T) {
	t.Parallel()
	h := setup(t)
	x, y := NewRef("label", newID()), NewRef("label", newID())
	h.applied(t, h.ann, h.annsTab,
		Operation{Op: Create, Record: x, Set: map[string]any{"name": "x"}},
		Operation{Op: Create, Record: y, Set: map[string]any{"name": "y"}})
	label := func(op Verb, issue, label Ref) Operation {
		return Operation{Op: op, Record: issue, Field: "labels", Value: string(label)}
	}

	t.Run("S70 adding x while another removes y leaves x and no y", func(t *testing.T) {
		t.Parallel()
		issue, _ := h.issue(t, "Fix login", func(set map[string]any) { set["labels"] = []any{string(y)} })
		h.applied(t, h.ann, h.annsTab, label(Add, issue, x))
		h.applied(t, h.ben, h.bensTab, label(Remove, issue, y))
		if got := h.page(t, issue).IssueRow.Labels; !cmp.Equal(got, []uuid.UUID{x.ID()}) {
			t.Errorf("%v", got)
		}
	})

	t.Run("S70 both adding x leaves it once, and the second changes nothing", func(t *testing.T) {
		t.Parallel()
		issue, _ := h.issue(t, "Fix login")
		first := h.applied(t, h.ann, h.annsTab, label(Add, issue, x))
		second := h.applied(t, h.ben, h.bensTab, label(Add, issue, x))
		if got := h.page(t, issue).IssueRow.Labels; !cmp.Equal(got, []uuid.UUID{x.ID()}) {
			t.Errorf("%v", got)
		}
		if second.Version < first.Version || len(h.logOf(t, issue.ID())) != 2 {
			t.Errorf("first %d, second %d, log %v", first.Version, second.Version, h.logOf(t, issue.ID()))
		}
	})
}

func TestLabelGroups(t *testing.T) {
	t.Parallel()
	h := setup(t)
	bug, feature := NewRef("label", newID()), NewRef("label", newID())
	h.applied(t, h.ann, h.annsTab,
		Operation{Op: Create, Record: bug, Set: map[string]any{"name": "bug", "group": "type"}},
		Operation{Op: Create, Record: feature, Set: map[string]any{"name": "feature", "group": "type"}})
	add := func(issue, label Ref, base int64) Operation {
		return Operation{Op: Add, Record: issue, Field: "labels", Value: string(label), Base: &base}
	}

	t.Run("the later of two racing choices wins and is told", func(t *testing.T) {
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, add(issue, bug, base))
		result := h.applied(t, h.ben, h.bensTab, add(issue, feature, base))
		if got := h.page(t, issue).IssueRow.Labels; len(result.Notices) != 1 || !cmp.Equal(got, []uuid.UUID{feature.ID()}) {
			t.Errorf("notices %+v, labels %v", result.Notices, got)
		}
	})

	t.Run("a choice made on a stale page is a conflict", func(t *testing.T) {
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, add(issue, bug, base))
		h.clock.advance(time.Minute)
		result := h.push(t, h.ben, h.bensTab, add(issue, feature, base))
		if got := h.page(t, issue).IssueRow.Labels; result.Status != InConflict || !cmp.Equal(got, []uuid.UUID{bug.ID()}) {
			t.Errorf("%+v, labels %v", result, got)
		}
	})

	t.Run("a new issue cannot have two of one group", func(t *testing.T) {
		op := create(h, NewRef("issue", newID()), "Both")
		op.Set["labels"] = []any{string(bug), string(feature)}
		if result := h.push(t, h.ben, h.bensTab, op); result.Error == nil || result.Error.Fields["labels"] == "" {
			t.Errorf("%+v", result)
		}
	})
}

func TestTrash(t *testing.T) {
	t.Parallel()

	t.Run("S71 a comment on what was deleted hands the text back", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: issue})
		result := h.push(t, h.ben, h.bensTab, comment(issue, NewRef("comment", newID()), "my words"))
		if result.Status != Rejected || result.Error.Code != CodeDeleted || result.Conflicts[0].Mine != "my words" {
			t.Errorf("%+v", result)
		}
	})

	t.Run("issues of a status in the trash are still listed, last", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: h.todo})
		list, err := h.TeamIssues(t.Context(), h.ben, "ENG", ListOptions{})
		must(t, err)
		last := list.Groups[len(list.Groups)-1]
		if !last.Status.Deleted || last.Count != 1 || len(last.Issues) != 1 {
			t.Errorf("%+v", list.Groups)
		}
	})

	t.Run("a restored issue is as it was", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: issue})
		h.applied(t, h.ben, h.bensTab, Operation{Op: Restore, Record: issue})
		if page := h.page(t, issue); page.Deleted || page.Title != "Fix login" || page.Number != 1 {
			t.Errorf("%+v", page.IssueRow)
		}
	})
}

func TestUndo(t *testing.T) {
	t.Parallel()
	undo := func(id uuid.UUID) Operation { return Operation{Op: Undo, Transaction: id} }

	t.Run("a set goes back, and its undo is the redo", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		set := h.applied(t, h.ben, h.bensTab, setField(issue, base, "priority", 1))
		undone := h.applied(t, h.ben, h.bensTab, undo(set.ID))
		if got := h.page(t, issue).Priority; got != 0 {
			t.Fatalf("priority %d after the undo", got)
		}
		h.applied(t, h.ben, h.bensTab, undo(undone.ID))
		if got := h.page(t, issue).Priority; got != 1 {
			t.Errorf("priority %d after the redo", got)
		}
	})

	t.Run("S75 what another changed since is a conflict and stays", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		set := h.applied(t, h.ben, h.bensTab, setField(issue, base, "status", string(h.done)))
		h.applied(t, h.ann, h.annsTab, setField(issue, set.Version, "status", string(h.doing)))
		result := h.push(t, h.ben, h.bensTab, undo(set.ID))
		if result.Status != InConflict || result.Conflicts[0].Theirs != string(h.doing) || result.Conflicts[0].Mine != string(h.todo) {
			t.Fatalf("%+v", result)
		}
		if got := NewRef("status", h.page(t, issue).IssueRow.Status); got != h.doing {
			t.Errorf("status %s", got)
		}
	})

	t.Run("S76 an undone deletion brings everything back, redo deletes again", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, comment(issue, NewRef("comment", newID()), "words"))
		before := h.page(t, issue)
		deletion := h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: issue})
		undone := h.applied(t, h.ben, h.bensTab, undo(deletion.ID))
		after := h.page(t, issue)
		if after.Deleted || after.Number != before.Number || !after.CreatedAt.Equal(before.CreatedAt) || len(after.Comments) != 1 || after.rank != before.rank {
			t.Errorf("before %+v, after %+v", before.IssueRow, after.IssueRow)
		}
		h.applied(t, h.ben, h.bensTab, undo(undone.ID))
		if !h.page(t, issue).Deleted {
			t.Error("the redo did not delete")
		}
	})

	t.Run("S79 an undo in the same push as its transaction finds it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		set := Transaction{ID: newID(), Ops: []Operation{setField(issue, base, "priority", 1)}}
		back := Transaction{ID: newID(), Ops: []Operation{undo(set.ID)}}
		if result := h.send(t, h.ben, h.bensTab, set, back); result.Status != Applied {
			t.Fatalf("%+v", result)
		}
		if got := h.page(t, issue).Priority; got != 0 {
			t.Errorf("priority %d", got)
		}
	})

	t.Run("a move whose old place is taken goes back beside it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		first, _ := h.issue(t, "first")
		top, _ := h.issue(t, "top")
		move := h.applied(t, h.ben, h.bensTab, Operation{Op: Move, Record: top, After: first})
		h.issue(t, "newcomer") // takes the rank that top had
		h.applied(t, h.ben, h.bensTab, undo(move.ID))
		if h.page(t, top).rank >= h.page(t, first).rank {
			t.Error("top did not come back above first")
		}
		h.checkLog(t)
	})

	t.Run("a parent goes back too", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		parent, _ := h.issue(t, "parent")
		child, base := h.issue(t, "child", func(set map[string]any) { set["parent"] = string(parent) })
		set := h.applied(t, h.ben, h.bensTab, setField(child, base, "parent", nil))
		h.applied(t, h.ben, h.bensTab, undo(set.ID))
		if got := h.page(t, child).Parent; got != parent.ID() {
			t.Errorf("parent %s", got)
		}
	})

	t.Run("what others wrote into a new issue keeps its creation from being undone", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue := NewRef("issue", newID())
		made := h.applied(t, h.ben, h.bensTab, create(h, issue, "Fix login"))
		h.applied(t, h.ann, h.annsTab, textOp(issue, made.Version, nil, "Ann's words"))
		if result := h.push(t, h.ben, h.bensTab, undo(made.ID)); result.Status != InConflict || h.page(t, issue).Deleted {
			t.Errorf("%+v", result)
		}
	})

	t.Run("somebody else's step cannot be undone", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		set := h.applied(t, h.ann, h.annsTab, setField(issue, base, "priority", 1))
		if result := h.push(t, h.ben, h.bensTab, undo(set.ID)); result.Error == nil || result.Error.Code != CodeNotFound {
			t.Errorf("%+v", result)
		}
	})

	t.Run("after a day it is too late", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		set := h.applied(t, h.ben, h.bensTab, setField(issue, base, "priority", 1))
		h.clock.advance(25 * time.Hour)
		if result := h.push(t, h.ben, h.bensTab, undo(set.ID)); result.Error == nil || result.Error.Code != CodeInvalid {
			t.Errorf("%+v", result)
		}
	})
}

func TestMove(t *testing.T) {
	t.Parallel()
	h := setup(t)
	var cards []Ref
	for _, title := range []string{"c", "b", "a"} { // new issues lie on top
		card, _ := h.issue(t, title)
		cards = append([]Ref{card}, cards...)
	}
	order := func() string {
		list, err := h.TeamIssues(t.Context(), h.ann, "ENG", ListOptions{})
		must(t, err)
		var titles string
		for _, row := range list.Groups[0].Issues {
			titles += row.Title
		}
		return titles
	}
	move := func(card Ref, after, before Ref) {
		t.Helper()
		h.applied(t, h.ben, h.bensTab, Operation{Op: Move, Record: card, After: after, Before: before})
	}
	if got := order(); got != "abc" {
		t.Fatalf("at first %s", got)
	}
	move(cards[0], cards[1], "")
	if got := order(); got != "bac" {
		t.Errorf("a after b: %s", got)
	}
	move(cards[2], "", cards[1])
	if got := order(); got != "cba" {
		t.Errorf("c before b: %s", got)
	}
	move(cards[2], "", "")
	if got := order(); got != "bac" {
		t.Errorf("c to the end: %s", got)
	}
	move(cards[1], NewRef("issue", newID()), "")
	if got := order(); got != "acb" {
		t.Errorf("a neighbour that is not there counts as absent: %s", got)
	}
	h.applied(t, h.ben, h.bensTab,
		Operation{Op: Move, Record: cards[0], After: cards[1]},
		Operation{Op: Move, Record: cards[2], After: cards[1]})
	if got := order(); got != "bca" {
		t.Errorf("two moves behind one neighbour: %s", got)
	}
}
