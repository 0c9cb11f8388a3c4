package handlers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"tandem/sync"
	"tandem/views"
)

// filterScope words filters of a team's list, or with the zero id of a list over all teams that the reader sees.
type filterScope struct {
	named
	team uuid.UUID
}

func (t teamIssues) scope() filterScope { return filterScope{named{t.Snapshot}, t.Team.ID} }

// nameless says which filters name nothing that the reader knows.
func nameless(unknown []string) []string {
	var wrong []string
	for _, term := range unknown {
		filter, legible := readTerm(term, slices.Concat(searchFields, filterFields))
		if !legible {
			continue
		}
		text := "There is no " + strings.ToLower(fieldName(filter.Field)) + " “" + filter.Value + "” here, so no issue has it."
		wrong = append(wrong, text)
	}
	return wrong
}

// filterBar words the filters in force, and offers the values of the others.
func (t teamIssues) filterBar(laid laying) views.FilterBarData {
	query := laid.links()
	d := views.FilterBarData{Team: t.team(), Query: query, Shown: laid.shown.Display, Own: laid.Own.Set(), LaysOut: !t.Guest() && (!laid.saved() || t.EditsView(laid.view)),
		All: t.Team.ID == uuid.Nil}
	d.Chips, d.Choices = t.scope().chips(query.Filters), t.scope().choices()
	return d
}

// chips are the filters in force, in words.
func (s filterScope) chips(filters []views.Filter) []views.FilterChip {
	var chips []views.FilterChip
	for _, f := range filters {
		chips = chipped(chips, fieldName(f.Field), views.FilterValue{Filter: f, Text: s.value(f)})
	}
	return chips
}

// choices are what one may filter by.
func (s filterScope) choices() []views.FilterChoice {
	choices := []views.FilterChoice{
		choiceOf("status", s.statuses()),
		choiceOf("assignee", append([]value{{"me", "Me"}, {"none", "No assignee"}}, s.members()...)),
		choiceOf("label", append([]value{{"none", "No label"}}, s.labels()...)),
		choiceOf("project", append([]value{{"none", "No project"}}, s.projects()...)),
		choiceOf("priority", priorityValues()),
		choiceOf("creator", append([]value{{"me", "Me"}}, s.members()...)),
	}
	if cycles := s.cycles(); len(cycles) > 0 {
		choices = append(choices, choiceOf("cycle", append([]value{{"none", "No cycle"}}, cycles...)))
	}
	if s.team == uuid.Nil {
		choices = slices.Insert(choices, 0, choiceOf("team", s.teamValues()))
	}
	return choices
}

// chipped adds a filter to the chip of its field, or a chip of its own.
func chipped(chips []views.FilterChip, field string, value views.FilterValue) []views.FilterChip {
	same := func(c views.FilterChip) bool { return c.Field == field && c.Not == value.Filter.Not }
	at := slices.IndexFunc(chips, same)
	if at < 0 {
		return append(chips, views.FilterChip{Field: field, Not: value.Filter.Not, Values: []views.FilterValue{value}})
	}
	chips[at].Values = append(chips[at].Values, value)
	return chips
}

// value is what a filter may ask for: as it stands in URLs, and in words.
type value struct{ slug, text string }

func choiceOf(field string, values []value) views.FilterChoice {
	choice := views.FilterChoice{Field: fieldName(field)}
	for _, v := range values {
		choice.Values = append(choice.Values, views.Option{Value: field + ":" + v.slug, Text: v.text})
	}
	return choice
}

// value words a filter's value; what names nothing stays as it was written.
func (s filterScope) value(f views.Filter) string {
	for _, choice := range s.values(f.Field) {
		if choice.slug == f.Value {
			return choice.text
		}
	}
	if id, err := uuid.Parse(f.Value); err == nil {
		return s.textOf(f.Field, id)
	}
	return f.Value
}

func (s filterScope) values(field string) []value {
	switch field {
	case "status":
		return s.statuses()
	case "label":
		return append([]value{{"none", "none"}}, s.labels()...)
	case "project":
		return append([]value{{"none", "none"}}, s.projects()...)
	case "cycle":
		return append([]value{{"none", "none"}}, s.cycles()...)
	case "priority":
		return priorityValues()
	case "team":
		return s.teamValues()
	case "assignee", "creator":
		return append([]value{{"me", "Me"}, {"none", "nobody"}}, s.members()...)
	}
	return nil
}

func (s filterScope) textOf(field string, id uuid.UUID) string {
	switch field {
	case "status":
		return s.status(id).Name
	case "label":
		label, _ := s.Label(id)
		return label.Name
	case "project":
		return s.project(id).Name
	case "cycle":
		return s.cycle(id).Name()
	case "team":
		team, _ := s.Team(id)
		return team.Name
	}
	return s.member(id).Name
}

// distinct leaves out values of a slug that was there before: in several teams one name is one value.
func distinct(values []value) []value {
	seen := map[string]bool{}
	return slices.DeleteFunc(values, func(v value) bool {
		again := seen[v.slug]
		seen[v.slug] = true
		return again
	})
}

func (s filterScope) statuses() []value {
	var values []value
	for _, status := range s.StatusesIn(s.team) {
		values = append(values, value{sync.Slug(status.Name), status.Name})
	}
	return distinct(values)
}

func (s filterScope) labels() []value {
	var values []value
	for _, l := range s.Labels(s.team) {
		values = append(values, value{sync.Slug(l.Name), l.Name})
	}
	return distinct(values)
}

func (s filterScope) projects() []value {
	var values []value
	for _, p := range s.Projects(s.team) {
		values = append(values, value{sync.Slug(p.Name), p.Name})
	}
	return distinct(values)
}

func (s filterScope) members() []value {
	var values []value
	for _, m := range s.Assignable(s.team) {
		values = append(values, value{m.Handle, m.Name})
	}
	return values
}

func (s filterScope) teamValues() []value {
	var values []value
	for _, team := range s.Teams() {
		values = append(values, value{sync.Slug(team.Key), team.Name})
	}
	return values
}

// cycles are a team's as filters name them: by their place in time, and all by their numbers. Those of several teams have no numbers in common.
func (s filterScope) cycles() []value {
	var values []value
	if s.team == uuid.Nil {
		if slices.ContainsFunc(s.Teams(), func(team sync.TeamName) bool { return team.Cycles.Weeks > 0 }) {
			values = []value{{sync.CurrentCycle, "Current"}, {"next", "Next"}}
		}
		return values
	}
	for _, called := range []string{sync.CurrentCycle, "next"} {
		if cycle, known := s.CycleCalled(s.team, called); known {
			values = append(values, value{called, strings.ToUpper(called[:1]) + called[1:] + " (" + cycleName(cycle).Name() + ")"})
		}
	}
	for _, cycle := range s.Cycles(s.team) {
		values = append(values, value{strconv.FormatInt(cycle.Number, 10), cycleName(cycle).Name()})
	}
	return values
}

func priorityValues() []value {
	slugs := []string{"none", "urgent", "high", "medium", "low"}
	var values []value
	for _, p := range views.Priorities() {
		values = append(values, value{slugs[p], p.Name()})
	}
	return values
}
