package sync

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

const aDay = 24 * time.Hour

// cycling is a house whose team works in cycles of a week. It stands on a Sunday, so that one began six days ago.
func cycling(t *testing.T) *house {
	t.Helper()
	h := setup(t)
	h.setCycles(t, map[string]any{"cycle_weeks": 1})
	return h
}

func (h *house) setCycles(t testing.TB, set map[string]any) Result {
	t.Helper()
	base := h.verdict(t).Head
	return h.applied(t, h.ann, h.annsTab, Operation{Op: Set, Record: NewRef("team", h.team), Base: &base, Set: set})
}

// cycles are the team's, in a line each: number, days, state.
func (h *house) cycles(t testing.TB) []string {
	t.Helper()
	s, err := h.Look(t.Context(), h.ann)
	must(t, err)
	var lines []string
	for _, c := range s.Cycles(h.team) {
		lines = append(lines, strings.Join([]string{string(rune('0' + c.Number)), c.Starts.Format("0102"), c.Ends.Format("0102"), c.State}, " "))
	}
	return lines
}

func (h *house) cycle(t testing.TB, name string) Ref {
	t.Helper()
	s, err := h.Look(t.Context(), h.ann)
	must(t, err)
	cycle, known := s.CycleCalled(h.team, name)
	if !known {
		t.Fatalf("there is no cycle %s", name)
	}
	return NewRef("cycle", cycle.ID)
}

func (h *house) areCycles(t testing.TB, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, h.cycles(t)); diff != "" {
		t.Fatal(diff)
	}
}

// pass lets days go by and the engine bring the cycles to the day.
func (h *house) pass(t testing.TB, days int) {
	t.Helper()
	h.clock.advance(time.Duration(days) * aDay)
	must(t, h.advanceCycles(t.Context()))
}

func in(cycle Ref) func(map[string]any) {
	return func(set map[string]any) { set["cycle"] = string(cycle) }
}

func TestCycles_AreMadeAheadAsTheTeamWantsThem(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	h.areCycles(t, "1 1116 1122 current", "2 1123 1129 upcoming", "3 1130 1206 upcoming")

	h.setCycles(t, map[string]any{"cycle_weeks": 2, "cycle_day": 3, "cycle_cooldown": 1}) // from Wednesdays on; what has begun stays
	h.areCycles(t, "1 1116 1122 current", "2 1202 1215 upcoming", "3 1223 0105 upcoming")

	renamed := h.applied(t, h.ben, h.bensTab, setField(h.cycle(t, "next"), h.verdict(t).Head, "name", "Harvest"))
	h.pass(t, 1) // nobody works in a cycle: cooldown
	h.areCycles(t, "1 1116 1122 past", "2 1202 1215 upcoming", "3 1223 0105 upcoming")
	if h.verdict(t).Head != renamed.Version+1 {
		t.Error("more than one step")
	}
	h.pass(t, 9)
	h.areCycles(t, "1 1116 1122 past", "2 1202 1215 current", "3 1223 0105 upcoming", "4 0113 0126 upcoming")
}

func TestCycles_OfATeamThatHasThemOffAreLeftAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.pass(t, 20)
	h.areCycles(t)
	h.clock.advance(-20 * aDay)
	h.setCycles(t, map[string]any{"cycle_weeks": 1})
	h.setCycles(t, map[string]any{"cycle_weeks": 0})
	h.pass(t, 20)
	h.areCycles(t, "1 1116 1122 current", "2 1123 1129 upcoming", "3 1130 1206 upcoming")
	h.setCycles(t, map[string]any{"cycle_weeks": 1}) // and go on when they are on again
	must(t, h.advanceCycles(t.Context()))
	h.areCycles(t, "1 1116 1122 past", "2 1123 1129 past", "3 1130 1206 past", "4 1207 1213 current", "5 1214 1220 upcoming", "6 1221 1227 upcoming")
}

func TestCycles_MoveOnWhatIsNotFinished(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	first, second := h.cycle(t, "current"), h.cycle(t, "next")
	status := func(status Ref) func(map[string]any) {
		return func(set map[string]any) { set["status"] = string(status) }
	}
	todo, _ := h.issue(t, "to do", in(first))
	doing, _ := h.issue(t, "begun", in(first), status(h.doing))
	done, _ := h.issue(t, "done", in(first), status(h.done))
	gone, _ := h.issue(t, "in the trash", in(first))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: gone})
	later, _ := h.issue(t, "of the next", in(second))
	backlog := NewRef("status", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: backlog, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Backlog", "category": "backlog"}})
	put, _ := h.issue(t, "put off", in(first), status(backlog))
	free, _ := h.issue(t, "of none")
	h.pass(t, 1)

	s := h.everything(t, h.ben, 0)
	for ref, want := range map[Ref]any{todo: string(second), doing: string(second), done: string(first), later: string(second), put: string(second), free: nil} {
		if got := s.records[ref].Fields["cycle"]; got != want {
			t.Errorf("%s is in %v, not %v", ref, got, want)
		}
	}
	page := h.page(t, todo)
	last := page.Changes[len(page.Changes)-1]
	if last.Member != uuid.Nil || last.Before["cycle"] != string(first) || last.After["cycle"] != string(second) {
		t.Errorf("the history says %+v", last)
	}
	head := h.verdict(t).Head
	must(t, h.advanceCycles(t.Context()))
	if h.verdict(t).Head != head {
		t.Error("it was moved on twice")
	}
	counted, err := h.TeamCycle(t.Context(), h.cleo, "ENG", "current")
	must(t, err)
	if c := counted.Cycles[0]; c.Scope != 4 || c.Started != 1 || c.Done != 0 {
		t.Errorf("counted %+v", c)
	}
}

