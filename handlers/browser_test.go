package handlers

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tandem/sync"
)

// screens catch what is sent to browsers.
type screens struct {
	sent  []Push
	fails error
}

func (s *screens) take(_ context.Context, m Push) error {
	if s.fails == nil {
		s.sent = append(s.sent, m)
	}
	return s.fails
}

func pushHouse(t *testing.T) (*house, *screens) {
	t.Helper()
	shown := &screens{}
	return setup(t, func(o *Options) { o.Push, o.PushKey = shown.take, "BKey" }), shown
}

// subscription is what a browser's script sends.
func subscription(t *testing.T, endpoint string) []string {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	must(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	return []string{"endpoint", endpoint, "p256dh", encode(key.PublicKey().Bytes()), "auth", encode(make([]byte, 16))}
}

// show sends what ben was told to his browsers, and reads it there.
func (h *house) show(shown *screens) []note {
	h.t.Helper()
	h.ben.get(h.ben.memberPath("unread")).ok() // follows the log
	must(h.t, h.engine.SendPush(h.t.Context(), h.sendNotifications))
	var notes []note
	for _, m := range shown.sent {
		var n note
		must(h.t, json.Unmarshal(m.Text, &n))
		notes = append(notes, n)
	}
	shown.sent = nil
	return notes
}

func TestBrowser_IsToldWhatHappensAndWhere(t *testing.T) {
	t.Parallel()
	h, shown := pushHouse(t)
	h.ben.post("/acme/settings/browser", subscription(t, "https://push.example.com/ben")).to("/acme/settings/notifications")
	issue := h.issue("Fix <login>")
	h.ann.comment(issue, "What *do* you think, @ben?")
	notes := h.show(shown)
	if len(notes) != 1 {
		t.Fatalf("%+v", notes)
	}
	n := notes[0]
	if n.Title != issue.key+" Fix <login>" || n.Body != "ann mentioned you: What do you think, @ben?" || n.Tag != string(issue.ref) || n.Unread != 1 ||
		!strings.HasPrefix(n.URL, "/acme/issue/"+issue.key+"#comment-") {
		t.Errorf("%+v", n)
	}
	h.ann.comment(issue, "@ben, still there?")
	h.ann.comment(issue, "@ben, really?")
	if notes := h.show(shown); len(notes) != 1 || notes[0].Tag != n.Tag || !strings.HasSuffix(notes[0].Body, "really?") {
		t.Errorf("an issue is shown once, with its newest: %+v", notes)
	}
	h.ann.comment(issue, "@ben, seen?")
	h.ben.get(h.ben.memberPath("unread")).ok()
	h.ben.post("/acme/inbox/"+issue.ref.ID().String()+"/read", []string{"read", "true"}).is(http.StatusSeeOther)
	if notes := h.show(shown); len(notes) != 0 {
		t.Errorf("it was read: %+v", notes)
	}
}

func TestBrowser_IsToldOfManyIssuesInOne(t *testing.T) {
	t.Parallel()
	h, shown := pushHouse(t)
	h.ben.post("/acme/settings/browser", subscription(t, "https://push.example.com/ben"))
	assigned := func(set map[string]any) { set["assignee"] = string(sync.NewRef("member", h.ben.actor.Member)) }
	for range mostNotes {
		h.issue("A few", assigned)
	}
	if notes := h.show(shown); len(notes) != mostNotes {
		t.Errorf("%+v", notes)
	}
	for range mostNotes + 1 {
		h.issue("Many", assigned)
	}
	if notes := h.show(shown); len(notes) != 1 || notes[0].Title != "4 issues in Acme" || notes[0].URL != "/acme/inbox" || notes[0].Unread != 2*mostNotes+1 {
		t.Errorf("%+v", notes)
	}
}

func TestBrowser_AMessageFitsHoweverLongItsTexts(t *testing.T) {
	t.Parallel()
	h, shown := pushHouse(t)
	h.ben.post("/acme/settings/browser", subscription(t, "https://push.example.com/ben"))
	issue := h.issue(strings.Repeat("<", 250))
	h.ann.comment(issue, "@ben `"+strings.Repeat("&\u2028😀", 2000)+"`")
	h.ben.get(h.ben.memberPath("unread")).ok()
	must(t, h.engine.SendPush(t.Context(), h.sendNotifications))
	if len(shown.sent) != 1 || len(shown.sent[0].Text) > 3900 || len(shown.sent[0].Topic) > 32 || !shown.sent[0].Urgent {
		t.Fatalf("%+v", shown.sent)
	}
	if notes := h.show(shown); utf8.RuneCountInString(notes[0].Title) > noteTitle+20 || !strings.HasSuffix(notes[0].Body, "…") {
		t.Errorf("%+v", notes)
	}
}

func TestBrowser_TheSettingsOfferItAndEndIt(t *testing.T) {
	t.Parallel()
	h, shown := pushHouse(t)
	page := h.ben.get("/acme/settings/notifications").ok()
	offer := page.one("form[data-push-key]")
	if _, hidden := offer.Attr("hidden"); !hidden || offer.AttrOr("data-push-key", "") != "BKey" || offer.AttrOr("data-push-endpoint", "x") != "" {
		t.Errorf("without a script it does nothing: %s", page.body)
	}
	if page.find("[data-action=forget-browser]").Length() != 0 {
		t.Error("there is nothing to stop")
	}
	values := subscription(t, "https://push.example.com/ben")
	h.ben.submit(page, "form[data-push-key]", values...).to("/acme/settings/notifications")
	page = h.ben.get("/acme/settings/notifications").ok().has("until you sign out here")
	if got := page.one("form[data-push-key]").AttrOr("data-push-endpoint", ""); got != "https://push.example.com/ben" {
		t.Errorf("%q", got)
	}
	h.ben.tab().get("/acme/settings/notifications").ok().has("until you sign out here")
	h.ann.get("/acme/settings/notifications").ok().lacks("push.example.com")

	h.ben.post("/acme/settings/browser", append(subscription(t, "https://push.example.com/renewed"), "renew", "yes")).is(http.StatusNoContent)
	page = h.ben.get("/acme/settings/notifications").ok().has("push.example.com/renewed")
	h.ben.submit(page, "form:has([data-action=forget-browser])").to("/acme/settings/notifications")
	h.ben.get("/acme/settings/notifications").ok().lacks("push.example.com")
	h.ben.post("/acme/settings/browser", append(values, "renew", "yes")).is(http.StatusNoContent)
	h.ben.get("/acme/settings/notifications").ok().lacks("push.example.com")

	h.ben.post("/acme/settings/browser", values).is(http.StatusSeeOther)
	h.issue("Told", func(set map[string]any) { set["assignee"] = string(sync.NewRef("member", h.ben.actor.Member)) })
	h.ben.get(h.ben.memberPath("unread")).ok()
	h.ben.post("/sign-out", nil).to("/sign-in")
	must(t, h.engine.SendPush(t.Context(), h.sendNotifications))
	if len(shown.sent) != 0 {
		t.Errorf("told after the sign-out: %+v", shown.sent)
	}
	setup(t).ann.get("/acme/settings/notifications").ok().lacks("This browser")
}

func TestBrowser_RefusesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	h, _ := pushHouse(t)
	good := subscription(t, "https://push.example.com/x")
	h.ben.post("/acme/settings/browser", good, "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden)
	h.ben.post("/acme/settings/browser/forget", nil, "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden)
	h.program(h.ben, sync.ScopeWrite).post("/acme/settings/browser", good).is(http.StatusForbidden)
	h.stranger().post("/acme/settings/browser", good).is(http.StatusUnauthorized)
	for name, bad := range map[string][]string{
		"http": subscription(t, "http://push.example.com/x"), "no address": subscription(t, ""), "no keys": {"endpoint", "https://push.example.com/x"},
		"no base64": {"endpoint", "https://push.example.com/x", "p256dh", "!", "auth", "!"},
	} {
		if code := h.ben.post("/acme/settings/browser", bad).code; code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, code)
		}
	}
	h.ben.get("/acme/settings/notifications").ok().lacks("push.example.com")
}

func TestNotifications_BrowsersAreChosenBesideMail(t *testing.T) {
	t.Parallel()
	h, _ := pushHouse(t)
	chosen := func() []string {
		var names []string
		for _, box := range h.ben.get("/acme/settings/notifications").ok().find("[name=push][checked]").EachIter() {
			names = append(names, box.AttrOr("value", ""))
		}
		return names
	}
	if got := chosen(); !slices.Equal(got, []string{"mentioned", "assigned", "urgent", "due", "unblocked"}) {
		t.Errorf("at first %v", got)
	}
	h.ben.post("/acme/settings/notifications", []string{"mail", "due", "push", "closed", "push", "mentioned", "digest", "daily"}).is(http.StatusSeeOther)
	if got := chosen(); !slices.Equal(got, []string{"mentioned", "closed"}) {
		t.Errorf("%v", got)
	}
	h.ben.post("/acme/settings/notifications", []string{"push", "spam", "digest", "daily"}).is(http.StatusUnprocessableEntity)
}
