package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
	"tandem/views"
)

// preset is what a URL says of a new issue: team, title, body, status, priority, assignee, label, project, cycle, due, estimate, template.
// What names nothing is told beside its field, and the rest holds.
type preset struct {
	named
	values views.NewIssueValues
	wrong  map[string]string
	team   uuid.UUID // that the form will have, so that nothing of another one is taken
}

func (n named) preset(q url.Values) (views.NewIssueValues, map[string]string) {
	p := preset{named: n, wrong: map[string]string{}}
	p.readTeam(strings.TrimSpace(q.Get("team")), strings.TrimSpace(q.Get("status")))
	p.readTemplate(q)
	for name, into := range map[string]*string{"title": &p.values.Title, "body": &p.values.Description} {
		if q.Has(name) {
			*into = q.Get(name)
		}
	}
	p.one(q, "status", p.statusNamed, func(value string) { p.values.Status = value })
	p.one(q, "assignee", p.memberNamed, func(value string) { p.values.Assignee = value })
	p.one(q, "priority", priorityNamed, func(value string) { p.values.Priority = views.Priority(slices.Index(priorityDigits, value)) })
	p.one(q, "project", p.projectNamed, func(value string) { p.values.Project = value })
	p.one(q, "cycle", p.cycleNamed, func(value string) { p.values.Cycle = value })
	p.one(q, "due", dayNamed, func(value string) { p.values.Due = value })
	p.one(q, "estimate", pointsNamed, func(value string) { p.values.Estimate = value })
	for _, wish := range strings.Split(strings.Join(q["label"], ","), ",") {
		if wish = strings.TrimSpace(wish); wish == "" {
			continue
		}
		if value := p.labelNamed(wish); value == "" {
			p.wrong["labels"] = "There is no label “" + wish + "” here."
		} else if !slices.Contains(p.values.Labels, value) {
			p.values.Labels = append(p.values.Labels, value)
		}
	}
	return p.values, p.wrong
}

// one reads a parameter that names one value.
func (p *preset) one(q url.Values, name string, find func(string) string, set func(string)) {
	wish := strings.TrimSpace(q.Get(name))
	switch value := find(wish); {
	case wish == "":
	case wish == "none" && (name == "assignee" || name == "priority"):
		set(value)
	case value == "":
		p.wrong[name] = "“" + wish + "” is no " + strings.ToLower(fieldName(name)) + " that can be chosen here."
	default:
		set(value)
	}
}

// readTeam finds the team that the URL names, else that of the status whose id it names, else the one that the form begins with.
func (p *preset) readTeam(wish, status string) {
	teams := p.Teams()
	named := func(team sync.TeamName) bool { return strings.EqualFold(wish, team.Key) || isID(wish, team.ID) }
	has := func(team sync.TeamName) bool {
		return slices.ContainsFunc(p.Statuses(team.ID), func(s sync.StatusName) bool { return isID(status, s.ID) })
	}
	at := slices.IndexFunc(teams, named)
	if at < 0 && wish != "" {
		p.wrong["team"] = "There is no team “" + wish + "” for you to see."
	}
	if at < 0 {
		at = slices.IndexFunc(teams, has)
	}
	switch {
	case at >= 0:
		p.team, p.values.Team = teams[at].ID, string(sync.NewRef("team", teams[at].ID))
	case len(teams) > 0:
		p.team = teams[0].ID
	}
}

func (p *preset) statusNamed(wish string) string {
	for _, status := range p.Statuses(p.team) {
		if wish == sync.Slug(status.Name) || isID(wish, status.ID) {
			return string(sync.NewRef("status", status.ID))
		}
	}
	return ""
}

func (p *preset) memberNamed(wish string) string {
	for _, member := range p.Members() {
		if !member.Placeholder && (wish == member.Handle || isID(wish, member.ID) || wish == "me" && member.ID == p.Me().ID) {
			return string(sync.NewRef("member", member.ID))
		}
	}
	return ""
}

func (p *preset) labelNamed(wish string) string {
	for _, label := range p.Labels(p.team) {
		if wish == sync.Slug(label.Name) || isID(wish, label.ID) {
			return string(sync.NewRef("label", label.ID))
		}
	}
	return ""
}

func (p *preset) projectNamed(wish string) string {
	for _, project := range p.Projects(p.team) {
		if wish == sync.Slug(project.Name) || isID(wish, project.ID) {
			return string(sync.NewRef("project", project.ID))
		}
	}
	return ""
}

// cycleNamed is a cycle that work can be put into.
func (p *preset) cycleNamed(wish string) string {
	if cycle, known := p.CycleCalled(p.team, wish); known && cycle.State != sync.PastCycle {
		return string(sync.NewRef("cycle", cycle.ID))
	}
	return ""
}

var priorityDigits = []string{"0", "1", "2", "3", "4"}

func priorityNamed(wish string) string {
	for i, p := range priorityValues() {
		if wish == p.slug || wish == priorityDigits[i] {
			return priorityDigits[i]
		}
	}
	return ""
}

func dayNamed(wish string) string {
	if _, err := time.Parse(time.DateOnly, wish); err != nil {
		return ""
	}
	return wish
}

func pointsNamed(wish string) string {
	if points, err := strconv.Atoi(wish); err != nil || points < 0 || points > 1000 {
		return ""
	}
	return wish
}

// isID tells whether a word is an id, by itself or as a reference.
func isID(wish string, id uuid.UUID) bool {
	_, bare, isRef := strings.Cut(wish, ":")
	return strings.EqualFold(wish, id.String()) || isRef && strings.EqualFold(bare, id.String())
}
