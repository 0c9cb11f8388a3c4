package handlers

import (
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

// What each URL answers to whom, and what must stand there.
func TestPages(t *testing.T) {
	t.Parallel()
	h := setup(t)
	parent := h.issue("Parent")
	issue := h.issue("First issue", func(set map[string]any) {
		set["description"] = "Ask @ben about ENG-1, not about NOP-1"
		set["labels"], set["parent"], set["due"] = []string{string(h.bug)}, string(parent.ref), "2020-01-31"
	})
	h.ann.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(issue.ref), "body": "**Bold**"}})
	h.ann.apply(setField(issue.ref, issue.version, "status", string(h.doing)))
	me := h.ben.actor.Member.String()
	for _, c := range []struct {
		path     string
		status   int
		selector string
	}{
		{"/acme", 200, `[data-list][data-live="member:` + me + ` vocabulary"]`},
		{"/acme?view=created", 200, `a[aria-current=page][data-action=view-created]`},
		{"/acme?view=subscribed", 200, `a[aria-current=page][data-action=view-subscribed]`},
		{"/acme?view=activity", 200, `a[aria-current=page][data-action=view-activity]`},
		{"/acme/member/" + me, 200, `[data-list]`},
		{"/acme/team/ENG", 200, `[data-list][data-team="team:` + h.eng.String() + `"] [data-rows] [data-record="` + string(issue.ref) + `"][data-key=ENG-2]`},
		{"/acme/team/ENG", 200, `[data-record="` + string(issue.ref) + `"] [data-due=late]`},
		{"/acme/team/ENG", 200, `[data-record="` + string(issue.ref) + `"] .issue-row__parent`},
		{"/acme/team/ENG?view=board", 200, `.board[data-live] [data-group="` + string(h.todo) + `"] [data-count]`},
		{"/acme/team/ENG?f=status:todo&f=-label:bug&text=first", 200, `.filter-bar__chips`},
		{"/acme/team/ENG?after=nonsense", 422, `.problem`},
		{"/acme/team/NOP", 404, `.problem`},
		{"/acme/team/ENG/trash", 200, `[data-empty]`},
		{"/acme/issue/ENG-2", 200, `article[data-record="` + string(issue.ref) + `"] .markdown .issue-ref[href="/acme/issue/ENG-1"] [data-category=unstarted] ~ .issue-ref__title:contains(Parent)`},
		{"/acme/issue/ENG-2", 200, `.markdown .mention[title=ben]`},
		{"/acme/issue/ENG-2", 200, `.breadcrumb a[href="/acme/issue/ENG-1"]`},
		{"/acme/issue/ENG-2", 200, `.activity [data-rows=comment] .comment strong`},
		{"/acme/issue/ENG-2", 200, `.composer input[name=issue][value="` + string(issue.ref) + `"]`},
		{"/acme/issue/ENG-99", 404, `.problem`},
		{"/acme/issue/nonsense", 404, `.problem`},
		{"/acme/new", 200, `main form[data-op=create][data-record=issue]`},
		{"/acme/new?parent=ENG-1", 200, `main input[name=parent][value="` + string(parent.ref) + `"]`},
		{"/acme/search", 200, `input[name=q]`},
		{"/acme/search?q=bold", 200, `.search__comment mark`},
		{"/acme/search?q=first", 200, `.search__rows [data-record="` + string(issue.ref) + `"]`},
		{"/acme/search?after=x", 422, `.problem`},
		{"/acme/outbox", 200, `[data-outbox] [data-rows=failed]`},
		{"/acme/settings/account", 200, `main input[name=name][value=ben]`},
		{"/acme/settings/label", 200, `[data-live=vocabulary] [data-record="` + string(h.bug) + `"]`},
		{"/acme/settings/template", 200, `[data-live=vocabulary] [data-action=new-template]`},
		{"/acme/settings/template/new?team=ENG", 200, `main form input[name=team][value="team:` + h.eng.String() + `"]`},
		{"/acme/settings/import", 200, `main .settings p:contains(admins)`},
		{"/acme/settings/import/nonsense", 404, `.problem`},
		{"/acme/settings/import/run/nonsense", 404, `.problem`},
		{"/acme/settings/team/ENG", 200, `[data-record="` + string(h.todo) + `"] input[name=position]`},
		{"/acme/settings/member", 200, `.settings__list .settings__item`},
		{"/acme/settings/export", 200, `.settings h1:contains(Export)`},
		{"/acme/nowhere", 404, `.problem`},
		{"/nowhere", 404, `.problem`},
		{"/e/nonsense", 404, `.embed__ended`},
		{"/invite/nonsense", 404, `.problem`},
		{"/setup?token=x", 404, `.problem`},
		{"/acme/f/vocabulary", 200, `#vocabulary[data-live=vocabulary] template[data-new=issue-page]`},
		{"/acme/f/search?q=first", 200, `.search [data-rows]`},
		{"/acme/f/issue/ENG-99", 404, `#notice[role=alert]`},
		{"/acme/f/transaction/nonsense", 404, `#notice`},
	} {
		t.Run(c.path, func(t *testing.T) {
			answer := h.ben.get(c.path).is(c.status)
			if answer.find(c.selector).Length() == 0 {
				t.Errorf("no %s in %.3000s", c.selector, answer.body)
			}
			whole := strings.HasPrefix(c.path, "/acme") && !strings.HasPrefix(c.path, "/acme/f/") && c.status == 200
			if whole && (answer.find("form input[name=_tx]").Length() == 0 || answer.header.Get("Tandem-Version") == "" || answer.header.Get("ETag") != "") {
				t.Errorf("no whole page: %v", answer.header)
			}
			if c.status == 200 && answer.header.Get("Tandem-Member") != "member:"+me {
				t.Errorf("Tandem-Member %q", answer.header.Get("Tandem-Member"))
			}
		})
	}
}

