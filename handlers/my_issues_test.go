package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"tandem/sync"
)

// bens makes an issue in ENG that ben is to do.
func (h *house) bens(title string, change ...func(map[string]any)) madeIssue {
	h.t.Helper()
	return h.issue(title, append(change, func(set map[string]any) { set["assignee"] = string(sync.NewRef("member", h.ben.actor.Member)) })...)
}

func with(field string, value any) func(map[string]any) {
	return func(set map[string]any) { set[field] = value }
}

// titles are those of a list's rows in their order.
func (a answer) titles() []string {
	a.t.Helper()
	return a.find("[data-list] [data-rows] > li [data-field=title]").Map(func(_ int, title *goquery.Selection) string { return strings.TrimSpace(title.Text()) })
}

func daysFrom(now time.Time, days int) string { return now.AddDate(0, 0, days).Format(time.DateOnly) }

func TestMyIssues_StandByWhyOneShouldLookAtThem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.ann.submit(h.ann.get("/acme/settings/team/ENG").ok(), "form[action='/acme/settings/team/ENG/cycles']", "cycle_weeks", "2").is(http.StatusSeeOther)
	look, err := h.engine.Look(t.Context(), h.ann.actor)
	must(t, err)
	current, _ := look.CycleCalled(h.eng, sync.CurrentCycle)
	next, _ := look.CycleCalled(h.eng, "next")
	now := h.clock.now()
	waits, blocker := h.bens("Waits"), h.issue("In the way")
	later := h.bens("Later", with("cycle", string(sync.NewRef("cycle", next.ID))), with("due", daysFrom(now, 9)))
	h.bens("Planned", with("cycle", string(sync.NewRef("cycle", current.ID))))
	h.bens("Under way", with("status", string(h.doing)))
	h.bens("Late and under way", with("status", string(h.doing)), with("due", daysFrom(now, -3)))
	h.bens("Urgent", with("priority", 1))
	h.bens("Done with", with("status", string(h.status("Done"))), with("priority", 1))
	h.ann.apply(relation(blocker.ref, sync.Blocks, waits.ref))

	seen := h.ben.get("/acme/f").ok()
	expect := func(when, want string) {
		t.Helper()
		seen = h.ben.told("/acme/f", seen).ok()
		if got := seen.grouped(); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", when, got, want)
		}
		if page := h.ben.get("/acme").ok().grouped(); page != want {
			t.Errorf("%s, the page:\n%s", when, page)
		}
		h.clock.advance(time.Minute)
	}
	h.ben.get("/acme/f", "If-None-Match", seen.header.Get("ETag")).is(http.StatusNotModified)
	first := "Overdue and urgent: Urgent, Late and under way; In progress: Under way; "
	if got := seen.grouped(); got != first+"This cycle: Planned; The rest: Later, Waits" {
		t.Errorf("at first: %s", got)
	}
	for name, title := range map[string]string{"urgent": "Urgent", "started": "Under way", "cycle": "Planned", "": "Later"} {
		seen.one("[data-group='focus:" + name + "'] [data-rows] > li:contains('" + title + "')")
	}
	h.ann.apply(setField(blocker.ref, h.head(), "status", string(h.done())))
	expect("nothing is in its way any more", first+"Free again: Waits; This cycle: Planned; The rest: Later")
	h.ann.apply(setField(blocker.ref, h.head(), "status", string(h.todo)))
	expect("it is open again", first+"This cycle: Planned; The rest: Later, Waits")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: blocker.ref})
	expect("it lies in the trash", first+"Free again: Waits; This cycle: Planned; The rest: Later")
	h.ben.apply(setField(waits.ref, h.head(), "status", string(h.doing)))
	expect("begun", "Overdue and urgent: Urgent, Late and under way; In progress: Waits, Under way; This cycle: Planned; The rest: Later")
	h.ben.apply(setField(waits.ref, h.head(), "priority", 1))
	expect("urgent", "Overdue and urgent: Waits, Urgent, Late and under way; In progress: Under way; This cycle: Planned; The rest: Later")
	h.ann.apply(setField(later.ref, h.head(), "cycle", string(sync.NewRef("cycle", current.ID))))
	expect("taken into the cycle", "Overdue and urgent: Waits, Urgent, Late and under way; In progress: Under way; This cycle: Later, Planned; The rest: ")
}

// At any moment it is another day on Kiritimati than in Pago Pago, which are 25 hours apart.
func TestMyIssues_AreLateByTheDayOfTheirTeam(t *testing.T) {
	t.Parallel()
	h := setup(t)
	me := with("assignee", string(sync.NewRef("member", h.ben.actor.Member)))
	west, err := time.LoadLocation("Pacific/Pago_Pago")
	must(t, err)
	there := daysFrom(h.clock.now().In(west), 0)
	for key, zone := range map[string]string{"EAST": "Pacific/Kiritimati", "WEST": "Pacific/Pago_Pago"} {
		team := h.team(key, key, false)
		h.ann.apply(setField(sync.NewRef("team", team), h.head(), "timezone", zone))
		h.issueIn(team, key, "Due in the "+key, me, with("due", there))
	}
	if got := h.ben.get("/acme").ok().grouped(); got != "Overdue and urgent: Due in the EAST; The rest: Due in the WEST" {
		t.Errorf("%s", got)
	}
}

