package sync

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// ExportedIssue is an issue as a file has it: whole, and by the names that the reader sees. What they do not see is "".
type ExportedIssue struct {
	Key         string
	Title       string
	Description string
	Status      string
	Priority    int
	Assignee    MemberName // the zero one: nobody
	Labels      []string   // by name
	Project     string
	Milestone   string
	Cycle       CycleName // the zero one: in none
	Parent      string    // its key
	Due         *time.Time
	Estimate    *int32
	CreatedAt   time.Time
	UpdatedAt   time.Time
	CompletedAt time.Time // zero: it is not
}

// How much of an export is in memory at once: the places of so many issues, and the texts of a few of them.
const (
	exportedPage = 1000
	exportedPart = 50
)

// Export hands a team's issues that pass a filter to write, oldest first and some at a time, so that a list of any length is never in
// memory. Groups, order and After of the options do not count. What changes meanwhile is written as it is when its turn comes, once,
// and only as far as the reader sees it by then. write is called at least once unless there is an error, and its error ends the export.
// NotFound when the reader does not see the team.
func (e *Engine) Export(ctx context.Context, actor Actor, key string, options ListOptions, write func([]ExportedIssue) error) error {
	options.Layout = Layout{Group: "none", Order: "created", Backwards: true, Closed: options.Closed, TopsOnly: options.TopsOnly}
	from := after{place: math.MinInt64}
	ids, err := e.exportedIDs(ctx, actor, key, options, &from)
	if err == nil {
		err = write(nil)
	}
	for err == nil && len(ids) > 0 {
		for part := range slices.Chunk(ids, exportedPart) {
			if err := e.exportPart(ctx, actor, key, part, write); err != nil {
				return err
			}
		}
		ids, err = e.exportedIDs(ctx, actor, key, options, &from)
	}
	return err
}

// exportedIDs finds the next issues, and moves the place from which they are looked for behind them. The order is that of an issue's
// birth: one that is changed meanwhile keeps its place, and is neither left out nor told twice.
func (e *Engine) exportedIDs(ctx context.Context, actor Actor, key string, options ListOptions, from *after) ([]uuid.UUID, error) {
	var rows *[]queries.ListIssueGroupsRow
	_, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		team, err := s.TeamByKey(key)
		if err != nil {
			return err
		}
		wanted := s.teamList(team, options).listParams(actor.Workspace, options.Layout, *from, e.clock(time.Now()))
		wanted.Counted, wanted.PerGroup = true, exportedPage
		rows = e.askGroups(ctx, p, wanted)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, row := range *rows {
		ids = append(ids, row.ID)
		from.place, from.rank = row.Place, row.Rank
	}
	return ids, nil
}

func (e *Engine) exportPart(ctx context.Context, actor Actor, key string, ids []uuid.UUID, write func([]ExportedIssue) error) error {
	var rows *[]queries.ListExportedIssuesRow
	var team TeamName
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) (err error) {
		if team, err = s.TeamByKey(key); err != nil {
			return err
		}
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListExportedIssuesRow, error) {
			return e.queries.ListExportedIssues(ctx, db, queries.ListExportedIssuesParams{WorkspaceID: actor.Workspace, TeamID: team.ID, IDs: ids,
				TeamIDs: s.who.visibleTeams()})
		})
		return nil
	})
	if err != nil {
		return err
	}
	place := map[uuid.UUID]int{}
	for at, id := range ids {
		place[id] = at
	}
	slices.SortFunc(*rows, func(a, b queries.ListExportedIssuesRow) int { return place[a.ID] - place[b.ID] })
	issues := make([]ExportedIssue, len(*rows))
	for i, row := range *rows {
		issues[i] = snapshot.exported(team, row)
	}
	return write(issues)
}

// exported names what a row refers to.
func (s Snapshot) exported(team TeamName, row queries.ListExportedIssuesRow) ExportedIssue {
	issue := ExportedIssue{Key: s.Key(team.ID, row.Number), Title: row.Title, Description: row.Description, Priority: int(row.Priority),
		Due: row.Due, Estimate: row.Estimate, CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(), CompletedAt: orZero(row.CompletedAt).UTC()}
	for _, status := range s.listed(team.ID) { // one in the trash keeps its name, as in lists
		if status.ID == row.StatusID {
			issue.Status = status.Name
		}
	}
	for _, id := range row.Labels {
		if label, known := s.Label(id); known {
			issue.Labels = append(issue.Labels, label.Name)
		}
	}
	slices.Sort(issue.Labels)
	if row.AssigneeID != nil {
		issue.Assignee, _ = s.Member(*row.AssigneeID)
	}
	if row.CycleID != nil {
		issue.Cycle, _ = s.Cycle(*row.CycleID)
	}
	if row.ParentTeamID != nil && row.ParentNumber != nil {
		issue.Parent = s.Key(*row.ParentTeamID, *row.ParentNumber)
	}
	issue.Project, issue.Milestone = s.exportedProject(row.ProjectID, row.MilestoneID)
	return issue
}

// exportedProject names a project and a milestone of it; of another project, it does not count.
func (s Snapshot) exportedProject(project, milestone *uuid.UUID) (string, string) {
	if project == nil {
		return "", ""
	}
	found, seen := s.Project(*project)
	if !seen || milestone == nil {
		return found.Name, ""
	}
	point, seen := s.Milestone(*milestone)
	if !seen || point.Project != *project {
		return found.Name, ""
	}
	return found.Name, point.Name
}
