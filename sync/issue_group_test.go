package sync

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// Whatever a list is grouped and ordered by, its pages together hold each issue once in each group that it belongs to, in
// that order, and the counts say how many there are.
func TestLists_AreWholeInEveryLayout(t *testing.T) {
	t.Parallel()
	h := setup(t)
	all := h.manyIssues(t, 160)
	for _, group := range Groupings {
		for _, order := range Orders {
			for _, backwards := range []bool{false, true} {
				layout := Layout{Group: group, Order: order, Backwards: backwards}
				t.Run(fmt.Sprintf("%s by %s backwards %t", group, order, backwards), func(t *testing.T) {
					got, counts := h.pages(t, ListOptions{Layout: layout})
					for key, rows := range got {
						if counts[key] != int64(len(rows)) {
							t.Errorf("group %v counts %d and shows %d", key, counts[key], len(rows))
						}
					}
					if want := naive(all, layout); fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("got  %v\nwant %v", got, want)
					}
				})
			}
		}
	}
}

func TestLists_LeaveOutWhatTheLayoutSays(t *testing.T) {
	t.Parallel()
	h := setup(t)
	parent, _ := h.issue(t, "Parent")
	done := h.issueWith(t, "Done long ago", map[string]any{"status": string(h.done)})
	child := h.issueWith(t, "Child", map[string]any{"parent": string(parent)})
	h.clock.advance(80 * time.Hour)
	late := h.issueWith(t, "Done today", map[string]any{"status": string(h.done)})
	days := func(n int) *int { return &n }
	for _, c := range []struct {
		layout Layout
		want   []Ref
	}{
		{Layout{}, []Ref{parent, done, child, late}},
		{Layout{TopsOnly: true}, []Ref{parent, done, late}},
		{Layout{Closed: days(0)}, []Ref{parent, child, late}},
		{Layout{Closed: days(2)}, []Ref{parent, child, late}},
		{Layout{Closed: days(3)}, []Ref{parent, done, child, late}},
		{Layout{Closed: days(0), Group: "assignee", TopsOnly: true}, []Ref{parent, late}},
	} {
		got, _ := h.pages(t, ListOptions{Layout: c.layout})
		var ids []string
		for _, rows := range got {
			ids = append(ids, rows...)
		}
		var want []string
		for _, ref := range c.want {
			want = append(want, ref.ID().String())
		}
		slices.Sort(ids)
		slices.Sort(want)
		if !slices.Equal(ids, want) {
			t.Errorf("%+v shows %v instead of %v", c.layout, ids, want)
		}
	}
}

// What has been closed for longer than the layout shows is not counted, and its group says that it is there: for certain without a filter.
func TestLists_SayWhereMoreHasBeenClosedForLonger(t *testing.T) {
	t.Parallel()
	h := setup(t)
	days := func(n int) *int { return &n }
	said := func(options ListOptions) string {
		t.Helper()
		list, err := h.TeamIssues(t.Context(), h.ann, "ENG", options)
		must(t, err)
		var said []string
		for _, g := range list.Groups {
			said = append(said, fmt.Sprintf("%s %d of %d %t", g.Status.Name, len(g.Issues), g.Count, g.Older))
		}
		return strings.Join(said, ", ")
	}
	want := func(options ListOptions, want string) {
		t.Helper()
		if got := said(options); got != want {
			t.Errorf("%+v: %s instead of %s", options, got, want)
		}
	}
	recent := ListOptions{Layout: Layout{Closed: days(14)}}
	h.issue(t, "Open")
	old := h.issueWith(t, "Done long ago", map[string]any{"status": string(h.done)})
	want(recent, "Todo 1 of 1 false, Doing 0 of 0 false, Done 1 of 1 false")
	h.clock.advance(16 * 24 * time.Hour)
	for n := range PageSize + 2 {
		h.issueWith(t, fmt.Sprint("Done today ", n), map[string]any{"status": string(h.done)})
	}
	want(recent, "Todo 1 of 1 false, Doing 0 of 0 false, Done 50 of 52 true")
	want(ListOptions{}, "Todo 1 of 1 false, Doing 0 of 0 false, Done 50 of 53 false")
	filtered := recent
	filtered.Text = "today"
	want(filtered, "Todo 0 of 0 false, Doing 0 of 0 false, Done 50 of 52 true")
	pages, _ := h.pages(t, recent)
	if rows := pages[groupKey{h.done.ID(), 0}]; len(rows) != PageSize+2 || slices.Contains(rows, old.ID().String()) {
		t.Errorf("its pages hold %d", len(rows))
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: old})
	want(recent, "Todo 1 of 1 false, Doing 0 of 0 false, Done 50 of 52 false")
	want(ListOptions{Terms: []string{"status:done"}, Layout: recent.Layout}, "Done 50 of 52 false")
}

// Groups without issues are there where they say something, and nowhere against the reader's wish.
func TestLists_KeepEmptyGroupsWhereTheyFit(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue(t, "One")
	yes, no := true, false
	for _, c := range []struct {
		layout Layout
		groups int
	}{
		{Layout{}, 3}, {Layout{Empty: &no}, 1}, {Layout{Group: "priority"}, 5}, {Layout{Group: "assignee"}, 1},
		{Layout{Group: "assignee", Empty: &yes}, 4}, {Layout{Group: "label"}, 1}, {Layout{Group: "none"}, 1}, {Layout{Group: "nonsense"}, 3},
	} {
		list, err := h.TeamIssues(t.Context(), h.ann, "ENG", ListOptions{Layout: c.layout})
		must(t, err)
		if len(list.Groups) != c.groups {
			t.Errorf("%+v has %d groups instead of %d", c.layout, len(list.Groups), c.groups)
		}
	}
}

