package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) showTriage(c echo.Context, v visit) error {
	view := triageView(c.QueryParams())
	triage, err := s.engine.Triage(c.Request().Context(), v.Actor, strings.ToUpper(c.Param("key")), view)
	if err != nil {
		return err
	}
	if key := c.QueryParam("issue"); key != "" {
		return s.showTriageIssue(c, v, triage, view, key)
	}
	page := s.frame(c, v, triage.Snapshot, triage.Team.Name+" triage", "triage:"+triage.Team.Key)
	page.Style = inboxStyle
	return s.page(c, http.StatusOK, triage.Snapshot, views.TriagePage(page, triageData(v, triage, view, page.TX), nil))
}

// showTriageIssue shows an issue beside what waits. The page is as of the earlier of its two readings, so that its stream tells what
// lies between them.
func (s *Server) showTriageIssue(c echo.Context, v visit, triage sync.Triage, view sync.TriageView, key string) error {
	issue, err := s.issue(c.Request().Context(), v, key)
	if err != nil {
		return err
	}
	snapshot := triage.Snapshot
	if issue.Snapshot.Version < snapshot.Version {
		snapshot = issue.Snapshot
	}
	page := s.frame(c, v, snapshot, issue.key()+" "+issue.Title, "triage:"+triage.Team.Key)
	page.Style = inboxStyle
	data := triageData(v, triage, view, page.TX)
	data.Opened = issue.key()
	beside, thread, err := s.issuePageData(c.Request().Context(), v, issue, page.TX)
	if err != nil {
		return err
	}
	if beside.Issue.Triage != nil {
		beside.Issue.Triage.Back = v.slug.Triage(triage.Team.Key, "", "")
	}
	return s.pageAround(c, http.StatusOK, snapshot, thread, views.TriagePage(page, data, &beside))
}

func (s *Server) showTriageFragment(c echo.Context, v visit) error {
	return s.triageFragment(c, v, strings.ToUpper(c.Param("key")), c.QueryParams())
}

func (s *Server) triageFragment(c echo.Context, v visit, key string, query url.Values) error {
	fresh, err := s.teamFreshness(c.Request().Context(), v, key, nil)
	if err != nil {
		return err
	}
	view, opened := triageView(query), openedIssue(query)
	name := "triage " + v.Workspace.String() + " " + key + " " + strconv.FormatBool(view.Snoozed) + " " + view.After + " " + opened
	return s.fragment(c, fragment{fresh: fresh, name: name, draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		triage, err := s.engine.Triage(ctx, v.Actor, key, view)
		data := triageData(v, triage, view, "")
		data.Opened = opened
		return triage.Snapshot, views.Triage(s.place(v), data), err
	}})
}

// showTriageCount answers also while a team has no triage: pages that were open before still ask.
func (s *Server) showTriageCount(c echo.Context, v visit) error {
	key := strings.ToUpper(c.Param("key"))
	fresh, err := s.freshnessIn(c.Request().Context(), v, key, triageTopics)
	if err != nil {
		return err
	}
	team, err := fresh.TeamByKey(key)
	if err != nil {
		return err
	}
	name := "triage count " + v.Workspace.String() + " " + team.ID.String()
	return s.fragment(c, fragment{fresh: fresh, name: name, draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		snapshot, waiting, err := s.engine.CountTriage(ctx, v.Actor, team.ID)
		return snapshot, views.TriageCount(s.place(v), triageCount(team, waiting, snapshot.Version)), err
	}})
}

func triageView(query url.Values) sync.TriageView {
	return sync.TriageView{Snoozed: query.Get("view") == views.SnoozedView, After: query.Get("after")}
}

// triageBehind tells which team's triage a form of htmx stands in. One of the issue that is read beside it does not.
func triageBehind(c echo.Context, v visit) (key string, query url.Values, ok bool) {
	header := c.Request().Header
	current, err := url.Parse(header.Get("HX-Current-URL"))
	if target := header.Get("HX-Target"); err != nil || target != "" && !strings.Contains(target, "#"+views.TriageID("")) {
		return "", nil, false
	}
	key, triage := strings.CutSuffix(current.Path, "/triage")
	key, team := strings.CutPrefix(key, v.slug.Team("", views.Query{})+"/")
	return strings.ToUpper(key), current.Query(), triage && team
}

