package handlers

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// projectPage is a project with all that drawing it needs.
type projectPage struct {
	sync.ProjectPage
	query  views.Query // of the page: the view, the milestone, the place
	family sync.Family
	texts  *texts
	links  links
}

// readProjectQuery reads what a project's URL says: open or closed issues, below which milestone, from where on.
func readProjectQuery(values url.Values) views.Query {
	query := views.Query{After: values.Get("after")}
	if values.Get("view") == views.ClosedView {
		query.View = views.ClosedView
	}
	for _, term := range values["f"] {
		if f, legible := readTerm(term, []string{"milestone"}); legible && !f.Not && len(query.Filters) == 0 {
			query.Filters = append(query.Filters, f)
		}
	}
	return query
}

// milestoneOf is the milestone that a query names, the zero id for none of them; nil where it names nothing.
func milestoneOf(query views.Query) *uuid.UUID {
	for _, f := range query.Filters {
		if f.Field == "milestone" {
			id, _ := uuid.Parse(f.Value)
			return &id
		}
	}
	return nil
}

// project reads a project's page, or only a part of it.
func (s *Server) project(ctx context.Context, v visit, id uuid.UUID, query views.Query, only sync.ProjectPart) (projectPage, error) {
	found, err := s.engine.Project(ctx, v.Actor, id, sync.ProjectOptions{Only: only, Closed: query.View == views.ClosedView, Milestone: milestoneOf(query), After: query.After})
	if err != nil {
		return projectPage{}, err
	}
	links, err := s.links(ctx, v, found.Snapshot, []string{found.Description})
	if err != nil {
		return projectPage{}, err
	}
	family, err := s.family(ctx, v, found.Snapshot, found.Issues)
	return projectPage{found, query, family, s.texts, links}, err
}

func projectID(c echo.Context) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return id, errNotThere
	}
	return id, nil
}

func (s *Server) showProject(c echo.Context, v visit) error {
	id, err := projectID(c)
	if err != nil {
		return err
	}
	page, err := s.project(c.Request().Context(), v, id, readProjectQuery(c.QueryParams()), "")
	if err != nil {
		return err
	}
	return s.projectPage(c, v, http.StatusOK, page, nil)
}

// projectPage draws the page; with may put what could not be taken back into its forms.
func (s *Server) projectPage(c echo.Context, v visit, status int, page projectPage, with func(*views.ProjectPageData)) error {
	frame := s.frame(c, v, page.Snapshot, page.Name, "projects")
	data := views.ProjectPageData{Project: page.data(frame.TX), Query: page.query, List: page.list()}
	data.Project.Star = star(frame, sync.NewRef("project", page.ID))
	var err error
	if data.Shares, err = s.projectShares(c.Request().Context(), v, page, frame.TX); err != nil {
		return err
	}
	if with != nil {
		with(&data)
	}
	return s.page(c, status, page.Snapshot, views.ProjectPage(frame, data))
}

func (s *Server) showProjectFragment(c echo.Context, v visit) error {
	return s.projectFragment(c, v, sync.ProjectHead, func(page projectPage) templ.Component {
		return views.ProjectRegion(s.place(v), page.data(""))
	})
}

func (s *Server) showProjectIssuesFragment(c echo.Context, v visit) error {
	return s.projectFragment(c, v, sync.ProjectIssues, func(page projectPage) templ.Component {
		return views.IssueList(s.place(v), page.list())
	})
}

func (s *Server) projectFragment(c echo.Context, v visit, part sync.ProjectPart, draw func(projectPage) templ.Component) error {
	id, err := projectID(c)
	if err != nil {
		return err
	}
	query := readProjectQuery(c.QueryParams())
	name := "project " + string(part) + " " + v.Workspace.String() + " " + id.String() + query.Encode()
	look := func(ctx context.Context, beside []string) (sync.Freshness, error) {
		return s.projectFreshness(ctx, v, beside...)
	}
	read := func(ctx context.Context) (projectPage, error) { return s.project(ctx, v, id, query, part) }
	seen, err := follow(c.Request().Context(), s, v, name, look, read)
	if err != nil {
		return err
	}
	if !seen.fresh.SeesProject(id) {
		return errNotThere
	}
	return s.fragment(c, fragment{seen.fresh, name, func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		page, err := seen.read(ctx)
		if err != nil {
			return sync.Snapshot{}, nil, err
		}
		return page.Snapshot, draw(page), nil
	}, seen.beside})
}

