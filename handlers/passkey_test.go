package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

// adds gives somebody a passkey of a name.
func (b *browser) adds(a *authenticator, name string) answer {
	b.house.t.Helper()
	to := b.asks("/acme/settings/passkey/challenge")
	return b.post("/acme/settings/passkey", []string{"name", name, "credential", a.makes(to)}, "Cookie", to.cookie)
}

// enters signs in with a passkey.
func (h *house) enters(a *authenticator, more ...string) answer {
	h.t.Helper()
	to := h.stranger().asks("/sign-in/passkey/challenge")
	return h.stranger().post("/sign-in/passkey", []string{"credential", a.signs(to), "next", "/acme/team/ENG"}, append(more, "Cookie", to.cookie)...)
}

// passkeyID is the id of a passkey that is made for somebody.
func (h *house) passkeyID(b *browser) string {
	h.t.Helper()
	must(h.t, h.engine.AddPasskey(h.t.Context(), sync.Passkey{Person: b.person.ID, Credential: []byte(newID().String()), PublicKey: []byte{1}, Name: "Hers"}))
	passkeys, err := h.engine.Passkeys(h.t.Context(), b.person.ID)
	must(h.t, err)
	return passkeys[len(passkeys)-1].ID.String()
}

func TestPasskey_IsAddedAndSignsIn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	page := h.ben.get("/acme/settings/account").ok().has("needs JavaScript")
	if _, hidden := page.one("form[data-passkey=create]").Attr("hidden"); !hidden {
		t.Error("without a script it is offered")
	}
	to := h.ben.asks("/acme/settings/passkey/challenge")
	if to.PublicKey.RP.ID != "example.com" || to.PublicKey.User.Name != "ben@example.com" || len(to.PublicKey.Exclude) != 0 {
		t.Errorf("%+v", to)
	}
	phone := newAuthenticator(t)
	phone.extra = map[string]any{"credProps": map[string]any{"rk": true}} // as some password managers tell unasked
	h.ben.adds(phone, "ben's phone").to("/acme/settings/account")
	h.ben.get("/acme/settings/account").ok().has("Remove ben&#39;s phone", "never used")
	h.ann.get("/acme/settings/account").ok().lacks("Remove ben&#39;s phone")
	if to := h.ben.asks("/acme/settings/passkey/challenge"); len(to.PublicKey.Exclude) != 1 || to.PublicKey.Exclude[0].ID != encode(phone.id) {
		t.Errorf("the device may make another one: %+v", to)
	}

	sign := h.stranger().get("/sign-in?next=/acme").ok()
	if sign.one("form[data-passkey=get] [name=next]").AttrOr("value", "") != "/acme" || sign.one("[name=email]").AttrOr("autocomplete", "") != "username webauthn" {
		t.Error(sign.body)
	}
	if to := h.stranger().asks("/sign-in/passkey/challenge"); to.PublicKey.RPID != "example.com" {
		t.Errorf("%+v", to)
	}
	entered := h.enters(phone).to("/acme/team/ENG")
	again := h.stranger()
	again.token = sync.Token(entered.cookie("tandem").Value)
	again.get("/acme/settings/account").ok().has("Remove ben&#39;s phone", "last used")
	h.enters(phone).to("/acme/team/ENG")

	h.enters(phone).to("/acme/team/ENG")
	phone.flags &^= userVerified
	h.enters(phone).is(http.StatusUnprocessableEntity) // whoever found it unlocked
}

func TestPasskey_IsNamedAndRemoved(t *testing.T) {
	t.Parallel()
	h := setup(t)
	first, second := newAuthenticator(t), newAuthenticator(t)
	h.ben.adds(first, "first").to("/acme/settings/account")
	page := h.ben.get("/acme/settings/account").ok()
	h.ben.submit(page, "form:has([data-action=rename-passkey])", "name", " laptop ").to("/acme/settings/account")
	page = h.ben.get("/acme/settings/account").ok().has("Remove laptop").lacks("first")
	h.ben.submit(page, "form:has([data-action=rename-passkey])", "name", "").is(http.StatusUnprocessableEntity).one(".form-error")

	h.ben.adds(second, "second").to("/acme/settings/account")
	thief, guest := h.stranger(), h.stranger()
	thief.token, guest.token = sync.Token(h.enters(first).cookie("tandem").Value), sync.Token(h.enters(second).cookie("tandem").Value)
	stream := thief.stream(h.serve() + "/acme/sync/events")
	stream.next()
	h.ben.submit(page, "form:has([data-action=remove-passkey])").to("/acme/settings/account")
	if e := stream.next(); e.name != "bye" || e.data["reason"] != "signed-out" {
		t.Errorf("the lost device goes on: %+v", e)
	}
	thief.get("/acme/sync/pull").is(http.StatusUnauthorized)
	guest.get("/acme/sync/pull").ok()
	h.ben.get("/acme/settings/account").ok().has("second").lacks("laptop")
	h.enters(first).is(http.StatusUnprocessableEntity).has("opens nothing here")
	h.enters(second).is(http.StatusSeeOther)
}

func TestPasskey_WhatProvesNothingOpensNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	phone, annas := newAuthenticator(t), newAuthenticator(t)
	h.ben.adds(phone, "phone").to("/acme/settings/account")
	h.ann.adds(annas, "ann's").to("/acme/settings/account")
	for name, change := range map[string]func(*authenticator){
		"another origin":        func(a *authenticator) { a.origin = "http://evil.example" },
		"https for http":        func(a *authenticator) { a.origin = "https://example.com" },
		"another party":         func(a *authenticator) { a.party = "evil.example" },
		"another key":           func(a *authenticator) { a.key = annas.key },
		"another's handle":      func(a *authenticator) { a.owner = annas.owner },
		"no handle":             func(a *authenticator) { a.owner = "" },
		"another's credential":  func(a *authenticator) { a.id = annas.id },
		"nobody's credential":   func(a *authenticator) { a.id = []byte("made up") },
		"nobody there":          func(a *authenticator) { a.flags &^= userPresent },
		"a count that is older": func(a *authenticator) { a.count = 0 },
	} {
		h.exec("update passkey set sign_count = 5")
		changed := *phone
		changed.count = 10
		change(&changed)
		answer := h.enters(&changed).is(http.StatusUnprocessableEntity)
		if words := answer.one(".form-error").Text(); strings.Contains(words, "could not be checked") == (name == "a count that is older") {
			t.Errorf("%s: %q", name, words)
		}
		if answer.cookie("tandem") != nil {
			t.Errorf("%s opened a session", name)
		}
	}
	phone.count = 5
	h.enters(phone).is(http.StatusSeeOther)
}

func TestPasskey_AChallengeIsAnsweredOnceByWhoAskedInTime(t *testing.T) {
	t.Parallel()
	h := setup(t)
	phone := newAuthenticator(t)
	h.ben.adds(phone, "phone").to("/acme/settings/account")
	enter := func(credential, cookie string) answer {
		return h.stranger().post("/sign-in/passkey", []string{"credential", credential}, "Cookie", cookie, "Accept", "text/html")
	}
	to := h.stranger().asks("/sign-in/passkey/challenge")
	signed := phone.signs(to)
	h.stranger().post("/sign-in/passkey", []string{"credential", signed}).is(http.StatusUnprocessableEntity).has("Try again")
	enter(signed, to.cookie).to("/")
	enter(signed, to.cookie).is(http.StatusUnprocessableEntity)

	other := h.stranger().asks("/sign-in/passkey/challenge")
	enter(phone.signs(to), other.cookie).is(http.StatusUnprocessableEntity)
	enter(phone.signs(other), to.cookie).is(http.StatusUnprocessableEntity) // another browser's
	to.PublicKey.Challenge = encode([]byte("of one's own"))
	enter(phone.signs(to), to.cookie).is(http.StatusUnprocessableEntity)
	to.PublicKey.Challenge = "\x00"
	enter(phone.signs(to), to.cookie).is(http.StatusUnprocessableEntity)

	late := h.stranger().asks("/sign-in/passkey/challenge")
	h.exec("update passkey_challenge set expires_at = now()")
	enter(phone.signs(late), late.cookie).is(http.StatusUnprocessableEntity)

	adding := h.ben.asks("/acme/settings/passkey/challenge")
	enter(phone.signs(adding), adding.cookie).is(http.StatusUnprocessableEntity)
	adding = h.ben.asks("/acme/settings/passkey/challenge")
	made := newAuthenticator(t).makes(adding)
	h.ann.post("/acme/settings/passkey", []string{"name", "Mine", "credential", made}, "Cookie", adding.cookie).is(http.StatusUnprocessableEntity)
	h.ben.post("/acme/settings/passkey", []string{"name", "Mine", "credential", made}, "Cookie", adding.cookie).is(http.StatusUnprocessableEntity)
	h.ben.adds(newAuthenticator(t), "Mine").to("/acme/settings/account")
}

