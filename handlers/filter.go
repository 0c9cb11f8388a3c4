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

// listKind is what the URL of one kind of list may say.
type listKind struct {
	fields, groupings, orders []string
	boards                    bool
}

var (
	teamLists = listKind{filterFields, sync.Groupings, sync.Orders, true}
	allLists  = listKind{append([]string{"text"}, searchFields...), sync.AllGroupings, sync.AllOrders, false}
)

// kindOf is that of the list of a team, or with no key that over all teams.
func kindOf(key string) listKind {
	if key == "" {
		return allLists
	}
	return teamLists
}

// readQuery reads what a team's list's URL says.
func readQuery(values url.Values) views.Query { return teamLists.query(values) }

// query reads what a list's URL says. What it cannot say is left out: misread tells of it.
func (k listKind) query(values url.Values) views.Query {
	view := views.ListView
	if k.boards && values.Get("view") == views.BoardView {
		view = views.BoardView
	}
	return views.Query{View: view, Filters: readFilters(values, k.fields), Text: strings.TrimSpace(values.Get("text")), Display: k.display(values),
		Saved: savedID(values), After: values.Get("after")}
}

// readFilters reads what a URL filters by, each once.
func readFilters(values url.Values, fields []string) []views.Filter {
	var filters []views.Filter
	for _, term := range values["f"] {
		filter, legible := readTerm(term, fields)
		if legible && !slices.Contains(filters, filter) {
			filters = append(filters, filter)
		}
	}
	return filters
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

// searchFields are what one may narrow a search by.
var searchFields = []string{"team", "status", "assignee", "label", "project", "priority", "cycle", "creator"}

// readTerm reads a filter by one of some fields.
func readTerm(term string, fields []string) (filter views.Filter, legible bool) {
	field, value, _ := strings.Cut(term, ":")
	filter = views.Filter{Field: strings.TrimPrefix(field, "-"), Value: value, Not: strings.HasPrefix(field, "-")}
	return filter, value != "" && slices.Contains(fields, filter.Field) && !(filter.Not && filter.Field == "text")
}

func (k listKind) display(values url.Values) views.Display {
	d := views.Display{Group: choice(values, "group", k.groupings), Order: choice(values, "order", k.orders),
		Closed: values.Get("closed"), Sub: choice(values, "sub", []string{"", "off"}), Empty: choice(values, "empty", []string{"", "show", "hide"})}
	if days, err := strconv.Atoi(d.Closed); d.Closed != "none" && d.Closed != "all" && (err != nil || days < 0 || days > 3650) {
		d.Closed = ""
	}
	for _, property := range views.Properties() {
		if slices.Contains(values["hide"], property.Value) {
			d.Hide = append(d.Hide, property.Value)
		}
	}
	return d
}

// choice is a value that is one of a list, and not the first, which is what is meant by none. An order may have a dash before it, but the
// one by hand has no other way round.
func choice(values url.Values, name string, list []string) string {
	value := values.Get(name)
	at, turned := slices.Index(list, strings.TrimPrefix(value, "-")), strings.HasPrefix(value, "-")
	if at > 0 && !turned || at >= 0 && turned && name == "order" && list[at] != sync.Orders[0] {
		return value
	}
	return ""
}

// misread says what of a list's URL is not understood, each in a sentence. The rest holds.
func (k listKind) misread(values url.Values) []string {
	wrong := misreadFilters(values, k.fields)
	display := views.Query{Display: k.display(values)}
	understood, _ := url.ParseQuery(display.Display.Encode()) // what Encode wrote
	firsts := map[string]string{"group": k.groupings[0], "order": k.orders[0]}
	for _, name := range displayNames {
		for _, value := range values[name] {
			if value != "" && value != firsts[name] && !slices.Contains(understood[name], value) {
				wrong = append(wrong, "There is no "+name+" “"+value+"”, so it was left out. Choose one under Display.")
			}
		}
	}
	return wrong
}

func misreadFilters(values url.Values, fields []string) []string {
	var wrong []string
	for _, term := range values["f"] {
		if _, legible := readTerm(term, fields); !legible && term != "" {
			wrong = append(wrong, "“"+term+"” is no filter, so it was left out. Filters are written as assignee:ann or -label:bug.")
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

// boardDays is for how many days a board of statuses shows what is closed where nothing else is said: a column of all that was ever
// done says little, and is long.
const boardDays = "14"

// windowed is a query with what its view shows of what is closed.
func windowed(query views.Query) views.Query {
	if query.Closed == "" && query.View == views.BoardView && query.Group == "" {
		query.Closed = boardDays
	}
	return query
}

// orderOf is a list's order as scripts know it.
func orderOf(query views.Query) string {
	return or(strings.TrimPrefix(query.Order, "-"), sync.Orders[0])
}

func aboutMe(query views.Query) bool {
	return slices.ContainsFunc(query.Filters, views.Filter.AboutMe)
}
