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
	Teams, NotTeams           []uuid.UUID // of a list of several teams
	Words                     string      // a tsquery
	Text                      string      // what the reader typed
	Unknown                   []string    // terms that name nothing the reader sees
}

// ParseFilter reads terms as they stand in URLs: "field:value" or "-field:value", where a value is the slug of a
// name, "me", "none" or a uuid; the zero team asks for what bears that name in any team that the reader sees, and has teams to filter by. A
// positive term that names nothing lets nothing through, as a name that is gone would.
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
	list := f.list(field, not)
	if list == nil || field == "team" && team != uuid.Nil {
		return false
	}
	ids := s.filterValue(field, team, value)
	if len(ids) == 0 {
		*list = append(*list, unknownID)
	}
	*list = append(*list, ids...)
	return len(ids) > 0
}

// unknownID stands for what a filter names and nobody has: it matches nothing.
var unknownID = uuid.Max

func (f *Filter) list(field string, not bool) *[]uuid.UUID {
	lists := map[string][2]*[]uuid.UUID{
		"status": {&f.Statuses, &f.NotStatuses}, "assignee": {&f.Assignees, &f.NotAssignees},
		"creator": {&f.Creators, &f.NotCreators}, "label": {&f.Labels, &f.NotLabels},
		"project": {&f.Projects, &f.NotProjects}, "cycle": {&f.Cycles, &f.NotCycles}, "team": {&f.Teams, &f.NotTeams},
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

// filterValue finds what a value names, which in several teams may be several things; nothing where it names none.
func (s Snapshot) filterValue(field string, team uuid.UUID, value string) []uuid.UUID {
	ofMembers := field == "assignee" || field == "creator"
	switch {
	case value == "none" && field != "team":
		return s.noValue(field, team)
	case value == "me" && ofMembers && s.who.member != uuid.Nil:
		return []uuid.UUID{s.who.member}
	case value == "me" && ofMembers:
		return nil
	}
	if id, err := uuid.Parse(value); err == nil {
		if field == "project" && !s.hasProject(id) {
			return nil
		}
		return []uuid.UUID{id}
	}
	switch field {
	case "status":
		return called(s.StatusesIn(team), value, func(status StatusName) (uuid.UUID, string) { return status.ID, status.Name })
	case "cycle":
		return s.cyclesCalled(team, value)
	case "label":
		return called(s.Labels(team), value, func(label LabelName) (uuid.UUID, string) { return label.ID, label.Name })
	case "project":
		return called(s.Projects(team), value, func(project ProjectName) (uuid.UUID, string) { return project.ID, project.Name })
	case "team":
		return called(s.Teams(), value, func(team TeamName) (uuid.UUID, string) { return team.ID, team.Key })
	}
	for _, member := range s.Members() {
		if member.Handle == value || Slug(member.Name) == value {
			return []uuid.UUID{member.ID}
		}
	}
	return nil
}

// noValue are the ids that stand for none of a field.
func (s Snapshot) noValue(field string, team uuid.UUID) []uuid.UUID {
	switch field {
	case "status":
		return nil
	case "cycle":
		return s.noCycles(team)
	case "project":
		return s.noProjects()
	}
	return []uuid.UUID{uuid.Nil}
}

// called are the ids of those that bear a name, as URLs write it.
func called[T any](list []T, slug string, name func(T) (uuid.UUID, string)) []uuid.UUID {
	var ids []uuid.UUID
	for _, one := range list {
		if id, its := name(one); Slug(its) == slug {
			ids = append(ids, id)
		}
	}
	return ids
}

// StatusesIn are a team's live statuses, or with the zero id those of all teams that the reader sees.
func (s Snapshot) StatusesIn(team uuid.UUID) []StatusName {
	if team != uuid.Nil {
		return s.Statuses(team)
	}
	var statuses []StatusName
	for _, team := range s.Teams() {
		statuses = append(statuses, s.Statuses(team.ID)...)
	}
	return statuses
}

func (s Snapshot) cyclesCalled(team uuid.UUID, name string) []uuid.UUID {
	teams := []TeamName{{ID: team}}
	if team == uuid.Nil {
		teams = s.Teams()
	}
	var ids []uuid.UUID
	for _, team := range teams {
		if cycle, known := s.CycleCalled(team.ID, name); known {
			ids = append(ids, cycle.ID)
		}
	}
	return ids
}

// teamsIn are the teams that a filter lets through, of those that the reader sees.
func (s Snapshot) teamsIn(f Filter) []uuid.UUID {
	return slices.DeleteFunc(s.who.visibleTeams(), func(team uuid.UUID) bool {
		return len(f.Teams) > 0 && !slices.Contains(f.Teams, team) || slices.Contains(f.NotTeams, team)
	})
}

// ofIssues tells whether more is asked of an issue than its team and its words.
func (f Filter) ofIssues() bool {
	lists := [][]uuid.UUID{f.Statuses, f.NotStatuses, f.Assignees, f.NotAssignees, f.Creators, f.NotCreators, f.Labels, f.NotLabels, f.Cycles, f.NotCycles, f.Projects, f.NotProjects}
	return len(f.Priorities)+len(f.NotPriorities) > 0 || slices.ContainsFunc(lists, func(list []uuid.UUID) bool { return len(list) > 0 })
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