func TestPasskey_EachPageOfABrowserHasItsOwnChallenge(t *testing.T) {
	t.Parallel()
	h := setup(t)
	phone := newAuthenticator(t)
	h.ben.adds(phone, "phone").to("/acme/settings/account")
	first := h.stranger().asks("/sign-in/passkey/challenge")
	pages := []signable{first}
	for range 10 {
		pages = append(pages, h.stranger().asks("/sign-in/passkey/challenge", "Cookie", first.cookie))
	}
	for i, page := range pages {
		if page.cookie != first.cookie {
			t.Fatalf("page %d has %s, not %s", i, page.cookie, first.cookie)
		}
		entered := h.stranger().post("/sign-in/passkey", []string{"credential", phone.signs(page)}, "Cookie", page.cookie)
		if i == 0 {
			entered.is(http.StatusUnprocessableEntity) // ten are remembered
			continue
		}
		entered.is(http.StatusSeeOther)
	}

	for range 12 { // each time in another browser
		h.ben.asks("/acme/settings/passkey/challenge")
	}
	if kept := h.count("select count(*) from passkey_challenge where person_id is not null"); kept != 10 {
		t.Errorf("%d challenges of ben are kept", kept)
	}
}

func TestPasskey_IsAddedByWhoSignedInAWhileAgoOnlyOnceTheyDoSoAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	challenge := "/acme/settings/passkey/challenge"
	h.exec("update session set created_at = now() - interval '16 minutes' where person_id = $1", h.ben.person.ID)
	h.ben.post(challenge, nil, "Accept", "application/json").has("Sign out and in again").problem(http.StatusForbidden, sync.CodeForbidden)
	h.exec("update session set created_at = now() - interval '14 minutes' where person_id = $1", h.ben.person.ID)
	h.ben.asks(challenge)
}

func TestPasskey_WhatIsNoneIsNotAdded(t *testing.T) {
	t.Parallel()
	h := setup(t)
	phone := newAuthenticator(t)
	h.ann.adds(phone, "phone").to("/acme/settings/account")
	h.ben.adds(phone, "Hers").is(http.StatusUnprocessableEntity).has("here already")
	far := newAuthenticator(t)
	far.origin = "http://evil.example"
	h.ben.adds(far, "Far").is(http.StatusUnprocessableEntity).has("could not be checked")
	h.ben.adds(newAuthenticator(t), "").is(http.StatusUnprocessableEntity).one("form[data-passkey] .form-field__error")
	to := h.ben.asks("/acme/settings/passkey/challenge")
	h.ben.post("/acme/settings/passkey", []string{"name", "x", "credential", "{}"}, "Cookie", to.cookie).is(http.StatusUnprocessableEntity)
	unlocked := newAuthenticator(t)
	unlocked.flags &^= userVerified
	h.ben.adds(unlocked, "Unlocked").is(http.StatusUnprocessableEntity).has("could not be checked")
	heavy := newAuthenticator(t)
	heavy.cose = rsaKey(2048)
	h.ben.adds(heavy, "Heavy").is(http.StatusUnprocessableEntity).has("too long to be checked")
	heavy.cose = rsaKey(512)
	h.ben.adds(heavy, "As long as any").to("/acme/settings/account")
	for range 18 {
		h.passkeyID(h.ben)
	}
	to = h.ben.asks("/acme/settings/passkey/challenge")
	h.passkeyID(h.ben)
	h.ben.post("/acme/settings/passkey/challenge", nil, "Accept", "application/json").has("Remove one").problem(http.StatusUnprocessableEntity, sync.CodeInvalid)
	made := newAuthenticator(t).makes(to) // asked for before the last one came
	h.ben.post("/acme/settings/passkey", []string{"name", "One more", "credential", made}, "Cookie", to.cookie).is(http.StatusUnprocessableEntity).has("Remove one")
}

