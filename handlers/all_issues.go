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
	laid, err := s.laid(c.Request().Context(), v, "", c.QueryParams())
	if err != nil {
		return err
	}
	issues := laid.rowless()
	part, err := s.allPart(c.Request().Context(), v, issues.shared(laid.shown))
	if err != nil {
		return err
	}
	list, piece, err := s.drawnFor(c.Request().Context(), issues, part)
	if err != nil {
		return err
	}
	title, here := "All issues", "list"
	if laid.saved() {
		title, here = laid.view.Name, "view:"+idOf(laid.view.ID)
	}
	page := s.frame(c, v, issues.Snapshot, title, here)
	data := views.AllIssuesData{Filter: issues.filterBar(laid), Saved: issues.saved(laid, page.TX), List: list,
		Wrong: append(allLists.misread(c.QueryParams()), nameless(issues.Filter.Unknown)...)}
	if laid.saved() {
		data.Star = star(page, sync.NewRef("view", laid.view.ID))
	}
	return s.pageAround(c, http.StatusOK, issues.Snapshot, piece, views.AllIssuesPage(page, data))
}

func (s *Server) showAllFragment(c echo.Context, v visit) error {
	part, err := s.allPart(c.Request().Context(), v, allLists.query(c.QueryParams()))
	if err != nil {
		return err
	}
	return s.fragment(c, part)
}

// allPart is the list, shared by all who have the same rights and ask for the same part.
func (s *Server) allPart(ctx context.Context, v visit, query views.Query) (fragment, error) {
	name := "all " + v.Workspace.String() + query.Encode()
	if aboutMe(query) {
		name += " " + v.Member.String()
	}
	look := func(ctx context.Context, beside []string) (sync.Freshness, error) {
		return s.projectFreshness(ctx, v, beside...)
	}
	read := func(ctx context.Context) (allIssues, error) { return s.allIssues(ctx, v, query) }
	seen, err := follow(ctx, s, v, name, look, read)
	if err != nil {
		return fragment{}, err
	}
	return fragment{seen.fresh, name, func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		issues, err := seen.read(ctx)
		if err != nil {
			return sync.Snapshot{}, nil, err
		}
		return issues.Snapshot, views.IssueList(s.place(v), issues.list(query)), nil
	}, seen.beside}, nil
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

func (a allIssues) list(query views.Query) views.IssueListData {
	topics := append(named{a.Snapshot}.projectTopics(), a.beside()...)
	return views.IssueListData{All: true, Region: views.Region{Topics: topics, Version: a.Version}, Query: a.shared(query), Order: or(query.Order, sync.AllOrders[0]), Groups: a.groups(),
		Empty: views.EmptyStateData{Text: "No issues yet.", Help: "What the teams that you see have to do comes here."}}
}
