package sync

import (
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"tandem/queries"
)

// What the groups of a list may be of, what its order may go by, and for how many days what is closed may be shown. The
// first of each is what is meant where nothing is said.
var (
	Groupings = []string{"status", "assignee", "priority", "label", "project", "cycle", "none"}
	Orders    = []string{"manual", "priority", "updated", "created", "due"}
)

// Layout is how a list is laid out. The zero Layout is by status, in the shared manual order, with all that passes the filter.
type Layout struct {
	Group     string // one of Groupings, "" for the first
	Order     string // one of Orders, "" for the first
	Backwards bool   // the order the other way round; the manual one has no other way
	Closed    *int   // what is completed or canceled is shown so many days after its last change; nil is for good
	TopsOnly  bool   // issues that have a parent are left out
	Empty     *bool  // whether groups without issues are there; nil is as fits the grouping
}

func (l Layout) group() string { return known(l.Group, Groupings) }
func (l Layout) order() string { return known(l.Order, Orders) }

// known is a value if it is one of a list, else the list's first.
func known(value string, list []string) string {
	if slices.Contains(list, value) {
		return value
	}
	return list[0]
}

func (l Layout) direction() int64 {
	if l.Backwards {
		return -1
	}
	return 1
}

// closedSince is the time from which on what is closed is shown: the beginning of a day, so that a list is the same all day.
func (l Layout) closedSince(now time.Time) time.Time {
	if l.Closed == nil {
		return time.Time{}
	}
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -*l.Closed)
}

// windowed tells whether a group leaves out what has been closed for longer than the layout says. Where groups are of something else
// than statuses, all of them do, and none says so.
func (l Layout) windowed(g IssueGroup) bool {
	return l.Closed != nil && g.By == "status" && g.Status.Closed()
}

// keepsEmpty tells whether a group stays that has no issues. A workflow and the levels of priority are seen whole.
func (l Layout) keepsEmpty() bool {
	if l.Empty != nil {
		return *l.Empty
	}
	return l.group() == "status" || l.group() == "priority" || l.group() == "none"
}

// groups are all groups that a team's list may have, in their order and without issues: those too that only issues of
// earlier days are in, such as of members who have gone. What the filter leaves out is not there.
func (s Snapshot) groups(team uuid.UUID, l Layout, f Filter) []IssueGroup {
	switch l.group() {
	case "assignee":
		return passing(s.assigneeGroups(team), f.Assignees, f.NotAssignees, groupID)
	case "label":
		return passing(s.labelGroups(team), nil, f.NotLabels, groupID)
	case "cycle":
		return passing(s.cycleGroups(team), f.Cycles, f.NotCycles, groupID)
	case "project":
		return passing(s.projectGroups(team), f.Projects, f.NotProjects, groupID)
	case "priority":
		return passing(priorityGroups(), f.Priorities, f.NotPriorities, func(g IssueGroup) int16 { return int16(g.Priority) })
	case "none":
		return []IssueGroup{{By: "none"}}
	}
	return passing(s.statusGroups(team), f.Statuses, f.NotStatuses, groupID)
}

func groupID(g IssueGroup) uuid.UUID { return g.ID }

func passing[T comparable](groups []IssueGroup, wanted, unwanted []T, value func(IssueGroup) T) []IssueGroup {
	return slices.DeleteFunc(groups, func(g IssueGroup) bool {
		v := value(g)
		return len(wanted) > 0 && !slices.Contains(wanted, v) || slices.Contains(unwanted, v)
	})
}

func (s Snapshot) statusGroups(team uuid.UUID) []IssueGroup {
	var groups []IssueGroup
	for _, status := range s.listed(team) {
		groups = append(groups, IssueGroup{By: "status", ID: status.ID, Status: status})
	}
	return groups
}

// priorityGroups go from urgent to low; what has no priority comes last.
func priorityGroups() []IssueGroup {
	var groups []IssueGroup
	for _, priority := range []int{1, 2, 3, 4, 0} {
		groups = append(groups, IssueGroup{By: "priority", Priority: priority})
	}
	return groups
}