func TestPasskey_IsForPeopleOfThisSiteAlone(t *testing.T) {
	t.Parallel()
	h := setup(t, func(o *Options) { o.URL = "https://tandem.example" })
	program := h.program(h.ben, sync.ScopeWrite)
	id := h.passkeyID(h.ben)
	for _, path := range []string{"/acme/settings/passkey", "/acme/settings/passkey/challenge", "/acme/settings/passkey/" + id, "/acme/settings/passkey/" + id + "/remove"} {
		program.post(path, []string{"name", "x"}, "Accept", "application/json").problem(http.StatusForbidden, sync.CodeForbidden)
		h.ben.post(path, nil, "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden)
		h.stranger().post(path, nil).is(http.StatusUnauthorized)
	}
	h.stranger().post("/sign-in/passkey", nil, "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden)
	if to := h.ben.asks("/acme/settings/passkey/challenge"); to.PublicKey.RP.ID != "tandem.example" {
		t.Errorf("%+v", to)
	}
	for _, page := range []answer{h.ben.get("/acme/settings/account"), h.stranger().get("/sign-in"), h.stranger().post("/sign-in/passkey", nil)} {
		if at := page.one("form[data-passkey]").AttrOr("data-origin", ""); at != "https://tandem.example" {
			t.Errorf("passkeys are for %q", at)
		}
	}
	phone := newAuthenticator(t)
	h.ben.adds(phone, "At another address").is(http.StatusUnprocessableEntity)
	phone.origin, phone.party = "https://tandem.example", "tandem.example"
	h.ben.adds(phone, "At the address").is(http.StatusSeeOther)
	h.enters(phone).is(http.StatusSeeOther)
}

func TestPasskey_NeedsAnAddressThatAuthenticatorsSignFor(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"https://tandem", "http://192.0.2.7:8080", "http://[2001:db8::1]"} {
		h := setup(t, func(o *Options) { o.URL = at })
		for _, page := range []answer{h.ben.get("/acme/settings/account"), h.stranger().get("/sign-in")} {
			if origin, there := page.ok().one("form[data-passkey]").Attr("data-origin"); origin != "" || !there {
				t.Errorf("%s: passkeys are for %q", at, origin)
			}
		}
		for path, who := range map[string]*browser{"/acme/settings/passkey/challenge": h.ben, "/sign-in/passkey/challenge": h.stranger()} {
			who.post(path, nil, "Accept", "application/json").has("such as tandem.example.com").problem(http.StatusUnprocessableEntity, sync.CodeInvalid)
		}
	}
}

func TestPasskey_TriesAreLimited(t *testing.T) {
	t.Parallel()
	h := setup(t)
	from := func(at string) []string { return []string{"X-Forwarded-For", at, "Accept", "application/json"} }
	for _, path := range []string{"/sign-in/passkey", "/sign-in/passkey/challenge"} {
		var last answer
		for i := range 200 {
			if last = h.stranger().post(path, nil, from(fmt.Sprint("2001:db8:1:2::", i+1))...); last.code == http.StatusTooManyRequests {
				break
			}
		}
		if last.is(http.StatusTooManyRequests).has("Wait a minute"); last.header.Get("Retry-After") == "" {
			t.Error(path, "has no Retry-After")
		}
		if other := h.stranger().post(path, nil, from("2001:db8:1:3::1")...); other.code == http.StatusTooManyRequests {
			t.Error(path, "is shut to another network too")
		}
	}
	guess := func(i int, at string) answer { // passwords are counted apart
		return h.stranger().post("/sign-in", []string{"email", fmt.Sprint(i, "@example.com"), "password", "guess guess"}, from(at)...)
	}
	for i := range 10 {
		guess(i, fmt.Sprint("2001:db8:1:2::", i)).is(http.StatusUnprocessableEntity)
	}
	guess(10, "2001:db8:1:2:3::").is(http.StatusTooManyRequests)
	guess(11, "2001:db8:1:3::").is(http.StatusUnprocessableEntity)
}

// Browsers of text show what is hidden: only the script that can do something with it makes the button.
func TestPasskey_HasNoButtonWithoutScript(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for page, who := range map[string]*browser{"/sign-in": h.stranger(), "/acme/settings/account": h.ann} {
		if form := who.get(page).ok().one("form[data-passkey][data-button]"); form.Find("button, [type=submit]").Length() > 0 {
			t.Errorf("%s has one", page)
		}
	}
}
