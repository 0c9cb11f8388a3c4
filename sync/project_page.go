package sync

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// Extent is how much of something there is, and how far it has come. What was canceled does not count.
type Extent struct{ Scope, Started, Done int64 }

func (e *Extent) add(category string, n int64) {
	if category == "canceled" {
		return
	}
	e.Scope += n
	switch category {
	case "started":
		e.Started += n
	case "completed":
		e.Done += n
	}
}

// Reached is how far a project or a milestone has come: by issues, and by the points of those that are estimated.
type Reached struct{ Issues, Points Extent }

func (r *Reached) add(row queries.CountProjectIssuesRow) {
	r.Issues.add(row.Category, row.Issues)
	r.Points.add(row.Category, row.Points)
}

// ProjectList are the projects that the reader sees, with how far each has come.
type ProjectList struct {
	Snapshot
	Projects []ProjectName
	Reached  map[uuid.UUID]Reached
}

// Projects reads the live projects, or those in the trash.
func (e *Engine) Projects(ctx context.Context, actor Actor, trashed bool) (ProjectList, error) {
	list := ProjectList{}
	var counts *[]queries.CountProjectIssuesRow
	var err error
	list.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		list.Projects = s.Projects(uuid.Nil)
		if trashed {
			list.Projects = s.TrashedProjects()
		}
		ids := make([]uuid.UUID, len(list.Projects))
		for i, project := range list.Projects {
			ids[i] = project.ID
		}
		counts = e.askReached(ctx, p, s, actor.Workspace, ids...)
		return nil
	})
	if err != nil {
		return ProjectList{}, err
	}
	list.Reached = map[uuid.UUID]Reached{}
	for _, row := range *counts {
		reached := list.Reached[row.ProjectID]
		reached.add(row)
		list.Reached[row.ProjectID] = reached
	}
	return list, nil
}

func (e *Engine) askReached(ctx context.Context, p *queries.Pipeline, s Snapshot, ws uuid.UUID, projects ...uuid.UUID) *[]queries.CountProjectIssuesRow {
	return ask(p, len(projects), func(db queries.DBTX) ([]queries.CountProjectIssuesRow, error) {
		return e.queries.CountProjectIssues(ctx, db, queries.CountProjectIssuesParams{WorkspaceID: ws, ProjectIDs: projects, TeamIDs: s.who.visibleTeams()})
	})
}

// ProjectPage is a project with a page of its issues.
type ProjectPage struct {
	Snapshot
	ProjectName
	Description string
	Reached     Reached
	Milestones  map[uuid.UUID]Reached // by milestone; the zero id stands for none
	Teams       map[uuid.UUID]int64   // how many issues of each team are in it, closed ones too
	Issues      []IssueRow            // latest change first
	More        string                // where the next page begins; "" at the end
}

// ProjectOptions say what of a project is wanted. The zero value asks for all of it, with its open issues.
type ProjectOptions struct {
	Only      ProjectPart
	Closed    bool       // instead of the open ones
	Milestone *uuid.UUID // only those below it; the zero id: below none
	After     string     // More of the page before
}

// ProjectPart is a part of a project's page that is read by itself; "" is both.
type ProjectPart string

// The parts of a project's page.
const (
	ProjectHead   ProjectPart = "head"   // what it is, and how far it has come
	ProjectIssues ProjectPart = "issues" // a page of them
)

// Project reads a project, in the trash or not, and its issues as far as the reader sees them. NotFound when they do not see the
// project.
func (e *Engine) Project(ctx context.Context, actor Actor, id uuid.UUID, options ProjectOptions) (ProjectPage, error) {
	at, last, err := parseMoment(options.After)
	if err != nil {
		return ProjectPage{}, err
	}
	var page ProjectPage
	var counts *[]queries.CountProjectIssuesRow
	var rows *[]queries.ListIssuesByProjectRow
	description := new(string)
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		r := s.words.records[NewRef("project", id)]
		if r == nil || !s.who.seesRecord(r) {
			return notFound("This project")
		}
		page = ProjectPage{ProjectName: projectName(r)}
		counts, rows = new([]queries.CountProjectIssuesRow), new([]queries.ListIssuesByProjectRow)
		if options.Only != ProjectIssues {
			counts = e.askReached(ctx, p, s, actor.Workspace, id)
			description = queries.Ask(p, func(db queries.DBTX) (string, error) {
				return e.queries.GetDescription(ctx, db, queries.GetDescriptionParams{WorkspaceID: actor.Workspace, ID: id})
			})
		}
		if options.Only != ProjectHead {
			rows = e.askProjectIssues(ctx, p, queries.ListIssuesByProjectParams{WorkspaceID: actor.Workspace, ProjectID: id, TeamIDs: s.who.visibleTeams(),
				StatusIDs: s.statusesBy(options.Closed), MilestoneIDs: s.milestonesBy(id, options.Milestone), BeforeAt: at, BeforeID: last, Most: PageSize + 1})
		}
		return nil
	})
	if err != nil {
		return ProjectPage{}, err
	}
	page.Snapshot, page.Description = snapshot, *description
	page.fill(*counts, *rows)
	if len(page.Issues) > PageSize {
		page.Issues = page.Issues[:PageSize]
		end := page.Issues[PageSize-1]
		page.More = formatMoment(end.UpdatedAt, end.ID)
	}
	return page, nil
}

// fill puts in what was read.
func (p *ProjectPage) fill(counts []queries.CountProjectIssuesRow, rows []queries.ListIssuesByProjectRow) {
	p.count(counts)
	for _, row := range rows {
		p.Issues = append(p.Issues, myRow(queries.ListIssuesByAssigneeRow(row)))
	}
}

func (e *Engine) askProjectIssues(ctx context.Context, p *queries.Pipeline, wanted queries.ListIssuesByProjectParams) *[]queries.ListIssuesByProjectRow {
	return queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssuesByProjectRow, error) {
		return e.queries.ListIssuesByProject(ctx, db, wanted)
	})
}

func (s Snapshot) statusesBy(closed bool) []uuid.UUID {
	if closed {
		return s.closedStatuses()
	}
	return s.openStatuses()
}

// milestonesBy are the ids under which an issue of a project is below a milestone, or below none: those in the trash are none too.
func (s Snapshot) milestonesBy(project uuid.UUID, milestone *uuid.UUID) []uuid.UUID {
	switch {
	case milestone == nil:
		return []uuid.UUID{}
	case *milestone != uuid.Nil:
		return []uuid.UUID{*milestone}
	}
	none := []uuid.UUID{uuid.Nil}
	for _, r := range s.words.all("milestone") {
		if r.deleted() && r.refersTo("project") == project {
			none = append(none, r.id)
		}
	}
	return none
}

// count adds up the issues, for the project and for its milestones.
func (p *ProjectPage) count(rows []queries.CountProjectIssuesRow) {
	p.Milestones, p.Teams = map[uuid.UUID]Reached{}, map[uuid.UUID]int64{}
	live := p.Snapshot.Milestones(p.ID)
	for _, row := range rows {
		p.Reached.add(row)
		p.Teams[row.TeamID] += row.Issues
		if !slices.ContainsFunc(live, func(m MilestoneName) bool { return m.ID == row.MilestoneID }) {
			row.MilestoneID = uuid.Nil
		}
		below := p.Milestones[row.MilestoneID]
		below.add(row)
		p.Milestones[row.MilestoneID] = below
	}
}
