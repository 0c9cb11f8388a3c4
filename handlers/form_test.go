package handlers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/sync"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// S89: every core job by plain forms, as a browser without scripts does them.
func TestS89_TheCoreJobsWorkByPlainForms(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, err := h.engine.AddPerson(t.Context(), sync.NewPerson{Name: "Eva Long", Email: "eva@example.com", Password: "correct horse"})
	must(t, err)
	eva, err := h.engine.PersonByEmail(t.Context(), "eva@example.com")
	must(t, err)
	actor, err := h.engine.AddMember(t.Context(), h.ws, eva, sync.Member, h.eng)
	must(t, err)

	b := h.stranger()
	b.get("/acme/team/ENG").to("/sign-in?next=/acme/team/ENG")
	signedIn := b.submit(b.get("/sign-in?next=/acme/team/ENG"), "form:has([data-action=sign-in])", "email", "Eva@example.com", "password", "correct horse").to("/acme/team/ENG")
	b.token, b.actor, b.person = sync.Token(signedIn.cookie("tandem").Value), actor, eva

	b.get("/acme/team/ENG").ok().one("[data-empty]")
	form := b.get("/acme/new?team=ENG&priority=high&label=bug").ok()
	made := b.submit(form, "main form.new-issue", "title", "Fix login", "description", "Broken since\r\nyesterday", "labels", string(h.bug)).to("/acme/issue/ENG-1")
	b.submit(form, "main form.new-issue", "title", "Fix login", "description", "Broken since\r\nyesterday", "labels", string(h.bug)).to(made.header.Get("Location"))

	issue := b.get("/acme/issue/ENG-1").ok()
	if got := issue.one("h1[data-field=title]").Text(); got != "Fix login" {
		t.Errorf("title %q", got)
	}
	b.submit(issue, "form[action$='/title']", "title", "Fix the login").to("/acme/issue/ENG-1")
	b.submit(issue, "form[action$='/status']", "status", string(h.doing)).to("/acme/issue/ENG-1")
	b.submit(issue, "form[action$='/assignee']", "assignee", "member:"+actor.Member.String()).to("/acme/issue/ENG-1")
	b.submit(issue, "form[action$='/due']", "due", "2020-01-31").to("/acme/issue/ENG-1")
	b.submit(issue, "form[action$='/labels']", "remove", string(h.bug)).to("/acme/issue/ENG-1")
	comment := b.submit(issue, ".composer form", "body", "On *it*").is(http.StatusSeeOther).header.Get("Location")
	issue = b.get("/acme/issue/ENG-1").ok().has("<em>it</em>", "Fix the login", " d late", "Broken since<br/>\nyesterday")
	_, anchor, _ := strings.Cut(comment, "#")
	issue.one("#" + anchor)
	h.clock.advance(time.Minute)
	issue = b.get(issue.tool("edit")).ok()
	b.submit(issue, "form[action$='/body']", "body", "On it now").is(http.StatusSeeOther)
	b.get("/acme/issue/ENG-1").ok().has("On it now").one(".comment__edited")

	b.submit(b.get("/acme/new?team=ENG"), "main form.new-issue", "title", "Another").to("/acme/issue/ENG-2")
	move, _, _ := strings.Cut(b.get("/acme/team/ENG?view=board").ok().one("[data-key=ENG-2] a[data-action=open-move]").AttrOr("href", ""), "#")
	b.submit(b.get(move).ok(), "[data-key=ENG-2] form", "status", string(h.doing)).is(http.StatusSeeOther)
	if n := b.get("/acme/team/ENG?view=board").find(`[data-group="` + string(h.doing) + `"] .issue-card`).Length(); n != 2 {
		t.Errorf("%d cards", n)
	}
	b.get("/acme/team/ENG?f=assignee:me").ok().has("Fix the login").lacks("Another")
	b.get("/acme/team/ENG?f=-assignee:me").ok().has("Another").lacks("Fix the login")
	b.get("/acme/search?q=login").ok().has("ENG-1")
	b.get("/acme/search?q=eng-1").to("/acme/issue/ENG-1")
	b.get("/acme").ok().has("Fix the login").lacks("Another")

	trashed := b.submit(b.get("/acme/issue/ENG-2"), "form[action$='/trash']").is(http.StatusSeeOther)
	if kept := b.get("/acme/team/ENG", "Cookie", trashed.cookie(flashCookie).String(), "Tandem-Keep", "yes").ok(); kept.cookie(flashCookie) != nil || strings.Contains(kept.body, `data-op="undo"`) {
		t.Error("a page that is fetched only to be kept took the way back")
	}
	flash := b.get("/acme/team/ENG", "Cookie", trashed.cookie(flashCookie).String()).ok()
	b.submit(flash, "form[data-op=undo]").is(http.StatusSeeOther)
	b.get("/acme/team/ENG").ok().has("Another")
	b.post("/sign-out", nil).to("/sign-in")
	b.get("/acme").to("/sign-in?next=/acme")
}