// assigneeGroups begin with nobody; those who see the team come before all others.
func (s Snapshot) assigneeGroups(team uuid.UUID) []IssueGroup {
	groups := []IssueGroup{{By: "assignee"}}
	seen := map[uuid.UUID]bool{}
	add := func(id uuid.UUID) {
		if !seen[id] {
			groups = append(groups, IssueGroup{By: "assignee", ID: id})
		}
		seen[id] = true
	}
	for _, member := range s.Assignable(team) {
		add(member.ID)
	}
	for _, r := range s.words.all("member") {
		add(r.id)
	}
	return groups
}

// labelGroups begin with no label, and end with the labels in the trash.
func (s Snapshot) labelGroups(team uuid.UUID) []IssueGroup {
	groups := []IssueGroup{{By: "label"}}
	for _, label := range s.Labels(team) {
		groups = append(groups, IssueGroup{By: "label", ID: label.ID})
	}
	for _, r := range s.words.all("label") {
		if of := r.refersTo("team"); r.deleted() && (of == uuid.Nil || of == team || team == uuid.Nil && s.who.sees(of)) {
			groups = append(groups, IssueGroup{By: "label", ID: r.id})
		}
	}
	return groups
}

// projectGroups begin with no project, where those lie too that are in the trash.
func (s Snapshot) projectGroups(team uuid.UUID) []IssueGroup {
	groups := []IssueGroup{{By: "project"}}
	for _, project := range s.Projects(team) {
		groups = append(groups, IssueGroup{By: "project", ID: project.ID})
	}
	return groups
}

// offered tells whether an issue may still come into a group; of the others only those are shown that have issues.
func (s Snapshot) offered(team uuid.UUID, g IssueGroup) bool {
	switch {
	case g.ID == uuid.Nil:
		return true
	case g.By == "status":
		return !g.Status.Deleted
	case g.By == "cycle":
		cycle, live := s.Cycle(g.ID)
		return live && cycle.State != PastCycle
	case g.By == "label":
		_, live := s.Label(g.ID)
		return live
	case g.By == "project":
		project, live := s.Project(g.ID)
		return live && !project.Ended()
	}
	member := s.words.records[NewRef("member", g.ID)]
	return member != nil && !member.deleted() && s.words.rightsOf(g.ID).sees(team)
}

// listParts are what the database is asked for: of statuses in which work has ended apart, where only what is recent of them counts,
// for among many that closed long ago only another plan finds those at once. counted says that of the others the number is known.
func (t TeamIssues) listParts(ws uuid.UUID, l Layout, from after, now time.Time, counted bool) []queries.ListIssueGroupsParams {
	if l.Closed == nil || l.group() != "status" {
		whole := t.listParams(ws, l, from, now)
		whole.Counted = counted
		return []queries.ListIssueGroupsParams{whole}
	}
	var parts []queries.ListIssueGroupsParams
	since := l.closedSince(now)
	l.Closed = nil
	for _, closed := range []bool{false, true} {
		part := t
		part.Groups = slices.DeleteFunc(slices.Clone(t.Groups), func(g IssueGroup) bool { return g.Status.Closed() != closed })
		if len(part.Groups) == 0 {
			continue
		}
		wanted := part.listParams(ws, l, from, now)
		wanted.Counted, wanted.Recent, wanted.ClosedSince = counted && !closed, closed, since
		parts = append(parts, wanted)
	}
	return parts
}

// listParams is what the database is asked for in one question.
func (t TeamIssues) listParams(ws uuid.UUID, l Layout, from after, now time.Time) queries.ListIssueGroupsParams {
	f := t.Filter
	wanted := queries.ListIssueGroupsParams{
		WorkspaceID: ws, TeamID: t.Team.ID, Grouping: l.group(), Ordering: l.order(), Direction: l.direction(), Words: f.Words,
		Statuses: given(f.Statuses), NotStatuses: given(slices.Concat(f.NotStatuses, t.hidden)),
		Assignees: given(f.Assignees), NotAssignees: given(f.NotAssignees), Creators: given(f.Creators), NotCreators: given(f.NotCreators),
		Labels: given(f.Labels), NotLabels: given(f.NotLabels), Priorities: given(f.Priorities), NotPriorities: given(f.NotPriorities),
		Projects: given(f.Projects), NotProjects: given(f.NotProjects), NoProjects: t.noProjects(), NoCycles: t.noCycles(t.Team.ID), Cycles: given(f.Cycles), NotCycles: given(f.NotCycles),
		ClosedIDs: []uuid.UUID{}, TopsOnly: l.TopsOnly, AfterPlace: from.place, AfterRank: from.rank, PerGroup: PageSize + 1,
	}
	if l.group() == "status" {
		wanted.Statuses, wanted.NotStatuses = []uuid.UUID{}, []uuid.UUID{} // the groups say it
	}
	if l.Closed != nil {
		wanted.ClosedIDs, wanted.ClosedSince = t.closedStatuses(), l.closedSince(now)
	}
	for _, g := range t.Groups {
		wanted.GroupIDs, wanted.GroupNumbers = append(wanted.GroupIDs, g.ID), append(wanted.GroupNumbers, int16(g.Priority))
	}
	return wanted
}

