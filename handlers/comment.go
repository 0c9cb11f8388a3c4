package handlers

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) createComment(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	issue, err := s.issueTitle(c.Request().Context(), v, c.Param("key"))
	if err != nil {
		return s.refused(c, v, f, "Comment", err)
	}
	set := f.fields("body", "parent")
	set["issue"] = string(sync.NewRef("issue", issue.ID))
	id, _, err := s.create(c.Request().Context(), v, f, "comment", "Comment", set)
	if err != nil {
		return s.commentNotMade(c, v, f, issue, err)
	}
	if fromHTMX(c) {
		c.Response().Header().Set("HX-Refresh", "true") // not a redirect: to the page one is on, that loads nothing
		return c.NoContent(http.StatusOK)
	}
	return seeOther(c, v.slug.CommentOn(issue.key, id.String()))
}

// commentNotMade shows the composer again with the text and what is wrong with it.
func (s *Server) commentNotMade(c echo.Context, v visit, f form, of issueTitle, err error) error {
	fields, mendable := wrongFields(err)
	if !mendable {
		return s.refused(c, v, f, "Comment", err)
	}
	text, wrong := f.text("body"), or(fields["body"], firstOf(fields))
	if fromHTMX(c) {
		return s.html(c, http.StatusUnprocessableEntity, views.ComposerForm(s.place(v),
			views.ComposerData{IssueID: idOf(of.ID), IssueKey: of.key, Text: text, Error: wrong}))
	}
	issue, err := s.issue(c.Request().Context(), v, of.ID.String())
	if err != nil {
		return err
	}
	return s.issuePage(c, v, http.StatusUnprocessableEntity, issue, func(d *views.IssuePageData) {
		d.Composer.Text, d.Composer.Error = text, wrong
	})
}

var commentLabels = map[string]string{"body": "Edit comment", "trash": "Delete comment", "restore": "Restore comment", "reactions": "React"}

// setComment takes the form of one write to a comment, named by its noun in the URL.
func (s *Server) setComment(noun string) memberHandler {
	return func(c echo.Context, v visit) error {
		f, err := readForm(c)
		if err != nil {
			return err
		}
		id, err := uuid.Parse(c.Param("id"))
		if err != nil {
			return s.refused(c, v, f, commentLabels[noun], errNotThere)
		}
		_, title, snapshot, err := s.engine.Comment(c.Request().Context(), v.Actor, id)
		if err != nil {
			return s.refused(c, v, f, commentLabels[noun], err)
		}
		of := issueTitle{IssueTitle: title, key: snapshot.Key(title.Team, title.Number)}
		result, err := s.apply(c.Request().Context(), v, f, commentLabels[noun], f.commentOps(noun, sync.NewRef("comment", id)))
		if err != nil {
			return s.commentRefused(c, v, f, noun, id, of, err)
		}
		return s.wroteIssue(c, v, of.key, commentLabels[noun], result)
	}
}

func (f form) commentOps(noun string, record sync.Ref) []sync.Operation {
	switch noun {
	case "reactions":
		return f.membership(record, noun)
	case "trash":
		return []sync.Operation{{Op: sync.Delete, Record: record}}
	case "restore":
		return []sync.Operation{{Op: sync.Restore, Record: record}}
	}
	return f.edit(record, noun)
}

// commentRefused shows the comment's form again with the text and what is wrong with it.
func (s *Server) commentRefused(c echo.Context, v visit, f form, noun string, id uuid.UUID, of issueTitle, err error) error {
	fields, mendable := wrongFields(err)
	if !mendable || noun != "body" {
		return s.refused(c, v, f, commentLabels[noun], err)
	}
	issue, err := s.issue(c.Request().Context(), v, of.ID.String())
	if err != nil {
		return err
	}
	draft := views.Draft{Text: f.text("body"), From: f.from(), Error: or(fields["body"], firstOf(fields))}
	if base := f.base(); base != nil {
		draft.Base = *base
	}
	if !fromHTMX(c) {
		issue.alone = true
		return s.issuePage(c, v, http.StatusUnprocessableEntity, issue, func(d *views.IssuePageData) { commentDraft(&d.Issue, id, draft) })
	}
	for _, row := range issue.Comments {
		if row.ID == id {
			d := issue.comment(row)
			d.Draft = draft
			return s.html(c, http.StatusUnprocessableEntity, views.CommentForm(s.place(v), d))
		}
	}
	return errNotThere
}