func TestMyIssues_AreEachOnOnePageInTheOrderOfTheirGroups(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const all = 560 // more than are told apart
	member := string(sync.NewRef("member", h.ben.actor.Member))
	var ops []sync.Operation
	for i := range all {
		set := map[string]any{"team": string(sync.NewRef("team", h.eng)), "title": fmt.Sprint("Issue ", i), "assignee": member}
		if i%8 == 0 {
			set["priority"] = 1
		}
		ops = append(ops, sync.Operation{Op: sync.Create, Record: sync.NewRef("issue", newID()), Set: set})
	}
	h.ann.apply(ops...)
	var titles, groups []string
	for page := h.ben.get("/acme").ok(); ; {
		titles = append(titles, page.titles()...)
		page.find("[data-group]:has(li)").Each(func(_ int, group *goquery.Selection) { groups = append(groups, group.AttrOr("data-group", "")) })
		if got := page.find("[data-group]").First().Find("[data-count]").Text(); len(groups) == 1 && got != "63" && got != "62" {
			t.Errorf("%s are urgent", got)
		}
		more := page.find("[rel=next]")
		if more.Length() == 0 {
			break
		}
		if len(page.titles()) != 50 {
			t.Errorf("a page of %d", len(page.titles()))
		}
		path := more.AttrOr("href", "")
		if fragment := h.ben.get(strings.Replace(path, "/acme?", "/acme/f?", 1)).ok(); len(fragment.titles()) == 0 {
			t.Errorf("%s has no rows", path)
		}
		page = h.ben.get(path).ok()
	}
	if slices.Sort(titles); len(titles) != all || len(slices.Compact(titles)) != all {
		t.Errorf("%d titles", len(titles))
	}
	if !slices.IsSortedFunc(groups, func(a, b string) int { return strings.Compare(b, a) }) { // "focus:urgent" before "focus:"
		t.Errorf("the groups come as %v", groups)
	}
	for _, after := range []string{"MjAyNg", "9", "7MjAyNg", "~", "0MjAyNg"} {
		h.ben.get("/acme?after=" + after).is(http.StatusUnprocessableEntity)
	}
}

func subscribing(op sync.Verb, issue madeIssue, who *browser) sync.Operation {
	return sync.Operation{Op: op, Record: issue.ref, Field: "subscribers", Value: string(sync.NewRef("member", who.actor.Member))}
}

func comment(issue madeIssue, body string) sync.Operation {
	return sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(issue.ref), "body": body}}
}

func TestMyIssues_ThoseOneIsSubscribedToComeLatestChangeFirst(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const path = "/acme/f?view=subscribed"
	one, two, three := h.issue("One"), h.issue("Two"), h.issue("Three")
	h.issue("Others'")
	seen := h.ben.get(path).ok().has("You are subscribed to nothing that is open.")
	expect := func(when string, want ...string) {
		t.Helper()
		seen = h.ben.told(path, seen).ok()
		if got := seen.titles(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
		h.ben.get(path, "If-None-Match", seen.header.Get("ETag")).is(http.StatusNotModified)
	}
	h.ben.apply(subscribing(sync.Add, one, h.ben))
	expect("subscribed", "One")
	h.ann.apply(subscribing(sync.Add, two, h.ben))
	expect("by somebody else", "Two", "One")
	h.ben.apply(comment(three, "I see."))
	expect("by a comment", "Three", "Two", "One")
	h.clock.advance(time.Minute)
	h.ann.apply(setField(one.ref, h.head(), "title", "One anew"))
	expect("changed", "One anew", "Three", "Two")
	h.ben.apply(subscribing(sync.Remove, two, h.ben))
	expect("left", "One anew", "Three")
	h.ann.apply(setField(three.ref, h.head(), "status", string(h.done())))
	expect("done", "One anew")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: one.ref})
	expect("in the trash")
	h.ann.apply(sync.Operation{Op: sync.Restore, Record: one.ref})
	expect("and back", "One anew")
	if got := h.ann.get(path, "If-None-Match", seen.header.Get("ETag")).ok().titles(); slices.Contains(got, "One anew") == false || len(got) < 3 {
		t.Errorf("ann is told %v for what ben has", got)
	}
}

