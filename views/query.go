package views

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
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
	Display
	Saved string // UUID of the saved view that the list began as
	After string // opaque: where the next page begins
}

// Display is how a list is laid out; the zero value is as the server does it by itself.
type Display struct {
	Group  string   // status, assignee, priority, label, project, cycle, none
	Order  string   // manual, priority, updated, created, due; with a dash before it the other way round
	Closed string   // for how many days what is closed is shown, all, none
	Sub    string   // "off" leaves sub-issues out
	Empty  string   // show or hide, of groups without issues
	Hide   []string // what of an issue is not shown: key, priority, labels, project, parent, due, cycle, updated, assignee
}

func (d Display) pairs() []string {
	pairs := []string{"group", d.Group, "order", d.Order, "closed", d.Closed, "sub", d.Sub, "empty", d.Empty}
	for _, property := range d.Hide {
		pairs = append(pairs, "hide", property)
	}
	return pairs
}

// Encode is the display as it stands in a URL, without a question mark.
func (d Display) Encode() string { return strings.TrimPrefix(query(d.pairs()...), "?") }

// Filter is one condition: values of one field are alternatives, fields must all hold.
type Filter struct {
	Field string // status, assignee, label, project, priority, cycle, text, creator
	Value string // the slug of a name, me, none, a UUID; of a cycle its number, current, next
	Not   bool
}

// AboutMe tells whether the filter is about whoever reads it. A team, or a label, may be called "me" as well.
func (f Filter) AboutMe() bool {
	return f.Value == "me" && (f.Field == "assignee" || f.Field == "creator")
}

// String is the filter as it stands in f=.
func (f Filter) String() string {
	if f.Not {
		return "-" + f.Field + ":" + f.Value
	}
	return f.Field + ":" + f.Value
}

// Encode is the query with its question mark, or nothing.
func (q Query) Encode() string { return query(append(q.pairs(), "after", q.After)...) }

// Saves is what a saved view keeps of the query.
func (q Query) Saves() string {
	q.Saved, q.After = "", ""
	return strings.TrimPrefix(q.Encode(), "?")
}

func (q Query) pairs() []string {
	return slices.Concat(q.viewPair(), q.Display.pairs(), q.filterPairs(), []string{"saved", q.Saved})
}

func (q Query) viewPair() []string {
	if q.View == ListView {
		return nil
	}
	return []string{"view", q.View}
}

func (q Query) filterPairs() []string {
	var pairs []string
	for _, f := range q.Filters {
		pairs = append(pairs, "f", f.String())
	}
	return append(pairs, "text", q.Text)
}

// filter is what the list leaves out, as data-filter has it.
func (q Query) filter() string { return strings.TrimPrefix(query(q.filterPairs()...), "?") }

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

// Whole is the query with all that is closed, from its beginning.
func (q Query) Whole() Query {
	q.Closed, q.After = "all", ""
	return q
}

// Without is the query with some filters less, from its beginning.
func (q Query) Without(less ...Filter) Query {
	q.After = ""
	q.Filters = slices.DeleteFunc(slices.Clone(q.Filters), func(f Filter) bool { return slices.Contains(less, f) })
	return q
}

// Flipped is the query with "is" and "is not" of some filters exchanged, from its beginning.
func (q Query) Flipped(some ...Filter) Query {
	q.After = ""
	q.Filters = slices.Clone(q.Filters)
	for i, f := range q.Filters {
		q.Filters[i].Not = f.Not != slices.Contains(some, f)
	}
	return q
}

// WithoutText is the query without its text, from its beginning.
func (q Query) WithoutText() Query {
	q.Text, q.After = "", ""
	return q
}

// Clear is the query without any filter, from its beginning.
func (q Query) Clear() Query { return Query{View: q.View, Display: q.Display, Saved: q.Saved} }

// marks are the attributes by which scripts and styles know what a list leaves out.
func (q Query) marks() templ.OrderedAttributes {
	var a templ.OrderedAttributes
	if q.Narrow() {
		a = append(a, templ.KeyValue[string, any]{Key: "data-filter", Value: q.filter()})
	}
	if q.Empty == "show" {
		a = append(a, templ.KeyValue[string, any]{Key: "data-empty", Value: "show"})
	}
	if len(q.Hide) > 0 {
		a = append(a, templ.KeyValue[string, any]{Key: "data-hide", Value: strings.Join(q.Hide, " ")})
	}
	return a
}

// icon is the one that a view of the query begins with.
func (q Query) icon() string {
	if q.View == BoardView {
		return "board"
	}
	return "list"
}

func (q Query) withoutDisplay() Query {
	q.Display = Display{}
	return q
}

// Narrow says that the query leaves something out.
func (q Query) Narrow() bool { return len(q.Filters) > 0 || q.Text != "" }
