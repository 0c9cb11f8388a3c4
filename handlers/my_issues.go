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
		own := append([]string{"member:" + v.Member.String(), "vocabulary"}, beside...)
		if ofTeams(view) {
			return s.projectFreshness(ctx, v, own...)
		}
		return s.freshness(ctx, v, own...)
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

// myViews are the views of one's own issues beside the first one, which is of what one is to do.
var myViews = []string{sync.MyCreated, sync.MySubscribed, sync.MyActivity}

func myView(c echo.Context) string {
	if view := c.QueryParam("view"); slices.Contains(myViews, view) {
		return view
	}
	return ""
}

// ofTeams tells whether any issue that a member sees may come into a view, and change its place there: no topic of theirs tells of an issue in which
// they are neither author nor assignee.
func ofTeams(view string) bool { return view == sync.MySubscribed || view == sync.MyActivity }

type myIssues struct {
	sync.MyIssues
	family sync.Family
}

func (s *Server) myIssues(ctx context.Context, v visit, view, after string) (myIssues, error) {
	found, err := s.engine.MyIssues(ctx, v.Actor, view, after)
	if err != nil {
		return myIssues{}, err
	}
	family, err := s.family(ctx, v, found.Snapshot, found.Issues)
	return myIssues{found, family}, err
}

func (m myIssues) snapshot() sync.Snapshot { return m.Snapshot }

// beside are the issues above the rows, below them, and in their way, and what may come in the way of their teams. In which group of Focus an issue
// stands hangs on what is in the way of those that no page shows yet, too.
func (m myIssues) beside() []string {
	shown := others{}
	shown.addFamily(m.Issues...)
	shown.addBlockers(m.family, uuid.Nil)
	shown.addBlockers(sync.Family{Blockers: m.Blockers}, uuid.Nil)
	topics := shown.topics()
	for _, row := range m.Issues {
		topics = append(topics, sync.RelationsOf(row.Team))
	}
	for _, team := range m.Teams {
		topics = append(topics, sync.RelationsOf(team))
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

func (m myIssues) list(view, after string) views.IssueListData {
	n := named{m.Snapshot}
	topics := []string{string(sync.NewRef("member", m.Me().ID))}
	if ofTeams(view) {
		topics = append(topics, n.projectTopics()...)
	} else {
		topics = append(topics, "vocabulary")
	}
	d := views.IssueListData{
		Region: views.Region{Topics: append(topics, m.beside()...), Version: m.Version},
		Member: idOf(m.Me().ID), Query: views.Query{View: view, After: after}, Order: "updated", Empty: views.NoneOfMine(view),
	}
	switch view {
	case sync.MyCreated:
		d.Groups = m.byStatus()
	case "":
		d.Groups = m.byFocus()
	default: // the order is all that matters
		d.Groups = []views.IssueGroup{{Of: views.MyLatest(view), Count: len(m.Issues), Rows: n.rows(m.Issues, m.family)}}
	}
	if len(d.Groups) > 0 {
		d.Groups[len(d.Groups)-1].After = m.More
	}
	return d
}

// byFocus are the groups that have rows, and the last one: what is new goes there until it is known where it belongs.
func (m myIssues) byFocus() []views.IssueGroup {
	var groups []views.IssueGroup
	for _, g := range m.Focus {
		if len(g.Issues) > 0 || g.Focus == sync.FocusRest {
			groups = append(groups, views.IssueGroup{Of: views.FocusGroup(string(g.Focus)), Count: g.Count, Rows: named{m.Snapshot}.rows(g.Issues, m.family)})
		}
	}
	return groups
}

// byStatus groups the issues by status, what is under way first.
func (m myIssues) byStatus() []views.IssueGroup {
	n := named{m.Snapshot}
	var groups []views.IssueGroup
	for _, status := range n.statusesOf(m.Issues) {
		var rows []sync.IssueRow
		for _, row := range m.Issues {
			if row.Status == status.ID {
				rows = append(rows, row)
			}
		}
		groups = append(groups, views.IssueGroup{Of: views.Group{Status: n.statusOf(status)}, Count: len(rows), Rows: n.rows(rows, m.family)})
	}
	n.nameTeams(groups)
	return groups
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