func TestCycles_AreMadeThoughSomebodyTookTheirIDs(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	taken := NewRef("cycle", CycleID(h.team, 4))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: taken, Set: map[string]any{"team": string(NewRef("team", h.private)), "starts": "2026-11-16", "ends": "2026-11-22"}})
	h.pass(t, 1)
	h.areCycles(t, "1 1116 1122 past", "2 1123 1129 current", "3 1130 1206 upcoming", "4 1207 1213 upcoming")
}

func TestCycles_StayWithinACalendar(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	next, base := h.cycle(t, "next"), h.verdict(t).Head
	for field, day := range map[string]string{"ends": "9999-12-31", "starts": "2099-01-01"} {
		set := map[string]any{"starts": "2026-11-23", "ends": "2099-01-02", field: day}
		if refused := h.push(t, h.ann, h.annsTab, Operation{Op: Set, Record: next, Base: &base, Set: set}); refused.Error == nil || refused.Error.Fields[field] == "" {
			t.Errorf("%s: %+v", field, refused)
		}
	}
}

func TestCycles_ThatWereMissedAreLeftOut(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	issue, _ := h.issue(t, "old", in(h.cycle(t, "current")))
	h.pass(t, 50) // nothing ran meanwhile; it is a Monday
	h.areCycles(t, "1 1116 1122 past", "2 1123 1129 past", "3 1130 1206 past", "4 0111 0117 current", "5 0118 0124 upcoming", "6 0125 0131 upcoming")
	if cycle := h.page(t, issue).IssueRow.Cycle; cycle != h.cycle(t, "current").ID() {
		t.Errorf("what was not finished is in %s", cycle)
	}
}

func TestCycles_TwoNodesThatBringThemToTheDayDoItOnce(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	issue, _ := h.issue(t, "old", in(h.cycle(t, "current")))
	second := h.cycle(t, "next")
	other := New(Options{Pool: h.pool, Clock: h.clock.now})
	t.Cleanup(other.Stop)
	h.clock.advance(aDay)
	head := h.verdict(t).Head
	errs := make(chan error, 2)
	for _, node := range []*Engine{h.Engine, other} {
		go func() { errs <- node.advanceCycles(context.Background()) }()
	}
	must(t, <-errs)
	must(t, <-errs)
	if now := h.verdict(t).Head; now != head+1 || h.page(t, issue).IssueRow.Cycle != second.ID() {
		t.Errorf("from %d to %d, in %s", head, now, h.page(t, issue).IssueRow.Cycle)
	}
}

func TestCycles_MoveOnMoreThanOneTransactionHolds(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	first, second := h.cycle(t, "current"), h.cycle(t, "next")
	for range 2 {
		var ops []Operation
		for range rolledAtOnce/2 + 10 {
			ops = append(ops, Operation{Op: Create, Record: NewRef("issue", newID()), Set: map[string]any{
				"team": string(NewRef("team", h.team)), "title": "one of many", "cycle": string(first)}})
		}
		h.applied(t, h.ann, h.annsTab, ops...)
	}
	h.pass(t, 1)
	counted, err := h.TeamCycle(t.Context(), h.ann, "ENG", "current")
	must(t, err)
	if c := counted.Cycles[0]; c.ID != second.ID() || c.Scope != rolledAtOnce+20 {
		t.Errorf("%+v", c)
	}
	h.areCycles(t, "1 1116 1122 past", "2 1123 1129 current", "3 1130 1206 upcoming", "4 1207 1213 upcoming")
}

