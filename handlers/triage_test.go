package handlers

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/sync"
)

// reported makes an issue as ben does, who is not in the team.
func (h *house) reported(title string) madeIssue {
	h.t.Helper()
	page := h.ben.get("/acme/new?team=ENG").ok()
	location := h.ben.submit(page, "main form[action='/acme/new']", "title", title).is(http.StatusSeeOther).header.Get("Location")
	key := location[strings.LastIndex(location, "/")+1:]
	id := h.ben.get("/acme/issue/"+key).ok().one("article[data-record]").AttrOr("data-record", "")
	return madeIssue{ref: sync.Ref(id), key: key}
}

func (h *house) turnTriageOn() {
	h.t.Helper()
	page := h.ann.get("/acme/settings/team/ENG").ok()
	h.ann.submit(page, "form[action$='/triage']").to("/acme/settings/team/ENG")
	h.ann.get("/acme/settings/team/ENG").ok().has("Turn triage off")
}

func TestTriage_WorksByLinksAndForms(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.ann.get("/acme/team/ENG/triage").is(http.StatusNotFound)
	h.turnTriageOn()
	const path = "/acme/team/ENG/triage"
	if link := h.ann.get("/acme/team/ENG").ok().one("a[data-action=go-triage]"); link.AttrOr("href", "") != path {
		t.Errorf("the sidebar leads to %s", link.AttrOr("href", ""))
	}
	h.ann.get(path).ok().has("Nothing waits in triage.")
	crash := h.reported("Crash on start")
	h.ann.get("/acme/team/ENG").ok().lacks("Crash on start")
	h.ann.get("/acme/team/ENG?view=board").ok().lacks("Crash on start")
	h.ben.get("/acme?view=created").ok().lacks("Crash on start")
	page := h.ann.get(path).ok().has("Crash on start", "Reported by ben")
	if count := page.one(".sidebar__view .sidebar__count").Text(); !strings.HasPrefix(strings.TrimSpace(count), "1") {
		t.Errorf("the sidebar counts %q", count)
	}

	t.Log("accepts it, and takes that back")
	h.ann.submit(page, "form:has([data-action=accept])", "status", string(h.todo)).to(path)
	h.ann.get(path).ok().lacks("Reported by ben")
	h.ann.get("/acme/team/ENG").ok().has("Crash on start")
	h.ann.post("/acme/undo", []string{"transaction", page.one("form:has([data-action=accept]) [name=_tx]").AttrOr("value", "")}).is(http.StatusSeeOther)
	page = h.ann.get(path).ok().has("Reported by ben")

	t.Log("snoozes it until it wakes")
	h.ann.submit(page, "form[action$='/snooze']", "snoozed_until", "activity").to(path)
	h.ann.get(path).ok().lacks("Reported by ben")
	asleep := h.ann.get(path + "?view=snoozed").ok().has("Sleeps until activity")
	h.ann.submit(asleep, "form[action$='/snooze']", "snoozed_until", "").to(path)
	page = h.ann.get(path).ok().has("Crash on start")
	h.ann.submit(page, "form[action$='/snooze']", "snoozed_until", "tomorrow").to(path)
	h.ann.get(path+"?view=snoozed").ok().has("Sleeps until ", ", 09:00")
	h.ann.submit(page, "form[action$='/snooze']", "snoozed_until", "never").is(http.StatusUnprocessableEntity)

	t.Log("declines it from its page, and says why")
	issue := h.ann.get("/acme/issue/" + crash.key).ok()
	h.ann.submit(issue, "form[action$='/decline']", "comment", "We dropped this version.").is(http.StatusSeeOther)
	h.ann.get("/acme/issue/"+crash.key).ok().has("We dropped this version.", "Done").lacks("data-action=\"accept\"")

	t.Log("closes another one as a duplicate")
	twin := h.reported("Crash at start")
	page = h.ann.get(path).ok().has("Crash at start")
	h.ann.submit(page, "form[action$='/relation']", "other", "ENG-4711").is(http.StatusUnprocessableEntity).has("ENG-4711")
	h.ann.submit(page, "form[action$='/relation']", "other", crash.key).to(path)
	h.ann.get(path).ok().has("Nothing waits in triage.")
	h.ann.get("/acme/issue/" + twin.key).ok().has("Duplicate of")
}

func TestTriage_IsReadBesideTheListByLinks(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.turnTriageOn()
	const path = "/acme/team/ENG/triage"
	first, second := h.reported("Crash on start"), h.reported("Crash on stop")
	link := h.ann.get(path).ok().find(".inbox-row__link").First().AttrOr("href", "")
	if link != path+"?issue="+first.key {
		t.Errorf("the first row leads to %s", link)
	}
	beside := h.ann.get(link).ok()
	beside.one(".inbox-pane > .inbox-pane__issue h1")
	if at := beside.one(".inbox-row__link[aria-current]"); !strings.Contains(at.Text(), "Crash on start") {
		t.Errorf("the row at hand is %q", at.Text())
	}
	if n := beside.find(".inbox-row").Length(); n != 2 {
		t.Errorf("beside the issue stand %d", n)
	}
	src := beside.one("[data-triage]").AttrOr("data-src", "")
	h.ann.get(src).ok().one(".inbox-row__link[aria-current]")
	h.ann.submit(beside, ".inbox-pane__issue form:has([data-action=accept])", "status", string(h.todo)).to(path)
	h.ann.get(path).ok().lacks("Crash on start")

	t.Log("a form of htmx gets the region that it stands in")
	for target, has := range map[string]string{"section#triage-" + h.eng.String(): "section.inbox", "div#issue-" + second.ref.ID().String(): ".issue"} {
		h.ann.post("/acme/issue/"+second.key+"/priority", []string{"priority", "2", "_base", strconv.FormatInt(h.head(), 10), "_tx", newID().String()}, "HX-Request", "true", "HX-Target", target,
			"HX-Current-URL", "http://example.com"+path+"?issue="+second.key).ok().lacks("<html").one(has)
	}
	for _, hidden := range []string{"ENG-99", h.hide().key} {
		h.ben.get(path + "?issue=" + hidden).is(http.StatusNotFound)
	}
}

