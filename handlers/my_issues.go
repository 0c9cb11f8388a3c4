package handlers

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// created is the view of what one wrote; the other one, "", is of what one was assigned.
const created = "created"

func (s *Server) showMyIssues(c echo.Context, v visit) error {
	if err := onlyMine(c, v); err != nil {
		return err
	}
	view := myView(c)
	issues, err := s.myIssues(c.Request().Context(), v, view, c.QueryParam("after"))
	if err != nil {
		return err
	}
	page := s.frame(c, v, issues.Snapshot, "My issues", "my-issues")
	return s.page(c, http.StatusOK, issues.Snapshot, views.MyIssuesPage(page, views.MyIssuesData{View: view, List: issues.list(view, c.QueryParam("after"))}))
}

func (s *Server) showMyIssuesFragment(c echo.Context, v visit) error {
	if err := onlyMine(c, v); err != nil {
		return err
	}
	view, after := myView(c), c.QueryParam("after")
	name := "my " + v.Workspace.String() + " " + v.Member.String() + " " + view + " " + after
	look := func(ctx context.Context, beside []string) (sync.Freshness, error) {
		return s.freshness(ctx, v, append([]string{"member:" + v.Member.String(), "vocabulary"}, beside...)...)
	}
	read := func(ctx context.Context) (myIssues, error) { return s.myIssues(ctx, v, view, after) }
	seen, err := follow(c.Request().Context(), s, v, name, look, read)
	if err != nil {
		return err
	}
	return s.fragment(c, fragment{seen.fresh, name, func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		issues, err := seen.read(ctx)
		if err != nil {
			return sync.Snapshot{}, nil, err
		}
		return issues.Snapshot, views.IssueList(s.place(v), issues.list(view, after)), nil
	}, seen.beside})
}

// onlyMine: a member's list is theirs alone.
func onlyMine(c echo.Context, v visit) error {
	if id := c.Param("id"); id != "" && id != v.Member.String() {
		return errNotThere
	}
	return nil
}

func myView(c echo.Context) string {
	if c.QueryParam("view") == created {
		return created
	}
	return ""
}

type myIssues struct {
	sync.MyIssues
	family sync.Family
}

func (s *Server) myIssues(ctx context.Context, v visit, view, after string) (myIssues, error) {
	found, err := s.engine.MyIssues(ctx, v.Actor, view == created, after)
	if err != nil {
		return myIssues{}, err
	}
	family, err := s.family(ctx, v, found.Snapshot, found.Issues)
	return myIssues{found, family}, err
}

func (m myIssues) snapshot() sync.Snapshot { return m.Snapshot }

// beside are the issues above the rows, below them, and in their way, and what may come in the way of their teams.
func (m myIssues) beside() []string {
	shown := others{}
	shown.addFamily(m.Issues...)
	shown.addBlockers(m.family, uuid.Nil)
	topics := shown.topics()
	for _, row := range m.Issues {
		topics = append(topics, sync.RelationsOf(row.Team))
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

// list groups the issues by status, what is under way first.
func (m myIssues) list(view, after string) views.IssueListData {
	n := named{m.Snapshot}
	d := views.IssueListData{
		Region: views.Region{Topics: append([]string{string(sync.NewRef("member", m.Me().ID)), "vocabulary"}, m.beside()...), Version: m.Version},
		Member: idOf(m.Me().ID), Query: views.Query{View: view, After: after}, Order: "updated",
		Empty: views.EmptyStateData{Text: "Nothing here.", Help: "What is assigned to you, or written by you, stands here."},
	}
	for _, status := range n.statusesOf(m.Issues) {
		var rows []sync.IssueRow
		for _, row := range m.Issues {
			if row.Status == status.ID {
				rows = append(rows, row)
			}
		}
		d.Groups = append(d.Groups, views.IssueGroup{Of: views.Group{Status: n.statusOf(status)}, Count: len(rows), Rows: n.rows(rows, m.family)})
	}
	n.nameTeams(d.Groups)
	if len(d.Groups) > 0 {
		d.Groups[len(d.Groups)-1].After = m.More
	}
	return d
}

// urgency is the order of categories in which one's own work is shown.
var urgency = []string{"started", "unstarted", "triage", "backlog"}

// statusesOf are the statuses of issues, what is under way first.
func (n named) statusesOf(rows []sync.IssueRow) []sync.StatusName {
	var statuses []sync.StatusName
	for _, row := range rows {
		status, known := n.Status(row.Status)
		if known && !slices.ContainsFunc(statuses, func(s sync.StatusName) bool { return s.ID == status.ID }) {
			statuses = append(statuses, status)
		}
	}
	slices.SortStableFunc(statuses, func(a, b sync.StatusName) int {
		return cmp.Or(cmp.Compare(slices.Index(urgency, a.Category), slices.Index(urgency, b.Category)), cmp.Compare(b.Position, a.Position), cmp.Compare(a.Name, b.Name))
	})
	return statuses
}

// nameTeams tells statuses of one name apart.
func (n named) nameTeams(groups []views.IssueGroup) {
	count := map[string]int{}
	for _, g := range groups {
		count[g.Of.Status.Name]++
	}
	for i, g := range groups {
		id, _ := uuid.Parse(g.Of.Status.Team) // an id of ours
		if team, seen := n.Team(id); seen && count[g.Of.Status.Name] > 1 {
			groups[i].Of.Status.Name += " · " + team.Key
		}
	}
}