// setTriage turns a team's triage on or off.
func (s *Server) setTriage(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	team, err := snapshot.TeamByKey(strings.ToUpper(c.Param("key")))
	if err != nil {
		return err
	}
	label := "Turn triage off"
	if f.Get("triage") == "true" {
		label = "Turn triage on"
	}
	base := f.base()
	if base == nil {
		base = &team.Version
	}
	result, err := s.apply(c.Request().Context(), v, f, label, []sync.Operation{
		{Op: sync.Set, Record: sync.NewRef("team", team.ID), Base: base, Set: map[string]any{"triage": f.Get("triage") == "true"}}})
	if err != nil {
		return s.refused(c, v, f, label, err)
	}
	return s.wroteSetting(c, v.slug.StatusSettings(team.Key), label, result)
}

// decline closes an issue, and says why in a comment if its author does.
func (f form) decline(record sync.Ref) []sync.Operation {
	ops := f.set(record, "status")
	if why := f.text("comment"); strings.TrimSpace(why) != "" {
		ops = append(ops, sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", sync.Derive(f.tx, "comment")),
			Set: map[string]any{"issue": string(record), "body": why}})
	}
	return ops
}

// napUntil puts the time that a word means in its place. What is no such word stays, for the engine to read.
func (f form) napUntil(now time.Time) {
	word := f.Get("snoozed_until")
	if until, known := napUntil(word, now); known && word != "" {
		f.Set("snoozed_until", until.UTC().Format(time.RFC3339))
	}
}

func triageData(v visit, triage sync.Triage, view sync.TriageView, tx string) views.TriageData {
	n := named{triage.Snapshot}
	d := views.TriageData{Region: views.Region{Topics: []string{string(sync.NewRef("team", triage.Team.ID)), "vocabulary"}, Version: triage.Version},
		Team: teamOf(triage.Team), Status: n.statusOf(triage.Status), Snoozed: view.Snoozed, After: view.After, More: triage.More}
	tools := n.triageTools(triage.Team.ID, tx)
	tools.Snoozed, tools.Back = view.Snoozed, v.slug.Triage(triage.Team.Key, "", "")
	for _, row := range triage.Rows {
		d.Rows = append(d.Rows, n.triageRow(row, tools))
	}
	return d
}

func (n named) triageRow(row sync.TriageRow, tools views.TriageTools) views.TriageRowData {
	zone := n.zone(row.Team)
	d := views.TriageRowData{IssueRowData: n.row(row.IssueRow, sync.Family{}), Tools: tools, Reporter: n.member(row.Author), Created: row.CreatedAt.In(zone)}
	if !row.Snoozed.IsZero() && row.Snoozed.Before(sync.UntilActivity()) {
		d.Until = row.Snoozed.In(zone)
	}
	return d
}

func (n named) triageTools(team uuid.UUID, tx string) views.TriageTools {
	tools := views.TriageTools{TX: tx}
	if status := n.Accepted(team); status.ID != uuid.Nil {
		tools.Accept = n.statusOf(status)
	}
	if status := n.Declined(team); status.ID != uuid.Nil {
		tools.Decline = n.statusOf(status)
	}
	return tools
}

// triageCounts are the numbers of all teams that have triage.
func triageCounts(waiting sync.Sidebar) map[string]views.TriageCountData {
	counts := map[string]views.TriageCountData{}
	for _, team := range waiting.Teams() {
		if team.Triage {
			counts[idOf(team.ID)] = triageCount(team, waiting.Triage[team.ID], waiting.Version)
		}
	}
	return counts
}

func triageCount(team sync.TeamName, waiting int, version int64) views.TriageCountData {
	return views.TriageCountData{Team: teamOf(team), Count: waiting, Region: views.Region{Topics: triageTopics(team.ID), Version: version}}
}

// triageTopics are what makes the number beside a team's triage stale: nothing else that is done in the team.
func triageTopics(team uuid.UUID) []string { return []string{sync.TriageOf(team), "vocabulary"} }