func TestForm_ComesAgainWithWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Titled")
	url := "/acme/issue/" + issue.key
	long := strings.Repeat("x", sync.MaxTitle+1)
	htmx := []string{"HX-Request", "true", "HX-Current-URL", "http://example.com" + url}

	page := h.ben.submit(h.ben.get(url), "form[action$='/title']", "title", long).is(http.StatusUnprocessableEntity)
	if got, _ := page.one("input[name=title][aria-invalid]").Attr("value"); got != long {
		t.Errorf("the title is lost: %.40q", got)
	}
	page.one("details[open] #title-title-error")
	fragment := h.ben.post(url+"/title", []string{"title", long, "_base", issue.base()}, htmx...).is(http.StatusUnprocessableEntity)
	fragment.one("form .form-field__error")
	fragment.lacks("<html", `name="_tx"`)

	huge := strings.Repeat("y", sync.MaxText+1)
	page = h.ben.post(url+"/description", []string{"description", huge, "_base", issue.base(), "_from", "started"}).is(http.StatusUnprocessableEntity)
	if got := page.one("textarea[name=description][aria-invalid]").Text(); got != huge {
		t.Error("the description is lost")
	}
	if got := page.one("form[action$='/description'] textarea[name=_from]").Text(); got != "started" {
		t.Errorf("_from is %q", got)
	}
	page = h.ben.post(url+"/comment", []string{"body", "   \r\n"}).is(http.StatusUnprocessableEntity)
	page.one(".composer .form-field__error")
	h.ben.post(url+"/comment", []string{"body", ""}, htmx...).is(http.StatusUnprocessableEntity).one("form.composer__form .form-field__error")

	page = h.ben.post("/acme/new", []string{"title", "", "description", "Kept", "team", "team:" + h.eng.String(), "priority", "2"}).is(http.StatusUnprocessableEntity)
	if page.one("main textarea[name=description]").Text() != "Kept" || page.one("main select[name=priority] option[selected]").AttrOr("value", "") != "2" {
		t.Error("the new issue is lost")
	}
	page = h.ben.post("/acme/settings/label", []string{"name", "BUG", "color", "#112233"}).is(http.StatusUnprocessableEntity)
	if got := page.one("#new-label-name").AttrOr("value", ""); got != "BUG" {
		t.Errorf("label %q", got)
	}
	page = h.ben.post("/acme/settings/status", []string{"team", "team:" + h.eng.String(), "name", "todo", "category", "started"}).is(http.StatusUnprocessableEntity)
	if got := page.one("#new-status-name").AttrOr("value", ""); got != "todo" {
		t.Errorf("status %q", got)
	}
	h.ben.post("/acme/settings/account", []string{"name", " "}).is(http.StatusUnprocessableEntity).one(".form-field__error")
}

func TestForm_AnswersHTMXWithTheRegion(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Swapped")
	set := func(current string) answer {
		return h.ben.post("/acme/issue/"+issue.key+"/priority", []string{"priority", "1", "_base", issue.base()},
			"HX-Request", "true", "HX-Current-URL", "http://example.com"+current).ok().lacks("<html")
	}
	set("/acme/issue/" + issue.key).one("div.issue[data-live]")
	set("/acme/team/ENG").one("section.issue-list[data-live]")
	set("/acme/team/ENG?view=board&f=priority:urgent").one("section.board[data-live] .issue-card")
	made := h.ben.post("/acme/issue/"+issue.key+"/comment", []string{"body", "Hello"}, "HX-Request", "true").ok()
	if made.header.Get("HX-Refresh") != "true" || made.header.Get("HX-Redirect") != "" {
		t.Errorf("%v", made.header)
	}
	h.ann.apply(setField(issue.ref, h.head(), "title", "Theirs"))
	h.clock.advance(20 * time.Second)
	conflict := h.ben.post("/acme/issue/"+issue.key+"/title", []string{"title", "Mine", "_base", issue.base()}, "HX-Request", "true").is(http.StatusConflict)
	conflict.one("#notice [data-conflict]")
	h.ben.post("/acme/issue/"+issue.key+"/status", []string{"status", "status:nonsense", "_base", issue.base()}, "HX-Request", "true").is(422).one("#notice[role=alert]")
}

// What somebody wrote while their session ended is shown to them.
func TestForm_KeepsTheTextOfWhoWasSignedOut(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Discussed")
	gone := h.stranger()
	gone.token = "ended"
	page := gone.post("/acme/issue/"+issue.key+"/comment", []string{"body", "An hour's work"}, "Referer", "http://example.com/acme/issue/"+issue.key).is(http.StatusUnauthorized)
	if got := page.one("[data-copy]").Text(); got != "An hour's work" {
		t.Errorf("%q", got)
	}
	page.one(`a[href="/sign-in?next=/acme/issue/` + issue.key + `"]`)
	gone.post("/acme/issue/"+issue.key+"/comment", []string{"body", "An hour's work"}, "HX-Request", "true").is(http.StatusUnauthorized).one("#notice [data-copy]")
}

func TestForm_GoesBackOnlyToOurPages(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Moved")
	url := "/acme/issue/" + issue.key
	for from, want := range map[string]string{
		"http://example.com/acme/team/ENG?view=board": "/acme/team/ENG?view=board", "http://evil.example/acme": url, "": url, "http://example.com//evil.example": url,
	} {
		h.ben.post(url+"/priority", []string{"priority", "1", "_base", issue.base()}, "Referer", from).to(want)
	}
	h.ben.post(url+"/priority", []string{"priority", "1", "_base", issue.base(), "_next", "//evil.example"}).to(url)
	h.ben.post(url+"/priority", []string{"priority", "1", "_base", issue.base(), "_next", "/acme"}).to("/acme")
}
