package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) showTeam(c echo.Context, v visit) error {
	key := c.Param("key")
	if upper := strings.ToUpper(key); upper != key {
		return s.redirectTeam(c, v, upper)
	}
	laid, err := s.laid(c.Request().Context(), v, key, c.QueryParams())
	if err != nil {
		return err
	}
	shown, err := s.pageIssues(c.Request().Context(), v, laid)
	if err != nil {
		return err
	}
	return s.teamPage(c, v, http.StatusOK, laid, shown, func(*views.ShareListData) {})
}

// teamPage answers with a team's whole page; with may add to its shares.
func (s *Server) teamPage(c echo.Context, v visit, status int, laid laying, issues pageIssues, with func(*views.ShareListData)) error {
	team, query := issues.team(), laid.shown
	here := "team:" + team.Key
	if query.View == views.BoardView {
		here += "/" + views.BoardView
	}
	title := team.Name
	if view, seen := issues.View(sync.Ref("view:" + query.Saved).ID()); seen {
		title, here = view.Name, "view:"+query.Saved
	}
	page := s.frame(c, v, issues.Snapshot, title, here)
	shares, err := s.listShares(c.Request().Context(), v, issues.teamIssues, query, page.TX)
	if err != nil {
		return err
	}
	with(&shares)
	cycle, err := s.cycleHead(c.Request().Context(), v, issues.teamIssues, query, page.TX)
	if err != nil {
		return err
	}
	board := issues.board(query, page.TX)
	board.Moving = c.QueryParam(views.MoveQuery)
	data := views.TeamPageData{Team: team, Cycle: cycle, Filter: issues.filterBar(laid), Saved: issues.saved(laid, page.TX), Star: star(page, starred(issues.teamIssues, laid.shown)), List: issues.part, Board: board, Shares: shares,
		Wrong: append(teamLists.misread(c.QueryParams()), nameless(issues.Filter.Unknown)...)}
	return s.pageAround(c, status, issues.Snapshot, issues.piece, views.TeamPage(page, data))
}

// pageIssues are a team's issues for its page: those of a board, or without its rows a list as it is drawn for all who see
// the same, so that it costs nothing to show it again. Cards have forms of their own for each reading.
type pageIssues struct {
	teamIssues
	part  views.IssueListPart
	piece *sharedPiece
}

func (s *Server) pageIssues(ctx context.Context, v visit, laid laying) (pageIssues, error) {
	key, query := laid.Team.Key, laid.shown
	if query.View == views.BoardView {
		issues, err := s.teamIssues(ctx, v, key, query)
		return pageIssues{teamIssues: issues}, err
	}
	issues := laid.rowless()
	list, err := s.teamPart(ctx, v, key, issues.shared(query))
	if err != nil {
		return pageIssues{}, err
	}
	part, piece, err := s.drawnFor(ctx, issues, list)
	return pageIssues{issues, part, piece}, err
}

// drawnFor is a list as its page shows it.
func (s *Server) drawnFor(ctx context.Context, page teamIssues, list fragment) (views.IssueListPart, *sharedPiece, error) {
	if list.fresh.Rights != page.Rights {
		return views.IssueListPart{}, nil, errRightsMoved
	}
	drawn, err := s.draw(ctx, list)
	if err != nil {
		return views.IssueListPart{}, nil, err
	}
	shown := drawn.at(list.fresh.Version)
	return views.DrawnListPart(shown.version, shown.body), shown.piece, nil
}

// rowless is the list without its groups.
func (l laying) rowless() teamIssues {
	options := listOptions(l.shown)
	return teamIssues{TeamIssues: sync.TeamIssues{Snapshot: l.Snapshot, Team: l.Team, Filter: l.ParseFilter(l.Team.ID, options.Terms, options.Text)}}
}

// redirectTeam spells the key as the team does, where the reader sees it: elsewhere there is nothing to spell.
func (s *Server) redirectTeam(c echo.Context, v visit, key string) error {
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	if _, err := snapshot.TeamByKey(key); err != nil {
		return err
	}
	return c.Redirect(http.StatusMovedPermanently, v.slug.Team(key, readQuery(c.QueryParams())))
}

func (s *Server) showTeamFragment(c echo.Context, v visit) error {
	return s.teamFragment(c, v, strings.ToUpper(c.Param("key")), readQuery(c.QueryParams()))
}

func (s *Server) teamFragment(c echo.Context, v visit, key string, query views.Query) error {
	part, err := s.teamPart(c.Request().Context(), v, key, query)
	if err != nil {
		return err
	}
	return s.fragment(c, part)
}

// teamPart is a team's list or board, shared by all who have the same rights and ask for the same part.
func (s *Server) teamPart(ctx context.Context, v visit, key string, query views.Query) (fragment, error) {
	name := "team " + v.Workspace.String() + " " + key + query.Encode()
	if aboutMe(query) {
		name += " " + v.Member.String()
	}
	look := func(ctx context.Context, beside []string) (sync.Freshness, error) {
		return s.teamFreshness(ctx, v, key, beside)
	}
	read := func(ctx context.Context) (teamIssues, error) { return s.teamIssues(ctx, v, key, query) }
	seen, err := follow(ctx, s, v, name, look, read)
	if err != nil {
		return fragment{}, err
	}
	return fragment{seen.fresh, name, func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		issues, err := seen.read(ctx)
		if err != nil {
			return sync.Snapshot{}, nil, err
		}
		if query.View == views.BoardView {
			return issues.Snapshot, views.Board(s.place(v), issues.board(query, "")), nil
		}
		return issues.Snapshot, views.IssueList(s.place(v), issues.list(query)), nil
	}, seen.beside}, nil
}