func (p projectPage) snapshot() sync.Snapshot { return p.Snapshot }

// beside is what may come in the way of the rows' teams. The page itself is stale by any issue that the reader sees.
func (p projectPage) beside() []string {
	var topics []string
	for _, row := range p.Issues {
		topics = append(topics, sync.RelationsOf(row.Team))
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

func (p projectPage) data(tx string) views.ProjectData {
	n := named{p.Snapshot}
	team, _ := n.Team(p.ProjectName.Team)
	d := views.ProjectData{
		Project: projectOf(p.ProjectName), Region: views.Region{Topics: n.projectTopics(), Version: n.Version}, Version: p.ProjectName.Version,
		Of: teamOf(team), Health: p.Health, Lead: n.member(p.Lead), Target: n.target(p.ProjectName), Description: p.texts.render(p.Description, p.links),
		Author: n.member(p.Author), Created: p.CreatedAt.In(n.zone(p.ProjectName.Team)), Reached: reachedOf(p.Reached), Rest: reachedOf(p.Milestones[uuid.Nil]),
		Leads: n.members(n.Leads(p.ProjectName)), Deleted: p.Deleted, ReadOnly: !n.EditsProjects(), TX: tx,
	}
	if p.Start != nil {
		d.Start = *p.Start
	}
	for _, id := range p.ProjectName.Members {
		if member := n.member(id); member.ID != "" {
			d.Members = append(d.Members, member)
		}
	}
	for _, m := range n.Milestones(p.ID) {
		d.Milestones = append(d.Milestones, p.milestone(n, m))
	}
	for _, team := range n.Teams() {
		if count := p.Teams[team.ID]; count > 0 {
			d.Teams = append(d.Teams, views.ProjectTeam{Team: teamOf(team), Count: int(count)})
		}
	}
	return d
}

func (p projectPage) milestone(n named, m sync.MilestoneName) views.MilestoneItem {
	item := views.MilestoneItem{Milestone: milestoneData(m), Version: m.Version, Position: int(m.Position), Reached: reachedOf(p.Milestones[m.ID])}
	if m.Date != nil {
		item.Date = views.Due{Day: *m.Date}
		if !p.Ended() && item.Reached.Issues.Done < item.Reached.Issues.Scope {
			item.Date = n.near(*m.Date, n.zone(p.ProjectName.Team))
		}
	}
	return item
}

// list groups the issues by status, what is under way first.
func (p projectPage) list() views.IssueListData {
	n := named{p.Snapshot}
	query := p.query
	query.Filters = append([]views.Filter{{Field: "project", Value: p.ID.String()}}, query.Filters...)
	d := views.IssueListData{Region: views.Region{Topics: append(n.projectTopics(), p.beside()...), Version: n.Version}, Project: p.ID.String(), Query: query, Order: "updated",
		Empty: views.EmptyStateData{Text: "No issues here.", Help: "Put issues into the project on their pages, in a list's menu, or many at once."}}
	statuses := n.statusesOf(p.Issues)
	slices.SortStableFunc(statuses, func(a, b sync.StatusName) int {
		return cmp.Compare(slices.Index(projectOrder, a.Category), slices.Index(projectOrder, b.Category))
	})
	for _, status := range statuses {
		var rows []sync.IssueRow
		for _, row := range p.Issues {
			if row.Status == status.ID {
				row.Project = uuid.Nil // they are all in this one
				rows = append(rows, row)
			}
		}
		d.Groups = append(d.Groups, views.IssueGroup{Of: views.Group{Status: n.statusOf(status)}, Count: len(rows), Rows: n.rows(rows, p.family)})
	}
	n.nameTeams(d.Groups)
	if len(d.Groups) > 0 {
		d.Groups[len(d.Groups)-1].After = p.More
	}
	return d
}

// projectOrder is the order of categories in which a project's issues are shown.
var projectOrder = []string{"started", "unstarted", "triage", "backlog", "completed", "canceled"}