func TestTriage_ItsNumberStaysFresh(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.turnTriageOn()
	const path = "/acme/f/team/ENG/triage/count"
	first := h.ann.get(path).ok()
	h.ann.get(path, "If-None-Match", first.header.Get("ETag")).is(http.StatusNotModified)
	h.reported("Crash")
	h.ann.get(path, "If-None-Match", first.header.Get("ETag")).ok().has("1<span")

	t.Log("pages that were open while it is turned off go on asking")
	h.ann.submit(h.ann.get("/acme/settings/team/ENG").ok(), "form[action$='/triage']").is(http.StatusSeeOther)
	h.ann.get(path).ok().lacks("1<span")
	h.ann.get("/acme/team/ENG").ok().has("Crash")
}

func TestTriage_ItsNumberHangsOnWhatWaitsAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web := h.team("WEB", "Website", false)
	h.turnTriageOn()
	waits := string(sync.NewRef("status", sync.StatusID(h.eng, "Triage")))
	work, crash := h.issue("Work"), h.issue("Crash", func(set map[string]any) { set["status"] = waits })
	const path = "/acme/f/team/ENG/triage/count"
	had := h.ann.get(path).ok()
	if live := had.live(); strings.Contains(live, "team:") || !strings.Contains(live, sync.TriageOf(h.eng)) {
		t.Errorf("it hangs on %q", live)
	}
	wants := func(when, number string) {
		t.Helper()
		had = h.ann.told(path, had).ok()
		if got := strings.TrimSuffix(strings.TrimSpace(had.one("[data-live]").Text()), "waiting"); got != number {
			t.Errorf("%s: %q, not %q", when, got, number)
		}
	}
	set := func(issue madeIssue, field string, v any) { h.ann.apply(setField(issue.ref, h.head(), field, v)) }

	set(work, "title", "More work")
	set(work, "status", string(h.done()))
	h.issue("Even more work")
	h.ann.told(path, had).is(http.StatusNotModified)
	set(work, "status", waits)
	wants("another one waits", "2")
	set(crash, "snoozed_until", "2030-01-01T00:00:00Z")
	wants("one sleeps", "1")
	set(crash, "snoozed_until", nil)
	wants("it is awake", "2")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: crash.ref})
	wants("one is in the trash", "1")
	h.ann.apply(sync.Operation{Op: sync.Restore, Record: crash.ref})
	wants("it is back", "2")
	set(crash, "team", string(sync.NewRef("team", web)))
	wants("one has left the team", "1")
	set(work, "status", string(h.todo))
	wants("the last one is accepted", "")
	h.ben.get("/acme/f/team/SEC/triage/count").is(http.StatusNotFound)
}

func TestTriage_AnAddressInSmallLettersServesToo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.turnTriageOn()
	crash := h.reported("Crash")
	h.ann.post("/acme/issue/"+crash.key+"/status", []string{"status", string(h.todo), "_base", fmt.Sprint(h.head())}, "HX-Request", "true",
		"HX-Current-URL", "http://example.com/acme/team/eng/triage").ok().has("Nothing waits in triage.")
}

func TestTriage_WhatAProgramReportsWaits(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.turnTriageOn()
	program := h.program(h.ann, sync.ScopeWrite)
	program.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("issue", newID()), Set: map[string]any{"team": string(sync.NewRef("team", h.eng)), "title": "Disk is full"}})
	h.ann.get("/acme/team/ENG/triage").ok().has("Disk is full", "Reported by ann")
}

func TestTriage_OnlyThoseOfTheTeamTurnItOn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, outsider := range []*browser{h.ben, h.cleo} {
		outsider.get("/acme/settings/team/ENG").ok().lacks("Turn triage on")
		outsider.post("/acme/settings/team/ENG/triage", []string{"triage", "true"}).is(http.StatusForbidden)
	}
}

func TestNapUntil_AWordMeansATimeOfTheTeam(t *testing.T) {
	t.Parallel()
	sunday := time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("", 3600))
	for word, want := range map[string]string{"later": "2026-11-23T01:30:00Z", "tomorrow": "2026-11-23T08:00:00Z", "week": "2026-11-23T08:00:00Z",
		"activity": "9999-01-01T00:00:00Z", "": "", "2026-12-01T00:00:00Z": "2026-12-01T00:00:00Z"} {
		f := form{Values: map[string][]string{"snoozed_until": {word}}}
		f.napUntil(sunday)
		if got := f.Get("snoozed_until"); got != want {
			t.Errorf("%q: %s, not %s", word, got, want)
		}
	}
}
