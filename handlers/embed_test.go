package handlers

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

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

func TestEmbed_IsReadByScriptsOfItsSitesAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	listed, open := h.share(h.issue("Shared").key, "https://one.example"), h.share(h.issue("Shared with all").key, "*")
	b, server := h.stranger(), h.serve()
	for _, c := range []struct{ path, origin, allowed string }{
		{listed + "?fragment=row", "https://one.example", "https://one.example"},
		{listed + "?fragment=row", "https://one.example:8443", ""},
		{listed + "?fragment=row", "null", ""},
		{listed + "?fragment=row", "", ""},
		{listed, "https://one.example", ""},
		{open + "?fragment=row", "https://any.example", "https://any.example"},
		{"/e/nonsense?fragment=row", "https://any.example", "*"}, // that there is nothing is no secret
	} {
		page := b.get(c.path, "Origin", c.origin, "Cookie", "other=1")
		if got := page.header.Get("Access-Control-Allow-Origin"); got != c.allowed || page.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s from %q: %q", c.path, c.origin, got)
		}
		if c.allowed != "*" && !slices.Contains(page.header.Values("Vary"), "Origin") {
			t.Errorf("%s: Vary %v", c.path, page.header.Values("Vary"))
		}
	}
	for origin, allowed := range map[string]string{"https://one.example": "https://one.example", "https://other.example": ""} {
		stream := b.stream(server+listed+"/events", "Origin", origin)
		if got := stream.header.Get("Access-Control-Allow-Origin"); got != allowed {
			t.Errorf("the stream from %q: %q", origin, got)
		}
	}
	asked := b.do(httptest.NewRequest(http.MethodOptions, listed+"?fragment=row", nil), "Origin", "https://one.example", "Access-Control-Request-Method", "POST")
	if got := asked.header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("more than GET is allowed: %v", asked.header)
	}
}

func TestEmbed_IsPutIntoAPageByItsServer(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Shared")
	path := h.share(issue.key, "")
	shadow := h.stranger().get(path+"?shadow=open&size=card&theme=dark").ok().lacks("<html", "<script")
	if src := shadow.one("tandem-embed[mode=inline][size=card][theme=dark]").AttrOr("src", ""); src != "http://example.com"+path {
		t.Errorf("src %q", src)
	}
	for selector, want := range map[string]string{"link": "http://example.com/embed/v1.css", ".embed__link": "http://example.com" + path} {
		if got := shadow.one("template[shadowrootmode=open] "+selector).AttrOr("href", ""); got != want {
			t.Errorf("%s leads to %q", selector, got)
		}
	}
	shadow.one("template [part=row] [part=title]")
	shadow.one("tandem-embed > a")
}

func TestEmbed_HasTheShapeThatWasAskedFor(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("One")
	one := h.share(issue.key, "")
	page := h.ann.submit(h.ann.get("/acme/team/ENG"), "form[action*='/share']", "allowed_origins", "").ok()
	list := strings.TrimPrefix(strings.TrimSpace(page.one("#share-link").Text()), "http://example.com")
	for path, class := range map[string]string{
		one: "row", one + "?size=chip": "chip", one + "?size=card": "card", one + "?fragment=detail": "detail", one + "?size=board": "row", one + "?size=nonsense": "row",
		list: "list", list + "?size=board": "board", list + "?fragment=board": "board", list + "?fragment=row": "list", list + "?size=chip": "list",
	} {
		h.stranger().get(path).ok().one(".embed--" + class)
	}
	h.ann.apply(setField(issue.ref, issue.version, "status", h.doing))
	if column := h.stranger().get(list + "?size=board").ok().one(".embed__group:has(.embed__issue)").Text(); !strings.Contains(column, "Doing") {
		t.Errorf("it stands in %q", column)
	}
}

