package sync

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// A list over all teams is that of those which the reader sees. Their statuses are their own, so it is grouped by the
// categories of status; and each has an order by hand of its own, so it goes by what the issues say.

// What the groups of a list over all teams may be of, and what its order may go by. The first of each is what is meant where nothing is said.
var (
	AllGroupings = []string{"status", "assignee", "priority", "label", "project", "team", "none"}
	AllOrders    = []string{"updated", "priority", "created", "due"}
)

// keyedGroup is a group with all values that lead into it: ids, or a level of priority as one.
type keyedGroup struct {
	IssueGroup
	keys []uuid.UUID
}

// AllIssues reads the issues of all teams that the reader sees in groups, each with a first page of rows. Invalid when After was not made by an earlier page.
func (e *Engine) AllIssues(ctx context.Context, actor Actor, options ListOptions) (TeamIssues, error) {
	after, err := parseAfter(options.After)
	if err != nil {
		return TeamIssues{}, err
	}
	for tries := 0; ; tries++ {
		page, found, err := e.allIssues(ctx, actor, options, after, tries < 3)
		if err != nil || found { // else what was counted before was too old, or groups lack rows
			return page, err
		}
	}
}

var errTooManyScans = &Error{Kind: TooMany, Code: CodeRateLimited, Text: "Others are reading long lists just now. Wait a moment, then try again, or group by status."}

// allIssues is one reading, from what is remembered where that helps. It is false when that was too old, or not enough; one that remembers nothing finds all.
func (e *Engine) allIssues(ctx context.Context, actor Actor, options ListOptions, after after, remembers bool) (TeamIssues, bool, error) {
	place, behind, err := after.last()
	if err != nil {
		return TeamIssues{}, false, err
	}
	options.Group, options.Order = known(options.Group, AllGroupings), known(options.Order, AllOrders)
	if !options.ofStatuses() {
		select {
		case e.scan <- struct{}{}:
			defer func() { <-e.scan }()
		case <-ctx.Done():
			return TeamIssues{}, false, errTooManyScans
		}
	}
	var page TeamIssues
	var groups []keyedGroup
	var rows *[]queries.ListGroupsOfTeamsRow
	var count *countQuestion
	var near *latestQuestion
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		page = TeamIssues{Snapshot: s, Filter: s.ParseFilter(uuid.Nil, options.Terms, options.Text)}
		if len(page.Filter.Statuses) == 0 {
			page.hidden = s.allTriage()
		}
		groups = slices.DeleteFunc(page.allGroups(options.Layout), func(g keyedGroup) bool { return after.given && after.group != g.key() })
		wanted := page.allParams(actor.Workspace, options.Layout, groups, e.clock(time.Now()))
		wanted.BeforePlace, wanted.BeforeID = place, behind
		count = nil
		if by, counted := page.countsAll(options.Layout); counted && remembers {
			count, wanted.Counted = e.askCount(ctx, p, countedTeam{workspace: actor.Workspace, by: by}), true
		}
		if near = nil; options.byLatest(count, after) {
			near = e.askLatest(ctx, p, page, count.of, groups, wanted)
		} else {
			rows = e.askGroupsOfTeams(ctx, p, wanted)
		}
		return nil
	})
	if err != nil {
		return TeamIssues{}, false, err
	}
	page.Snapshot = snapshot
	var counted groupCounts
	found := true
	if count != nil {
		var known issueCount
		known, found = e.learnCount(count, snapshot)
		counted = known.in(count.of.by, page.passesAll())
	}
	if !found {
		return TeamIssues{}, false, nil
	}
	if near != nil {
		var filled []queries.ListGroupsOfTeamsRow
		filled, found = near.filled(e, groups, counted)
		rows = &filled
	}
	page.fillAll(groups, *rows, counted, options.Layout)
	return page, found, nil
}

func (e *Engine) askGroupsOfTeams(ctx context.Context, p *queries.Pipeline, wanted queries.ListGroupsOfTeamsParams) *[]queries.ListGroupsOfTeamsRow {
	p.Run(ctx, "set local plan_cache_mode = force_custom_plan")
	return queries.Ask(p, func(db queries.DBTX) ([]queries.ListGroupsOfTeamsRow, error) {
		return e.queries.ListGroupsOfTeams(ctx, db, wanted)
	})
}

