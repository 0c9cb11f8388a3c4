package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// laying is how a list is laid out: as its URL says, else as the reader has set it for themselves, else as it is set for all.
// The fragments of the page have it in their URLs, so that they are the same for everybody.
type laying struct {
	sync.Displays
	kind  listKind
	url   views.Query // as the URL says
	shown views.Query // as the list is shown
	view  sync.ViewName
}

var displayNames = []string{"group", "order", "closed", "sub", "empty", "hide"}

// laid reads how a team's list, or a saved view of it, is to be laid out; with no key the list over all teams.
func (s *Server) laid(ctx context.Context, v visit, key string, values url.Values) (laying, error) {
	kind := kindOf(key)
	query := kind.query(values)
	id, _ := uuid.Parse(query.Saved)
	found, err := s.displays(ctx, v, key, id)
	if err != nil {
		return laying{}, err
	}
	l := laying{Displays: found, kind: kind, url: query, shown: query}
	if view, seen := found.View(id); seen && view.Team == found.Team.ID {
		l.view = view
	} else {
		l.url.Saved, l.shown.Saved = "", ""
	}
	switch {
	case l.stated(values):
	case found.Own.Set():
		l.shown.Display = l.stored(found.Own)
	case found.All.Set():
		l.shown.Display = l.stored(found.All)
	}
	return l, nil
}

func (s *Server) displays(ctx context.Context, v visit, key string, view uuid.UUID) (sync.Displays, error) {
	if key == "" {
		return s.engine.DisplaysOfAll(ctx, v.Actor, view)
	}
	return s.engine.Displays(ctx, v.Actor, key, view)
}

// stated tells whether the URL says how to lay out the list: that of a saved view does where it differs from the view.
func (l laying) stated(values url.Values) bool {
	if l.saved() {
		return l.url.Saves() != l.view.Query
	}
	return slices.ContainsFunc(displayNames, func(name string) bool { return slices.ContainsFunc(values[name], isGiven) })
}

func isGiven(value string) bool { return value != "" }

func (l laying) saved() bool { return l.view.ID != uuid.Nil }

// links is the query that the page's links go on from: they leave unsaid what the URL does, unless a view would say otherwise.
func (l laying) links() views.Query {
	if l.saved() {
		return l.shown
	}
	return l.url
}

func (l laying) stored(d sync.Display) views.Display {
	values, _ := url.ParseQuery(d.Query) // the engine takes no other
	return l.kind.display(values)
}

// setDisplay takes the form that lays out a list: for the reader, for all, or back to what it is for all.
func (s *Server) setDisplay(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	label := map[string]string{"all": "Set display for everyone", "reset": "Reset display"}[f.Get("_do")]
	laid, err := s.laid(c.Request().Context(), v, strings.ToUpper(c.Param("key")), f.Values)
	if err != nil {
		return err
	}
	f.tx = uuid.Must(uuid.NewV7()) // what is set twice is the same, and one page sets many
	ops, to := laid.writes(f)
	if len(ops) > 0 {
		result, err := s.apply(c.Request().Context(), v, f, or(label, "Display"), ops)
		if err != nil {
			return s.refused(c, v, f, or(label, "Display"), err)
		}
		if label != "" {
			setFlash(c, said(label, result), result.ID)
		}
	}
	return c.Redirect(http.StatusSeeOther, v.slug.List(laid.Team.Key, to)+"#"+views.DisplayID)
}

// writes are the operations of a form, and where it leads: to the same list, which then says no more than it must.
func (l laying) writes(f form) ([]sync.Operation, views.Query) {
	wanted, to := l.url.Display, l.url
	to.After = ""
	var reset []sync.Operation
	if l.Own.Set() {
		reset = []sync.Operation{{Op: sync.Delete, Record: l.Own.Ref}}
	}
	set := map[string]any{"private": f.Get("_do") != "all"}
	if l.Team.ID != uuid.Nil {
		set["team"] = string(sync.NewRef("team", l.Team.ID))
	}
	if l.saved() {
		set["view"] = string(sync.NewRef("view", l.view.ID))
		to.Display = viewQuery(l.view).Display
	} else {
		to.Display = views.Display{}
	}
	switch {
	case f.Get("_do") == "reset":
		return reset, to
	case f.Get("_do") != "all":
		return l.Own.Writes(set, wanted.Encode()), to
	case l.saved():
		query := viewQuery(l.view)
		query.Display, to.Display = wanted, wanted
		return append(reset, sync.Operation{Op: sync.Set, Record: sync.NewRef("view", l.view.ID), Base: &l.view.Version, Set: map[string]any{"query": query.Saves()}}), to
	}
	return append(l.All.Writes(set, wanted.Encode()), reset...), to
}