func TestShare_OfAProjectShowsHowFarItHasCome(t *testing.T) {
	t.Parallel()
	h := setup(t)
	launch := sync.NewRef("project", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: launch, Set: map[string]any{"name": "Launch", "team": string(sync.NewRef("team", h.eng)), "description": "Private words"}})
	h.issue("Part of it", func(set map[string]any) { set["project"] = string(launch) })
	below := "/acme/project/" + launch.ID().String()
	page := h.ann.submit(h.ann.get(below), "form[action$='/share']", "allowed_origins", "https://one.example").ok()
	path := strings.TrimPrefix(strings.TrimSpace(page.one("#share-link").Text()), "http://example.com")
	page.one(".share__preview .embed--progress")
	page.one(".share__preview .embed--list .embed__issue")
	b := h.stranger()
	b.get(path).ok().has("Launch", "0 of 1 issues done", "Planned").lacks("Part of it", "Private words", "Ann").one(".embed--progress svg.progress")
	b.get(path+"?size=list").ok().has("Part of it", "1 open / 0 done")
	wellFormed(t, b.get(path+".svg").ok().has("Launch", "0 of 1 done").body)
	h.ann.get(below).ok().has("https://one.example")
	h.ann.get("/acme/team/ENG").ok().lacks("https://one.example")
	h.ann.get(below + "/share").is(http.StatusSeeOther).to(below)
	h.ann.submit(h.ann.get(below), "form[action$='/revoke']").is(http.StatusSeeOther)
	b.get(path).is(http.StatusNotFound).has("no longer shared")
	wide := sync.NewRef("project", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: wide, Set: map[string]any{"name": "All hands"}})
	if forms := h.ann.get("/acme/project/" + wide.ID().String()).ok().find("form[action$='/share']").Length(); forms != 0 {
		t.Error("a project of the whole workspace may be shared")
	}
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

func TestBadge_SaysHowAShareStands(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix <login> & \"more\"")
	path := h.share(issue.key, "")
	badge := h.stranger().get(path + ".svg").ok()
	for name, want := range map[string]string{"Content-Type": "image/svg+xml; charset=utf-8", "Cache-Control": "private, no-cache", "Cross-Origin-Resource-Policy": "cross-origin"} {
		if got := badge.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	wellFormed(t, badge.body)
	badge.has(issue.key, "Fix &lt;login&gt; &amp;", "Todo", `<circle cx="7"`)
	tag := badge.header.Get("ETag")
	h.stranger().get(path+".svg", "If-None-Match", tag).is(http.StatusNotModified)
	h.ann.apply(setField(issue.ref, issue.version, "title", strings.Repeat("長い ", 100)))
	long := h.stranger().get(path+".svg", "If-None-Match", tag).ok()
	wellFormed(t, long.body)
	long.has("…</text>")
	h.ann.apply(setField(issue.ref, issue.version, "title", "Odd\u0001 \u001f\ufffe\uffffcharacters"))
	wellFormed(t, h.stranger().get(path+".svg").ok().has("Odd characters</text>").body)
	h.ann.apply(setField(issue.ref, issue.version, "status", h.doing))
	wellFormed(t, h.stranger().get(path+".svg").ok().has(`pathLength="100" stroke-dasharray="50 100"`).lacks(`cx="7"`).body)
	h.ann.submit(h.ann.get("/acme/issue/"+issue.key), "form[action$='/revoke']").is(http.StatusSeeOther)
	ended := h.stranger().get(path + ".svg").is(http.StatusNotFound).has("no longer shared")
	wellFormed(t, ended.body)
}

func TestBadge_OfAListCounts(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue("One")
	h.issue("Two")
	page := h.ann.submit(h.ann.get("/acme/team/ENG"), "form[action*='/share']", "allowed_origins", "").ok()
	link := strings.TrimPrefix(strings.TrimSpace(page.one("#share-link").Text()), "http://example.com")
	wellFormed(t, h.stranger().get(link+".svg").ok().has("open / 0 done").body)
}

// wellFormed reads a text as XML.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
}

func TestOEmbed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue(`The "face"`)
	framed, linked := h.share(issue.key, "*"), h.share(issue.key, "")
	ask := func(path, more string) answer {
		return h.stranger().get("/oembed?url=" + url.QueryEscape("http://example.com"+path) + more)
	}
	var told oEmbed
	must(t, json.Unmarshal([]byte(ask(framed+"?theme=dark", "&format=json&maxwidth=300&maxheight=1000").ok().body), &told))
	want := oEmbed{Version: "1.0", Type: "rich", Title: issue.key + ` The "face"`, ProviderName: "Tandem", ProviderURL: "http://example.com", CacheAge: 3600, Width: 300, Height: 72,
		HTML: `<iframe src="http://example.com` + framed + `" title="` + issue.key + ` The &#34;face&#34;" loading="lazy" width="300" height="72" frameborder="0" ` +
			`sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox" referrerpolicy="strict-origin"></iframe>`}
	if told != want {
		t.Errorf("%+v", told)
	}
	told = oEmbed{}
	must(t, json.Unmarshal([]byte(ask(linked, "").ok().body), &told))
	if told.Type != "link" || told.HTML != "" || told.Title == "" {
		t.Errorf("nobody may frame it: %+v", told)
	}
	told = oEmbed{}
	must(t, json.Unmarshal([]byte(ask(framed+"?size=card", "").ok().body), &told))
	if told.Height != 120 || !strings.Contains(told.HTML, framed+"?size=card") {
		t.Errorf("as a card: %+v", told)
	}
	ask(framed, "&format=xml").is(http.StatusNotImplemented)
	ask("/e/nonsense", "").is(http.StatusNotFound)
	ask("/acme", "").is(http.StatusNotFound)
	h.stranger().get("/oembed?url=" + url.QueryEscape("https://elsewhere.example"+framed)).is(http.StatusNotFound)
	h.stranger().get("/oembed").is(http.StatusNotFound)
	page := h.stranger().get(framed).ok()
	href, _ := page.one("link[type='application/json+oembed']").Attr("href")
	h.stranger().get(href).ok().has(`"rich"`)
}

