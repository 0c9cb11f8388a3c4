package sync

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

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
	Due       *time.Time
	Estimate  *int32
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
	rank      string
}

// IssueGroup is a group of a list, or a column of a board.
type IssueGroup struct {
	Status StatusName
	Count  int64 // of all issues in the group that pass the filter
	Issues []IssueRow
	More   string // where the next page begins; "" at the end
}

// TeamIssues is a team's list or board.
type TeamIssues struct {
	Snapshot
	Team   TeamName
	Filter Filter
	Groups []IssueGroup
}

// ListOptions say which part of a team's issues is wanted.
type ListOptions struct {
	Terms []string // filter terms as in URLs
	Text  string
	After string // a group's More: only that group, from there on
}

// TeamIssues reads a team's issues in groups by status, each in the shared manual order and with a first page of rows.
// NotFound when the reader does not see the team, Invalid when After was not made by an earlier page.
func (e *Engine) TeamIssues(ctx context.Context, actor Actor, key string, options ListOptions) (TeamIssues, error) {
	after, err := parseAfter(options.After)
	if err != nil {
		return TeamIssues{}, err
	}
	var page TeamIssues
	var rows *[]queries.ListIssueGroupsRow
	var counts *[]queries.CountIssueGroupsRow
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		team, err := s.TeamByKey(key)
		if err != nil {
			return err
		}
		page.Team, page.Filter = team, s.ParseFilter(team.ID, options.Terms, options.Text)
		wanted := listParams(actor.Workspace, page.Team.ID, page.Filter, page.Filter.statuses(s.listed(team.ID)), after)
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssueGroupsRow, error) {
			return listGroups(ctx, e.queries, db, wanted)
		})
		counts = queries.Ask(p, func(db queries.DBTX) ([]queries.CountIssueGroupsRow, error) {
			return countGroups(ctx, e.queries, db, wanted)
		})
		return nil
	})
	if err != nil {
		return TeamIssues{}, err
	}
	page.Groups = page.group(*rows, *counts, after)
	return page, nil
}

type after struct {
	status uuid.UUID
	rank   string
}

func parseAfter(raw string) (after, error) {
	if raw == "" {
		return after{}, nil
	}
	decoded, err := base64.RawURLEncoding.DecodeString(raw)
	id, rank, found := strings.Cut(string(decoded), " ")
	status, wrong := uuid.Parse(id)
	if err != nil || wrong != nil || !found || strings.ContainsRune(rank, 0) || !utf8.ValidString(rank) {
		return after{}, invalid("after", "This page no longer exists; start from the first one.")
	}
	return after{status, rank}, nil
}

func (a after) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(a.status.String() + " " + a.rank))
}

func listParams(ws, team uuid.UUID, f Filter, statuses []uuid.UUID, from after) queries.FilterIssueGroupsParams {
	if from.status != uuid.Nil {
		statuses = []uuid.UUID{from.status}
	}
	return queries.FilterIssueGroupsParams{
		WorkspaceID: ws, TeamID: team, StatusIDs: statuses, After: from.rank, PerGroup: PageSize + 1, Words: f.Words,
		Assignees: given(f.Assignees), NotAssignees: given(f.NotAssignees), Creators: given(f.Creators), NotCreators: given(f.NotCreators),
		Labels: given(f.Labels), NotLabels: given(f.NotLabels), Priorities: given(f.Priorities), NotPriorities: given(f.NotPriorities),
	}
}

// unfiltered tells whether only the statuses are chosen.
func unfiltered(l queries.FilterIssueGroupsParams) bool {
	return len(l.Assignees)+len(l.NotAssignees)+len(l.Creators)+len(l.NotCreators)+len(l.Labels)+len(l.NotLabels)+
		len(l.Priorities)+len(l.NotPriorities)+len(l.Words) == 0
}

func listGroups(ctx context.Context, q *queries.Queries, db queries.DBTX, l queries.FilterIssueGroupsParams) ([]queries.ListIssueGroupsRow, error) {
	if unfiltered(l) {
		return q.ListIssueGroups(ctx, db, queries.ListIssueGroupsParams{WorkspaceID: l.WorkspaceID, TeamID: l.TeamID,
			StatusIDs: l.StatusIDs, After: l.After, PerGroup: l.PerGroup})
	}
	found, err := q.FilterIssueGroups(ctx, db, l)
	rows := make([]queries.ListIssueGroupsRow, len(found))
	for i, row := range found {
		rows[i] = queries.ListIssueGroupsRow(row)
	}
	return rows, err
}