// filled puts rows into their groups, and leaves out the groups that stay empty and have no reason to.
// counted says how many issues there are; nil = the rows do.
func (t TeamIssues) filled(rows []queries.ListIssueGroupsRow, counted groupCounts, l Layout) []IssueGroup {
	byKey := map[groupKey][]queries.ListIssueGroupsRow{}
	for _, row := range rows {
		key := groupKey{row.GroupID, int(row.GroupNumber)}
		byKey[key] = append(byKey[key], row)
	}
	var groups []IssueGroup
	for _, g := range t.Groups {
		g.fill(byKey[groupKey{g.ID, g.Priority}])
		switch {
		case l.windowed(g):
			g.Older = counted == nil || counted(g.ID) > g.Count
		case counted != nil:
			g.Count = counted(t.keysOf(g)...)
		}
		older := counted != nil && g.Older && *l.Closed >= 0 // the way to them stays, unless nothing closed is wanted
		if g.Count > 0 || older || l.keepsEmpty() && t.offered(t.Team.ID, g) {
			groups = append(groups, g)
		}
	}
	return groups
}

// keysOf are the values of the issues in a group.
func (t TeamIssues) keysOf(g IssueGroup) []uuid.UUID {
	switch {
	case g.By == "priority":
		return []uuid.UUID{priorityKey(g.Priority)}
	case g.By == "project" && g.ID == uuid.Nil:
		return t.noProjects()
	case g.By == "cycle" && g.ID == uuid.Nil:
		return t.noCycles(t.Team.ID)
	}
	return []uuid.UUID{g.ID}
}

type groupKey struct {
	id       uuid.UUID
	priority int
}

func (g *IssueGroup) fill(rows []queries.ListIssueGroupsRow) {
	if len(rows) == 0 {
		return
	}
	g.Count = rows[0].Issues
	if len(rows) > PageSize {
		rows = rows[:PageSize]
		last := rows[PageSize-1]
		g.More = after{true, groupKey{g.ID, g.Priority}, last.Place, last.Rank}.String()
	}
	for _, row := range rows {
		g.Issues = append(g.Issues, issueRow(row))
	}
}

// after is the place in a group that a page begins behind; not given, it is before all.
type after struct {
	given bool
	group groupKey
	place int64 // what comes first by the order
	rank  string
}

func parseAfter(raw string) (after, error) {
	if raw == "" {
		return after{place: math.MinInt64}, nil
	}
	decoded, err := base64.RawURLEncoding.DecodeString(raw)
	parts := strings.SplitN(string(decoded), " ", 4)
	if err != nil || len(parts) < 4 {
		return after{}, errPageGone()
	}
	id, wrongID := uuid.Parse(parts[0])
	priority, wrongPriority := strconv.ParseInt(parts[1], 10, 16)
	place, wrongPlace := strconv.ParseInt(parts[2], 10, 64)
	if firstError(wrongID, wrongPriority, wrongPlace) != nil || strings.ContainsRune(parts[3], 0) || !utf8.ValidString(parts[3]) {
		return after{}, errPageGone()
	}
	return after{true, groupKey{id, int(priority)}, place, parts[3]}, nil
}

func errPageGone() error {
	return invalid("after", "This page no longer exists; start from the first one.")
}

func (a after) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %d %d %s", a.group.id, a.group.priority, a.place, a.rank))
}

// only are the groups that a page shows: the one that it continues, if it does.
func (a after) only(groups []IssueGroup) []IssueGroup {
	return slices.DeleteFunc(groups, func(g IssueGroup) bool { return a.given && a.group != groupKey{g.ID, g.Priority} })
}