// countsAll is counts of a list over all teams. A filter by team leaves out whole statuses too. Of a window of those that are closed the rows are counted.
func (t TeamIssues) countsAll(l Layout) (by string, counted bool) {
	of, group := t, l.Group
	if l.ofStatuses() {
		group = "none"
	}
	of.Filter.Teams, of.Filter.NotTeams = nil, nil
	return of.counts(group, l)
}

// passesAll tells whether the filter lets a status of any team through.
func (t TeamIssues) passesAll() func(status uuid.UUID) bool {
	passing := map[uuid.UUID]bool{}
	for _, status := range t.passingStatuses() {
		passing[status.id] = true
	}
	return func(status uuid.UUID) bool { return passing[status] }
}

// ofStatuses tells whether each group of a list over all teams is that of some statuses: a team has its own, and all have all.
func (l Layout) ofStatuses() bool {
	return slices.Contains([]string{"status", "team", "none"}, l.Group)
}

// allGroups are the groups of a list over all teams, in their order and without issues. What the filter leaves out is not there.
func (t TeamIssues) allGroups(l Layout) []keyedGroup {
	f := t.Filter
	switch l.Group {
	case "status":
		return t.categoryGroups()
	case "team":
		return t.teamGroups()
	case "none":
		var keys []uuid.UUID
		for _, status := range t.passingStatuses() {
			keys = append(keys, status.id)
		}
		return []keyedGroup{{IssueGroup{By: "none"}, keys}}
	case "priority":
		return keyed(passing(priorityGroups(), f.Priorities, f.NotPriorities, func(g IssueGroup) int16 { return int16(g.Priority) }), nil)
	case "assignee":
		return keyed(passing(t.assigneeGroups(uuid.Nil), f.Assignees, f.NotAssignees, groupID), nil)
	case "project":
		return keyed(passing(t.projectGroups(uuid.Nil), f.Projects, f.NotProjects, groupID), t.noProjects())
	}
	return keyed(passing(t.labelGroups(uuid.Nil), nil, f.NotLabels, groupID), nil)
}

// keyed gives each group its one value; none are those that stand for no value, where there are several.
func keyed(groups []IssueGroup, none []uuid.UUID) []keyedGroup {
	list := make([]keyedGroup, len(groups))
	for i, g := range groups {
		list[i] = keyedGroup{g, []uuid.UUID{g.ID}}
		switch {
		case g.By == "priority":
			list[i].keys[0] = priorityKey(g.Priority)
		case g.ID == uuid.Nil && none != nil:
			list[i].keys = none
		}
	}
	return list
}

func (t TeamIssues) categoryGroups() []keyedGroup {
	keys := map[string][]uuid.UUID{}
	for _, status := range t.passingStatuses() {
		keys[status.text("category")] = append(keys[status.text("category")], status.id)
	}
	var groups []keyedGroup
	for i, category := range Categories {
		if len(keys[category]) > 0 {
			groups = append(groups, keyedGroup{IssueGroup{By: "category", Category: category, Priority: i}, keys[category]})
		}
	}
	return groups
}

func (t TeamIssues) teamGroups() []keyedGroup {
	keys := map[uuid.UUID][]uuid.UUID{}
	for _, status := range t.passingStatuses() {
		keys[status.refersTo("team")] = append(keys[status.refersTo("team")], status.id)
	}
	teams := t.liveTeamsIn(t.Filter)
	var groups []keyedGroup
	for _, team := range t.Teams() {
		if slices.Contains(teams, team.ID) {
			groups = append(groups, keyedGroup{IssueGroup{By: "team", ID: team.ID}, keys[team.ID]})
		}
	}
	return groups
}

// passingStatuses are those that the filter lets through, of all its teams and those in the trash too.
func (t TeamIssues) passingStatuses() []*record {
	teams, f := map[uuid.UUID]bool{}, t.Filter
	for _, team := range t.liveTeamsIn(f) {
		teams[team] = true
	}
	var statuses []*record
	for _, r := range t.words.all("status") {
		left := len(f.Statuses) > 0 && !slices.Contains(f.Statuses, r.id) || slices.Contains(f.NotStatuses, r.id) || slices.Contains(t.hidden, r.id)
		if !left && teams[r.refersTo("team")] {
			statuses = append(statuses, r)
		}
	}
	return statuses
}