// An issue is never out of sight because what it is grouped by has gone.
func TestLists_ShowWhatIsInGroupsThatAreGone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	label := NewRef("label", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: label, Set: map[string]any{"name": "old"}})
	h.issueWith(t, "Left behind", map[string]any{"labels": []string{string(label)}, "assignee": string(NewRef("member", h.cleo.Member))})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: label})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: NewRef("member", h.cleo.Member)})
	for _, group := range Groupings {
		got, _ := h.pages(t, ListOptions{Layout: Layout{Group: group}})
		shown := 0
		for _, rows := range got {
			shown += len(rows)
		}
		if shown != 1 {
			t.Errorf("by %s %d are shown", group, shown)
		}
	}
}

func (h *house) issueWith(t *testing.T, title string, fields map[string]any) Ref {
	t.Helper()
	ref, _ := h.issue(t, title, func(set map[string]any) { maps.Copy(set, fields) })
	return ref
}

// manyIssues makes issues that differ in all that lists go by.
func (h *house) manyIssues(t *testing.T, count int) []IssueRow {
	t.Helper()
	labels := []Ref{NewRef("label", newID()), NewRef("label", newID())}
	var ops []Operation
	for i, label := range labels {
		ops = append(ops, Operation{Op: Create, Record: label, Set: map[string]any{"name": fmt.Sprint("label ", i)}})
	}
	h.applied(t, h.ann, h.annsTab, ops...)
	people := []any{nil, string(NewRef("member", h.ann.Member)), string(NewRef("member", h.ben.Member))}
	for i := range count {
		set := map[string]any{"status": string([]Ref{h.todo, h.todo, h.todo, h.doing, h.done}[i%5]), "priority": i * 7 % 5, "assignee": people[i*i%3]}
		if i%4 > 0 {
			set["due"] = time.Date(2026, 11, 1+i%20, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		}
		switch i % 3 {
		case 1:
			set["labels"] = []string{string(labels[0])}
		case 2:
			set["labels"] = []string{string(labels[0]), string(labels[1])}
		}
		if i%10 == 0 {
			h.clock.advance(time.Minute)
		}
		h.issueWith(t, fmt.Sprint("Issue ", i), set)
	}
	list, _ := h.pagesOf(t, ListOptions{Layout: Layout{Group: "none"}})
	return list[groupKey{}]
}

// pages are the ids in each group, over all pages, and what the groups count.
func (h *house) pages(t *testing.T, options ListOptions) (map[groupKey][]string, map[groupKey]int64) {
	t.Helper()
	rows, counts := h.pagesOf(t, options)
	ids := map[groupKey][]string{}
	for key, group := range rows {
		for _, row := range group {
			ids[key] = append(ids[key], row.ID.String())
		}
	}
	return ids, counts
}

func (h *house) pagesOf(t *testing.T, options ListOptions) (map[groupKey][]IssueRow, map[groupKey]int64) {
	t.Helper()
	rows, counts := map[groupKey][]IssueRow{}, map[groupKey]int64{}
	for wanted := []string{""}; len(wanted) > 0; wanted = wanted[1:] {
		options.After = wanted[0]
		page, err := h.TeamIssues(t.Context(), h.ann, "ENG", options)
		must(t, err)
		for _, g := range page.Groups {
			key := groupKey{g.ID, g.Priority}
			rows[key] = append(rows[key], g.Issues...)
			if g.Count > 0 {
				counts[key] = g.Count
			}
			if g.More != "" {
				wanted = append(wanted, g.More)
			}
		}
	}
	for key := range rows {
		if len(rows[key]) == 0 {
			delete(rows, key)
		}
	}
	return rows, counts
}

// naive groups and sorts in the plainest way.
func naive(all []IssueRow, l Layout) map[groupKey][]string {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b IssueRow) int { return cmp.Or(l.compare(a, b), cmp.Compare(a.rank, b.rank)) })
	groups := map[groupKey][]string{}
	for _, row := range all {
		for _, key := range l.keysOf(row) {
			groups[key] = append(groups[key], row.ID.String())
		}
	}
	return groups
}

func (l Layout) compare(a, b IssueRow) int {
	sign := int(l.direction())
	switch l.order() {
	case "priority":
		return sign * cmp.Compare((a.Priority+4)%5, (b.Priority+4)%5)
	case "updated":
		return sign * b.UpdatedAt.Compare(a.UpdatedAt)
	case "created":
		return sign * b.CreatedAt.Compare(a.CreatedAt)
	case "due":
		if a.Due == nil || b.Due == nil {
			return cmp.Compare(toInt(a.Due == nil), toInt(b.Due == nil))
		}
		return sign * a.Due.Compare(*b.Due)
	}
	return 0
}

func toInt(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (l Layout) keysOf(row IssueRow) []groupKey {
	switch l.group() {
	case "status":
		return []groupKey{{row.Status, 0}}
	case "assignee":
		return []groupKey{{row.Assignee, 0}}
	case "priority":
		return []groupKey{{uuid.Nil, row.Priority}}
	case "label":
		var keys []groupKey
		for _, label := range row.Labels {
			keys = append(keys, groupKey{label, 0})
		}
		if len(keys) > 0 {
			return keys
		}
	}
	return []groupKey{{}}
}
