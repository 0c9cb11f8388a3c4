package sync

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// PageSize is how many rows a page, or a group of one, holds.
const PageSize = 50

// IssueRow is an issue as lists and boards show it.
type IssueRow struct {
	ID        uuid.UUID
	Team      uuid.UUID
	Number    int64
	Title     string
	Status    uuid.UUID
	Priority  int
	Assignee  uuid.UUID // zero: nobody
	Labels    []uuid.UUID
	Parent    uuid.UUID
	Project   uuid.UUID
	Due       *time.Time
	Estimate  *int32
	Cycle     uuid.UUID // zero: in none
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
	rank      string
}

// IssueGroup is a group of a list, or a column of a board.
type IssueGroup struct {
	By       string     // what the groups are of: status, category, assignee, priority, label, project, cycle, team, none
	ID       uuid.UUID  // of the status, assignee, label, project, cycle or team; zero for none
	Category string     // of status, of a group by it
	Status   StatusName // of a group by status
	Priority int        // of a group by priority; of one by category its place
	Count    int64      // of all issues in the group that pass the filter
	Older    bool       // there are more that have been closed for longer than the layout shows, or, under a filter, may be
	Issues   []IssueRow
	More     string // where the next page begins; "" at the end
}

// TeamIssues is a team's list or board, or with the zero team the list over all.
type TeamIssues struct {
	Snapshot
	Team   TeamName
	Filter Filter
	Groups []IssueGroup
	hidden []uuid.UUID // statuses whose issues are elsewhere: those in triage, where no status is asked for by name
}

// ListOptions say which part of a team's issues is wanted, and how it is laid out.
type ListOptions struct {
	Terms []string // filter terms as in URLs
	Text  string
	Layout
	After string // a group's More: only that group, from there on
}

// TeamIssues reads a team's issues in groups, each in its order and with a first page of rows. NotFound when the reader does
// not see the team, Invalid when After was not made by an earlier page.
func (e *Engine) TeamIssues(ctx context.Context, actor Actor, key string, options ListOptions) (TeamIssues, error) {
	after, err := parseAfter(options.After)
	if err != nil {
		return TeamIssues{}, err
	}
	for tries := 0; ; tries++ {
		page, found, err := e.teamIssues(ctx, actor, key, options, after, tries < 2)
		if err != nil || found { // else what was counted before was too old
			return page, err
		}
	}
}

// teamIssues is one reading, from what is remembered where that helps. It is false when the number of issues was not found, which the next reading
// counts anew; one that remembers nothing finds all.
func (e *Engine) teamIssues(ctx context.Context, actor Actor, key string, options ListOptions, after after, remembers bool) (TeamIssues, bool, error) {
	var page TeamIssues
	var parts []*[]queries.ListIssueGroupsRow
	var count *countQuestion
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		team, err := s.TeamByKey(key)
		if err != nil {
			return err
		}
		page = s.teamList(team, options)
		page.Groups = after.only(page.Groups)
		count = nil
		if by, counted := page.counts(options.group(), options.Layout); counted && remembers {
			count = e.askCount(ctx, p, countedTeam{actor.Workspace, team.ID, by})
		}
		parts = nil
		for _, wanted := range page.listParts(actor.Workspace, options.Layout, after, e.clock(time.Now()), count != nil) {
			parts = append(parts, e.askGroups(ctx, p, wanted))
		}
		return nil
	})
	if err != nil {
		return TeamIssues{}, false, err
	}
	page.Snapshot = snapshot
	var rows []queries.ListIssueGroupsRow
	for _, part := range parts {
		rows = append(rows, *part...)
	}
	if count == nil {
		page.Groups = page.filled(rows, nil, options.Layout)
		return page, true, nil
	}
	counted, found := e.learnCount(count, snapshot)
	page.Groups = page.filled(rows, counted.in(count.of.by, page.passes), options.Layout)
	return page, found, nil
}

// teamList is a team's list with its groups, into which the rows have still to come.
func (s Snapshot) teamList(team TeamName, options ListOptions) TeamIssues {
	list := TeamIssues{Snapshot: s, Team: team, Filter: s.ParseFilter(team.ID, options.Terms, options.Text)}
	if len(list.Filter.Statuses) == 0 {
		list.hidden = statusIDs(s.triage(team.ID))
	}
	list.Groups = slices.DeleteFunc(s.groups(team.ID, options.Layout, list.Filter), func(g IssueGroup) bool {
		return g.By == "status" && slices.Contains(list.hidden, g.ID)
	})
	return list
}

// passes tells whether a filter of statuses lets a status through.
func (t TeamIssues) passes(status uuid.UUID) bool {
	f := t.Filter
	left := len(f.Statuses) > 0 && !slices.Contains(f.Statuses, status)
	return !left && !slices.Contains(f.NotStatuses, status) && !slices.Contains(t.hidden, status)
}

