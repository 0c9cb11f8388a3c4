package handlers

import (
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// allIssues are the issues of all teams that the reader sees, with all the names that their list needs.
type allIssues struct{ teamIssues }

func (s *Server) showAll(c echo.Context, v visit) error {
	query := allLists.query(c.QueryParams())
	issues, err := s.allIssues(c.Request().Context(), v, query)
	if err != nil {
		return err
	}
	page := s.frame(c, v, issues.Snapshot, "All issues", "list")
	data := views.AllIssuesData{Filter: issues.filterBar(query), List: issues.list(query),
		Wrong: append(allLists.misread(c.QueryParams()), nameless(issues.Filter.Unknown)...)}
	return s.page(c, http.StatusOK, issues.Snapshot, views.AllIssuesPage(page, data))
}

// showAllFragment answers with the list, shared by all who have the same rights and ask for the same part.
func (s *Server) showAllFragment(c echo.Context, v visit) error {
	query := allLists.query(c.QueryParams())
	name := "all " + v.Workspace.String() + query.Encode()
	if aboutMe(query) {
		name += " " + v.Member.String()
	}
	look := func(ctx context.Context, beside []string) (sync.Freshness, error) {
		return s.projectFreshness(ctx, v, beside...)
	}
	read := func(ctx context.Context) (allIssues, error) { return s.allIssues(ctx, v, query) }
	seen, err := follow(c.Request().Context(), s, v, name, look, read)
	if err != nil {
		return err
	}
	return s.fragment(c, fragment{seen.fresh, name, func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		issues, err := seen.read(ctx)
		if err != nil {
			return sync.Snapshot{}, nil, err
		}
		return issues.Snapshot, views.IssueList(s.place(v), issues.list(query)), nil
	}, seen.beside})
}

func (s *Server) allIssues(ctx context.Context, v visit, query views.Query) (allIssues, error) {
	found, err := s.engine.AllIssues(ctx, v.Actor, listOptions(query))
	if err != nil {
		return allIssues{}, err
	}
	issues, err := s.withFamily(ctx, v, found)
	return allIssues{issues}, err
}

// beside is what may come in the way of the rows' teams. The page itself is stale by any issue that the reader sees.
func (a allIssues) beside() []string {
	var topics []string
	for _, group := range a.Groups {
		for _, row := range group.Issues {
			topics = append(topics, sync.RelationsOf(row.Team))
		}
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

func (a allIssues) filterBar(query views.Query) views.FilterBarData {
	return views.FilterBarData{All: true, Query: query, Shown: query.Display, Chips: a.scope().chips(query.Filters), Choices: a.scope().choices()}
}

func (a allIssues) list(query views.Query) views.IssueListData {
	topics := append(named{a.Snapshot}.projectTopics(), a.beside()...)
	return views.IssueListData{All: true, Region: views.Region{Topics: topics, Version: a.Version}, Query: a.shared(query), Order: or(query.Order, sync.AllOrders[0]), Groups: a.groups(),
		Empty: views.EmptyStateData{Text: "No issues yet.", Help: "What the teams that you see have to do comes here."}}
}
