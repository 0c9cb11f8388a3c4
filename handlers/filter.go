package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"tandem/sync"
	"tandem/views"
)

// readQuery reads what a list's URL says. What it cannot say is left out: misread tells of it.
func readQuery(values url.Values) views.Query {
	query := views.Query{View: views.ListView, Text: strings.TrimSpace(values.Get("text")), Display: readDisplay(values), Saved: savedID(values), After: values.Get("after")}
	if values.Get("view") == views.BoardView {
		query.View = views.BoardView
	}
	for _, term := range values["f"] {
		filter, legible := readFilter(term)
		if legible && !slices.Contains(query.Filters, filter) {
			query.Filters = append(query.Filters, filter)
		}
	}
	return query
}

func savedID(values url.Values) string {
	id, err := uuid.Parse(values.Get("saved"))
	if err != nil {
		return ""
	}
	return id.String()
}

// filterFields are what one may filter by.
var filterFields = []string{"status", "assignee", "label", "project", "priority", "cycle", "creator", "text"}

func readFilter(term string) (filter views.Filter, legible bool) {
	return readTerm(term, filterFields)
}

// readTerm reads a filter by one of some fields.
func readTerm(term string, fields []string) (filter views.Filter, legible bool) {
	field, value, _ := strings.Cut(term, ":")
	filter = views.Filter{Field: strings.TrimPrefix(field, "-"), Value: value, Not: strings.HasPrefix(field, "-")}
	return filter, value != "" && slices.Contains(fields, filter.Field) && !(filter.Not && filter.Field == "text")
}

func readDisplay(values url.Values) views.Display {
	d := views.Display{Group: choice(values, "group", sync.Groupings), Order: choice(values, "order", sync.Orders),
		Closed: values.Get("closed"), Sub: choice(values, "sub", []string{"", "off"}), Empty: choice(values, "empty", []string{"", "show", "hide"})}
	if days, err := strconv.Atoi(d.Closed); d.Closed != "none" && (err != nil || days < 0 || days > 3650) {
		d.Closed = ""
	}
	for _, property := range views.Properties() {
		if slices.Contains(values["hide"], property.Value) {
			d.Hide = append(d.Hide, property.Value)
		}
	}
	return d
}

// choice is a value that is one of a list, with a dash before it or not, and not the first, which is what is meant by none.
func choice(values url.Values, name string, list []string) string {
	value := values.Get(name)
	if at := slices.Index(list, strings.TrimPrefix(value, "-")); at > 0 && (value == list[at] || name == "order") {
		return value
	}
	return ""
}

// misread says what of a list's URL is not understood, each in a sentence. The rest holds.
func misread(values url.Values) []string {
	var wrong []string
	for _, term := range values["f"] {
		if _, legible := readFilter(term); !legible && term != "" {
			wrong = append(wrong, "“"+term+"” is no filter, so it was left out. Filters are written as assignee:ann or -label:bug.")
		}
	}
	display := views.Query{Display: readDisplay(values)}
	understood, _ := url.ParseQuery(display.Display.Encode()) // what Encode wrote
	firsts := map[string]string{"group": sync.Groupings[0], "order": sync.Orders[0]}
	for _, name := range displayNames {
		for _, value := range values[name] {
			if value != "" && value != firsts[name] && !slices.Contains(understood[name], value) {
				wrong = append(wrong, "There is no "+name+" “"+value+"”, so it was left out. Choose one under Display.")
			}
		}
	}
	return wrong
}

// layoutOf is the display as the engine reads it.
func layoutOf(d views.Display) sync.Layout {
	layout := sync.Layout{Group: d.Group, Order: strings.TrimPrefix(d.Order, "-"), Backwards: strings.HasPrefix(d.Order, "-"), TopsOnly: d.Sub == "off"}
	if days, err := strconv.Atoi(d.Closed); err == nil {
		layout.Closed = &days
	}
	if d.Closed == "none" {
		layout.Closed = new(int)
		*layout.Closed = -1 // of tomorrow
	}
	if d.Empty != "" {
		show := d.Empty == "show"
		layout.Empty = &show
	}
	return layout
}

