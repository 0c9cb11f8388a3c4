package handlers

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) listStatuses(c echo.Context, v visit) error {
	return s.statusPage(c, v, http.StatusOK, strings.ToUpper(c.Param("key")), nil)
}

func (s *Server) statusPage(c echo.Context, v visit, status int, key string, with func(*views.StatusSettingsData)) error {
	page, snapshot, err := s.look(c, v, "Statuses", "settings")
	if err != nil {
		return err
	}
	team, err := snapshot.TeamByKey(key)
	if err != nil {
		return err
	}
	list := named{snapshot}.statusList(team, page.TX)
	data := views.StatusSettingsData{List: list, Cycles: named{snapshot}.cycleSettings(team, page.TX), Draft: views.StatusItem{Position: strconv.Itoa(len(list.Statuses)), Color: "#6b7280"}, TX: page.TX}
	if data.Triage = team.Triage; snapshot.MayChange(team) {
		data.TeamVersion = team.Version
	}
	if with != nil {
		with(&data)
	}
	return s.page(c, status, snapshot, views.StatusSettingsPage(page, data))
}

func (s *Server) listStatusesFragment(c echo.Context, v visit) error {
	fresh, err := s.freshness(c.Request().Context(), v, "vocabulary")
	if err != nil {
		return err
	}
	team, err := fresh.TeamByKey(strings.ToUpper(c.Param("key")))
	if err != nil {
		return err
	}
	name := "statuses " + v.Workspace.String() + " " + team.ID.String()
	return s.fragment(c, fragment{fresh: fresh, name: name, draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		snapshot, err := s.engine.Look(ctx, v.Actor)
		if err != nil {
			return snapshot, nil, err
		}
		now, err := snapshot.TeamByKey(team.Key)
		if err != nil {
			return snapshot, nil, err
		}
		return snapshot, views.StatusList(s.place(v), named{snapshot}.statusList(now, "")), nil
	}})
}

var statusFields = []string{"name", "category", "position", "color"}

func (s *Server) createStatus(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	team, seen := snapshot.Team(sync.Ref(f.Get("team")).ID())
	if !seen || team.ID == uuid.Nil {
		return s.refused(c, v, f, "Create status", errNotThere)
	}
	_, result, err := s.create(c.Request().Context(), v, f, "status", "Create status", f.given(append([]string{"team"}, statusFields...)...))
	if err == nil {
		return s.wroteSetting(c, v.slug.StatusSettings(team.Key), "Create status", result)
	}
	fields, mendable := wrongFields(err)
	if !mendable {
		return s.refused(c, v, f, "Create status", err)
	}
	draft := views.StatusItem{Status: views.Status{Name: f.text("name"), Category: f.Get("category")}, Position: f.Get("position"), Color: f.Get("color")}
	if fromHTMX(c) {
		return s.html(c, http.StatusUnprocessableEntity, views.StatusForm(s.place(v),
			views.StatusSettingsData{List: named{snapshot}.statusList(team, ""), Draft: draft, Error: firstOf(fields)}))
	}
	return s.statusPage(c, v, http.StatusUnprocessableEntity, team.Key, func(d *views.StatusSettingsData) { d.Draft, d.Error = draft, firstOf(fields) })
}

// setStatus takes the form of one write to a status: its fields, or its way into the trash and back.
func (s *Server) setStatus(noun string) memberHandler {
	return s.setNamed("status", noun, statusFields, func(v visit, _ form) string { return v.slug.Settings() })
}

func (n named) statusList(team sync.TeamName, tx string) views.StatusListData {
	d := views.StatusListData{Region: views.Region{Topics: []string{"vocabulary"}, Version: n.Version}, Team: teamOf(team), ReadOnly: n.Guest(), TX: tx}
	for _, status := range n.Statuses(team.ID) {
		d.Statuses = append(d.Statuses, views.StatusItem{Status: n.statusOf(status), Version: status.Version,
			Position: strconv.FormatInt(status.Position, 10), Color: status.Color})
	}
	return d
}
