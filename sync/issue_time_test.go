package sync

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/migrations"
)

// times are when an issue was started, completed and canceled, as a pull says, counted from the first moment of the test;
// what did not happen is not there.
func (h *house) times(t testing.TB, issue Ref, from time.Time) map[string]time.Duration {
	t.Helper()
	fields, at := h.contents(t)[issue], map[string]time.Duration{}
	for _, name := range issueTimes {
		if s, told := fields[name].(string); told {
			moment, err := time.Parse(time.RFC3339Nano, s)
			must(t, err)
			at[name] = moment.Sub(from)
		}
	}
	return at
}

func TestTimes_AnIssueKeepsItsFirstStartAndForgetsItsEndWhenItIsReopened(t *testing.T) {
	t.Parallel()
	h := setup(t)
	dropped := NewRef("status", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: dropped, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Dropped", "category": "canceled"}})
	from := h.clock.now(time.Time{})
	issue, base := h.issue(t, "Fix login")
	var last Result
	for _, step := range []struct {
		to   Ref
		want map[string]time.Duration
	}{
		{h.doing, map[string]time.Duration{"started_at": time.Hour}},
		{h.todo, map[string]time.Duration{"started_at": time.Hour}},
		{h.doing, map[string]time.Duration{"started_at": time.Hour}},
		{h.done, map[string]time.Duration{"started_at": time.Hour, "completed_at": 4 * time.Hour}},
		{dropped, map[string]time.Duration{"started_at": time.Hour, "canceled_at": 5 * time.Hour}},
		{h.todo, map[string]time.Duration{"started_at": time.Hour}},
	} {
		h.clock.advance(time.Hour)
		last = h.applied(t, h.ann, h.annsTab, setField(issue, base, "status", string(step.to)))
		base = last.Version
		if diff := cmp.Diff(step.want, h.times(t, issue, from)); diff != "" {
			t.Errorf("in %s (-want +got):\n%s", step.to, diff)
		}
	}

	t.Run("and undo brings back what was", func(t *testing.T) {
		h.clock.advance(time.Hour)
		back := h.applied(t, h.ann, h.annsTab, undo(last.ID))
		dropped := map[string]time.Duration{"started_at": time.Hour, "canceled_at": 5 * time.Hour}
		if diff := cmp.Diff(dropped, h.times(t, issue, from)); diff != "" {
			t.Errorf("undone (-want +got):\n%s", diff)
		}
		h.applied(t, h.ann, h.annsTab, undo(back.ID))
		if diff := cmp.Diff(map[string]time.Duration{"started_at": time.Hour}, h.times(t, issue, from)); diff != "" {
			t.Errorf("done again (-want +got):\n%s", diff)
		}
	})
}

func TestTimes_WhateverChangesTheStatusCounts(t *testing.T) {
	t.Parallel()
	h := setup(t)
	from := h.clock.now(time.Time{})
	moved, _ := h.issue(t, "Moved")
	h.applied(t, h.ann, h.annsTab, Operation{Op: Move, Record: moved, Set: map[string]any{"status": string(h.done)}})
	made, _ := h.issue(t, "Made as done", func(set map[string]any) { set["status"] = string(h.doing) })
	gone, base := h.issueIn(t, h.private, "Transferred")
	h.applied(t, h.ann, h.annsTab, Operation{Op: Set, Record: gone, Base: &base, Set: map[string]any{"team": string(NewRef("team", h.team)), "status": string(h.done)}})
	imported, then := NewRef("issue", newID()), from.Add(-1000*time.Hour)
	steps := []Operation{
		{Op: Create, Record: imported, Set: map[string]any{"team": string(NewRef("team", h.team)), "title": "Imported", "status": string(h.doing)}},
		setField(imported, 0, "status", string(h.done)), setField(imported, 0, "status", string(h.todo)), setField(imported, 0, "status", string(h.done)),
	}
	for i := range steps {
		steps[i] = steps[i].By(h.cleo.Member, then.Add(time.Duration(i)*time.Hour))
	}
	must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: steps}))
	for issue, want := range map[Ref]map[string]time.Duration{
		moved: {"completed_at": 0}, made: {"started_at": 0}, gone: {"completed_at": 0},
		imported: {"started_at": -1000 * time.Hour, "completed_at": -997 * time.Hour},
	} {
		if diff := cmp.Diff(want, h.times(t, issue, from)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", h.page(t, issue).Title, diff)
		}
	}
}

