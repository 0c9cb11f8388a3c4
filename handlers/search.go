package handlers

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// search finds issues and comments; an issue's key, an earlier one too, goes straight to it.
func (s *Server) search(c echo.Context, v visit) error {
	found, data, err := s.found(c.Request().Context(), v, c.QueryParams())
	if err != nil {
		return err
	}
	if _, _, key := sync.ParseKey(found.Text); key && found.Exact != nil {
		return c.Redirect(http.StatusSeeOther, v.slug.Issue(found.Key(found.Exact.Team, found.Exact.Number)))
	}
	scope := filterScope{named: named{found.Snapshot}}
	data.Filter.Chips, data.Filter.Choices = scope.chips(data.Filter.Query.Filters), scope.choices()
	data.Wrong = append(misreadFilters(c.QueryParams(), searchFields), nameless(found.Unknown)...)
	page := s.frame(c, v, found.Snapshot, "Search", "search")
	return s.page(c, http.StatusOK, found.Snapshot, views.SearchPage(page, data))
}

func (s *Server) searchFragment(c echo.Context, v visit) error {
	found, data, err := s.found(c.Request().Context(), v, c.QueryParams())
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, found.Snapshot, views.SearchResults(s.place(v), data))
}

// found searches for what a URL asks.
func (s *Server) found(ctx context.Context, v visit, values url.Values) (sync.SearchPage, views.SearchData, error) {
	query := views.Query{Filters: readFilters(values, searchFields)}
	var terms []string
	for _, f := range query.Filters {
		terms = append(terms, f.String())
	}
	found, err := s.engine.Search(ctx, v.Actor, values.Get("q"), values.Get("after"), terms...)
	if err != nil {
		return found, views.SearchData{}, err
	}
	rows := make([]sync.IssueRow, len(found.Issues))
	for i, hit := range found.Issues {
		rows[i] = hit.IssueRow
	}
	family, err := s.family(ctx, v, found.Snapshot, rows)
	data := searchData(found, family)
	query.Text = found.Text
	data.Filter = views.FilterBarData{Search: true, Query: query}
	return found, data, err
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
	for _, hit := range found.Projects {
		d.Projects = append(d.Projects, views.ProjectFound{Project: projectOf(hit.ProjectName), Scope: n.scope(hit.ProjectName), Target: n.target(hit.ProjectName), Snippet: marked(hit.Snippet)})
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
