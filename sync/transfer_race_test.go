package sync

import (
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
)

func TestTransferMeetsOthers(t *testing.T) {
	t.Parallel()

	t.Run("S44 a hidden team is answered exactly like one that there is not", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		hidden := h.push(t, h.ben, h.bensTab, toTeam(issue, base, h.private))
		absent := h.push(t, h.ben, h.bensTab, toTeam(issue, base, newID()))
		if hidden.Error == nil || hidden.Error.Code != CodeNotFound {
			t.Errorf("%+v", hidden)
		}
		if diff := cmp.Diff(absent, hidden, cmpopts.IgnoreFields(Result{}, "ID"), cmpopts.IgnoreUnexported(Result{})); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("S49 a team, like a member, is no text and cannot be empty", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		for _, v := range []any{nil, "WEB", 3.0, string(h.todo)} {
			if result := h.push(t, h.ben, h.bensTab, setField(issue, base, "team", v)); result.Error == nil || result.Error.Fields["team"] == "" {
				t.Errorf("%v: %+v", v, result)
			}
		}
		label := h.label(t, "bug", h.team)
		if result := h.push(t, h.ben, h.bensTab, setField(label, base, "team", string(NewRef("team", h.team)))); result.Error == nil || result.Error.Fields["team"] == "" {
			t.Errorf("a label: %+v", result)
		}
	})

	t.Run("S3 sent again, also in parallel, it takes one number", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		issue, base := h.issue(t, "Fix login")
		transaction := Transaction{ID: newID(), Ops: []Operation{toTeam(issue, base, web)}}
		var sending stdsync.WaitGroup
		for range 8 {
			sending.Go(func() { h.send(t, h.ben, h.bensTab, transaction) })
		}
		sending.Wait()
		other, base := h.issue(t, "Another")
		h.applied(t, h.ben, h.bensTab, toTeam(other, base, web))
		if h.key(t, issue) != "WEB-1" || h.key(t, other) != "WEB-2" {
			t.Errorf("%s and %s", h.key(t, issue), h.key(t, other))
		}
	})

	t.Run("S26 to the team that it is in already changes nothing, and is done at the head", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		result := h.applied(t, h.ben, h.bensTab, toTeam(issue, base, h.team))
		if result.Version != base || len(h.logOf(t, issue.ID())) != 1 {
			t.Errorf("%+v, log %v", result, h.logOf(t, issue.ID()))
		}
		away := h.openTeam(t, "WEB")
		before := len(h.logOf(t, issue.ID()))
		h.applied(t, h.ben, h.bensTab, toTeam(issue, base, away), toTeam(issue, base, h.team))
		if len(h.logOf(t, issue.ID())) != before || h.key(t, issue) != "ENG-1" {
			t.Errorf("there and back in one: %v", h.logOf(t, issue.ID()))
		}
	})

	t.Run("the later of two at the same moment wins and is told, on a stale page it is a conflict", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web, ops := h.openTeam(t, "WEB"), h.openTeam(t, "OPS")
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, toTeam(issue, base, web))
		raced := h.applied(t, h.ben, h.bensTab, toTeam(issue, base, ops))
		if len(raced.Notices) != 1 || raced.Notices[0].Field != "team" || raced.Notices[0].Theirs != string(NewRef("team", web)) || h.key(t, issue) != "OPS-1" {
			t.Errorf("%+v, it is %s", raced, h.key(t, issue))
		}
		h.clock.advance(time.Minute)
		stale := h.push(t, h.ann, h.annsTab, toTeam(issue, base, web))
		want := []Conflict{{Record: issue, Field: "team", Base: string(NewRef("team", h.team)), Mine: string(NewRef("team", web)),
			Theirs: string(NewRef("team", ops)), By: NewRef("member", h.ben.Member), Version: raced.Version}}
		if diff := cmp.Diff(want, stale.Conflicts, cmpopts.IgnoreFields(Conflict{}, "At"), cmpopts.IgnoreUnexported(Conflict{})); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("S45 a conflict names no team that its author does not see", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		secret, base := h.issueIn(t, h.private, "Secret")
		h.applied(t, h.ann, h.annsTab, toTeam(secret, base, h.team))
		h.clock.advance(time.Minute)
		op := toTeam(secret, base, web)
		op.Set["status"] = string(statusIn(web, "Review"))
		result := h.push(t, h.ben, h.bensTab, op)
		if len(result.Conflicts) != 2 {
			t.Fatalf("%+v", result)
		}
		for _, conflict := range result.Conflicts {
			if conflict.Base != nil {
				t.Errorf("%s was %v", conflict.Field, conflict.Base)
			}
		}
	})

	t.Run("S72 to a team while it is deleted ends in one of the two legal ways", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		for range 6 {
			web := h.openTeam(t, "T"+string(rune('A'+len(h.teams(t)))))
			issue, base := h.issue(t, "Fix login")
			var moved, gone Result
			var both stdsync.WaitGroup
			both.Go(func() { moved = h.push(t, h.ben, h.bensTab, toTeam(issue, base, web)) })
			both.Go(func() {
				gone = h.push(t, h.ann, h.annsTab, Operation{Op: Delete, Record: NewRef("team", web)})
			})
			both.Wait()
			there := h.page(t, issue).IssueRow.Team
			switch {
			case gone.Status != Applied:
				t.Errorf("the team: %+v", gone)
			case moved.Status == Applied && (there != web || moved.Version > gone.Version):
				t.Errorf("it is in %s, moved at %d, deleted at %d", there, moved.Version, gone.Version)
			case moved.Status != Applied && (moved.Error.Code != CodeDeleted || there != h.team):
				t.Errorf("%+v, it is in %s", moved.Error, there)
			}
		}
		h.checkLog(t)
	})

	t.Run("a comment made meanwhile lands on the transferred issue, or is handed back to who lost it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, toTeam(issue, base, web))
		remark := h.remark(t, h.ben, h.bensTab, issue, "Meanwhile")
		if row := h.page(t, issue).Comments[0]; row.ID != remark.ID() {
			t.Errorf("%+v", row)
		}
		if _, _, _, err := h.Comment(t.Context(), h.cleo, remark.ID()); err == nil {
			t.Error("a guest of the old team reads it")
		}
		late := h.push(t, h.cleo, newID(), comment(issue, NewRef("comment", newID()), "Too late"))
		absent := h.push(t, h.cleo, newID(), comment(NewRef("issue", newID()), NewRef("comment", newID()), "Too late"))
		if late.Error == nil || cmp.Diff(absent.Error, late.Error) != "" {
			t.Errorf("%+v and %+v", late.Error, absent.Error)
		}
		kept, err := h.Refusal(t.Context(), h.cleo, late.ID)
		must(t, err)
		if kept.Request[0].Set["body"] != "Too late" {
			t.Errorf("%+v", kept.Request)
		}
	})

	t.Run("S67 edits beside a transfer meet it field by field", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		issue, base := h.issue(t, "Fix login", described("one\n"))
		h.applied(t, h.ann, h.annsTab, toTeam(issue, base, web))
		h.applied(t, h.ben, h.bensTab, setField(issue, base, "priority", 1), setField(issue, base, "title", "Fix sign-in"), textOp(issue, base, nil, "two\n"))
		if result := h.push(t, h.ben, h.bensTab, setField(issue, base, "status", string(h.doing))); result.Error == nil || result.Error.Fields["status"] == "" {
			t.Errorf("a status of the old team: %+v", result)
		}
		page := h.page(t, issue)
		if page.Priority != 1 || page.Title != "Fix sign-in" || page.Description != "two\n" || page.IssueRow.Team != web {
			t.Errorf("%+v", page.IssueRow)
		}
	})
}

