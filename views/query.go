package views

import (
	"slices"
	"strings"
)

// The views of a team's issues.
const (
	ListView  = "list"
	BoardView = "board"
)

// Query is what a list's URL says beside its path. It is a value: the methods return changed copies.
type Query struct {
	View    string // ListView is the default and left out of URLs
	Filters []Filter
	Text    string
	After   string // opaque: where the next page begins
}

// Filter is one condition: values of one field are alternatives, fields must all hold.
type Filter struct {
	Field string // status, assignee, label, priority, text, creator
	Value string // the slug of a name, me, none, or a UUID
	Not   bool
}

// String is the filter as it stands in f=.
func (f Filter) String() string {
	if f.Not {
		return "-" + f.Field + ":" + f.Value
	}
	return f.Field + ":" + f.Value
}

// Encode is the query with its question mark, or nothing.
func (q Query) Encode() string {
	view := q.View
	if view == ListView {
		view = ""
	}
	pairs := []string{"view", view}
	for _, f := range q.Filters {
		pairs = append(pairs, "f", f.String())
	}
	return query(append(pairs, "text", q.Text, "after", q.After)...)
}

// filter is what the list leaves out, as data-filter has it.
func (q Query) filter() string {
	return strings.TrimPrefix(Query{Filters: q.Filters, Text: q.Text}.Encode(), "?")
}

// In is the query in another view, from its beginning.
func (q Query) In(view string) Query {
	q.View, q.After = view, ""
	return q
}

// From is the query continued after a place.
func (q Query) From(after string) Query {
	q.After = after
	return q
}

// Without is the query with one filter less, from its beginning.
func (q Query) Without(f Filter) Query {
	q.After = ""
	q.Filters = slices.DeleteFunc(slices.Clone(q.Filters), func(g Filter) bool { return g == f })
	return q
}

// Flipped is the query with one filter's "is" and "is not" exchanged, from its beginning.
func (q Query) Flipped(f Filter) Query {
	q.After = ""
	q.Filters = slices.Clone(q.Filters)
	if i := slices.Index(q.Filters, f); i >= 0 {
		q.Filters[i].Not = !f.Not
	}
	return q
}

// WithoutText is the query without its text, from its beginning.
func (q Query) WithoutText() Query {
	q.Text, q.After = "", ""
	return q
}

// Clear is the bare view.
func (q Query) Clear() Query { return Query{View: q.View} }

// Narrow says that the query leaves something out.
func (q Query) Narrow() bool { return len(q.Filters) > 0 || q.Text != "" }