func TestEmbedScript_IsForAnySite(t *testing.T) {
	t.Parallel()
	h := setup(t)
	page := h.ann.submit(h.ann.get("/acme/issue/"+h.issue("Shared").key), "form[action$='/share']", "allowed_origins", "*").ok()
	for _, size := range []string{"row", "chip", "card", "detail"} {
		page.one(".share__preview .embed--" + size + " .embed__issue")
		for what, holds := range map[string]string{"element": "size=", "inline": `mode="inline"`, "frame": "?size=" + size} {
			if text := page.one("#share-" + what + "-" + size).Text(); size != "row" && !strings.Contains(text, holds) {
				t.Errorf("%s of a %s: %s", what, size, text)
			}
		}
	}
	page.one("#share-frame-row")
	page.one("#share-badge")
	if text := page.one("#share-element-row").Text(); !strings.Contains(text, `src="http://example.com/embed/v1.js"`) {
		t.Errorf("%s", text)
	}
	if script := h.stranger().get("/embed/v1.js", "Accept-Encoding", "gzip").ok(); len(script.body) > 3<<10 {
		t.Errorf("%d bytes", len(script.body))
	}
	for path, holds := range map[string]string{"/embed/v1.js": "tandem-embed", "/embed/v1.css": "--tandem-color"} {
		file := h.stranger().get(path).ok().has(holds)
		for name, want := range map[string]string{"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=3600"} {
			if got := file.header.Get(name); got != want {
				t.Errorf("%s: %s: %q", path, name, got)
			}
		}
		h.stranger().get(path, "If-None-Match", file.header.Get("ETag")).is(http.StatusNotModified)
	}
}

func TestShare_CountsLooks(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Shared")
	path, b := h.share(issue.key, "https://one.example"), h.stranger()
	from := func(site, dest string) []string { return []string{"Referer", site, "Sec-Fetch-Dest", dest} }
	page := b.get(path, from("https://one.example/", "iframe")...).ok()
	b.get(path, "If-None-Match", page.header.Get("ETag")).is(http.StatusNotModified)
	b.get(path+".svg", "Referer", "http://example.com/acme").ok()
	b.get(path+"?fragment=row&again=1", from("https://other.example/", "iframe")...).ok() // it was open, and is fresh again
	b.do(httptest.NewRequest(http.MethodHead, path, nil), from("https://other.example/", "iframe")...).ok()
	b.do(httptest.NewRequest(http.MethodHead, path+".svg", nil)).ok()
	b.get(path+".svg", "Referer", "javascript:alert(1)").ok()
	told := func(views string, more ...string) answer {
		must(t, h.engine.WriteViews(t.Context()))
		return h.ann.get("/acme/issue/" + issue.key).ok().has(append(more, views)...)
	}
	told("4 views", "https://one.example").lacks("other.example", "alert(1)")

	refresh, _ := goquery.NewDocumentFromReader(strings.NewReader(page.one("noscript").Text()))
	_, again, _ := strings.Cut(refresh.Find("meta").AttrOr("content", ""), "url=")
	b.get(again).ok()
	told("4 views")

	b.get(path, from("https://unlisted.example/", "iframe")...).ok() // the browser will not show it
	b.get(path, from("https://linking.example/", "document")...).ok()
	b.get(path+".svg", "Referer", "https://%ff/").ok()
	b.get(path+".svg", "Referer", "https://\u00e4.example/").ok()
	told("8 views", "https://one.example")
	b.get(path+".svg", from("https://readme.example/", "image")...).ok()
	told("9 views", "https://readme.example")
	b.get(path+"?fragment=row", "Origin", "https://one.example", "Sec-Fetch-Dest", "empty").ok() // an element without a frame
	told("10 views", "https://one.example")
}
