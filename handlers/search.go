package handlers

import (
	"context"
	"html"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// search finds issues and comments; an issue's key, an earlier one too, goes straight to it.
func (s *Server) search(c echo.Context, v visit) error {
	found, data, err := s.found(c.Request().Context(), v, c.QueryParam("q"), c.QueryParam("after"))
	if err != nil {
		return err
	}
	if _, _, key := sync.ParseKey(found.Text); key && found.Exact != nil {
		return c.Redirect(http.StatusSeeOther, v.slug.Issue(found.Key(found.Exact.Team, found.Exact.Number)))
	}
	page := s.frame(c, v, found.Snapshot, "Search", "search")
	return s.page(c, http.StatusOK, found.Snapshot, views.SearchPage(page, data))
}

func (s *Server) searchFragment(c echo.Context, v visit) error {
	found, data, err := s.found(c.Request().Context(), v, c.QueryParam("q"), c.QueryParam("after"))
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, found.Snapshot, views.SearchResults(s.place(v), data))
}

func (s *Server) found(ctx context.Context, v visit, text, after string) (sync.SearchPage, views.SearchData, error) {
	found, err := s.engine.Search(ctx, v.Actor, text, after)
	if err != nil {
		return found, views.SearchData{}, err
	}
	rows := make([]sync.IssueRow, len(found.Issues))
	for i, hit := range found.Issues {
		rows[i] = hit.IssueRow
	}
	family, err := s.family(ctx, v, found.Snapshot, rows)
	return found, searchData(found, family), err
}

func searchData(found sync.SearchPage, family sync.Family) views.SearchData {
	n := named{found.Snapshot}
	d := views.SearchData{Text: found.Text, Meant: found.Meant, After: found.More, Cut: found.Cut}
	for _, hit := range found.Issues {
		d.Issues = append(d.Issues, views.IssueFound{Row: n.row(hit.IssueRow, family), Snippet: marked(hit.Snippet)})
	}
	for _, hit := range found.Comments {
		d.Comments = append(d.Comments, views.CommentFound{ID: idOf(hit.ID), IssueKey: n.Key(hit.Issue.Team, hit.Issue.Number), Issue: hit.Issue.Title,
			Author: n.member(hit.Author), At: hit.At.In(n.zone(hit.Issue.Team)), Snippet: marked(hit.Snippet)})
	}
	return d
}

// marked shows what was found in an excerpt; one without a mark says nothing that the title does not.
func marked(snippet string) views.HTML {
	if !strings.Contains(snippet, sync.MarkStart) {
		return ""
	}
	return views.HTML(strings.NewReplacer(sync.MarkStart, "<mark>", sync.MarkEnd, "</mark>").Replace(html.EscapeString(snippet)))
}