// liveTeamsIn are the teams that a filter lets through, without those in the trash.
func (s Snapshot) liveTeamsIn(f Filter) []uuid.UUID {
	return slices.DeleteFunc(s.teamsIn(f), func(id uuid.UUID) bool {
		team := s.words.records[NewRef("team", id)]
		return team == nil || team.deleted()
	})
}

// allParams is what the database is asked for.
func (t TeamIssues) allParams(ws uuid.UUID, l Layout, groups []keyedGroup, now time.Time) queries.ListGroupsOfTeamsParams {
	f := t.Filter
	wanted := queries.ListGroupsOfTeamsParams{
		WorkspaceID: ws, TeamIDs: t.liveTeamsIn(f), Grouping: l.Group, Ordering: l.Order, Words: f.Words, Numbers: []int32{}, Keys: []uuid.UUID{},
		Statuses: given(f.Statuses), NotStatuses: given(slices.Concat(f.NotStatuses, t.hidden)),
		Assignees: given(f.Assignees), NotAssignees: given(f.NotAssignees), Creators: given(f.Creators), NotCreators: given(f.NotCreators),
		Labels: given(f.Labels), NotLabels: given(f.NotLabels), Priorities: given(f.Priorities), NotPriorities: given(f.NotPriorities),
		Projects: given(f.Projects), NotProjects: given(f.NotProjects), Cycles: given(f.Cycles), NotCycles: given(f.NotCycles),
		ClosedIDs: []uuid.UUID{}, TopsOnly: l.TopsOnly, PerGroup: PageSize + 1,
	}
	if l.Backwards {
		wanted.Ordering = "-" + l.Order
	}
	if l.ofStatuses() {
		wanted.Grouping = "status"
		wanted.Statuses, wanted.NotStatuses = []uuid.UUID{}, []uuid.UUID{} // the groups say it
	}
	if l.Closed != nil {
		wanted.ClosedIDs, wanted.ClosedSince = t.closedStatuses(), l.closedSince(now)
	}
	for number, g := range groups {
		for _, key := range g.keys {
			wanted.Numbers, wanted.Keys = append(wanted.Numbers, int32(number)), append(wanted.Keys, key)
		}
	}
	return wanted
}

// fillAll puts rows into their groups, and leaves out the groups that stay empty and have no reason to.
// counted says how many issues there are; nil = the rows do.
func (t *TeamIssues) fillAll(groups []keyedGroup, rows []queries.ListGroupsOfTeamsRow, counted groupCounts, l Layout) {
	byNumber := map[int32][]queries.ListGroupsOfTeamsRow{}
	for _, row := range rows {
		byNumber[row.GroupNumber] = append(byNumber[row.GroupNumber], row)
	}
	for number, g := range groups {
		g.fill(byNumber[int32(number)])
		if counted != nil {
			g.Count = counted(g.keys...)
		}
		if g.Count > 0 || l.keepsEmpty() && (g.By == "category" || g.By == "team" || t.offered(uuid.Nil, g.IssueGroup)) {
			t.Groups = append(t.Groups, g.IssueGroup)
		}
	}
}

func (g *keyedGroup) fill(rows []queries.ListGroupsOfTeamsRow) {
	if len(rows) == 0 {
		return
	}
	g.Count = rows[0].Issues
	if len(rows) > PageSize {
		rows = rows[:PageSize]
		last := rows[PageSize-1]
		g.More = after{true, g.key(), last.Place, last.ID.String()}.String()
	}
	for _, r := range rows {
		g.Issues = append(g.Issues, issueRow(queries.ListIssueGroupsRow{ID: r.ID, TeamID: r.TeamID, Number: r.Number, Title: r.Title, StatusID: r.StatusID, Priority: r.Priority,
			AssigneeID: r.AssigneeID, Labels: r.Labels, ParentID: r.ParentID, Due: r.Due, Estimate: r.Estimate, ProjectID: r.ProjectID, CycleID: r.CycleID, Rank: r.Rank,
			Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}))
	}
}

func (g IssueGroup) key() groupKey { return groupKey{g.ID, g.Priority} }

// last is the issue that a page over all teams begins behind; the greatest comes first.
func (a after) last() (place int64, id uuid.UUID, err error) {
	if !a.given {
		return math.MaxInt64, uuid.Max, nil
	}
	if id, err = uuid.Parse(a.rank); err != nil {
		return 0, id, errPageGone()
	}
	return a.place, id, nil
}
