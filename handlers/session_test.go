package handlers

import (
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

func TestSignIn_LimitsTries(t *testing.T) {
	t.Parallel()
	h := setup(t)
	try := func(email, from string) answer {
		return h.stranger().post("/sign-in", []string{"email", email, "password", "guess guess", "next", "//evil.example"}, "X-Forwarded-For", from)
	}
	for range 10 {
		try("nobody@example.com", "203.0.113.7").is(http.StatusUnprocessableEntity).one(".form-error")
	}
	limited := try("nobody@example.com", "203.0.113.8").is(http.StatusTooManyRequests)
	if limited.header.Get("Retry-After") == "" || limited.one("input[name=email]").AttrOr("value", "") != "nobody@example.com" {
		t.Error("no Retry-After, or the address is lost")
	}
	try("somebody@example.com", "203.0.113.7").is(http.StatusTooManyRequests)
	try("somebody@example.com", "203.0.113.9").is(http.StatusUnprocessableEntity)
}

func TestSetup_WorksOnce(t *testing.T) {
	t.Parallel()
	h := bareHouse(t)
	b := h.stranger()
	b.get("/").is(http.StatusNotFound).has("not set up")
	token, _, err := h.engine.IssueSetupToken(t.Context())
	must(t, err)
	page := b.get("/setup?token=" + string(token)).ok()
	answers := []string{"workspace", "Grand Budapest", "team", "Lobby", "key", "LOB", "name", "Zero", "email", "zero@example.com", "password", "mendl's box"}
	if page.find("[name=slug]").Length() > 0 {
		answers = append(answers, "slug", "budapest")
	}
	bad := append([]string{}, answers...)
	bad[5] = "no key"
	refused := b.submit(page, "form", bad...).is(http.StatusUnprocessableEntity)
	if refused.one("input[name=workspace]").AttrOr("value", "") != "Grand Budapest" || refused.find(".form-field__error").Length() != 1 {
		t.Error("the form is lost")
	}
	done := b.submit(refused, "form", answers...).is(http.StatusSeeOther)
	b.token = sync.Token(done.cookie("tandem").Value)
	home := done.header.Get("Location")
	b.get(home).ok().has("Grand Budapest", "Lobby")
	b.get(home + "/team/LOB").ok().has("Todo")
	b.get("/setup?token=" + string(token)).is(http.StatusNotFound)
	b.post("/setup", append(answers, "token", string(token))).is(http.StatusNotFound)
	b.get("/").to(home)
}

// Nodes that start at once each print a link. The first account ends all of them.
func TestSetup_EveryNodesLinkIsGood(t *testing.T) {
	t.Parallel()
	h := bareHouse(t)
	var links []string
	for range 20 {
		token, _, err := h.engine.IssueSetupToken(t.Context())
		must(t, err)
		links = append(links, "/setup?token="+string(token))
	}
	b := h.stranger()
	b.get(links[0]).is(http.StatusNotFound) // but not for ever
	b.get("/setup?token=").is(http.StatusNotFound)
	page := b.get(links[18]).ok()
	b.get(links[19]).ok()
	b.submit(page, "form", "workspace", "Acme", "team", "Lobby", "key", "LOB", "name", "Zero", "email", "zero@example.com", "password", "mendl's box").is(http.StatusSeeOther)
	for _, link := range links {
		b.get(link).is(http.StatusNotFound)
	}
}

func TestInvite_LetsPeopleIn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	made := h.ann.submit(h.ann.get("/acme/settings/member"), "form[action$='/settings/invite']", "role", "member").ok()
	link := strings.TrimSpace(made.one("#invite-link").Text())
	path, local := strings.CutPrefix(link, "http://example.com")
	if !local {
		t.Fatalf("the link is %q", link)
	}
	guest := h.stranger()
	page := guest.get(path).ok().has("Acme")
	guest.submit(page, "form", "name", "Fay", "email", "fay@example.com", "password", "short").is(http.StatusUnprocessableEntity).one(".form-field__error")
	joined := guest.submit(page, "form", "name", "Fay", "email", "fay@example.com", "password", "long enough").to("/acme")
	guest.token = sync.Token(joined.cookie("tandem").Value)
	guest.get("/acme/team/ENG").ok()
	guest.get("/acme/team/SEC").is(http.StatusNotFound)

	again := h.stranger()
	again.submit(page, "form", "name", "Fay", "email", "fay@example.com", "password", "wrong one").is(http.StatusUnprocessableEntity).has("already")
	again.submit(page, "form", "name", "Fay", "email", "fay@example.com", "password", "long enough").to("/acme")
	h.ann.post("/acme/settings/invite", []string{"role", "guest"}).is(http.StatusUnprocessableEntity).one(".form-field__error")
}

func TestStart_LeadsToTheLastWorkspace(t *testing.T) {
	t.Parallel()
	h := setup(t)
	other, err := h.engine.CreateWorkspace(t.Context(), "aaa", "Other")
	must(t, err)
	_, err = h.engine.AddMember(t.Context(), other, h.ben.person, sync.Member)
	must(t, err)
	h.ben.get("/").to("/aaa")
	last := h.ben.get("/acme/team/ENG").cookie(lastCookie)
	h.ben.get("/", "Cookie", last.String()).to("/acme")
	h.stranger().get("/").to("/sign-in")
}
