package sync

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// opened turns triage on in the house's team, and returns the status in which issues wait.
func (h *house) opened(t testing.TB) (Ref, Result) {
	t.Helper()
	result := h.applied(t, h.ann, h.annsTab, setField(NewRef("team", h.team), 1, "triage", true))
	return NewRef("status", StatusID(h.team, "Triage")), result
}

// waiting are the titles of what waits, as ann sees them.
func (h *house) waiting(t testing.TB, view TriageView) []string {
	t.Helper()
	page, err := h.Triage(t.Context(), h.ann, "ENG", view)
	must(t, err)
	titles := []string{}
	for _, row := range page.Rows {
		titles = append(titles, row.Title)
	}
	return titles
}

func (h *house) listedTitles(t testing.TB, options ListOptions) []string {
	t.Helper()
	page, err := h.TeamIssues(t.Context(), h.ann, "ENG", options)
	must(t, err)
	titles := []string{}
	for _, group := range page.Groups {
		for _, row := range group.Issues {
			titles = append(titles, row.Title)
		}
	}
	return titles
}

func (h *house) report(t testing.TB, actor Actor, title string, outside bool) Ref {
	t.Helper()
	issue := NewRef("issue", newID())
	answer, err := h.Push(t.Context(), actor, Push{Client: newID(), Outside: outside, Transactions: []Transaction{{ID: newID(), Ops: []Operation{
		{Op: Create, Record: issue, Set: map[string]any{"team": string(NewRef("team", h.team)), "title": title}}}}}})
	must(t, err)
	if answer.Results[0].Status != Applied {
		t.Fatalf("%+v", answer.Results[0].Error)
	}
	return issue
}

func sameTitles(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, not %q", what, got, want)
	}
}

func TestTriage_WhatComesFromOutsideOfTheTeamWaits(t *testing.T) {
	t.Parallel()
	h := setup(t)
	dora := h.member(t, "dora", Member) // sees the team, and is not in it
	h.report(t, dora, "Before", false)
	triage, _ := h.opened(t)
	h.report(t, dora, "From dora", false)
	h.report(t, h.ben, "By a program", true)
	h.report(t, h.ben, "From ben", false)
	h.issue(t, "Put there", func(set map[string]any) { set["status"] = string(triage) })

	sameTitles(t, "triage", h.waiting(t, TriageView{}), "From dora", "By a program", "Put there")
	sameTitles(t, "the list", h.listedTitles(t, ListOptions{}), "From ben", "Before")
	sameTitles(t, "by priority", h.listedTitles(t, ListOptions{Layout: Layout{Group: "priority"}}), "From ben", "Before")
	sameTitles(t, "asked for by name", h.listedTitles(t, ListOptions{Terms: []string{"status:triage"}}), "Put there", "By a program", "From dora")
	mine, err := h.MyIssues(t.Context(), h.ben, MyCreated, "")
	must(t, err)
	if len(mine.Issues) != 1 || mine.Issues[0].Title != "From ben" {
		t.Errorf("ben's issues: %+v", mine.Issues)
	}
	waiting, err := h.Engine.Sidebar(t.Context(), h.ann)
	must(t, err)
	if waiting.Triage[h.team] != 3 {
		t.Errorf("%d wait", waiting.Triage[h.team])
	}
}

func TestTriage_TurningItOnIsOneStep(t *testing.T) {
	t.Parallel()
	h := setup(t)
	triage, on := h.opened(t)
	if fields := h.contents(t)[triage]; fields["category"] != "triage" || fields["name"] != "Triage" {
		t.Fatalf("%+v", fields)
	}
	result := h.push(t, h.ann, h.annsTab, Operation{Op: Delete, Record: triage})
	if result.Status != Rejected || result.Error.Code != CodeInvalid {
		t.Errorf("the last status of triage went: %+v", result)
	}
	off := h.applied(t, h.ann, h.annsTab, undo(on.ID))
	if h.contents(t)[triage] != nil || h.contents(t)[NewRef("team", h.team)]["triage"] != false {
		t.Error("not undone")
	}
	if _, err := h.Triage(t.Context(), h.ann, "ENG", TriageView{}); err == nil {
		t.Error("there is a page of what is off")
	}
	h.applied(t, h.ann, h.annsTab, undo(off.ID))
	if h.contents(t)[triage] == nil {
		t.Error("not done again")
	}
}

