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

// readTemplate fills in the template that a URL names, else the default of the team that the form has; a sub-issue has none by
// itself. Where the URL names no team, one of another team than the first brings its own.
func (p *preset) readTemplate(q url.Values) {
	wish := strings.TrimSpace(q.Get("template"))
	if chosen, any := p.DefaultTemplate(p.team); wish == "" && any && !q.Has("parent") {
		p.useTemplate(chosen)
	}
	if wish == "" || wish == "none" {
		return
	}
	among := p.Templates(p.team)
	if p.values.Team == "" {
		among = append(among, p.Templates(uuid.Nil)...)
	}
	for _, one := range among {
		if wish == sync.Slug(one.Name) || isID(wish, one.ID) {
			p.useTemplate(one)
			return
		}
	}
	p.wrong["template"] = "There is no template “" + wish + "” to start from here."
}

func (p *preset) useTemplate(t sync.TemplateName) {
	p.values = p.withTemplate(p.values, sync.TemplateName{}, t)
	if t.Team != uuid.Nil {
		p.team = t.Team
	}
}

// withTemplate fills values in from a template, in the place of what came from an earlier one. Typed text is never replaced: a title
// stays, and the template's description goes below what was written.
func (n named) withTemplate(values views.NewIssueValues, was, now sync.TemplateName) views.NewIssueValues {
	before, after := n.templateValues(was), n.templateValues(now)
	if values.Title == "" || values.Title == before.Title {
		values.Title = after.Title
	}
	switch blank := strings.TrimSpace(values.Description) == ""; {
	case blank || values.Description == before.Description:
		values.Description = after.Description
	case after.Description != "" && !strings.Contains(values.Description, after.Description):
		values.Description = strings.TrimRight(values.Description, "\n") + "\n\n" + after.Description
	}
	values.Team = or(after.Team, values.Team)
	values.Status = instead(values.Status, before.Status, after.Status)
	values.Assignee = instead(values.Assignee, before.Assignee, after.Assignee)
	values.Project = instead(values.Project, before.Project, after.Project)
	values.Estimate = instead(values.Estimate, before.Estimate, after.Estimate)
	if after.Priority != 0 || values.Priority == before.Priority {
		values.Priority = after.Priority
	}
	values.Labels = minus(values.Labels, before.Labels)
	values.Labels = append(values.Labels, minus(after.Labels, values.Labels)...)
	values.Template = idOf(now.ID)
	return values
}

// instead is what a template says, else what was chosen unless an earlier template did.
func instead(chosen, before, after string) string {
	if after == "" && chosen == before {
		return ""
	}
	return or(after, chosen)
}

// templateValues leaves out what is gone, and who left.
func (n named) templateValues(t sync.TemplateName) views.NewIssueValues {
	values := views.NewIssueValues{Title: t.Title, Description: t.Description, Priority: views.Priority(t.Priority)}
	if t.Team != uuid.Nil {
		values.Team = string(sync.NewRef("team", t.Team))
	}
	if _, live := n.Status(t.Status); live {
		values.Status = string(sync.NewRef("status", t.Status))
	}
	if slices.ContainsFunc(n.Members(), func(m sync.MemberName) bool { return m.ID == t.Assignee }) {
		values.Assignee = string(sync.NewRef("member", t.Assignee))
	}
	if _, live := n.Project(t.Project); live {
		values.Project = string(sync.NewRef("project", t.Project))
	}
	for _, id := range t.Labels {
		if _, live := n.Label(id); live {
			values.Labels = append(values.Labels, string(sync.NewRef("label", id)))
		}
	}
	if t.Estimate != nil {
		values.Estimate = strconv.FormatInt(*t.Estimate, 10)
	}
	return values
}