func TestMyIssues_WhatOneDidLastComesFirst(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const path = "/acme/f?view=activity"
	one, two, three := h.issue("One"), h.issue("Two"), h.issue("Three")
	seen := h.ben.get(path).ok().has("You have changed nothing yet.")
	expect := func(when string, want ...string) {
		t.Helper()
		seen = h.ben.told(path, seen).ok()
		if got := seen.titles(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
		h.ben.get(path, "If-None-Match", seen.header.Get("ETag")).is(http.StatusNotModified)
	}
	h.ben.apply(setField(one.ref, h.head(), "priority", 2))
	expect("changed", "One")
	h.ben.apply(setField(two.ref, h.head(), "status", string(h.done())))
	expect("closed", "Two", "One")
	remark := comment(three, "I see.")
	h.ben.apply(remark)
	expect("commented on", "Three", "Two", "One")
	h.ben.apply(comment(one, "Here too."))
	expect("commented on again", "One", "Three", "Two")
	h.ben.apply(comment(three, "And again."))
	expect("each once", "Three", "One", "Two")
	h.ann.apply(setField(two.ref, h.head(), "title", "Two anew"))
	expect("what another does moves nothing", "Three", "One", "Two anew")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: one.ref})
	expect("what lies in the trash is gone", "Three", "Two anew")
	h.ben.get("/acme?view=activity&after=nonsense").is(http.StatusUnprocessableEntity)
}

func TestMyIssues_WhatOneMayNoLongerSeeIsGone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.bens("Treasure")
	h.ben.apply(comment(issue, "Mine"))
	for _, view := range []string{"", "?view=subscribed", "?view=activity"} {
		h.ben.get("/acme/f" + view).ok().has("Treasure")
	}
	h.ann.apply(setField(issue.ref, h.head(), "team", string(sync.NewRef("team", h.sec))))
	had := map[string]answer{}
	for _, view := range []string{"", "?view=subscribed", "?view=activity"} {
		had[view] = h.ben.get("/acme/f"+view).ok().lacks("Treasure", string(issue.ref))
		h.ben.get("/acme"+view).ok().lacks("Treasure", string(issue.ref))
	}
	h.ann.apply(setField(issue.ref, h.head(), "title", "Treasure still"), comment(issue, "Secret"))
	for view, seen := range had {
		h.ben.get("/acme/f"+view, "If-None-Match", seen.header.Get("ETag")).is(http.StatusNotModified)
	}
}

func TestMyIssues_AllThatOneDidIsFoundPageByPage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	var made []madeIssue
	for i := range 60 {
		made = append(made, h.issue(fmt.Sprintf("Issue %02d", i), func(set map[string]any) {
			set["subscribers"] = []string{string(sync.NewRef("member", h.ben.actor.Member))}
		}))
	}
	var bulk []sync.Operation
	for _, issue := range made[:55] {
		bulk = append(bulk, setField(issue.ref, h.head(), "priority", 2))
	}
	for _, issue := range made {
		h.ben.apply(setField(issue.ref, h.head(), "priority", 3))
	}
	h.ben.apply(bulk...) // one transaction is split over two pages
	h.ben.apply(comment(made[59], "Once more"), comment(made[0], "And here"))
	for _, view := range []string{"activity", "subscribed"} {
		first := h.ben.get("/acme?view=" + view).ok()
		more := first.one("[rel=next]").AttrOr("href", "")
		second := h.ben.get(more).ok()
		a, b := first.titles(), second.titles()
		all := slices.Concat(a, b)
		if slices.Sort(all); len(a) != 50 || len(b) != 10 || len(slices.Compact(all)) != 60 || second.find("[rel=next]").Length() != 0 {
			t.Errorf("%s: %d and %d, %v", view, len(a), len(b), all)
		}
	}
}

// A page costs what it costs, however many rows it has.
func TestMyIssues_TakeAsManyQueriesForOneRowAsForMany(t *testing.T) {
	t.Parallel()
	h := setup(t)
	counts := h.counted()
	took := map[string]string{}
	paths := []string{"/acme", "/acme?view=created", "/acme?view=subscribed", "/acme?view=activity"}
	ask := func(path string) string {
		h.ben.get(path).ok()
		for range 3 {
			if now, again := counts.during(func() { h.ben.get(path).ok() }), counts.during(func() { h.ben.get(path).ok() }); now == again { // a session is read anew at times
				return now
			}
		}
		return "different at each time"
	}
	blocker := h.issue("In the way")
	add := func(n int) {
		for i := range n {
			ref := sync.NewRef("issue", newID())
			h.ben.apply(sync.Operation{Op: sync.Create, Record: ref, Set: map[string]any{"team": string(sync.NewRef("team", h.eng)), "title": fmt.Sprint("Mine ", i),
				"assignee": string(sync.NewRef("member", h.ben.actor.Member))}}, relation(blocker.ref, sync.Blocks, ref))
		}
	}
	add(1)
	for _, path := range paths {
		took[path] = ask(path)
	}
	add(45)
	for _, path := range paths {
		if now := ask(path); now != took[path] {
			t.Errorf("%s took %s for one row, %s for many", path, took[path], now)
		}
	}
}
