package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// conflict answers a form that met another's write: both values, and a form for each way out. ops are what the form asked for.
func (s *Server) conflict(c echo.Context, v visit, conflicts []sync.Conflict, ops []sync.Operation) error {
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	data, err := s.conflictData(c.Request().Context(), v, snapshot, conflicts, ops)
	if err != nil {
		return err
	}
	if fromHTMX(c) {
		return s.html(c, http.StatusConflict, views.ConflictNotice(s.place(v), data))
	}
	page := s.frame(c, v, snapshot, "Conflict", "")
	data.TX = page.TX
	for i := range data.Ways {
		data.Ways[i].TX = page.TX
	}
	return s.page(c, http.StatusConflict, snapshot, views.ConflictPage(page, data))
}

// conflictData is what the page and the card of the tray show.
func (s *Server) conflictData(ctx context.Context, v visit, snapshot sync.Snapshot, conflicts []sync.Conflict, ops []sync.Operation) (views.ConflictData, error) {
	n := named{snapshot}
	if ofMany(conflicts, ops) {
		return s.conflictOfMany(ctx, v, n, conflicts, ops)
	}
	var data views.ConflictData
	if len(ops) > 0 {
		data.Undo = idOf(ops[0].Transaction)
	}
	for i, one := range conflicts {
		at, err := s.subject(ctx, v, n, one.Record)
		if told, gone := errors.AsType[*sync.Error](err); gone && told.Kind == sync.NotFound && one.Text != "" {
			at, err = subject{title: "Something that you do not see any more", link: v.slug.Home("", "")}, nil
		}
		if err != nil {
			return data, err
		}
		if i == 0 {
			data.Title, data.Link = at.title, at.link
		}
		if one.Text != "" {
			data.Kept = append(data.Kept, views.Kept{Name: at.title, Text: one.Text})
			continue
		}
		data.Fields = append(data.Fields, n.conflict(one, at))
	}
	return data, nil
}

// subject is what a conflict is about: its name, its page, and where forms for its fields go.
type subject struct {
	title, link string
	url         func(field string) string
}

func (s *Server) subject(ctx context.Context, v visit, n named, record sync.Ref) (subject, error) {
	kind, id, _ := record.Parse()
	switch kind {
	case "issue":
		title, err := s.issueTitle(ctx, v, id.String())
		if err != nil {
			return subject{}, err
		}
		return subject{title.key, v.slug.Issue(title.key), func(field string) string { return v.slug.SetIssue(title.key, field) }}, nil
	case "comment":
		return s.commentSubject(ctx, v, n, id)
	case "label":
		return subject{n.refWords(string(record)), v.slug.LabelSettings(), func(string) string { return v.slug.SetLabel(id.String(), "") }}, nil
	case "template":
		template, _ := n.Template(id)
		return subject{"the template " + template.Name, v.slug.SetTemplate(id.String(), ""), func(string) string { return v.slug.SetTemplate(id.String(), "") }}, nil
	case "cycle":
		cycle := n.cycle(id)
		team, _ := n.Team(sync.Ref("team:" + cycle.Team).ID())
		return subject{cycle.Name(), v.slug.Team(team.Key, cycle.Query()), func(string) string { return v.slug.SetCycle(id.String()) }}, nil
	case "project":
		project := n.project(id)
		return subject{project.Name, v.slug.Project(project.ID, views.Query{}), func(field string) string { return v.slug.SetProject(project.ID, field) }}, nil
	case "milestone":
		milestone, _ := n.Milestone(id)
		return subject{milestone.Name, v.slug.Project(idOf(milestone.Project), views.Query{}), func(string) string { return v.slug.SetMilestone(id.String(), "") }}, nil
	case "status":
		status, _ := n.Status(id)
		team, _ := n.Team(status.Team)
		return subject{status.Name, v.slug.StatusSettings(team.Key), func(string) string { return v.slug.SetStatus(id.String(), "") }}, nil
	}
	return subject{n.refWords(string(record)), v.slug.AccountSettings(), func(string) string { return v.slug.AccountSettings() }}, nil
}

func (s *Server) commentSubject(ctx context.Context, v visit, n named, id uuid.UUID) (subject, error) {
	_, issue, _, err := s.engine.Comment(ctx, v.Actor, id)
	if err != nil {
		return subject{}, err
	}
	key := n.Key(issue.Team, issue.Number)
	return subject{"a comment on " + key, v.slug.CommentOn(key, id.String()), func(field string) string { return v.slug.SetComment(id.String(), field) }}, nil
}

// longTexts are merged; a conflict of theirs may be answered with an edited merge.
var longTexts = map[string]bool{"description": true, "body": true}

func (n named) conflict(one sync.Conflict, at subject) views.Conflict {
	d := views.Conflict{
		Record: string(one.Record), Field: one.Field, Name: fieldName(one.Field), URL: at.url(one.Field), Op: "set",
		Base: n.side(one.Field, one.Base), Mine: n.side(one.Field, one.Mine), Theirs: n.side(one.Field, one.Theirs),
		By: n.member(one.By.ID()), Version: one.Version,
	}
	if one.At != nil {
		d.At = *one.At
	}
	if longTexts[one.Field] {
		d.Op, d.Merged = "text", d.Theirs.Value+"\n\n"+d.Mine.Value
	}
	return d
}

func (n named) side(field string, value any) views.ConflictSide {
	if value == nil {
		return views.ConflictSide{Text: or(nothingWords(field), "none")}
	}
	if number, isNumber := value.(float64); isNumber {
		value = int64(number)
	}
	return views.ConflictSide{Value: fmt.Sprint(value), Text: n.words(field, value)}
}
