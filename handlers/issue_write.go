package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// issueLabels name the writes to an issue, for undo and for the outbox's words.
var issueLabels = map[string]string{
	"project": "Set project", "milestone": "Set milestone",
	"title": "Rename", "description": "Edit description", "status": "Set status", "priority": "Set priority", "assignee": "Assign",
	"labels": "Set labels", "subscribers": "Set subscribers", "parent": "Set parent", "due": "Set due date", "estimate": "Set estimate", "cycle": "Set cycle", "position": "Move",
	"team": "Move to team", "reactions": "React", "trash": "Move to trash", "restore": "Restore", "snooze": "Snooze", "decline": "Decline",
}

// setIssue takes the form of one write to an issue, named by its noun in the URL.
func (s *Server) setIssue(noun string) memberHandler {
	return func(c echo.Context, v visit) error {
		f, err := readForm(c)
		if err != nil {
			return err
		}
		issue, err := s.issueTitle(c.Request().Context(), v, c.Param("key"))
		if err != nil {
			return s.refused(c, v, f, issueLabels[noun], err)
		}
		if noun == "parent" && f.Get(noun) != "" {
			parent, err := s.issueParent(c, v, strings.TrimSpace(f.Get(noun)))
			if err != nil {
				return s.refused(c, v, f, issueLabels[noun], err)
			}
			f.Set(noun, string(sync.NewRef("issue", parent.ID)))
		}
		if noun == "snooze" {
			f.napUntil(issue.now)
		}
		record := sync.NewRef("issue", issue.ID)
		result, err := s.apply(c.Request().Context(), v, f, issueLabels[noun], f.issueOps(noun, record))
		if err != nil {
			return s.issueRefused(c, v, f, noun, issue, err)
		}
		return s.wroteIssue(c, v, issue.key, issueLabels[noun], result)
	}
}

func (f form) issueOps(noun string, record sync.Ref) []sync.Operation {
	switch noun {
	case "description":
		return f.edit(record, noun)
	case "labels", "subscribers", "reactions":
		return f.membership(record, noun)
	case "position":
		return f.move(record)
	case "snooze":
		return f.set(record, "snoozed_until")
	case "decline":
		return f.decline(record)
	case "trash":
		return []sync.Operation{{Op: sync.Delete, Record: record}}
	case "restore":
		return []sync.Operation{{Op: sync.Restore, Record: record}}
	}
	return f.set(record, noun)
}

// trashOnPage takes the form by which an issue's page removes something of a kind that hangs on it.
func (s *Server) trashOnPage(kind, label string) memberHandler {
	return func(c echo.Context, v visit) error {
		f, err := readForm(c)
		if err != nil {
			return err
		}
		id, err := uuid.Parse(c.Param("id"))
		if err != nil {
			return errNotThere
		}
		result, err := s.apply(c.Request().Context(), v, f, label, []sync.Operation{{Op: sync.Delete, Record: sync.NewRef(kind, id)}})
		if err != nil {
			return s.refused(c, v, f, label, err)
		}
		if fromHTMX(c) {
			return seeOther(c, pageBehind(c))
		}
		setFlash(c, said(label, result), result.ID)
		return c.Redirect(http.StatusSeeOther, back(c, v.slug.Home("", "")))
	}
}

// issueTitle names the issue of a URL.
type issueTitle struct {
	sync.IssueTitle
	key string
	now time.Time // by the clock of its team
}

func (s *Server) issueTitle(ctx context.Context, v visit, key string) (issueTitle, error) {
	id, err := sync.ParseIssueID(key)
	if err != nil {
		return issueTitle{}, err
	}
	title, fresh, err := s.engine.IssueFreshness(ctx, v.Actor, id)
	if err != nil {
		return issueTitle{}, err
	}
	return issueTitle{title, fresh.Key(title.Team, title.Number), fresh.At.In(named{fresh.Snapshot}.zone(title.Team))}, nil
}

// wroteIssue answers a write that was done: for htmx with the region that the form stands in.
func (s *Server) wroteIssue(c echo.Context, v visit, key, label string, result sync.Result) error {
	if !fromHTMX(c) {
		setFlash(c, said(label, result), result.ID)
		return c.Redirect(http.StatusSeeOther, shutTools(back(c, v.slug.Issue(key))))
	}
	if team, query, ok := teamBehind(c, v); ok {
		return s.teamFragment(c, v, team, query)
	}
	if team, query, ok := triageBehind(c, v); ok {
		return s.triageFragment(c, v, team, query)
	}
	return s.issueFragment(c, v, key)
}