func TestPages_ThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Found")
	for path, want := range map[string]string{
		"/acme/team/eng?view=board&f=label:bug": "/acme/team/ENG?view=board&f=label:bug", "/acme/issue/" + issue.ref.ID().String(): "/acme/issue/ENG-1",
		"/acme/issue/eng-1": "/acme/issue/ENG-1", "/acme/settings": "/acme/settings/account", "/": "/acme", "/sign-in?next=/acme/new": "/acme/new",
		"/acme/search?q=ENG-1": "/acme/issue/ENG-1",
	} {
		if answer := h.ben.get(path); answer.code/100 != 3 || answer.header.Get("Location") != want {
			t.Errorf("%s: %d to %q", path, answer.code, answer.header.Get("Location"))
		}
	}
	stranger := h.stranger()
	stranger.get("/acme/issue/ENG-1?x=1").to("/sign-in?next=/acme/issue/ENG-1%3Fx%3D1")
	stranger.get("/favicon.ico").is(http.StatusNotFound)
	stranger.get("/nobodys-workspace").to("/sign-in?next=/nobodys-workspace")
	stranger.get("/acme/f/issue/ENG-1").is(http.StatusUnauthorized).one(`#notice a[href^="/sign-in"]`)
	stranger.get("/acme/issue/ENG-1", "Accept", "application/json").problem(http.StatusUnauthorized, sync.CodeSignedOut)
	h.ben.get("/nobodys-workspace").is(http.StatusNotFound)
}

