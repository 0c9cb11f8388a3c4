package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/sync"
)

func (b *browser) comment(issue madeIssue, body string) {
	b.house.t.Helper()
	b.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": issue.ref, "body": body}})
}

func (b *browser) ref() sync.Ref { return sync.NewRef("member", b.actor.Member) }

// memberPath is a fragment about a member.
func (b *browser) memberPath(rest string) string {
	return "/acme/f/member/" + b.actor.Member.String() + "/" + rest
}

func TestInbox_WorksByLinksAndForms(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	h.ann.comment(issue, "What do you think, @ben?")
	h.ann.get("/acme/inbox").ok().lacks("mentioned you").has("You are up to date.")

	page := h.ben.get("/acme/inbox").ok().has("ann mentioned you", "Fix login")
	if count := page.one("#unread").Text(); !strings.HasPrefix(strings.TrimSpace(count), "1") {
		t.Errorf("the sidebar counts %q", count)
	}
	comments, err := h.engine.Issue(t.Context(), h.ann.actor, sync.IssueID{ID: issue.ref.ID()})
	must(t, err)
	if href, _ := page.one(".inbox-row__link").Attr("href"); href != "/acme/inbox?issue="+issue.key+"#comment-"+comments.Comments[0].ID.String() {
		t.Errorf("the row leads to %s", href)
	}

	h.ben.submit(page, "form[action$='/read']").to("/acme/inbox")
	page = h.ben.get("/acme/inbox").ok()
	if page.one("#unread").Text() != "" || page.find("[data-unread]").Length() != 0 {
		t.Errorf("still unread: %s", page.body)
	}
	h.ben.submit(page, "form[action$='/read']").to("/acme/inbox")
	h.ben.get("/acme/inbox").ok().one(".inbox-row[data-unread]")

	beside := h.ben.get("/acme/inbox?issue="+issue.key).ok().has("What do you think", "Fix login")
	if current, _ := beside.one(".inbox-row__link[aria-current]").Attr("href"); !strings.Contains(current, issue.key) {
		t.Errorf("the row of the issue beside is %q", current)
	}
	h.ben.get("/acme/inbox?issue=ENG-99").is(http.StatusNotFound)
	h.ben.get("/acme/inbox?issue=" + h.hide().key).is(http.StatusNotFound)

	h.ben.submit(page, "form[action$='/done']").to("/acme/inbox")
	h.ben.get("/acme/inbox").ok().lacks("Fix login")
	put := h.ben.get("/acme/inbox?view=done").ok().has("Fix login")
	h.ben.submit(put, "form[action$='/done']").to("/acme/inbox")

	h.ben.submit(page, "form[action$='/snooze']", "until", "later").to("/acme/inbox")
	h.ben.get("/acme/inbox").ok().lacks("Fix login")
	h.clock.advance(48 * time.Hour)
	page = h.ben.get("/acme/inbox").ok().has("Fix login")
	h.ben.submit(page, "form[action$='/snooze']", "until", "never").is(http.StatusUnprocessableEntity)

	h.ben.submit(page, "form[action$='/subscribers']", "remove", string(h.ben.ref())).is(http.StatusSeeOther)
	if now, _ := h.engine.Issue(t.Context(), h.ann.actor, sync.IssueID{ID: issue.ref.ID()}); slices.Contains(now.Subscribers, h.ben.actor.Member) {
		t.Error("still subscribed")
	}
}

func TestInbox_AConditionalGETIsAnsweredByWhatTheReaderDid(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	paths := []string{h.ben.memberPath("inbox"), h.ben.memberPath("unread")}
	tags := map[string]string{}
	stale := func(what string, want int) {
		t.Helper()
		for _, path := range paths {
			answer := h.ben.get(path, "If-None-Match", tags[path])
			if answer.code != want {
				t.Errorf("%s: %s answers %d", what, path, answer.code)
			}
			tags[path] = answer.header.Get("ETag")
		}
	}
	stale("at first", 200)
	h.ann.apply(setField(issue.ref, issue.version, "priority", 1))
	stale("what is no news", 304)
	h.ann.comment(issue, "@ben")
	stale("news", 200)
	stale("nothing", 304)
	h.ben.post("/acme/inbox/"+issue.ref.ID().String()+"/read", nil, "HX-Request", "true").is(http.StatusNoContent)
	stale("a mark", 200)
	h.ann.apply(setField(issue.ref, h.head(), "title", "Mend login"))
	h.ben.get(paths[0], "If-None-Match", tags[paths[0]]).ok().has("Mend login")
	h.ben.get(paths[1], "If-None-Match", tags[paths[1]]).is(http.StatusNotModified) // a number alone
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: issue.ref})
	h.ben.get(paths[0]).lacks("Mend login")
	for _, path := range paths {
		h.ann.get(path).is(http.StatusNotFound)
	}
}

func TestS52_NothingLeaksToWhomIsMentionedWithoutAccess(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden := h.hide()
	secret := h.issueIn(h.sec, "SEC", "Buried gold", func(set map[string]any) { set["description"] = "@ben and @cleo" })
	h.ann.comment(secret, "@ben @cleo `@ben`")
	visible := h.issue("Refers", func(set map[string]any) { set["description"] = "@ben see " + secret.key })
	for _, path := range []string{"/acme/inbox", "/acme/inbox?view=done", h.ben.memberPath("inbox"), h.ben.memberPath("unread")} {
		h.ben.get(path).ok().lacks("Buried", secret.key, secret.ref.ID().String(), hidden.key)
	}
	h.ben.get("/acme/inbox").ok().has("Refers", visible.key)
	h.cleo.get("/acme/inbox").ok().has("You are up to date.")
	stream := h.open(h.ben, "")
	stream.next()
	h.ann.comment(secret, "@ben again")
	h.ann.comment(visible, "@ben here")
	if e := stream.next(); strings.Contains(fmt.Sprint(e.data), secret.ref.ID().String()) {
		t.Errorf("%+v", e.data)
	}
}