func countGroups(ctx context.Context, q *queries.Queries, db queries.DBTX, l queries.FilterIssueGroupsParams) ([]queries.CountIssueGroupsRow, error) {
	if unfiltered(l) {
		return q.CountIssueGroups(ctx, db, queries.CountIssueGroupsParams{WorkspaceID: l.WorkspaceID, TeamID: l.TeamID, StatusIDs: l.StatusIDs})
	}
	found, err := q.CountFilteredGroups(ctx, db, queries.CountFilteredGroupsParams{
		WorkspaceID: l.WorkspaceID, TeamID: l.TeamID, StatusIDs: l.StatusIDs, Words: l.Words,
		Assignees: l.Assignees, NotAssignees: l.NotAssignees, Creators: l.Creators, NotCreators: l.NotCreators,
		Labels: l.Labels, NotLabels: l.NotLabels, Priorities: l.Priorities, NotPriorities: l.NotPriorities,
	})
	counts := make([]queries.CountIssueGroupsRow, len(found))
	for i, row := range found {
		counts[i] = queries.CountIssueGroupsRow(row)
	}
	return counts, err
}

// group puts rows and counts below their statuses; groups that the filter leaves out are not there.
func (t TeamIssues) group(rows []queries.ListIssueGroupsRow, counts []queries.CountIssueGroupsRow, from after) []IssueGroup {
	count := map[uuid.UUID]int64{}
	for _, c := range counts {
		count[c.StatusID] = c.Issues
	}
	byStatus := map[uuid.UUID][]IssueRow{}
	for _, row := range rows {
		byStatus[row.GroupID] = append(byStatus[row.GroupID], issueRow(row))
	}
	wanted := map[uuid.UUID]bool{}
	for _, id := range t.Filter.statuses(t.listed(t.Team.ID)) {
		wanted[id] = from.status == uuid.Nil || from.status == id
	}
	var groups []IssueGroup
	for _, status := range t.listed(t.Team.ID) {
		if wanted[status.ID] && (!status.Deleted || count[status.ID] > 0) {
			groups = append(groups, newGroup(status, count[status.ID], byStatus[status.ID]))
		}
	}
	return groups
}

func newGroup(status StatusName, count int64, rows []IssueRow) IssueGroup {
	group := IssueGroup{Status: status, Count: count, Issues: rows}
	if len(rows) > PageSize {
		group.Issues = rows[:PageSize]
		group.More = after{status.ID, rows[PageSize-1].rank}.String()
	}
	return group
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
	return r
}

// MyIssues are the issues that somebody is assigned to, or has written, latest change first.
type MyIssues struct {
	Snapshot
	Issues []IssueRow
	More   string
}

// MyIssues reads the reader's open issues: those assigned to them, or with created those they wrote. after is More of
// the page before.
func (e *Engine) MyIssues(ctx context.Context, actor Actor, created bool, after string) (MyIssues, error) {
	at, id, err := parseMoment(after)
	if err != nil {
		return MyIssues{}, err
	}
	var page MyIssues
	var rows *[]queries.ListIssuesByAssigneeRow
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		wanted := queries.ListIssuesByAssigneeParams{WorkspaceID: actor.Workspace, MemberID: &actor.Member, TeamIDs: s.who.visibleTeams(),
			StatusIDs: s.openStatuses(), BeforeAt: at, BeforeID: id, Most: PageSize + 1}
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssuesByAssigneeRow, error) {
			if created {
				return issuesByAuthor(ctx, e.queries, db, wanted)
			}
			return e.queries.ListIssuesByAssignee(ctx, db, wanted)
		})
		return nil
	})
	if err != nil {
		return MyIssues{}, err
	}
	for _, row := range *rows {
		page.Issues = append(page.Issues, myRow(row))
	}
	if len(page.Issues) > PageSize {
		page.Issues = page.Issues[:PageSize]
		last := page.Issues[PageSize-1]
		page.More = formatMoment(last.UpdatedAt, last.ID)
	}
	return page, nil
}

func issuesByAuthor(ctx context.Context, q *queries.Queries, db queries.DBTX, wanted queries.ListIssuesByAssigneeParams) ([]queries.ListIssuesByAssigneeRow, error) {
	found, err := q.ListIssuesByAuthor(ctx, db, queries.ListIssuesByAuthorParams(wanted))
	rows := make([]queries.ListIssuesByAssigneeRow, len(found))
	for i, row := range found {
		rows[i] = queries.ListIssuesByAssigneeRow(row)
	}
	return rows, err
}

func myRow(r queries.ListIssuesByAssigneeRow) IssueRow {
	return issueRow(queries.ListIssueGroupsRow{ID: r.ID, TeamID: r.TeamID, Number: r.Number, Title: r.Title, StatusID: r.StatusID, Priority: r.Priority,
		AssigneeID: r.AssigneeID, Labels: r.Labels, ParentID: r.ParentID, Due: r.Due, Estimate: r.Estimate, Rank: r.Rank,
		Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt})
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
		return time.Time{}, uuid.Nil, invalid("after", "This page no longer exists; start from the first one.")
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