// orderOf is a list's order as scripts know it.
func orderOf(query views.Query) string {
	return or(strings.TrimPrefix(query.Order, "-"), sync.Orders[0])
}

func aboutMe(query views.Query) bool {
	return slices.ContainsFunc(query.Filters, func(f views.Filter) bool { return f.Value == "me" })
}

// nameless says which filters name nothing that the reader knows.
func (t teamIssues) nameless() []string {
	var wrong []string
	for _, term := range t.Filter.Unknown {
		filter, legible := readFilter(term)
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
	d := views.FilterBarData{Team: t.team(), Query: query, Shown: laid.shown.Display, Own: laid.Own.Set(), LaysOut: !t.Guest() && (!laid.saved() || t.EditsView(laid.view))}
	for _, f := range query.Filters {
		d.Chips = chipped(d.Chips, fieldName(f.Field), views.FilterValue{Filter: f, Text: t.filterValue(f)})
	}
	d.Choices = []views.FilterChoice{
		t.choice("status", statusValues(t.Statuses(t.Team.ID))),
		t.choice("assignee", append([]value{{"me", "Me"}, {"none", "No assignee"}}, t.memberValues()...)),
		t.choice("label", append([]value{{"none", "No label"}}, labelValues(t.Labels(t.Team.ID))...)),
		t.choice("project", append([]value{{"none", "No project"}}, t.projectValues()...)),
		t.choice("priority", priorityValues()),
		t.choice("creator", append([]value{{"me", "Me"}}, t.memberValues()...)),
	}
	if cycles := t.cycleValues(); len(cycles) > 0 {
		d.Choices = append(d.Choices, t.choice("cycle", append([]value{{"none", "No cycle"}}, cycles...)))
	}
	return d
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

func (t teamIssues) choice(field string, values []value) views.FilterChoice {
	choice := views.FilterChoice{Field: fieldName(field)}
	for _, v := range values {
		choice.Values = append(choice.Values, views.Option{Value: field + ":" + v.slug, Text: v.text})
	}
	return choice
}

// filterValue words a filter's value; what names nothing stays as it was written.
func (t teamIssues) filterValue(f views.Filter) string {
	for _, choice := range t.filterValues(f.Field) {
		if choice.slug == f.Value {
			return choice.text
		}
	}
	if id, err := uuid.Parse(f.Value); err == nil {
		return t.textOf(f.Field, id)
	}
	return f.Value
}

func (t teamIssues) filterValues(field string) []value {
	switch field {
	case "status":
		return statusValues(t.Statuses(t.Team.ID))
	case "label":
		return append([]value{{"none", "none"}}, labelValues(t.Labels(t.Team.ID))...)
	case "project":
		return append([]value{{"none", "none"}}, t.projectValues()...)
	case "cycle":
		return append([]value{{"none", "none"}}, t.cycleValues()...)
	case "priority":
		return priorityValues()
	case "assignee", "creator":
		return append([]value{{"me", "Me"}, {"none", "nobody"}}, t.memberValues()...)
	}
	return nil
}

func (t teamIssues) textOf(field string, id uuid.UUID) string {
	n := named{t.Snapshot}
	switch field {
	case "status":
		return n.status(id).Name
	case "label":
		label, _ := n.Label(id)
		return label.Name
	case "project":
		return n.project(id).Name
	case "cycle":
		return n.cycle(id).Name()
	}
	return n.member(id).Name
}

func statusValues(statuses []sync.StatusName) []value {
	var values []value
	for _, s := range statuses {
		values = append(values, value{sync.Slug(s.Name), s.Name})
	}
	return values
}

func labelValues(labels []sync.LabelName) []value {
	var values []value
	for _, l := range labels {
		values = append(values, value{sync.Slug(l.Name), l.Name})
	}
	return values
}

func (t teamIssues) projectValues() []value {
	var values []value
	for _, p := range t.Projects(t.Team.ID) {
		values = append(values, value{sync.Slug(p.Name), p.Name})
	}
	return values
}

func (t teamIssues) memberValues() []value {
	var values []value
	for _, m := range t.Assignable(t.Team.ID) {
		values = append(values, value{m.Handle, m.Name})
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