type teamKey struct {
	workspace uuid.UUID
	key       string
}

// teamFreshness tells when a team's issues last changed, or what their list shows beside them.
func (s *Server) teamFreshness(ctx context.Context, v visit, key string, beside []string) (sync.Freshness, error) {
	return s.freshnessIn(ctx, v, key, func(team uuid.UUID) []string {
		return append([]string{string(sync.NewRef("team", team)), sync.RelationsOf(team), "vocabulary"}, beside...)
	})
}

// freshnessIn tells when something of a team last changed. The id of a key is remembered, so that it takes one round trip;
// whether the reader sees the team is looked up every time.
func (s *Server) freshnessIn(ctx context.Context, v visit, key string, topics func(team uuid.UUID) []string) (sync.Freshness, error) {
	known, _ := s.teams.Load(teamKey{v.Workspace, key})
	for {
		id, _ := known.(uuid.UUID)
		fresh, err := s.freshness(ctx, v, topics(id)...)
		if err != nil {
			return fresh, err
		}
		team, err := fresh.TeamByKey(key)
		if err != nil || team.ID == id {
			return fresh, err
		}
		s.teams.Store(teamKey{v.Workspace, key}, team.ID)
		known = team.ID
	}
}

// teamIssues are a team's issues with all the names that their list needs.
type teamIssues struct {
	sync.TeamIssues
	family sync.Family
	draw   func([]sync.IssueRow) templ.Component // rows as lists show them
}

func (s *Server) teamIssues(ctx context.Context, v visit, key string, query views.Query) (teamIssues, error) {
	found, err := s.engine.TeamIssues(ctx, v.Actor, key, listOptions(windowed(query)))
	if err != nil {
		return teamIssues{}, err
	}
	return s.withFamily(ctx, v, found)
}

// withFamily adds what a list's rows show of other issues.
func (s *Server) withFamily(ctx context.Context, v visit, found sync.TeamIssues) (teamIssues, error) {
	var rows [][]sync.IssueRow
	for _, group := range found.Groups {
		rows = append(rows, group.Issues)
	}
	family, err := s.family(ctx, v, found.Snapshot, rows...)
	draw := func(rows []sync.IssueRow) templ.Component {
		return s.drawnRows(s.place(v), named{found.Snapshot}, rows, family)
	}
	return teamIssues{found, family, draw}, err
}

func listOptions(query views.Query) sync.ListOptions {
	options := sync.ListOptions{Text: query.Text, Layout: layoutOf(query.Display), After: query.After}
	for _, f := range query.Filters {
		options.Terms = append(options.Terms, f.String())
	}
	return options
}

func (t teamIssues) team() views.Team { return teamOf(t.Team) }

func (t teamIssues) snapshot() sync.Snapshot { return t.Snapshot }

// beside are the issues of other teams that block some of this one's.
func (t teamIssues) beside() []string {
	shown := others{}
	shown.addBlockers(t.family, t.Team.ID)
	return shown.topics()
}

// region is what makes a team's list stale.
func (t teamIssues) region() views.Region {
	own := []string{string(sync.NewRef("team", t.Team.ID)), sync.RelationsOf(t.Team.ID), "vocabulary"}
	return views.Region{Topics: append(own, t.beside()...), Version: t.Version}
}

// shared is the query without anything of the viewer: "me" becomes who that is.
func (t teamIssues) shared(query views.Query) views.Query {
	query.Filters, query.Saved = slices.Clone(query.Filters), ""
	for i, f := range query.Filters {
		if f.AboutMe() {
			query.Filters[i].Value = t.Me().ID.String()
		}
	}
	return query
}

func (t teamIssues) list(query views.Query) views.IssueListData {
	return views.IssueListData{Region: t.region(), Team: t.team(), Query: t.shared(query), Order: orderOf(query), Groups: t.groups()}
}

func (t teamIssues) groups() []views.IssueGroup {
	n := named{t.Snapshot}
	var groups []views.IssueGroup
	for _, group := range t.Groups {
		groups = append(groups, views.IssueGroup{Of: n.group(group), Count: int(group.Count), Drawn: t.draw(group.Issues), After: group.More, Older: group.Older})
	}
	return groups
}

func (t teamIssues) board(query views.Query, tx string) views.BoardData {
	n := named{t.Snapshot}
	d := views.BoardData{Region: t.region(), Team: t.team(), Query: t.shared(query), Order: orderOf(query), TX: tx}
	for _, group := range t.Groups {
		column := views.BoardColumn{Of: n.group(group), Count: int(group.Count), After: group.More, Older: group.Older}
		for _, row := range n.rows(group.Issues, t.family) {
			column.Cards = append(column.Cards, views.IssueCardData{IssueRowData: row})
		}
		d.Columns = append(d.Columns, column)
	}
	return d
}

func (n named) group(g sync.IssueGroup) views.Group {
	group := views.Group{By: g.By}
	switch g.By {
	case "status":
		group.Status = n.statusOf(g.Status)
	case "assignee":
		group.Member = n.member(g.ID)
	case "project":
		group.Project = n.project(g.ID)
	case "priority":
		group.Priority = views.Priority(g.Priority)
	case "cycle":
		group.Cycle = n.cycle(g.ID)
		group.Cycle.ID = idOf(g.ID)
	case "category":
		return views.CategoryGroup(g.Category)
	case "team":
		team, _ := n.Team(g.ID)
		group.Team = teamOf(team)
	case "label":
		label, _ := n.Label(g.ID) // one in the trash has no name
		group.Label = labelOf(label)
		group.Label.ID = idOf(g.ID)
	}
	return group
}
