package handlers

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

// letters catches what is sent.
type letters struct{ sent []Mail }

func (l *letters) take(_ context.Context, m Mail) error {
	l.sent = append(l.sent, m)
	return nil
}

func mailHouse(t *testing.T) (*house, *letters) {
	t.Helper()
	l := &letters{}
	h := setup(t, func(o *Options) { o.Mail, o.MailURL = l.take, "https://tandem.example.com" })
	return h, l
}

// deliver sends what ben was told.
func (h *house) deliver() {
	h.t.Helper()
	h.ben.get(h.ben.memberPath("unread")).ok() // follows the log
	must(h.t, h.engine.SendMail(h.t.Context(), h.sendLetter))
}

func TestMail_SaysWhatAndLeadsThereAndOut(t *testing.T) {
	t.Parallel()
	h, l := mailHouse(t)
	issue := h.issue("Fix <login>")
	h.ann.comment(issue, "What *do* you think, @ben?")
	h.deliver()
	if len(l.sent) != 1 {
		t.Fatalf("%d letters", len(l.sent))
	}
	letter := l.sent[0]
	link := "https://tandem.example.com/acme/issue/" + issue.key + "#comment-"
	for _, form := range []string{letter.Text, letter.HTML} {
		for _, wanted := range []string{link, "ann mentioned you", "What do you think, @ben?", letter.Unsubscribe, "/acme/settings/notifications"} {
			if !strings.Contains(form, wanted) {
				t.Errorf("no %q in %s", wanted, form)
			}
		}
	}
	if !strings.Contains(letter.HTML, "Fix &lt;login&gt;") || !strings.Contains(letter.Subject, "Fix <login>") || letter.To != "ben@example.com" {
		t.Errorf("%+v", letter)
	}

	out := strings.TrimPrefix(letter.Unsubscribe, "https://tandem.example.com")
	stranger := h.stranger()
	page := stranger.get(out).ok().has("Get no more e-mail?")
	h.ann.comment(issue, "@ben, still there?")
	h.deliver()
	if len(l.sent) != 2 {
		t.Fatal("to look at the link has turned e-mail off")
	}
	stranger.submit(page, "form").ok().has("No more e-mail")
	stranger.post(out, []string{"List-Unsubscribe", "One-Click"}).ok()
	stranger.get(out + "x").is(http.StatusNotFound)
	h.ann.comment(issue, "@ben, and now?")
	h.deliver()
	if len(l.sent) != 2 {
		t.Error("sent after all")
	}
	if n := h.ben.get("/acme/settings/notifications").ok().find("[name=mail][checked]").Length(); n != 0 {
		t.Errorf("%d are chosen still", n)
	}
}

func TestNotifications_AreChosenByAForm(t *testing.T) {
	t.Parallel()
	h, l := mailHouse(t)
	page := h.ben.get("/acme/settings/notifications").ok().has("ben@example.com").lacks("Send a test e-mail", "sends no e-mail")
	if n := page.find("[name=mail][checked]").Length(); n != len(sync.Reasons()) {
		t.Errorf("%d are chosen at first", n)
	}
	choose := func(pairs ...string) (tx string) {
		t.Helper()
		tx = newID().String()
		h.ben.post("/acme/settings/notifications", append([]string{"_tx", tx}, pairs...)).to("/acme/settings/notifications")
		return tx
	}
	chosen := choose("mail", "assigned", "mail", "due", "digest", "daily")
	h.ben.post("/acme/undo", []string{"transaction", chosen}).is(http.StatusSeeOther)
	choose("mail", "assigned", "digest", "weekly")
	page = h.ben.get("/acme/settings/notifications").ok()
	if n := page.find("[name=mail][checked]").Length(); n != 1 || page.one("[name=digest] option[selected]").AttrOr("value", "") != "weekly" {
		t.Errorf("%d are chosen: %s", n, page.body)
	}
	h.ben.post("/acme/settings/notifications", []string{"mail", "spam", "digest", "weekly"}).is(http.StatusUnprocessableEntity)
	h.ann.get("/acme/settings/notifications").ok().has("Every 4 hours")

	page = h.ann.get("/acme/settings/notifications").ok()
	h.ann.submit(page, "form[action$='/test']").to("/acme/settings/notifications")
	if len(l.sent) != 1 || l.sent[0].To != "ann@example.com" {
		t.Errorf("%+v", l.sent)
	}
	h.ben.post("/acme/settings/notifications/test", nil).is(http.StatusForbidden)
	setup(t).ann.get("/acme/settings/notifications").ok().has("sends no e-mail yet").lacks("Send a test e-mail")
}