func TestCycles_BelongToTheIssuesTeamAndTheirReaders(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	first := h.cycle(t, "current")
	issue, version := h.issue(t, "mine", in(first))
	secret, _ := h.issueIn(t, h.private, "secret")
	if refused := h.push(t, h.ann, h.annsTab, setField(secret, h.verdict(t).Head, "cycle", string(first))); refused.Error == nil || refused.Error.Fields["cycle"] == "" {
		t.Errorf("another team's cycle: %+v", refused)
	}
	base := h.verdict(t).Head
	h.applied(t, h.ann, h.annsTab, Operation{Op: Set, Record: NewRef("team", h.private), Base: &base, Set: map[string]any{"cycle_weeks": 1}})
	s, err := h.Look(t.Context(), h.ann)
	must(t, err)
	hidden := NewRef("cycle", s.Cycles(h.private)[0].ID)
	if refused := h.push(t, h.ben, h.bensTab, setField(issue, version, "cycle", string(hidden))); refused.Error == nil || refused.Error.Code != CodeNotFound {
		t.Errorf("a hidden team's cycle: %+v", refused)
	}
	if _, err := h.TeamCycles(t.Context(), h.ben, "SEC", 0); err == nil {
		t.Error("ben sees the cycles of SEC")
	}
	guests := Operation{Op: Set, Record: first, Base: &base, Set: map[string]any{"name": "Mine"}}
	if refused := h.push(t, h.cleo, newID(), guests); refused.Error == nil || refused.Error.Code != CodeForbidden {
		t.Errorf("a guest: %+v", refused)
	}
	h.applied(t, h.ann, h.annsTab, setField(issue, h.verdict(t).Head, "team", string(NewRef("team", h.private))))
	if in := h.page(t, issue).IssueRow.Cycle; in != uuid.Nil {
		t.Errorf("it left its team, and is in %s", in)
	}
}

func TestCycles_SubIssuesComeIntoTheirParents(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	first, second := h.cycle(t, "current"), h.cycle(t, "next")
	parent, _ := h.issue(t, "parent", in(first))
	below := func(change ...func(map[string]any)) uuid.UUID {
		child, _ := h.issue(t, "child", append(change, func(set map[string]any) { set["parent"] = string(parent) })...)
		return h.page(t, child).IssueRow.Cycle
	}
	if got := below(); got != first.ID() {
		t.Errorf("in %s", got)
	}
	if got := below(in(second)); got != second.ID() {
		t.Errorf("chosen, but in %s", got)
	}
}

func TestCycles_DaysAreRefusedThatAnotherOneHas(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	next := h.cycle(t, "next")
	refuses := func(words string, ref Ref, field string, v any) {
		t.Helper()
		refused := h.push(t, h.ann, h.annsTab, setField(ref, h.verdict(t).Head, field, v))
		if refused.Error == nil || !strings.Contains(refused.Error.Text, words) {
			t.Errorf("%s = %v: %+v", field, v, refused)
		}
	}
	refuses("Cycle 3", next, "ends", "2026-11-30")
	refuses("last one", next, "ends", "2026-11-22")
	refuses("first day", next, "starts", nil)
	refuses("server", next, "state", PastCycle)
	h.applied(t, h.ann, h.annsTab, setField(next, h.verdict(t).Head, "ends", "2026-11-27"))
	first := h.cycle(t, "current")
	h.pass(t, 1)
	refuses("over", first, "ends", "2026-11-20")
}

func TestCycles_AreUndoneWithTheSettingsThatMadeThem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	on := Transaction{ID: newID(), Ops: []Operation{{Op: Set, Record: NewRef("team", h.team), Base: new(int64), Set: map[string]any{"cycle_weeks": 1}}}}
	*on.Ops[0].Base = h.verdict(t).Head
	if result := h.send(t, h.ann, h.annsTab, on); result.Status != Applied {
		t.Fatal(result)
	}
	issue, _ := h.issue(t, "mine", in(h.cycle(t, "current")))
	gone := h.cycle(t, "current")
	off := Transaction{ID: newID(), Ops: []Operation{{Op: Undo, Transaction: on.ID}}}
	if result := h.send(t, h.ann, h.annsTab, off); result.Status != Applied {
		t.Fatal(result)
	}
	h.areCycles(t)
	if s, err := h.Look(t.Context(), h.ann); err != nil || slices.ContainsFunc(s.Cycles(h.team), func(c CycleName) bool { return c.ID == gone.ID() }) {
		t.Error("it is there still", err)
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Undo, Transaction: off.ID})
	h.areCycles(t, "1 1116 1122 current", "2 1123 1129 upcoming", "3 1130 1206 upcoming")
	if got := h.everything(t, h.ben, 0).records[issue].Fields["cycle"]; got != string(gone) {
		t.Errorf("a client has it in %v", got)
	}
}

func TestCycles_AStartedEngineBringsThemToTheDayByItself(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	h.clock.advance(aDay)
	s := h.watch(t, h.Engine, h.ben, nil)
	other := New(Options{Pool: h.pool, Clock: h.clock.now})
	other.Start()
	t.Cleanup(other.Stop)
	if event := next(t, s); !slices.Contains(event.Topics, topicVocabulary) {
		t.Fatalf("%+v", event)
	}
	h.areCycles(t, "1 1116 1122 past", "2 1123 1129 current", "3 1130 1206 upcoming", "4 1207 1213 upcoming")
}