func TestS44_AnInboxForgetsWhatItsReaderMayNoLongerSee(t *testing.T) {
	t.Parallel()
	h := setup(t)
	team := sync.NewRef("team", h.sec)
	h.ann.apply(sync.Operation{Op: sync.Add, Record: team, Field: "members", Value: string(h.ben.ref())})
	secret := h.issueIn(h.sec, "SEC", "Buried gold", func(set map[string]any) { set["description"] = "@ben" })
	tag := h.ben.get(h.ben.memberPath("inbox")).ok().has("Buried gold").header.Get("ETag")
	h.ann.apply(sync.Operation{Op: sync.Remove, Record: team, Field: "members", Value: string(h.ben.ref())})
	h.ben.get(h.ben.memberPath("inbox"), "If-None-Match", tag).ok().lacks("Buried gold", secret.ref.ID().String())
	if page := h.ben.get("/acme/inbox").ok(); page.one("#unread").Text() != "" {
		t.Error("it is still counted")
	}
	h.ben.post("/acme/inbox/"+secret.ref.ID().String()+"/done", nil).is(http.StatusNotFound)
}

// What is left did not change, and the list is longer than a page: one that is only counted goes, then one that is shown.
func TestS44_AnIssueThatMovesOutOfSightLeavesInboxAndCount(t *testing.T) {
	t.Parallel()
	h := setup(t)
	mentioned := func(set map[string]any) { set["description"] = "@ben" }
	counted := h.issue("Soon gone", mentioned)
	h.manyTold(sync.PageSize)
	shown := h.issue("Soon secret", mentioned)
	h.manyTold(1)
	inbox, unread := h.ben.memberPath("inbox"), h.ben.memberPath("unread")
	list := h.ben.get(inbox).ok().has("Soon secret").header.Get("ETag")
	tag := h.ben.get(unread).ok().has("53").header.Get("ETag")
	for i, issue := range []madeIssue{counted, shown} {
		h.ann.apply(setField(issue.ref, issue.version, "team", sync.NewRef("team", h.sec)))
		answer := h.ben.get(unread, "If-None-Match", tag).ok().has(fmt.Sprint(52 - i))
		tag = answer.header.Get("ETag")
	}
	h.ben.get(inbox, "If-None-Match", list).ok().lacks("Soon secret", shown.ref.ID().String())
	h.ben.get(unread, "If-None-Match", tag).is(http.StatusNotModified)
}

func TestNapUntil(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("there", 3600)
	sunday := time.Date(2026, 11, 22, 23, 30, 0, 0, zone)
	for word, want := range map[string]time.Time{
		"": {}, "activity": sync.UntilActivity(), "later": time.Date(2026, 11, 23, 2, 30, 0, 0, zone), "tomorrow": time.Date(2026, 11, 23, 9, 0, 0, 0, zone), "week": time.Date(2026, 11, 23, 9, 0, 0, 0, zone),
	} {
		if got, known := napUntil(word, sunday); !known || !got.Equal(want) {
			t.Errorf("%q is %v", word, got)
		}
	}
	if got, _ := napUntil("week", sunday.AddDate(0, 0, 1)); !got.Equal(time.Date(2026, 11, 30, 9, 0, 0, 0, zone)) {
		t.Errorf("on a Monday next week is %v", got)
	}
	if _, known := napUntil("never", sunday); known {
		t.Error("never is a time")
	}
}

// manyTold leaves ben with an inbox of some issues.
func (h *house) manyTold(count int) {
	h.t.Helper()
	for i := range count {
		h.issue(fmt.Sprint("Issue ", i), func(set map[string]any) { set["description"] = "@ben" })
	}
}

// BenchmarkInbox reads an inbox of 500 rows, of which a page holds 50, and what stands beside its link.
func BenchmarkInbox(b *testing.B) {
	h := setup(b)
	h.manyTold(500)
	h.ben.get("/acme/inbox").ok()
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			h.ben.get("/acme/inbox").ok()
		}
	})
	b.Run("drawn anew", func(b *testing.B) {
		issue := "/acme/inbox/" + h.issueIDOfInbox() + "/read"
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			h.ben.post(issue, []string{"read", fmt.Sprint(i%2 == 0)}, "HX-Request", "true").is(http.StatusNoContent)
			b.StartTimer()
			h.ben.get(h.ben.memberPath("inbox")).ok()
		}
	})
	b.Run("unread", func(b *testing.B) {
		for b.Loop() {
			_, err := h.engine.Unread(b.Context(), h.ben.actor)
			must(b, err)
		}
	})
	b.Run("not modified", func(b *testing.B) {
		tag := h.ben.get(h.ben.memberPath("unread")).header.Get("ETag")
		for b.Loop() {
			h.ben.get(h.ben.memberPath("unread"), "If-None-Match", tag).is(http.StatusNotModified)
		}
	})
}

func (h *house) issueIDOfInbox() string {
	inbox, err := h.engine.Inbox(h.t.Context(), h.ben.actor, sync.InboxView{})
	must(h.t, err)
	return inbox.Rows[0].ID.String()
}