// teams are the ids of the teams that ann sees.
func (h *house) teams(t testing.TB) []uuid.UUID {
	t.Helper()
	snapshot, err := h.Look(t.Context(), h.ann)
	must(t, err)
	return snapshot.who.visibleTeams()
}

func TestUndoOfTransfer(t *testing.T) {
	t.Parallel()
	undo := func(result Result, partial bool) Operation {
		return Operation{Op: Undo, Transaction: result.ID, Partial: partial}
	}

	t.Run("S76 it brings all back, and redo does it again, under the same numbers", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		bug := h.label(t, "bug", h.team)
		ben := string(NewRef("member", h.ben.Member))
		parent, _ := h.issue(t, "Parent")
		issue, _ := h.issue(t, "Fix login", having("labels", []any{string(bug)}), having("parent", string(parent)),
			having("status", string(h.doing)), having("assignee", ben))
		child, base := h.issue(t, "Child", having("parent", string(issue)))
		h.remark(t, h.ann, h.annsTab, issue, "A remark")
		was := h.page(t, issue)
		moved := h.applied(t, h.ben, h.bensTab, toTeam(issue, base, web))
		h.remark(t, h.ann, h.annsTab, issue, "A later remark")
		undone := h.applied(t, h.ben, h.bensTab, undo(moved, false))
		is := h.page(t, issue)
		if diff := cmp.Diff(was.IssueRow, is.IssueRow, cmp.AllowUnexported(IssueRow{}), cmpopts.IgnoreFields(IssueRow{}, "Version", "UpdatedAt")); diff != "" {
			t.Error(diff)
		}
		if h.page(t, child).Parent != issue.ID() || h.key(t, issue) != "ENG-2" || len(is.Comments) != 2 || is.Comments[1].Version != undone.Version {
			t.Errorf("%s, child below %s, comments %+v", h.key(t, issue), h.page(t, child).Parent, is.Comments)
		}
		h.checkLog(t)
		h.applied(t, h.ben, h.bensTab, undo(undone, false))
		if h.key(t, issue) != "WEB-1" || h.page(t, issue).Parent != uuid.Nil {
			t.Errorf("redone it is %s below %s", h.key(t, issue), h.page(t, issue).Parent)
		}
		h.checkLog(t)
	})

	t.Run("S75 what was transferred on since is a conflict, and is left alone in part", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web, ops := h.openTeam(t, "WEB"), h.openTeam(t, "OPS")
		issue, base := h.issue(t, "Fix login", having("status", string(h.doing)))
		moved := h.applied(t, h.ben, h.bensTab, toTeam(issue, base, web))
		h.applied(t, h.ann, h.annsTab, toTeam(issue, moved.Version, ops))
		result := h.push(t, h.ben, h.bensTab, undo(moved, false))
		if result.Status != InConflict || result.Conflicts[0].Field != "team" || result.Conflicts[0].Theirs != string(NewRef("team", ops)) {
			t.Errorf("%+v", result)
		}
		part := h.applied(t, h.ben, h.bensTab, undo(moved, true))
		if len(part.Notices) == 0 || h.key(t, issue) != "OPS-1" {
			t.Errorf("%+v, it is %s", part, h.key(t, issue))
		}
		h.checkLog(t)
	})

	t.Run("what no longer fits is left out: a parent, label and status in the trash, a child gone elsewhere, a place taken", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		bug, parent := h.label(t, "bug", h.team), h.stray(t)
		issue, _ := h.issue(t, "Fix login", having("labels", []any{string(bug)}), having("parent", string(parent)), having("status", string(h.doing)))
		child, _ := h.issue(t, "Child", having("parent", string(issue)))
		other, base := h.issue(t, "Hidden child", having("parent", string(issue)))
		moved := h.applied(t, h.ben, h.bensTab, toTeam(issue, base, web))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: parent}, Operation{Op: Delete, Record: bug}, Operation{Op: Delete, Record: h.doing},
			Operation{Op: Delete, Record: child}, toTeam(other, moved.Version, h.private))
		h.applied(t, h.ben, h.bensTab, undo(moved, false))
		page := h.page(t, issue)
		if h.key(t, issue) != "ENG-2" || page.Parent != uuid.Nil || len(page.IssueRow.Labels) != 0 || page.IssueRow.Status != h.todo.ID() || h.page(t, other).Parent != uuid.Nil {
			t.Errorf("%+v", page.IssueRow)
		}
		h.checkLog(t)
	})

	t.Run("S78 who no longer sees the old team cannot bring it back", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		issue, base := h.issue(t, "Fix login")
		moved := h.applied(t, h.ben, h.bensTab, toTeam(issue, base, web))
		h.applied(t, h.ann, h.annsTab, setField(NewRef("team", h.team), moved.Version, "private", true),
			Operation{Op: Remove, Record: NewRef("team", h.team), Field: "members", Value: string(NewRef("member", h.ben.Member))})
		if result := h.push(t, h.ben, h.bensTab, undo(moved, false)); result.Error == nil || result.Error.Code != CodeNotFound {
			t.Errorf("%+v", result)
		}
		if h.key(t, issue) != "WEB-1" {
			t.Errorf("it is %s", h.key(t, issue))
		}
	})

	t.Run("in one group a transfer and its undo leave everything as it was", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		issue, base := h.issue(t, "Fix login")
		above, _ := h.issue(t, "Above")
		moved := Transaction{ID: newID(), Ops: []Operation{toTeam(issue, base, web)}}
		result := h.send(t, h.ben, h.bensTab, moved, Transaction{ID: newID(), Ops: []Operation{undo(Result{ID: moved.ID}, false)}})
		if result.Status != Applied || h.key(t, issue) != "ENG-1" || h.page(t, issue).rank <= h.page(t, above).rank {
			t.Errorf("%+v, it is %s at %s", result, h.key(t, issue), h.page(t, issue).rank)
		}
		h.checkLog(t)
	})
}
