package handlers

import (
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

// share makes a share of an issue by its form and returns the path of its embed.
func (h *house) share(key string, origins string) string {
	h.t.Helper()
	page := h.ann.submit(h.ann.get("/acme/issue/"+key), "form[action$='/share']", "allowed_origins", origins).ok()
	link := strings.TrimSpace(page.one("#share-link").Text())
	path, local := strings.CutPrefix(link, "http://example.com")
	if !local {
		h.t.Fatalf("the link is %q", link)
	}
	return path
}

func TestEmbed_ShowsOnlyWhatItMay(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Public face", func(set map[string]any) {
		set["description"], set["assignee"], set["labels"] = "Private words", string(sync.NewRef("member", h.ben.actor.Member)), []string{string(h.bug)}
	})
	path := h.share(issue.key, "https://one.example/\r\nhttps://two.example:8443")
	b := h.stranger()
	page := b.get(path).ok().has("Public face", issue.key, "bug", "Todo").lacks("Private words", "ben", string(issue.ref))
	if csp := page.header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "; frame-ancestors https://one.example https://two.example:8443") {
		t.Errorf("CSP %s", csp)
	}
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "private, no-cache"} {
		if got := page.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	signedIn := h.ben.get(path).ok()
	if signedIn.body != page.body || len(signedIn.header.Values("Set-Cookie")) > 0 || signedIn.header.Get("Tandem-Member") != "" {
		t.Error("the embed knows who is signed in")
	}
	fragment := b.get(path + "?fragment=row").ok().lacks("<html")
	fragment.one("section[data-live=share]")
	b.get(path+"?fragment=row", "If-None-Match", fragment.header.Get("ETag")).is(http.StatusNotModified)
	h.ann.apply(setField(issue.ref, issue.version, "title", "New face"))
	b.get(path+"?fragment=row", "If-None-Match", fragment.header.Get("ETag")).ok().has("New face")
}

func TestEmbed_IsToldAndEnds(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Shared")
	path := h.share(issue.key, "*")
	if csp := h.stranger().get(path).header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors *") {
		t.Errorf("CSP %s", csp)
	}
	unframed := h.share(h.issue("Shared by link alone").key, "")
	if csp := h.stranger().get(unframed).header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors 'none'") {
		t.Errorf("CSP without origins %s", csp)
	}
	stream := h.stranger().stream(h.serve() + path + "/events")
	stream.next()
	stream.next() // what may have changed between the page and its stream
	h.issue("Of no concern")
	changed := h.ann.apply(setField(issue.ref, issue.version, "title", "Changed"))
	e := stream.next()
	if e.name != "bump" || e.data["version"] != float64(changed.Version) || e.data["records"] != nil || len(e.data["topics"].([]any)) != 1 || e.data["topics"].([]any)[0] != "share" {
		t.Errorf("%+v", e)
	}
	h.ann.submit(h.ann.get("/acme/issue/"+issue.key), "form[action$='/revoke']").is(http.StatusSeeOther)
	if e = stream.next(); e.name == "bump" { // unless the look after the bump before found it already
		e = stream.next()
	}
	if e.name != "bye" {
		t.Errorf("%+v", e)
	}
	stream.ended()
	h.stranger().get(path).is(http.StatusNotFound).has("no longer shared")
	h.stranger().get(path + "?fragment=row").is(http.StatusNotFound).lacks("Changed")
	h.stranger().get(path + "/events").is(http.StatusNotFound)
}

func TestShare_RefusesWhatIsNoOrigin(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Shared")
	page := h.ann.submit(h.ann.get("/acme/issue/"+issue.key), "form[action$='/share']", "allowed_origins", "example.com").is(http.StatusUnprocessableEntity)
	if got := page.one("textarea[name=allowed_origins]").Text(); got != "example.com" {
		t.Errorf("%q", got)
	}
	h.cleo.post("/acme/issue/"+issue.key+"/share", []string{"allowed_origins", "*"}).is(http.StatusForbidden)
}

func TestShare_LoadingTheAnswerAgainLeadsToThePage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Shared")
	h.ann.get("/acme/issue/" + issue.key + "/share").is(http.StatusSeeOther).to("/acme/issue/" + issue.key)
	h.ann.get("/acme/team/ENG/share?f=priority:urgent").is(http.StatusSeeOther).to("/acme/team/ENG?f=priority:urgent")
}
