package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) listTemplates(c echo.Context, v visit) error {
	page, snapshot, err := s.look(c, v, "Templates", "settings")
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, snapshot, views.TemplateSettingsPage(page, named{snapshot}.templateList(page.TX)))
}

func (s *Server) listTemplatesFragment(c echo.Context, v visit) error {
	fresh, err := s.freshness(c.Request().Context(), v, "vocabulary")
	if err != nil {
		return err
	}
	return s.fragment(c, fragment{fresh: fresh, name: "templates " + v.Workspace.String(), draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		snapshot, err := s.engine.Look(ctx, v.Actor)
		if err != nil {
			return snapshot, nil, err
		}
		return snapshot, views.TemplateList(s.place(v), named{snapshot}.templateList("")), nil
	}})
}

// newTemplate is the form of a new one, of the team that the URL names or of the workspace.
func (s *Server) newTemplate(c echo.Context, v visit) error {
	page, snapshot, err := s.look(c, v, "New template", "settings")
	if err != nil {
		return err
	}
	var team sync.TeamName
	if key := c.QueryParam("team"); key != "" {
		if team, err = snapshot.TeamByKey(strings.ToUpper(key)); err != nil {
			return err
		}
	}
	return s.page(c, http.StatusOK, snapshot, views.TemplatePage(page, named{snapshot}.templateForm(sync.TemplateName{Team: team.ID}, page.TX)))
}

func (s *Server) showTemplate(c echo.Context, v visit) error {
	page, snapshot, err := s.look(c, v, "Template", "settings")
	if err != nil {
		return err
	}
	template, known := snapshot.Template(sync.Ref("template:" + c.Param("id")).ID())
	if !known {
		return errNotThere
	}
	return s.page(c, http.StatusOK, snapshot, views.TemplatePage(page, named{snapshot}.templateForm(template, page.TX)))
}

func (s *Server) createTemplate(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	set := f.given("name", "team", "title", "description", "status", "priority", "assignee", "project", "estimate", "labels")
	if f.Get("default") == "true" {
		set["default"] = true
	}
	_, result, err := s.create(c.Request().Context(), v, f, "template", "Create template", set)
	if err != nil {
		return s.templateRefused(c, v, f, "Create template", uuid.Nil, err)
	}
	setFlash(c, said("Create template", result), result.ID)
	return seeOther(c, v.slug.TemplateSettings())
}

// setTemplate takes the form of a template, or its way into the trash and back.
func (s *Server) setTemplate(noun string) memberHandler {
	label := map[string]string{"": "Edit template", "trash": "Delete template", "restore": "Restore template"}[noun]
	return func(c echo.Context, v visit) error {
		f, err := readForm(c)
		if err != nil {
			return err
		}
		id, err := uuid.Parse(c.Param("id"))
		if err != nil {
			return s.refused(c, v, f, label, errNotThere)
		}
		ops := f.namedOps(noun, sync.NewRef("template", id), nil)
		if noun == "" {
			ops = f.templateOps(sync.NewRef("template", id))
		}
		if len(ops) == 0 {
			return seeOther(c, v.slug.SetTemplate(id.String(), ""))
		}
		result, err := s.apply(c.Request().Context(), v, f, label, ops)
		if err != nil {
			return s.templateRefused(c, v, f, label, id, err)
		}
		return s.wroteSetting(c, v.slug.TemplateSettings(), label, result)
	}
}

// templateRefused shows the form again with all that was typed and what is wrong.
func (s *Server) templateRefused(c echo.Context, v visit, f form, label string, id uuid.UUID, err error) error {
	fields, mendable := wrongFields(err)
	if !mendable || !f.Has("name") {
		return s.refused(c, v, f, label, err)
	}
	page, snapshot, wrong := s.look(c, v, "Template", "settings")
	if wrong != nil {
		return wrong
	}
	template, known := snapshot.Template(id)
	if !known {
		template.Team = sync.Ref(f.Get("team")).ID()
	}
	data := named{snapshot}.templateForm(template, page.TX)
	data.Name, data.Default, data.Values, data.Errors = f.text("name"), f.Get("default") == "true", f.newIssueValues(), fields
	if known {
		data.Was, data.From, data.Base = f.Get("_was"), f.text("_from"), f.Get("_base")
	}
	return s.page(c, http.StatusUnprocessableEntity, snapshot, views.TemplatePage(page, data))
}