func TestTriage_ItsStatusTakesANameThatIsFree(t *testing.T) {
	t.Parallel()
	h := setup(t)
	team := NewRef("team", h.team)
	turned := func(on bool) {
		t.Helper()
		h.applied(t, h.ann, h.annsTab, setField(team, h.at(t), "triage", on))
	}
	wants := func(name string) {
		t.Helper()
		turned(true)
		page, err := h.Triage(t.Context(), h.ann, "ENG", TriageView{})
		must(t, err)
		if page.Status.Name != name {
			t.Errorf("what waits is in %q, not %q", page.Status.Name, name)
		}
		turned(false)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: NewRef("status", page.Status.ID)})
	}
	made := func(name string) Ref {
		t.Helper()
		ref := NewRef("status", newID())
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: ref, Set: map[string]any{"team": string(team), "name": name, "category": "backlog"}})
		return ref
	}

	wants("Triage")
	other := made("TRIAGE")
	wants("Waits in triage")
	made("waits in Triage")
	made("Waits in triage 2")
	wants("Waits in triage 3")
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: other})
	wants("Triage")
}

func TestTriage_GuestsDoNotTurnItOn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, actor := range []Actor{h.cleo, h.member(t, "dora", Member)} {
		if result := h.push(t, actor, newID(), setField(NewRef("team", h.team), 1, "triage", true)); result.Status != Rejected || result.Error.Code != CodeForbidden {
			t.Errorf("%+v", result)
		}
	}
}

func TestTriage_WhatSleepsComesBackByItself(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.opened(t)
	dora := h.member(t, "dora", Member)
	issue := h.report(t, dora, "Crash", false)
	snooze := func(until time.Time) Result {
		return h.applied(t, h.ann, h.annsTab, setField(issue, h.page(t, issue).IssueRow.Version, "snoozed_until", until.Format(time.RFC3339)))
	}
	asleep := func() {
		t.Helper()
		sameTitles(t, "awake", h.waiting(t, TriageView{}))
		sameTitles(t, "asleep", h.waiting(t, TriageView{Snoozed: true}), "Crash")
	}
	awake := func() {
		t.Helper()
		sameTitles(t, "awake", h.waiting(t, TriageView{}), "Crash")
		sameTitles(t, "asleep", h.waiting(t, TriageView{Snoozed: true}))
	}

	snoozed := snooze(h.clock.now(time.Time{}).Add(time.Hour))
	must(t, h.wakeDue(t.Context()))
	asleep()
	h.clock.advance(time.Hour)
	must(t, h.wakeDue(t.Context()))
	must(t, h.wakeDue(t.Context()))
	awake()
	if result := h.push(t, h.ann, h.annsTab, undo(snoozed.ID)); result.Status != Applied {
		t.Errorf("%+v", result)
	}
	awake()

	snooze(UntilActivity())
	asleep()
	note := NewRef("comment", newID())
	said := h.applied(t, dora, h.bensTab, comment(issue, note, "It is worse."))
	awake()
	h.applied(t, dora, h.bensTab, undo(said.ID))
	asleep()
	base := h.page(t, issue).IssueRow.Version
	renamed := h.applied(t, dora, h.bensTab, setField(issue, base, "title", "Crash on start"))
	sameTitles(t, "edited", h.waiting(t, TriageView{}), "Crash on start")
	h.applied(t, dora, h.bensTab, undo(renamed.ID))
	asleep()
}

