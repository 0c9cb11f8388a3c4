package sync

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// openTeam makes a public team with statuses of its own: Todo, Doing, Review, Shipped.
func (h *house) openTeam(t testing.TB, key string) uuid.UUID {
	t.Helper()
	team := newID()
	starter := Starter{Statuses: []StarterStatus{{"Todo", "unstarted", "#888888"}, {"Review", "started", "#ddaa00"}, {"Shipped", "completed", "#5555ff"}}}
	h.applied(t, h.ann, h.annsTab, append([]Operation{
		{Op: Create, Record: NewRef("team", team), Set: map[string]any{"key": key, "name": key}}}, StarterOps(h.ws, team, starter)...)...)
	return team
}

func toTeam(ref Ref, base int64, team uuid.UUID) Operation {
	return setField(ref, base, "team", string(NewRef("team", team)))
}

func (h *house) label(t testing.TB, name string, team uuid.UUID, change ...func(map[string]any)) Ref {
	t.Helper()
	ref := NewRef("label", newID())
	set := map[string]any{"name": name}
	if team != uuid.Nil {
		set["team"] = string(NewRef("team", team))
	}
	for _, f := range change {
		f(set)
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: ref, Set: set})
	return ref
}

func (h *house) remark(t testing.TB, actor Actor, tab uuid.UUID, issue Ref, body string) Ref {
	t.Helper()
	ref := NewRef("comment", newID())
	h.applied(t, actor, tab, comment(issue, ref, body))
	return ref
}

// key is an issue's name as ann sees it.
func (h *house) key(t testing.TB, ref Ref) string {
	t.Helper()
	page := h.page(t, ref)
	return page.Key(page.IssueRow.Team, page.Number)
}

func having(name string, v any) func(map[string]any) {
	return func(set map[string]any) { set[name] = v }
}

func statusIn(team uuid.UUID, name string) Ref { return NewRef("status", StatusID(team, name)) }