// templateOps write what was changed of what the form began with. The form of a conflict is of one field and began with nothing.
func (f form) templateOps(record sync.Ref) []sync.Operation {
	began, err := url.ParseQuery(f.Get("_was"))
	whole, was, set := f.Has("_was") && err == nil, form{Values: began}, map[string]any{}
	for _, name := range []string{"name", "title", "status", "priority", "assignee", "project", "estimate"} {
		if f.Has(name) && (!whole || f.text(name) != was.text(name)) {
			set[name] = f.value(name)
		}
	}
	if on := f.Get("default") == "true"; !whole && f.Has("default") || whole && on != (was.Get("default") == "true") {
		set["default"] = on
	}
	var ops []sync.Operation
	if len(set) > 0 {
		ops = append(ops, sync.Operation{Op: sync.Set, Record: record, Base: f.base(), Set: set})
	}
	if from := f.from(); f.Has("description") && (from == nil || f.text("description") != *from) {
		ops = append(ops, f.edit(record, "description")...)
	}
	if !whole {
		return ops
	}
	return append(ops, form{Values: url.Values{
		"add": minus(f.Values["labels"], began["labels"]), "remove": minus(began["labels"], f.Values["labels"])}}.membership(record, "labels")...)
}

// useTemplate fills a template into the form of a new issue as it stands: nothing is made, and nothing that was typed is lost.
func (s *Server) useTemplate(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	page, snapshot, err := s.look(c, v, "New issue", "new")
	if err != nil {
		return err
	}
	n := named{snapshot}
	was, _ := snapshot.Template(sync.Ref("template:" + f.Get("_was")).ID())
	now, _ := snapshot.Template(sync.Ref("template:" + f.Get("_template")).ID())
	data := n.newIssue("new", page.TX)
	data.Values = n.withTemplate(f.newIssueValues(), was, now)
	n.offerCycles(&data)
	if parent := f.Get("parent"); parent != "" {
		if title, err := s.issueParent(c, v, parent); err == nil {
			data.Parent, data.ParentTitle = parent, title.key
		}
	}
	if fromHTMX(c) {
		data.TX = ""
		return s.html(c, http.StatusOK, views.NewIssueForm(s.place(v), data))
	}
	return s.page(c, http.StatusOK, snapshot, views.NewIssuePage(page, data))
}

func (n named) templateList(tx string) views.TemplateListData {
	d := views.TemplateListData{Region: views.Region{Topics: []string{"vocabulary"}, Version: n.Version}, ReadOnly: n.Guest(), TX: tx}
	d.Sections = append(d.Sections, views.TemplateSection{})
	for _, team := range n.Teams() {
		d.Sections = append(d.Sections, views.TemplateSection{Team: teamOf(team)})
	}
	for _, template := range n.Templates(uuid.Nil) {
		at := slices.IndexFunc(d.Sections, func(s views.TemplateSection) bool { return s.Team.ID == idOf(template.Team) })
		if at >= 0 { // else its team lies in the trash
			d.Sections[at].Templates = append(d.Sections[at].Templates, n.templateItem(template))
		}
	}
	for _, template := range n.TrashedTemplates() {
		d.Trash = append(d.Trash, n.templateItem(template))
	}
	return d
}

func (n named) templateItem(t sync.TemplateName) views.TemplateItem {
	item := views.TemplateItem{ID: idOf(t.ID), Name: t.Name, Scope: "Workspace", Default: t.Default}
	if team, seen := n.Team(t.Team); seen {
		item.Scope = team.Name
	}
	return item
}

// templateForm is a template in its form; the zero one of a team is a new one.
func (n named) templateForm(t sync.TemplateName, tx string) views.TemplateData {
	d := views.TemplateData{ID: idOf(t.ID), Name: t.Name, Default: t.Default, Values: n.templateValues(t), Offer: n.newIssue("template", ""), From: t.Description,
		Base: strconv.FormatInt(t.Version, 10), TX: tx}
	if team, seen := n.Team(t.Team); seen {
		d.Team = teamOf(team)
	}
	elsewhere := func(o views.Option) bool { return o.Team != "" && o.Team != d.Team.ID }
	d.Offer.Statuses, d.Offer.Projects = slices.DeleteFunc(d.Offer.Statuses, elsewhere), slices.DeleteFunc(d.Offer.Projects, elsewhere)
	d.Offer.Labels = slices.DeleteFunc(d.Offer.Labels, func(l views.Label) bool { return l.Team != "" && l.Team != d.Team.ID })
	d.Was = url.Values{"name": {t.Name}, "title": {t.Title}, "status": {d.Values.Status}, "priority": {strconv.Itoa(int(d.Values.Priority))}, "assignee": {d.Values.Assignee},
		"project": {d.Values.Project}, "estimate": {d.Values.Estimate}, "labels": d.Values.Labels, "default": {strconv.FormatBool(t.Default)}}.Encode()
	return d
}