func TestTriage_WhatIsAcceptedSleepsNoMore(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.opened(t)
	issue := h.report(t, h.ben, "Crash", true)
	h.applied(t, h.ann, h.annsTab, setField(issue, h.page(t, issue).IssueRow.Version, "snoozed_until", "2030-01-01T00:00:00Z"))
	accepted := h.applied(t, h.ann, h.annsTab, setField(issue, h.page(t, issue).IssueRow.Version, "status", string(h.todo)))
	if fields := h.contents(t)[issue]; fields["snoozed_until"] != nil {
		t.Errorf("%+v", fields)
	}
	result := h.push(t, h.ann, h.annsTab, setField(issue, accepted.Version, "snoozed_until", "2030-01-01T00:00:00Z"))
	if result.Status != Rejected || result.Error.Fields["snoozed_until"] == "" {
		t.Errorf("%+v", result)
	}
	h.applied(t, h.ann, h.annsTab, undo(accepted.ID))
	if fields := h.contents(t)[issue]; fields["snoozed_until"] != "2030-01-01T00:00:00Z" {
		t.Errorf("undone: %+v", fields)
	}
}

func TestTriage_NobodySeesThatOfAHiddenTeam(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.applied(t, h.ann, h.annsTab, setField(NewRef("team", h.private), 1, "triage", true))
	if _, err := h.Triage(t.Context(), h.ben, "SEC", TriageView{}); err == nil {
		t.Error("ben sees it")
	}
	if waiting, err := h.Engine.Sidebar(t.Context(), h.ben); err != nil || len(waiting.Triage) != 0 {
		t.Errorf("%+v %v", waiting.Triage, err)
	}
}

func TestTriage_PagesGoOnWhereTheLastEnded(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.opened(t)
	var ops []Operation
	for range PageSize + 5 {
		ops = append(ops, Operation{Op: Create, Record: NewRef("issue", newID()), Set: map[string]any{"team": string(NewRef("team", h.team)), "title": "Report"}})
	}
	answer, err := h.Push(t.Context(), h.ben, Push{Client: newID(), Outside: true, Transactions: []Transaction{{ID: newID(), Ops: ops}}})
	must(t, err)
	if answer.Results[0].Status != Applied {
		t.Fatalf("%+v", answer.Results[0])
	}
	seen := map[string]bool{}
	for view := (TriageView{}); ; {
		page, err := h.Triage(t.Context(), h.ann, "ENG", view)
		must(t, err)
		for _, row := range page.Rows {
			seen[row.ID.String()] = true
		}
		if view.After = page.More; view.After == "" {
			break
		}
	}
	if len(seen) != PageSize+5 {
		t.Errorf("%d seen", len(seen))
	}
	if _, err := h.Triage(t.Context(), h.ann, "ENG", TriageView{After: "?"}); err == nil {
		t.Error("a page that there never was")
	}
}

func TestTriage_WhatIsDueWakesTogether(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.opened(t)
	var sleep []Operation
	for _, title := range []string{"One", "Two", "Three"} {
		issue := h.report(t, h.ben, title, true)
		sleep = append(sleep, setField(issue, h.page(t, issue).IssueRow.Version, "snoozed_until", h.clock.now(time.Time{}).Add(time.Hour).Format(time.RFC3339)))
	}
	slept := h.applied(t, h.ann, h.annsTab, sleep...)
	h.clock.advance(2 * time.Hour)
	must(t, h.wakeDue(t.Context()))
	sameTitles(t, "awake", h.waiting(t, TriageView{}), "One", "Two", "Three")
	var commits, versions int
	must(t, h.pool.QueryRow(t.Context(), "select count(distinct xmin::text), count(distinct version) from change where workspace_id = $1 and version > $2", h.ws, slept.Version).Scan(&commits, &versions))
	if commits != 1 || versions != 3 {
		t.Errorf("%d commits of %d versions", commits, versions)
	}
}

// Every node looks for sleepers every few seconds, whatever lies in triage.
func TestTriage_SleepersAreFoundAlongTheirOwnIndex(t *testing.T) {
	t.Parallel()
	h := setup(t)
	must(t, pgx.BeginFunc(t.Context(), h.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "set local enable_seqscan = off")
		must(t, err)
		rows, err := tx.Query(t.Context(), "explain select id from issue where deleted_at is null and snoozed_until <= now() order by snoozed_until limit 500")
		must(t, err)
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		if !strings.Contains(strings.Join(plan, "\n"), "Index Scan using issue_snooze") {
			t.Errorf("%s", strings.Join(plan, "\n"))
		}
		return nil
	}))
}