// A page that continues a group keeps the query, and a list of many pages is complete.
func TestPages_OfALongListGoOn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	var ops []sync.Operation
	for range 120 {
		ops = append(ops, sync.Operation{Op: sync.Create, Record: sync.NewRef("issue", newID()), Set: map[string]any{
			"team": string(sync.NewRef("team", h.eng)), "title": "One of many", "assignee": string(sync.NewRef("member", h.ben.actor.Member))}})
	}
	h.ann.apply(ops...)
	for _, start := range []string{"/acme/team/ENG?f=status:todo", "/acme/team/ENG?view=board&f=status:todo", "/acme"} {
		seen := map[string]bool{}
		for path := start; path != ""; {
			page := h.ben.get(path).ok()
			for _, row := range page.find("[data-rows] [data-key]").EachIter() {
				seen[row.AttrOr("data-key", "")] = true
			}
			next := page.find("a[rel=next]").AttrOr("href", "")
			if next != "" && !strings.HasPrefix(next, start) {
				t.Fatalf("%s goes on at %s", start, next)
			}
			path = next
		}
		if len(seen) != 120 {
			t.Errorf("%s shows %d", start, len(seen))
		}
	}
}

func TestAppearance_IsOfTheBrowser(t *testing.T) {
	t.Parallel()
	h := setup(t)
	set := func(fields ...string) (cookies []string) {
		t.Helper()
		answer := h.ben.post("/acme/settings/appearance", fields).to("/acme/settings/account")
		for _, name := range []string{themeCookie, textSizeCookie, pausedCookie} {
			cookies = append(cookies, answer.cookie(name).String())
		}
		return cookies
	}
	page := h.ben.get("/acme/settings/account", "Cookie", strings.Join(set("theme", "dark", "text_size", "115", "paused", "on"), "; ")).ok()
	page.one("html[data-theme=dark][data-text-size='115'][data-paused]")
	page.one("[name=theme][value=dark][checked]")
	page.one("[name=text_size][value='115'][checked]")
	page.one("[name=paused][checked]")
	page.one("[data-action=refresh]")
	for _, cookie := range set("theme", "", "text_size", "100") {
		if !strings.Contains(cookie, "Max-Age=0") {
			t.Errorf("what is usual is kept: %s", cookie)
		}
	}
	h.ben.get("/acme", "Cookie", textSizeCookie+"=999; "+themeCookie+"=pink; "+pausedCookie+"=off").ok().lacks("data-text-size", "pink", "data-paused")
}

func TestSettings_AreWritten(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.ben.submit(h.ben.get("/acme/settings/account"), "main form:has([data-action=save])", "name", "Ben Hill").to("/acme/settings/account")
	page := h.ben.get("/acme/settings/account").ok().has("Ben Hill")
	page.lacks("data-keys")
	h.ben.submit(page, "main form:has([name=keys])", "keys", "").to("/acme/settings/account")
	page = h.ben.get("/acme/settings/account").ok()
	page.one("html[data-keys=off]")
	h.ann.get("/acme").ok().lacks("data-keys")
	h.ben.submit(page, "main form:has([name=keys])", "keys", "on").to("/acme/settings/account")
	h.ben.get("/acme").ok().lacks("data-keys")
	labels := h.ben.get("/acme/settings/label")
	h.ben.submit(labels, "form[data-op=create][data-record=label]", "name", "ui", "color", "#00aa00").to("/acme/settings/label")
	h.ben.submit(labels, `form[data-op=set][data-record="`+string(h.bug)+`"]`, "name", "defect").to("/acme/settings/label")
	h.ben.get("/acme/settings/label").ok().has("defect", "ui")
	h.ben.submit(labels, `form[data-op=delete][data-record="`+string(h.bug)+`"]`).to("/acme/settings/label")
	h.ben.get("/acme/settings/label").ok().lacks("defect</span>")
	statuses := h.ben.get("/acme/settings/team/ENG")
	h.ben.submit(statuses, "form[data-op=create][data-record=status]", "name", "Review", "category", "started").to("/acme/settings/team/ENG")
	h.ben.submit(statuses, `form[data-op=set][data-record="`+string(h.todo)+`"]`, "name", "To do").is(http.StatusSeeOther)
	h.ben.get("/acme/settings/team/ENG").ok().has("Review", "To do")
	h.ann.submit(h.ann.get("/acme/settings/member"), "form[action$='"+h.cleo.actor.Member.String()+"/role']", "role", "member").to("/acme/settings/member")
	h.cleo.get("/acme/new").ok()
}