// askGroups asks for the rows of groups, by a plan for these very arguments.
func (e *Engine) askGroups(ctx context.Context, p *queries.Pipeline, wanted queries.ListIssueGroupsParams) *[]queries.ListIssueGroupsRow {
	if ofWholeStatuses(wanted) {
		planOnce(ctx, p)
		return queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssueGroupsRow, error) {
			return issuesOfStatuses(ctx, e.queries, db, wanted)
		})
	}
	p.Run(ctx, "set local plan_cache_mode = force_custom_plan")
	return queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssueGroupsRow, error) {
		return e.queries.ListIssueGroups(ctx, db, wanted)
	})
}

// ofWholeStatuses tells whether whole statuses are asked for by hand's order, and no count: then nothing is filtered, since what is remembered counts all.
func ofWholeStatuses(wanted queries.ListIssueGroupsParams) bool {
	begins := wanted.AfterPlace == 0 || wanted.AfterPlace == math.MinInt64 && wanted.AfterRank == ""
	return wanted.Counted && wanted.Grouping == "status" && wanted.Ordering == "manual" && begins
}

func issuesOfStatuses(ctx context.Context, q *queries.Queries, db queries.DBTX, wanted queries.ListIssueGroupsParams) ([]queries.ListIssueGroupsRow, error) {
	found, err := q.ListIssuesOfStatuses(ctx, db, queries.ListIssuesOfStatusesParams{WorkspaceID: wanted.WorkspaceID, TeamID: wanted.TeamID,
		GroupIDs: wanted.GroupIDs, AfterRank: wanted.AfterRank, PerGroup: wanted.PerGroup})
	rows := make([]queries.ListIssueGroupsRow, len(found))
	for i, r := range found {
		rows[i] = queries.ListIssueGroupsRow{GroupID: r.GroupID, ID: r.ID, TeamID: r.TeamID, Number: r.Number, Title: r.Title, StatusID: r.StatusID, Priority: r.Priority,
			AssigneeID: r.AssigneeID, Labels: r.Labels, ParentID: r.ParentID, Due: r.Due, Estimate: r.Estimate, ProjectID: r.ProjectID, CycleID: r.CycleID, Rank: r.Rank,
			Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}
	}
	return rows, err
}

func issueRow(row queries.ListIssueGroupsRow) IssueRow {
	r := IssueRow{ID: row.ID, Team: row.TeamID, Number: row.Number, Title: row.Title, Status: row.StatusID, Priority: int(row.Priority),
		Labels: row.Labels, Due: row.Due, Estimate: row.Estimate, Version: row.Version, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, rank: row.Rank}
	if row.AssigneeID != nil {
		r.Assignee = *row.AssigneeID
	}
	if row.ParentID != nil {
		r.Parent = *row.ParentID
	}
	if row.ProjectID != nil {
		r.Project = *row.ProjectID
	}
	if row.CycleID != nil {
		r.Cycle = *row.CycleID
	}
	return r
}

// openStatuses are all statuses in which work has not ended.
func (s Snapshot) openStatuses() []uuid.UUID {
	open := []uuid.UUID{}
	for _, r := range s.words.all("status") {
		if status := statusName(r); !status.Closed() {
			open = append(open, status.ID)
		}
	}
	return open
}

// workStatuses are those in which there is work to do: what waits in triage is nobody's yet.
func (s Snapshot) workStatuses() []uuid.UUID {
	waiting := s.allTriage()
	return slices.DeleteFunc(s.openStatuses(), func(status uuid.UUID) bool { return slices.Contains(waiting, status) })
}

// parseMoment reads where a page of the latest began; without one it begins at the end of time.
func parseMoment(raw string) (time.Time, uuid.UUID, error) {
	if raw == "" {
		return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), uuid.Max, nil
	}
	decoded, err := base64.RawURLEncoding.DecodeString(raw)
	stamp, rest, _ := strings.Cut(string(decoded), " ")
	at, wrongTime := time.Parse(time.RFC3339Nano, stamp)
	id, wrongID := uuid.Parse(rest)
	if err = firstError(err, wrongTime, wrongID); err != nil {
		return time.Time{}, uuid.Nil, errPageGone()
	}
	return at, id, nil
}

func formatMoment(at time.Time, id uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %s", at.UTC().Format(time.RFC3339Nano), id))
}

// Trash reads what lies in a team's trash, latest first.
func (e *Engine) Trash(ctx context.Context, actor Actor, key string) (TeamIssues, error) {
	var page TeamIssues
	var rows *[]queries.ListTrashedIssuesRow
	var err error
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		team, err := s.TeamByKey(key)
		if err != nil {
			return err
		}
		page.Team = team
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListTrashedIssuesRow, error) {
			return e.queries.ListTrashedIssues(ctx, db, queries.ListTrashedIssuesParams{WorkspaceID: actor.Workspace,
				TeamIDs: []uuid.UUID{team.ID}, Most: PageSize})
		})
		return nil
	})
	if err != nil {
		return TeamIssues{}, err
	}
	var issues []IssueRow
	for _, row := range *rows {
		issues = append(issues, myRow(queries.ListIssuesByAssigneeRow(row)))
	}
	page.Groups = []IssueGroup{{Count: int64(len(issues)), Issues: issues}}
	return page, nil
}