// teamBehind tells which list or board a form of htmx stands in.
func teamBehind(c echo.Context, v visit) (key string, query views.Query, ok bool) {
	current, err := url.Parse(c.Request().Header.Get("HX-Current-URL"))
	if err != nil {
		return "", query, false
	}
	key, ok = strings.CutPrefix(current.Path, v.slug.Team("", views.Query{})+"/")
	return key, readQuery(current.Query()), ok && key != "" && !strings.Contains(key, "/")
}

// issueRefused shows the form again with what is wrong, where it held typed text; else what went wrong.
func (s *Server) issueRefused(c echo.Context, v visit, f form, noun string, of issueTitle, err error) error {
	fields, mendable := wrongFields(err)
	if !mendable || noun != "title" && noun != "description" {
		return s.refused(c, v, f, issueLabels[noun], err)
	}
	issue, wrong := s.issue(c.Request().Context(), v, of.ID.String())
	if wrong != nil {
		return wrong
	}
	draft := views.Draft{Text: f.text(noun), From: f.from(), Error: or(fields[noun], firstOf(fields))}
	if base := f.base(); base != nil {
		draft.Base = *base
	}
	put := func(d *views.IssueData) {
		if noun == "title" {
			d.TitleDraft = draft
		} else {
			d.DescriptionDraft = draft
		}
	}
	if !fromHTMX(c) {
		return s.issuePage(c, v, http.StatusUnprocessableEntity, issue, func(d *views.IssuePageData) { put(&d.Issue) })
	}
	data := issue.data("")
	put(&data)
	if noun == "title" {
		return s.html(c, http.StatusUnprocessableEntity, views.IssueTitleForm(s.place(v), data))
	}
	return s.html(c, http.StatusUnprocessableEntity, views.IssueDescriptionForm(s.place(v), data))
}

func firstOf(fields map[string]string) string {
	for _, wrong := range fields {
		return wrong
	}
	return ""
}

// typedControls are the controls that hold what somebody typed, in the order in which a refusal shows them.
var typedControls = []string{"title", "name", "description", "body"}

// refused answers a write that was not done. Both values of a conflict are shown with a form for each way out; of any
// other refusal what was typed is shown, so that it is not lost with the page that it was typed on.
func (s *Server) refused(c echo.Context, v visit, f form, label string, err error) error {
	told, ok := errors.AsType[*sync.Error](err)
	if ok && told.Kind == sync.Conflicted && told.Code == sync.CodeConflict {
		return s.conflict(c, v, told.Conflicts, []sync.Operation{{Transaction: f.undoes()}})
	}
	typed := f.typed()
	if len(typed) == 0 || wantsJSON(c) {
		return err
	}
	p := problemOf(err)
	if p.Status >= 500 {
		c.Set(causeKey, err)
	}
	return s.refusalOf(c, p, label, typed)
}

// refusalOf shows what was typed beside the reason why it was not taken.
func (s *Server) refusalOf(c echo.Context, p problem, label string, typed []views.TypedText) error {
	d := views.RefusalData{Label: label, Code: p.Code, Text: p.Detail, Typed: typed}
	c.Response().Header().Set("Cache-Control", "no-store")
	if p.after > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(p.after))
	}
	if fromHTMX(c) {
		return s.html(c, p.Status, views.RefusalNotice(d))
	}
	page := pageOf(c, p)
	if p.Status != http.StatusUnauthorized {
		page.Link, page.Action = back(c, "/"), "Go back"
	}
	return s.html(c, p.Status, views.RefusalPage(s.bare(c, p.Title), d, page.Link, page.Action))
}

// undoes is the transaction that a form of the undo control names.
func (f form) undoes() uuid.UUID {
	id, _ := uuid.Parse(f.Get("transaction"))
	return id
}

func (f form) typed() []views.TypedText {
	var typed []views.TypedText
	for _, name := range typedControls {
		if text := f.text(name); strings.TrimSpace(text) != "" {
			typed = append(typed, views.TypedText{Field: fieldName(name), Text: text})
		}
	}
	return typed
}
