package handlers

import (
	"context"
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// trashView is the view of the projects that lie in the trash.
const trashView = "trash"

func (s *Server) showProjects(c echo.Context, v visit) error {
	return s.projectsPage(c, v, http.StatusOK, nil)
}

func (s *Server) projectsPage(c echo.Context, v visit, status int, with func(*views.ProjectsPageData)) error {
	list, err := s.engine.Projects(c.Request().Context(), v.Actor, c.QueryParam("view") == trashView)
	if err != nil {
		return err
	}
	page := s.frame(c, v, list.Snapshot, "Projects", "projects")
	data := views.ProjectsPageData{List: projectList(list, c.QueryParam("view") == trashView), Teams: named{list.Snapshot}.teams(), TX: page.TX}
	if with != nil {
		with(&data)
	}
	return s.page(c, status, list.Snapshot, views.ProjectsPage(page, data))
}

func (s *Server) showProjectsFragment(c echo.Context, v visit) error {
	trashed := c.QueryParam("view") == trashView
	fresh, err := s.projectFreshness(c.Request().Context(), v)
	if err != nil {
		return err
	}
	name := "projects " + v.Workspace.String() + " " + c.QueryParam("view")
	return s.fragment(c, fragment{fresh: fresh, name: name, draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		list, err := s.engine.Projects(ctx, v.Actor, trashed)
		if err != nil {
			return sync.Snapshot{}, nil, err
		}
		return list.Snapshot, views.ProjectList(s.place(v), projectList(list, trashed)), nil
	}})
}

// projectFreshness tells when anything last changed that pages of projects show: a name, or an issue that the reader sees. What
// is in a project in a team that they do not see moves none of it.
func (s *Server) projectFreshness(ctx context.Context, v visit, beside ...string) (sync.Freshness, error) {
	for {
		look, err := s.engine.Look(ctx, v.Actor)
		if err != nil {
			return sync.Freshness{}, err
		}
		fresh, err := s.freshness(ctx, v, append(named{look}.projectTopics(), beside...)...)
		if err != nil || fresh.Rights == look.Rights {
			return fresh, err
		}
	}
}

func (n named) projectTopics() []string {
	topics := []string{"vocabulary"}
	for _, team := range n.Teams() {
		topics = append(topics, string(sync.NewRef("team", team.ID)))
	}
	return topics
}

func projectList(list sync.ProjectList, trashed bool) views.ProjectListData {
	n := named{list.Snapshot}
	d := views.ProjectListData{Region: views.Region{Topics: n.projectTopics(), Version: n.Version}, Trashed: trashed, ReadOnly: !n.EditsProjects()}
	for _, project := range list.Projects {
		d.Projects = append(d.Projects, views.ProjectItem{Project: projectOf(project), Scope: n.scope(project), Health: project.Health,
			Lead: n.member(project.Lead), Target: n.target(project), Reached: reachedOf(list.Reached[project.ID])})
	}
	return d
}

// createProject makes a project; its page is where the rest is said.
func (s *Server) createProject(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	id, result, err := s.create(c.Request().Context(), v, f, "project", "Create project", f.given("name", "team", "target"))
	if err == nil {
		if !fromHTMX(c) {
			setFlash(c, said("Create project", result), result.ID)
		}
		return seeOther(c, v.slug.Project(id.String(), views.Query{}))
	}
	fields, mendable := wrongFields(err)
	if !mendable {
		return s.refused(c, v, f, "Create project", err)
	}
	put := func(d *views.ProjectsPageData) {
		d.Name, d.Team, d.Target, d.Error = f.text("name"), f.Get("team"), f.Get("target"), firstOf(fields)
	}
	if !fromHTMX(c) {
		return s.projectsPage(c, v, http.StatusUnprocessableEntity, put)
	}
	look, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	data := views.ProjectsPageData{Teams: named{look}.teams()}
	put(&data)
	return s.html(c, http.StatusUnprocessableEntity, views.ProjectForm(s.place(v), data))
}

// projectLabels name the writes to a project.
var projectLabels = map[string]string{
	"name": "Rename project", "description": "Edit description", "state": "Set state", "health": "Set health", "lead": "Set lead", "members": "Set members",
	"start": "Set start date", "target": "Set target date", "trash": "Move project to trash", "restore": "Restore project",
}

