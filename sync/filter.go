package sync

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"
)

// Filter narrows a list. Values of one field are alternatives, fields add up; a zero Filter lets everything through.
// The zero uuid in a list of ids stands for "none".
type Filter struct {
	Statuses, NotStatuses     []uuid.UUID
	Assignees, NotAssignees   []uuid.UUID
	Creators, NotCreators     []uuid.UUID
	Labels, NotLabels         []uuid.UUID
	Cycles, NotCycles         []uuid.UUID
	Projects, NotProjects     []uuid.UUID // with none stand those that the reader does not see
	Priorities, NotPriorities []int16
	Words                     string   // a tsquery
	Text                      string   // what the reader typed
	Unknown                   []string // terms that name nothing the reader sees
}

// ParseFilter reads terms as they stand in URLs: "field:value" or "-field:value", where a value is the slug of a
// name, "me", "none" or a uuid. A positive term that names nothing lets nothing through, as a name that is gone would.
func (s Snapshot) ParseFilter(team uuid.UUID, terms []string, text string) Filter {
	f := Filter{Text: strings.TrimSpace(text)}
	for _, term := range terms {
		if !s.addTerm(&f, team, term) {
			f.Unknown = append(f.Unknown, term)
		}
	}
	f.Words = searchQuery(f.Text)
	return f
}

func (s Snapshot) addTerm(f *Filter, team uuid.UUID, term string) bool {
	name, value, found := strings.Cut(term, ":")
	not := strings.HasPrefix(name, "-")
	if !found || value == "" {
		return false
	}
	field := strings.TrimPrefix(name, "-")
	if field == "text" {
		f.Text = strings.TrimSpace(f.Text + " " + value)
		return !not
	}
	if field == "priority" {
		return f.addPriority(value, not)
	}
	id, known := s.filterValue(field, team, value)
	list := f.list(field, not)
	if list == nil {
		return false
	}
	switch {
	case !known:
		*list = append(*list, unknownID)
	case field == "cycle" && id == uuid.Nil:
		*list = append(*list, s.noCycles(team)...)
	case field == "project" && id == uuid.Nil:
		*list = append(*list, s.noProjects()...)
	default:
		*list = append(*list, id)
	}
	return known
}

// unknownID stands for what a filter names and nobody has: it matches nothing.
var unknownID = uuid.Max

func (f *Filter) list(field string, not bool) *[]uuid.UUID {
	lists := map[string][2]*[]uuid.UUID{
		"status": {&f.Statuses, &f.NotStatuses}, "assignee": {&f.Assignees, &f.NotAssignees},
		"creator": {&f.Creators, &f.NotCreators}, "label": {&f.Labels, &f.NotLabels},
		"project": {&f.Projects, &f.NotProjects}, "cycle": {&f.Cycles, &f.NotCycles},
	}
	pair, known := lists[field]
	switch {
	case !known:
		return nil
	case not:
		return pair[1]
	}
	return pair[0]
}

func (f *Filter) addPriority(value string, not bool) bool {
	names := []string{"none", "urgent", "high", "medium", "low"}
	at := slices.Index(names, value)
	if n, err := strconv.Atoi(value); err == nil && n >= 0 && n <= 4 {
		at = n
	}
	list := &f.Priorities
	if not {
		list = &f.NotPriorities
	}
	*list = append(*list, int16(at))
	return at >= 0
}

// filterValue finds what a value names.
func (s Snapshot) filterValue(field string, team uuid.UUID, value string) (uuid.UUID, bool) {
	switch value {
	case "none":
		return uuid.Nil, field != "status"
	case "me":
		return s.who.member, s.who.member != uuid.Nil && (field == "assignee" || field == "creator")
	}
	if id, err := uuid.Parse(value); err == nil {
		_, seen := s.Project(id)
		return id, seen || field != "project"
	}
	switch field {
	case "status":
		for _, status := range s.Statuses(team) {
			if Slug(status.Name) == value {
				return status.ID, true
			}
		}
	case "cycle":
		cycle, known := s.CycleCalled(team, value)
		return cycle.ID, known
	case "label":
		for _, label := range s.Labels(team) {
			if Slug(label.Name) == value {
				return label.ID, true
			}
		}
	case "project":
		for _, project := range s.Projects(team) {
			if Slug(project.Name) == value {
				return project.ID, true
			}
		}
	default:
		for _, member := range s.Members() {
			if member.Handle == value || Slug(member.Name) == value {
				return member.ID, true
			}
		}
	}
	return uuid.Nil, false
}

// Slug is a name as it stands in a URL: lower-case letters and digits with dashes between.
func Slug(name string) string {
	var slug strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			slug.WriteRune(r)
		case slug.Len() > 0 && !strings.HasSuffix(slug.String(), "-"):
			slug.WriteByte('-')
		}
	}
	return strings.Trim(slug.String(), "-")
}

// searchQuery makes a tsquery of what somebody typed: all words, the last one as a prefix.
func searchQuery(typed string) string {
	words := searchWords(typed)
	for i, word := range words {
		words[i] = "'" + word + "'"
		if i == len(words)-1 {
			words[i] += ":*"
		}
	}
	return strings.Join(words, " & ")
}

// given is an array for PostgreSQL, never null.
func given[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