func TestTransfer(t *testing.T) {
	t.Parallel()

	t.Run("the issue gets the new team's next number and its top place, and its old key leads to it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		there, _ := h.issueIn(t, web, "There already")
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ben, h.bensTab, toTeam(issue, base, web))
		if key := h.key(t, issue); key != "WEB-2" {
			t.Errorf("it is %s", key)
		}
		if h.page(t, issue).rank >= h.page(t, there).rank {
			t.Error("it is not on top")
		}
		for _, key := range []string{"ENG-1", "WEB-2"} {
			team, number, _ := ParseKey(key)
			title, _, err := h.IssueFreshness(t.Context(), h.ben, IssueID{Team: team, Number: number})
			must(t, err)
			if title.ID != issue.ID() {
				t.Errorf("%s leads to %s", key, title.ID)
			}
		}
		snapshot, err := h.Look(t.Context(), h.ben)
		must(t, err)
		named, err := h.IssuesByKey(t.Context(), h.ben, snapshot, []string{"ENG-1"})
		must(t, err)
		found, err := h.Search(t.Context(), h.ben, "ENG-1", "")
		must(t, err)
		if named["ENG-1"].ID != issue.ID() || found.Exact == nil || found.Exact.ID != issue.ID() {
			t.Errorf("texts name %v, the search %v", named, found.Exact)
		}
		next, _ := h.issue(t, "The next of the old team")
		if key := h.key(t, next); key != "ENG-2" {
			t.Errorf("the old team's next is %s", key)
		}
		h.checkLog(t)
	})

	t.Run("statuses are met by name, then by category, then by where new issues start", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		triage := NewRef("status", newID())
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: triage,
			Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Asked", "category": "triage"}})
		for from, to := range map[Ref]string{h.todo: "Todo", h.doing: "Review", h.done: "Shipped", triage: "Todo"} {
			issue, base := h.issue(t, "Fix login", having("status", string(from)))
			h.applied(t, h.ben, h.bensTab, toTeam(issue, base, web))
			if got := NewRef("status", h.page(t, issue).IssueRow.Status); got != statusIn(web, to) {
				t.Errorf("%s became %s, not %s", from, got, to)
			}
		}
	})

	t.Run("a status that is named counts, one of a third team is refused", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		issue, base := h.issue(t, "Fix login")
		op := toTeam(issue, base, web)
		op.Set["status"] = string(h.doing)
		if result := h.push(t, h.ben, h.bensTab, op); result.Error == nil || result.Error.Fields["status"] == "" {
			t.Errorf("%+v", result)
		}
		op.Set["status"] = string(statusIn(web, "Shipped"))
		h.applied(t, h.ben, h.bensTab, op)
		if got := h.page(t, issue).IssueRow.Status; got != statusIn(web, "Shipped").ID() {
			t.Errorf("it is in %s", got)
		}
	})

	t.Run("labels of the workspace stay, the old team's give way to the new team's of the same name", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		everywhere := h.label(t, "urgent", uuid.Nil, having("group", "how"))
		bug, webBug := h.label(t, "bug", h.team), h.label(t, "Bug", web)
		fast, _ := h.label(t, "fast", h.team), h.label(t, "fast", web, having("group", "how"))
		lost := h.label(t, "backend", h.team)
		issue, base := h.issue(t, "Fix login", having("labels", []any{string(everywhere), string(bug), string(fast), string(lost)}))
		h.applied(t, h.ben, h.bensTab, toTeam(issue, base, web))
		want := []uuid.UUID{everywhere.ID(), webBug.ID()}
		if diff := cmp.Diff(sortedIDs(want), sortedIDs(h.page(t, issue).IssueRow.Labels)); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("who does not see the new team is neither assigned nor subscribed", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		ben := string(NewRef("member", h.ben.Member))
		issue, base := h.issue(t, "Fix login", having("assignee", ben))
		h.applied(t, h.ann, h.annsTab, toTeam(issue, base, h.private))
		page := h.page(t, issue)
		if page.Assignee != uuid.Nil || !cmp.Equal(page.Subscribers, []uuid.UUID{h.ann.Member}) {
			t.Errorf("assigned to %s, subscribers %v", page.Assignee, page.Subscribers)
		}
		other, base := h.issue(t, "Another")
		op := toTeam(other, base, h.private)
		op.Set["assignee"] = ben
		if result := h.push(t, h.ann, h.annsTab, op); result.Error == nil || result.Error.Fields["assignee"] == "" {
			t.Errorf("%+v", result)
		}
	})

	t.Run("a family parts, unless all of it is transferred at once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		top, _ := h.issue(t, "Top")
		middle, _ := h.issue(t, "Middle", having("parent", string(top)))
		leaf, base := h.issue(t, "Leaf", having("parent", string(middle)))
		h.applied(t, h.ben, h.bensTab, toTeam(middle, base, web))
		if h.page(t, middle).Parent != uuid.Nil || h.page(t, leaf).Parent != uuid.Nil || h.key(t, leaf) != "ENG-3" {
			t.Errorf("middle below %s, leaf below %s", h.page(t, middle).Parent, h.page(t, leaf).Parent)
		}
		child, base := h.issue(t, "Child", having("parent", string(top)))
		h.applied(t, h.ben, h.bensTab, toTeam(child, base, web), toTeam(top, base, web))
		if h.page(t, child).Parent != top.ID() {
			t.Error("the child lost a parent that came along")
		}
		op := toTeam(leaf, base, web)
		op.Set["parent"] = string(h.stray(t))
		if result := h.push(t, h.ben, h.bensTab, op); result.Error == nil || result.Error.Fields["parent"] == "" {
			t.Errorf("%+v", result)
		}
		h.checkLog(t)
	})

	t.Run("comments and shares come along, the deleted too, and do not count as edited", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		issue, base := h.issue(t, "Fix login")
		first, gone := h.remark(t, h.ann, h.annsTab, issue, "First"), h.remark(t, h.ann, h.annsTab, issue, "Gone")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: gone})
		token, err := h.Share(t.Context(), h.ann, h.annsTab, issue, "", nil)
		must(t, err)
		h.clock.advance(time.Hour)
		moved := h.applied(t, h.ben, h.bensTab, toTeam(issue, base, web))
		page := h.page(t, issue)
		for _, c := range page.Comments {
			if c.Version != moved.Version || c.ID == first.ID() && !c.UpdatedAt.Equal(c.CreatedAt) {
				t.Errorf("%+v", c)
			}
		}
		shared, err := h.Shared(t.Context(), token)
		must(t, err)
		if shared.Team.ID != web || shared.Issue == nil || page.Shares[0].Version != moved.Version {
			t.Errorf("%+v", shared)
		}
		h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: gone})
		h.checkLog(t)
	})

	t.Run("two thousand comments come along in one transaction", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Discussed")
		for range 2 {
			var ops []Operation
			for n := range 1000 {
				ops = append(ops, comment(issue, NewRef("comment", newID()), fmt.Sprint("remark ", n)))
			}
			h.applied(t, h.ann, h.annsTab, ops...)
		}
		moved := h.applied(t, h.ann, h.annsTab, toTeam(issue, base, h.private))
		var reader replica
		reader.pull(t, h, h.ann, 5000)
		carried := 0
		for ref, change := range reader.records {
			if ref.kind() == "comment" && change.Version == moved.Version {
				carried++
			}
		}
		if carried != 2000 {
			t.Errorf("%d came along", carried)
		}
		h.checkLog(t)
	})

	t.Run("one made and transferred in the same transaction takes no number of the first team twice", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		h.issueIn(t, web, "There already")
		issue := NewRef("issue", newID())
		h.applied(t, h.ben, h.bensTab, create(h, issue, "Fix login"), toTeam(issue, 0, web))
		next, _ := h.issue(t, "The next")
		if h.key(t, issue) != "WEB-2" || h.key(t, next) != "ENG-2" {
			t.Errorf("%s and %s", h.key(t, issue), h.key(t, next))
		}
		h.checkLog(t)
	})

	t.Run("transactions of one group build on each other", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web, ops := h.openTeam(t, "WEB"), h.openTeam(t, "OPS")
		h.issueIn(t, web, "There already")
		issue, base := h.issue(t, "Fix login")
		remark, there := NewRef("comment", newID()), Transaction{ID: newID(), Ops: []Operation{toTeam(issue, base, web)}}
		result := h.send(t, h.ben, h.bensTab,
			Transaction{ID: newID(), Ops: []Operation{comment(issue, remark, "Before")}}, there,
			Transaction{ID: newID(), Ops: []Operation{toTeam(issue, base, ops)}},
			Transaction{ID: newID(), Ops: []Operation{toTeam(issue, base, h.team)}},
			Transaction{ID: newID(), Ops: []Operation{toTeam(issue, base, web)}})
		if result.Status != Applied || h.key(t, issue) != "WEB-2" {
			t.Errorf("%+v %s", result, h.key(t, issue))
		}
		if page := h.page(t, issue); len(page.Comments) != 1 || page.Comments[0].Version != result.Version {
			t.Errorf("%+v", page.Comments)
		}
		for _, key := range []IssueID{{Team: "ENG", Number: 1}, {Team: "OPS", Number: 1}} {
			if _, _, err := h.IssueFreshness(t.Context(), h.ben, key); err != nil {
				t.Errorf("%v: %v", key, err)
			}
		}
		h.checkLog(t)
	})

	t.Run("a move can land in another team, beside a neighbour there", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		low, _ := h.issueIn(t, web, "Low")
		high, _ := h.issueIn(t, web, "High")
		issue, _ := h.issue(t, "Fix login")
		h.applied(t, h.ben, h.bensTab, Operation{Op: Move, Record: issue, Set: map[string]any{"team": string(NewRef("team", web))}, After: high})
		if rank := h.page(t, issue).rank; rank <= h.page(t, high).rank || rank >= h.page(t, low).rank {
			t.Errorf("%s is not between %s and %s", rank, h.page(t, high).rank, h.page(t, low).rank)
		}
	})

	t.Run("an import takes no number that an issue has left behind", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ben, h.bensTab, toTeam(issue, base, h.openTeam(t, "WEB")))
		imported := NewRef("issue", newID())
		op := create(h, imported, "Imported")
		op.Set["number"] = int64(1)
		must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: []Operation{op}}))
		if key := h.key(t, imported); key != "ENG-2" {
			t.Errorf("it is %s", key)
		}
	})
}

// stray is an issue of the old team that nobody transfers.
func (h *house) stray(t testing.TB) Ref {
	t.Helper()
	ref, _ := h.issue(t, "Stray")
	return ref
}

func sortedIDs(ids []uuid.UUID) []uuid.UUID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return ids
}