// setProject takes the form of one write to a project, named by its noun in the URL.
func (s *Server) setProject(noun string) memberHandler {
	return func(c echo.Context, v visit) error {
		f, err := readForm(c)
		if err != nil {
			return err
		}
		id, err := uuid.Parse(c.Param("id"))
		if err != nil {
			return s.refused(c, v, f, projectLabels[noun], errNotThere)
		}
		result, err := s.apply(c.Request().Context(), v, f, projectLabels[noun], f.projectOps(noun, sync.NewRef("project", id)))
		if err != nil {
			return s.projectRefused(c, v, f, noun, id, err)
		}
		return s.wroteSetting(c, v.slug.Project(id.String(), views.Query{}), projectLabels[noun], result)
	}
}

func (f form) projectOps(noun string, record sync.Ref) []sync.Operation {
	switch noun {
	case "description":
		return f.edit(record, noun)
	case "members":
		return f.membership(record, noun)
	}
	return f.namedOps(noun, record, []string{noun})
}

// projectRefused shows the form again with what is wrong, where it held typed text; else what went wrong.
func (s *Server) projectRefused(c echo.Context, v visit, f form, noun string, id uuid.UUID, err error) error {
	fields, mendable := wrongFields(err)
	if !mendable || noun != "name" && noun != "description" {
		return s.refused(c, v, f, projectLabels[noun], err)
	}
	draft := views.Draft{Text: f.text(noun), From: f.from(), Error: or(fields[noun], firstOf(fields))}
	if base := f.base(); base != nil {
		draft.Base = *base
	}
	return s.projectAgain(c, v, id, func(d *views.ProjectData) templ.Component {
		if noun == "name" {
			d.NameDraft = draft
			return views.ProjectNameForm(s.place(v), *d)
		}
		d.DescriptionDraft = draft
		return views.ProjectDescriptionForm(s.place(v), *d)
	})
}

// projectAgain answers with the form that put fills in, or with the page around it.
func (s *Server) projectAgain(c echo.Context, v visit, id uuid.UUID, put func(*views.ProjectData) templ.Component) error {
	page, err := s.project(c.Request().Context(), v, id, views.Query{}, "")
	if err != nil {
		return err
	}
	if fromHTMX(c) {
		data := page.data("")
		return s.html(c, http.StatusUnprocessableEntity, put(&data))
	}
	return s.projectPage(c, v, http.StatusUnprocessableEntity, page, func(d *views.ProjectPageData) { put(&d.Project) })
}

func projectOf(p sync.ProjectName) views.Project {
	return views.Project{ID: idOf(p.ID), Name: p.Name, State: p.State, Team: idOf(p.Team)}
}

// project leaves out what lies in the trash, or is not for the reader.
func (n named) project(id uuid.UUID) views.Project {
	found, known := n.Project(id)
	if !known {
		return views.Project{}
	}
	return projectOf(found)
}

// openProjects are those that a team's issues may be put into, and the one that an issue is in already.
func (n named) openProjects(team, in uuid.UUID) []views.Project {
	var projects []views.Project
	for _, project := range n.Projects(team) {
		if !project.Ended() || project.ID == in {
			projects = append(projects, projectOf(project))
		}
	}
	return projects
}

// projectOptions are what a new issue, or many, may be put into.
func (n named) projectOptions() []views.Option {
	var list []views.Option
	for _, p := range n.openProjects(uuid.Nil, uuid.Nil) {
		list = append(list, views.Option{Value: p.Value(), Text: p.Name, Team: p.Team})
	}
	return list
}

// scope words whose a project is.
func (n named) scope(p sync.ProjectName) string {
	if team, seen := n.Team(p.Team); seen {
		return team.Name
	}
	return "Workspace"
}

// target is the day by which a project is to be done; what has ended is never late.
func (n named) target(p sync.ProjectName) views.Due {
	if p.Target == nil {
		return views.Due{}
	}
	if p.Ended() {
		return views.Due{Day: *p.Target}
	}
	return n.near(*p.Target, n.zone(p.Team))
}

func reachedOf(r sync.Reached) views.Reached {
	return views.Reached{Issues: extentOf(r.Issues), Points: extentOf(r.Points)}
}

func extentOf(e sync.Extent) views.Extent {
	return views.Extent{Scope: int(e.Scope), Started: int(e.Started), Done: int(e.Done)}
}
