package sync

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// latestRead is how many of the latest issues of a workspace are read to fill the groups of a list over all teams. Reading all of 100,000 takes a
// hundred times as long.
const latestRead = 4000

// lackingKey is a list over all teams, for all who have the same rights and ask for the same groups of the same statuses.
type lackingKey struct {
	of     countedTeam
	rights string
	asked  [sha256.Size]byte
}

// latestQuestion asks for groups that no index has in the order of the latest change: the latest issues of the workspace fill those with much work. Which
// they did not fill the last time, such as that of a member who has gone, is remembered, and those are asked for by their values.
type latestQuestion struct {
	at      lackingKey
	lacking map[groupKey]bool
	rows    *[]queries.ListLatestOfGroupsRow
	others  *[]queries.ListGroupsOfTeamsRow
}

// byLatest tells whether a list may be filled so: its groups' counts are known, and it begins at its beginning.
func (l Layout) byLatest(count *countQuestion, from after) bool {
	return count != nil && count.of.by != "" && l.Order == AllOrders[0] && !l.Backwards && !from.given
}

func (e *Engine) askLatest(ctx context.Context, p *queries.Pipeline, page TeamIssues, of countedTeam, groups []keyedGroup, wanted queries.ListGroupsOfTeamsParams) *latestQuestion {
	statuses := []uuid.UUID{}
	for _, status := range page.passingStatuses() {
		statuses = append(statuses, status.id)
	}
	q := &latestQuestion{at: lackingKey{of, page.who.class(), sha256.Sum256(fmt.Append(nil, statuses, wanted.Keys))}}
	q.lacking, _ = e.counts.lacking.Get(q.at)
	q.rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListLatestOfGroupsRow, error) {
		return e.queries.ListLatestOfGroups(ctx, db, queries.ListLatestOfGroupsParams{WorkspaceID: wanted.WorkspaceID, Latest: e.latest, Grouping: wanted.Grouping,
			Keys: wanted.Keys, Numbers: wanted.Numbers, StatusIDs: statuses, PerGroup: wanted.PerGroup})
	})
	if some := onlyOf(wanted, groups, q.lacking); len(some.Keys) > 0 {
		q.others = e.askGroupsOfTeams(ctx, p, some)
	}
	return q
}

// onlyOf asks for some of the groups alone, and has what is in none of them left out by what it is grouped by.
func onlyOf(wanted queries.ListGroupsOfTeamsParams, groups []keyedGroup, some map[groupKey]bool) queries.ListGroupsOfTeamsParams {
	wanted.Numbers, wanted.Keys = []int32{}, []uuid.UUID{}
	priorities := []int16{}
	for number, g := range groups {
		if !some[g.key()] {
			continue
		}
		for _, key := range g.keys {
			wanted.Numbers, wanted.Keys = append(wanted.Numbers, int32(number)), append(wanted.Keys, key)
		}
		priorities = append(priorities, int16(g.Priority))
	}
	switch wanted.Grouping {
	case "assignee":
		wanted.Assignees = wanted.Keys
	case "label":
		wanted.Labels = wanted.Keys
	case "project":
		wanted.Projects = wanted.Keys
	case "priority":
		wanted.Priorities = priorities
	}
	return wanted
}

// filled are the rows of all groups; false when some lack rows that were not asked for, which the next reading will.
func (q *latestQuestion) filled(e *Engine, groups []keyedGroup, counted groupCounts) ([]queries.ListGroupsOfTeamsRow, bool) {
	latest := map[int32][]queries.ListGroupsOfTeamsRow{}
	for _, r := range *q.rows {
		latest[r.GroupNumber] = append(latest[r.GroupNumber], queries.ListGroupsOfTeamsRow{GroupNumber: r.GroupNumber, Place: r.Place, ID: r.ID, TeamID: r.TeamID, Number: r.Number,
			Title: r.Title, StatusID: r.StatusID, Priority: r.Priority, AssigneeID: r.AssigneeID, Labels: r.Labels, ParentID: r.ParentID, Due: r.Due, Estimate: r.Estimate,
			ProjectID: r.ProjectID, CycleID: r.CycleID, Rank: r.Rank, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt})
	}
	var rows []queries.ListGroupsOfTeamsRow
	lacking, all := map[groupKey]bool{}, true
	for number, g := range groups {
		if found := latest[int32(number)]; int64(len(found)) >= min(counted(g.keys...), PageSize+1) {
			rows = append(rows, found...)
			continue
		}
		lacking[g.key()] = true
		all = all && q.lacking[g.key()]
	}
	if q.others != nil {
		rows = append(rows, slices.DeleteFunc(*q.others, func(r queries.ListGroupsOfTeamsRow) bool { return !lacking[groups[r.GroupNumber].key()] })...)
	}
	if !maps.Equal(lacking, q.lacking) {
		e.counts.lacking.Add(q.at, lacking)
	}
	return rows, all
}
