package handlers

import (
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// showView leads to the list that a view saves: all it shows is in that list's URL.
func (s *Server) showView(c echo.Context, v visit) error {
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	id, _ := uuid.Parse(c.Param("id"))
	view, seen := snapshot.View(id)
	team, shown := snapshot.Team(view.Team)
	if !seen || !shown && view.Team != uuid.Nil {
		return errNotThere
	}
	return c.Redirect(http.StatusSeeOther, v.slug.List(team.Key, viewQuery(view)))
}

// viewQuery is a saved view as the URL of its list says it.
func viewQuery(view sync.ViewName) views.Query {
	values, _ := url.ParseQuery(view.Query) // the engine takes no other
	kind := teamLists
	if view.Team == uuid.Nil {
		kind = allLists
	}
	query := kind.query(values)
	query.Saved, query.After = idOf(view.ID), ""
	return query
}

// createView saves a list as it is shown under a name.
func (s *Server) createView(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	set := f.given("team", "name", "icon", "query")
	set["private"] = f.Has("private")
	id, result, err := s.create(c.Request().Context(), v, f, "view", "Save view", set)
	if err != nil {
		return s.refused(c, v, f, "Save view", err)
	}
	setFlash(c, said("Save view", result), result.ID)
	return seeOther(c, v.slug.View(id.String()))
}

// setView takes the form of one write to a view: its fields, or its way into the trash and back.
func (s *Server) setView(noun string) memberHandler {
	label := map[string]string{"": "Edit view", "trash": "Delete view", "restore": "Restore view"}[noun]
	return func(c echo.Context, v visit) error {
		f, err := readForm(c)
		if err != nil {
			return err
		}
		id, err := uuid.Parse(c.Param("id"))
		if err != nil {
			return s.refused(c, v, f, label, errNotThere)
		}
		result, err := s.apply(c.Request().Context(), v, f, label, f.namedOps(noun, sync.NewRef("view", id), []string{"name", "icon", "query"}))
		if err != nil {
			return s.refused(c, v, f, label, err)
		}
		setFlash(c, said(label, result), result.ID)
		if noun == "trash" {
			return seeOther(c, back(c, v.slug.Home("", "")))
		}
		return seeOther(c, v.slug.View(id.String()))
	}
}

// saved is what a list's page shows of the view that it is, or may become.
func (t teamIssues) saved(laid laying, tx string) views.SavedViewData {
	d := views.SavedViewData{Team: t.team(), Query: laid.shown, Guest: t.Guest(), TX: tx}
	if !laid.saved() {
		d.Query.Saved = ""
		return d
	}
	view := laid.view
	d.View, d.Version, d.Edits, d.Masked = savedView(view), view.Version, t.EditsView(view), view.Masked
	d.Dirty = laid.url.Saves() != view.Query
	return d
}

func savedView(view sync.ViewName) views.SavedView {
	return views.SavedView{ID: idOf(view.ID), Name: view.Name, Icon: view.Icon, Private: view.Private}
}

// savedViews are a team's, or with the zero id those of the list over all teams, as the sidebar lists them.
func (n named) savedViews(team uuid.UUID) []views.SavedViewLink {
	var links []views.SavedViewLink
	for _, view := range n.Views(team) {
		links = append(links, views.SavedViewLink{SavedView: savedView(view), Query: viewQuery(view)})
	}
	return links
}

func (n named) allViews() map[string][]views.SavedViewLink {
	all := map[string][]views.SavedViewLink{"": n.savedViews(uuid.Nil)}
	for _, team := range n.Teams() {
		all[idOf(team.ID)] = n.savedViews(team.ID)
	}
	return all
}