// Who has completed it since did so at a time of their own, which an undo of somebody else's step must leave.
func TestTimes_AnUndoThatCannotGiveTheStatusBackLeavesThem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	shipped := NewRef("status", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: shipped, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Shipped", "category": "completed"}})
	from := h.clock.now(time.Time{})
	issue, base := h.issue(t, "Fix login")
	closed := h.applied(t, h.ann, h.annsTab, Operation{Op: Set, Record: issue, Base: &base, Set: map[string]any{"status": string(h.done), "priority": int64(1)}})
	h.clock.advance(time.Hour)
	h.applied(t, h.ben, h.bensTab, setField(issue, closed.Version, "status", string(shipped)))
	result := h.push(t, h.ann, h.annsTab, undo(closed.ID))
	if len(result.Conflicts) != 1 || result.Conflicts[0].Field != "status" {
		t.Errorf("%s %+v", result.Status, result.Conflicts)
	}
	h.applied(t, h.ann, h.annsTab, undoPartly(closed.ID))
	if diff := cmp.Diff(map[string]time.Duration{"completed_at": 0}, h.times(t, issue, from)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTimes_AnUndoLeavesThemWhereSomebodyElseBroughtTheStatusBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	from := h.clock.now(time.Time{})
	issue, base := h.issue(t, "Fix login")
	todo := NewRef("status", StatusID(h.team, "Todo"))
	started := h.applied(t, h.ann, h.annsTab, Operation{Op: Set, Record: issue, Base: &base, Set: map[string]any{"status": string(h.doing), "priority": int64(1)}})
	h.applied(t, h.ben, h.bensTab, setField(issue, started.Version, "status", string(todo)))
	h.applied(t, h.ann, h.annsTab, undo(started.ID))
	if diff := cmp.Diff(map[string]time.Duration{"started_at": 0}, h.times(t, issue, from)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTimes_NobodySetsThem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, base := h.issue(t, "Fix login")
	for _, name := range issueTimes {
		result := h.push(t, h.ann, h.annsTab, setField(issue, base, name, "2026-11-22T10:00:00Z"))
		if result.Status != Rejected || result.Error.Fields[name] != "The server sets this." {
			t.Errorf("%s: %s %+v", name, result.Status, result.Error)
		}
	}
}

// The database of a build that knew no such times gets them from its log, and holds what this build would have written.
func TestTimes_OfIssuesFromBeforeComeFromTheLog(t *testing.T) {
	t.Parallel()
	h := setup(t)
	from := h.clock.now(time.Time{})
	var issues []Ref
	for _, path := range [][]Ref{{}, {h.doing}, {h.doing, h.done}, {h.done, h.todo}, {h.done, h.todo, h.done}, {h.doing, h.todo, h.doing, h.done, h.doing}} {
		issue, base := h.issue(t, "Fix login")
		issues = append(issues, issue)
		for _, to := range path {
			h.clock.advance(time.Hour)
			base = h.applied(t, h.ann, h.annsTab, setField(issue, base, "status", string(to))).Version
		}
	}
	want := map[Ref]map[string]time.Duration{}
	for _, issue := range issues {
		want[issue] = h.times(t, issue, from)
	}
	for _, sql := range []string{
		"update issue set started_at = null, completed_at = null, canceled_at = null",
		"update change set before = before - array['started_at', 'completed_at', 'canceled_at'], after = after - array['started_at', 'completed_at', 'canceled_at']",
		"update issue set stamps = stamps - array['started_at', 'completed_at', 'canceled_at']",
		"insert into issue_unstamped (workspace_id) select id from workspace",
	} {
		_, err := h.pool.Exec(t.Context(), sql)
		must(t, err)
	}
	for range 2 {
		must(t, migrations.Run(t.Context(), h.pool))
		got := map[Ref]map[string]time.Duration{}
		for _, issue := range issues {
			got[issue] = h.times(t, issue, from)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
