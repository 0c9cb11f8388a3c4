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

func (s *Server) listCycles(c echo.Context, v visit) error {
	found, err := s.teamCycles(c.Request().Context(), v, c)
	if err != nil {
		return err
	}
	page := s.frame(c, v, found.Snapshot, found.Team.Name+" cycles", "team:"+found.Team.Key+"/cycles")
	return s.page(c, http.StatusOK, found.Snapshot, views.CyclesPage(page, cycleList(found, c.QueryParam("before"), page.TX)))
}

func (s *Server) listCyclesFragment(c echo.Context, v visit) error {
	key, before := strings.ToUpper(c.Param("key")), c.QueryParam("before")
	fresh, err := s.teamFreshness(c.Request().Context(), v, key, nil)
	if err != nil {
		return err
	}
	name := "cycles " + v.Workspace.String() + " " + key + " " + before
	return s.fragment(c, fragment{fresh: fresh, name: name, draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		found, err := s.teamCycles(ctx, v, c)
		if err != nil {
			return sync.Snapshot{}, nil, err
		}
		return found.Snapshot, views.CycleList(s.place(v), cycleList(found, before, "")), nil
	}})
}

func (s *Server) teamCycles(ctx context.Context, v visit, c echo.Context) (sync.TeamCycles, error) {
	before, err := strconv.ParseInt(or(c.QueryParam("before"), "0"), 10, 64)
	if err != nil || before < 0 {
		return sync.TeamCycles{}, errNotThere
	}
	return s.engine.TeamCycles(ctx, v.Actor, strings.ToUpper(c.Param("key")), before)
}

// showCycleFragment is what stands above the list of a cycle's issues.
func (s *Server) showCycleFragment(c echo.Context, v visit) error {
	key, called := strings.ToUpper(c.Param("key")), c.Param("name")
	fresh, err := s.teamFreshness(c.Request().Context(), v, key, nil)
	if err != nil {
		return err
	}
	name := "cycle " + v.Workspace.String() + " " + key + " " + called
	return s.fragment(c, fragment{fresh: fresh, name: name, draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		found, err := s.engine.TeamCycle(ctx, v.Actor, key, called)
		if err != nil {
			return sync.Snapshot{}, nil, err
		}
		return found.Snapshot, views.CycleHead(s.place(v), cycleHead(found, called, "")), nil
	}})
}

// cycleHead is what stands above a list that is of one cycle alone; nothing above any other.
func (s *Server) cycleHead(ctx context.Context, v visit, issues teamIssues, query views.Query, tx string) (views.CycleHeadData, error) {
	called, one := cycleOf(query)
	if _, known := issues.CycleCalled(issues.Team.ID, called); !one || !known {
		return views.CycleHeadData{}, nil // the list says when there is no such cycle
	}
	found, err := s.engine.TeamCycle(ctx, v.Actor, issues.Team.Key, called)
	if err != nil {
		return views.CycleHeadData{}, err
	}
	return cycleHead(found, called, tx), nil
}

// cycleOf is what a list's URL calls the one cycle that it is of.
func cycleOf(query views.Query) (called string, one bool) {
	for _, f := range query.Filters {
		if f.Field != "cycle" {
			continue
		}
		if one || f.Not || f.Value == "none" {
			return "", false
		}
		called, one = f.Value, true
	}
	return called, one
}

func cycleHead(found sync.TeamCycles, called, tx string) views.CycleHeadData {
	return views.CycleHeadData{Region: cycleRegion(found), Team: teamOf(found.Team), Called: called, Cycle: cycleData(found.Cycles[0]), Edits: !found.Guest(), TX: tx}
}

func cycleRegion(found sync.TeamCycles) views.Region {
	return views.Region{Topics: []string{string(sync.NewRef("team", found.Team.ID)), "vocabulary"}, Version: found.Version}
}

func cycleList(found sync.TeamCycles, before, tx string) views.CycleListData {
	d := views.CycleListData{Region: cycleRegion(found), Team: teamOf(found.Team), Before: before, Off: found.Team.Cycles.Weeks == 0, Edits: !found.Guest(), TX: tx}
	for _, cycle := range found.Cycles {
		d.Cycles = append(d.Cycles, cycleData(cycle))
	}
	if found.More > 0 {
		d.More = strconv.FormatInt(found.More, 10)
	}
	return d
}

func cycleData(c sync.CycleProgress) views.CycleData {
	return views.CycleData{Cycle: cycleName(c.CycleName), Version: c.Version, Extent: views.Extent{Scope: c.Scope, Started: c.Started, Done: c.Done}}
}

// setCycle takes the form of a cycle's name and days.
func (s *Server) setCycle(c echo.Context, v visit) error {
	return s.setNamed("cycle", "", []string{"name", "starts", "ends"}, func(v visit, _ form) string { return v.slug.Home("", "") })(c, v)
}

// setCycles takes the form of how a team works in cycles.
func (s *Server) setCycles(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	team, err := snapshot.TeamByKey(strings.ToUpper(c.Param("key")))
	if err != nil {
		return err
	}
	ops := f.set(sync.NewRef("team", team.ID), "cycle_weeks", "cycle_day", "cycle_cooldown")
	if ops[0].Base == nil {
		ops[0].Base = &team.Version
	}
	result, err := s.apply(c.Request().Context(), v, f, "Set up cycles", ops)
	if fields, mendable := wrongFields(err); mendable && !fromHTMX(c) {
		return s.statusPage(c, v, http.StatusUnprocessableEntity, team.Key, func(d *views.StatusSettingsData) {
			d.Cycles.Weeks, d.Cycles.Day, d.Cycles.Cooldown, d.Cycles.Error = f.Get("cycle_weeks"), f.Get("cycle_day"), f.Get("cycle_cooldown"), firstOf(fields)
		})
	}
	if err != nil {
		return s.refused(c, v, f, "Set up cycles", err)
	}
	return s.wroteSetting(c, v.slug.StatusSettings(team.Key), "Set up cycles", result)
}

func (n named) cycleSettings(team sync.TeamName, tx string) views.CycleSettingsData {
	return views.CycleSettingsData{Team: teamOf(team), Version: team.Version, Weeks: strconv.Itoa(team.Cycles.Weeks), Day: strconv.Itoa(team.Cycles.Day),
		Cooldown: strconv.Itoa(team.Cycles.Cooldown), ReadOnly: !n.MayChange(team), TX: tx}
}

// cycle is a cycle by its id; one in the trash reads as none.
func (n named) cycle(id uuid.UUID) views.Cycle {
	found, known := n.Cycle(id)
	if !known {
		return views.Cycle{}
	}
	return cycleName(found)
}

func cycleName(c sync.CycleName) views.Cycle {
	return views.Cycle{ID: idOf(c.ID), Team: idOf(c.Team), Number: int(c.Number), Title: c.Name, State: c.State, Starts: c.Starts, Ends: c.Ends}
}

// openCycles are those that work can be put into, and the one that an issue is in.
func (n named) openCycles(team, also uuid.UUID) []views.Cycle {
	var cycles []views.Cycle
	for _, cycle := range n.Cycles(team) {
		if cycle.State != sync.PastCycle || cycle.ID == also {
			cycles = append(cycles, cycleName(cycle))
		}
	}
	return cycles
}
