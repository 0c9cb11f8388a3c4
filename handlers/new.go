package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// newIssue is the page with the form; its URL may fill it in, as bookmarks and buttons of other programs do.
func (s *Server) newIssue(c echo.Context, v visit) error {
	page, snapshot, err := s.look(c, v, "New issue", "new")
	if err != nil {
		return err
	}
	n := named{snapshot}
	data := n.newIssue("new", page.TX)
	data.Values, data.Errors = n.preset(c.QueryParams())
	n.offerCycles(&data)
	if key := c.QueryParam("parent"); key != "" {
		parent, err := s.issueParent(c, v, key)
		told, ours := errors.AsType[*sync.Error](err)
		switch {
		case err == nil:
			data.Parent, data.ParentTitle = string(sync.NewRef("issue", parent.ID)), parent.key
			if data.Values.Project == "" {
				data.Values.Project, err = s.projectOf(c, v, n, parent.ID)
			}
			if err != nil {
				return err
			}
		case ours && (told.Kind == sync.NotFound || told.Kind == sync.Invalid):
			data.Errors["parent"] = "There is no issue “" + key + "” to put this below."
		default:
			return err
		}
	}
	return s.page(c, http.StatusOK, snapshot, views.NewIssuePage(page, data))
}

func (s *Server) issueParent(c echo.Context, v visit, named string) (issueTitle, error) {
	if _, id, ok := sync.Ref(named).Parse(); ok {
		named = id.String()
	}
	return s.issueTitle(c.Request().Context(), v, named)
}

func (s *Server) createIssue(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	set := f.given("team", "title", "description", "status", "priority", "assignee", "labels", "project", "milestone", "parent", "due", "estimate", "cycle")
	if f.Has("project") && f.Get("project") == "" {
		set["project"] = nil // or it would be in its parent's
	}
	id, result, err := s.create(c.Request().Context(), v, f, "issue", "Create issue", set)
	if err != nil {
		return s.createRefused(c, v, f, err)
	}
	issue, err := s.issueTitle(c.Request().Context(), v, id.String())
	if err != nil {
		return err
	}
	if f.Has("_again") {
		setFlash(c, "Created "+issue.key+".", result.ID)
		return seeOther(c, v.slug.New(f.again()))
	}
	if !f.Has("_next") {
		return seeOther(c, v.slug.Issue(issue.key))
	}
	setFlash(c, "Created "+issue.key+".", result.ID)
	return seeOther(c, back(c, v.slug.Issue(issue.key)))
}

// again is what the next issue begins with, when several are made in a row.
func (f form) again() views.NewPreset {
	return views.NewPreset{Team: f.Get("team"), Status: f.Get("status"), Assignee: f.Get("assignee"), Label: strings.Join(present(f.Values["labels"]), ","), Parent: f.Get("parent")}
}

// createRefused shows the form again with all that was typed and what is wrong.
func (s *Server) createRefused(c echo.Context, v visit, f form, err error) error {
	fields, mendable := wrongFields(err)
	if !mendable {
		return s.refused(c, v, f, "Create issue", err)
	}
	page, snapshot, wrong := s.look(c, v, "New issue", "new")
	if wrong != nil {
		return wrong
	}
	n := named{snapshot}
	data := n.newIssue("new", page.TX)
	data.Values, data.Errors = f.newIssueValues(), fields
	n.offerCycles(&data)
	if parent := f.Get("parent"); parent != "" {
		if title, err := s.issueParent(c, v, parent); err == nil {
			data.Parent, data.ParentTitle = parent, title.key
		}
	}
	if fromHTMX(c) {
		data.TX = ""
		return s.html(c, http.StatusUnprocessableEntity, views.NewIssueForm(s.place(v), data))
	}
	return s.page(c, http.StatusUnprocessableEntity, snapshot, views.NewIssuePage(page, data))
}

func (f form) newIssueValues() views.NewIssueValues {
	priority, _ := f.value("priority").(int64)
	return views.NewIssueValues{Team: f.Get("team"), Title: f.text("title"), Description: f.text("description"), Status: f.Get("status"),
		Priority: views.Priority(priority), Assignee: f.Get("assignee"), Labels: present(f.Values["labels"]), Due: f.Get("due"), Estimate: f.Get("estimate"),
		Project: f.Get("project"), Cycle: f.Get("cycle"), Template: f.Get("_template")}
}

// projectOf is the project that a sub-issue begins in: its parent's; "" for none that the reader sees.
func (s *Server) projectOf(c echo.Context, v visit, n named, parent uuid.UUID) (string, error) {
	above, err := s.engine.Issue(c.Request().Context(), v.Actor, sync.IssueID{ID: parent})
	if err != nil {
		return "", err
	}
	if project := n.project(above.IssueRow.Project); project.ID != "" {
		return project.Value(), nil
	}
	return "", nil
}

// newIssue is an empty form with all that it offers.
func (n named) newIssue(form, tx string) views.NewIssueData {
	d := views.NewIssueData{Form: form, Teams: n.teams(), Labels: n.labelsOf(uuid.Nil), Projects: n.projectOptions(), TX: tx}
	for _, team := range n.Teams() {
		for _, status := range n.Statuses(team.ID) {
			d.Statuses = append(d.Statuses, views.Option{Value: string(sync.NewRef("status", status.ID)), Text: status.Name, Group: team.Name, Team: idOf(team.ID)})
		}
	}
	for _, one := range n.Templates(uuid.Nil) {
		d.Templates = append(d.Templates, views.Option{Value: idOf(one.ID), Text: one.Name, Team: idOf(one.Team), Default: one.Default})
	}
	for _, member := range n.Members() {
		if !member.Placeholder {
			d.Members = append(d.Members, views.Option{Value: string(sync.NewRef("member", member.ID)), Text: member.Name})
		}
	}
	return d
}

// offerCycles lists the cycles of a form that was asked for with one; others begin in none.
func (n named) offerCycles(d *views.NewIssueData) {
	if d.Values.Cycle == "" && d.Errors["cycle"] == "" {
		return
	}
	for _, team := range n.Teams() {
		for _, cycle := range n.openCycles(team.ID, uuid.Nil) {
			d.Cycles = append(d.Cycles, views.Option{Value: cycle.Value(), Text: cycle.Name(), Group: team.Name, Team: idOf(team.ID)})
		}
	}
}
