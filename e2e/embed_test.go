package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp"
)

// site is somebody else's web site, with something of ours in its page.
func site(t *testing.T, ours func() string) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<!DOCTYPE html><title>A site</title><link rel=icon href=data:,><p>Around it</p>%s", ours())
	}))
	t.Cleanup(server.Close)
	return server
}

// framed are the documents in the page's frames, which belong to another origin.
func (w *window) framed() (documents []*cdp.Node) {
	depth, pierce := int64(-1), true
	root := must(w, dom.GetDocument, dom.GetDocumentParams{Depth: &depth, Pierce: &pierce}).Root
	var walk func(node *cdp.Node)
	walk = func(node *cdp.Node) {
		if node.ContentDocument != nil {
			documents = append(documents, node.ContentDocument)
		}
		for _, child := range slices.Concat(node.Children, node.ShadowRoots) {
			walk(child)
		}
	}
	walk(root)
	return documents
}

// frameText is all the text of the page's frames.
func (w *window) frameText() string {
	var text strings.Builder
	var walk func(node *cdp.Node)
	walk = func(node *cdp.Node) {
		if node.NodeValue != "" {
			text.WriteString(node.NodeValue + " ")
		}
		for _, child := range node.Children {
			walk(child)
		}
	}
	for _, document := range w.framed() {
		walk(document)
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// frames waits until the frame holds the words.
func (w *window) frames(limit time.Duration, words string) {
	w.t.Helper()
	w.polls(limit, fmt.Sprintf("%q in the frame", words), func() (string, bool) { text := w.frameText(); return text, strings.Contains(text, words) })
}

// polls asks from here until something is so: pages cannot be asked about frames of other origins.
func (w *window) polls(limit time.Duration, what string, is func() (found string, so bool)) {
	w.t.Helper()
	for end := time.After(limit); ; {
		found, so := is()
		if so {
			return
		}
		select {
		case <-end:
			w.t.Fatalf("%s waited %v for %s: %s", w.name, limit, what, found)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// shares makes a share of an issue that an origin may frame, and returns what the page then offers to copy.
func (p *person) shares(key, origin, snippet string) string {
	p.t.Helper()
	p.opens("/acme/issue/" + key)
	p.clicks("summary[data-action=open-share]")
	p.fills("textarea[name=allowed_origins]", origin)
	p.clicks("[data-action=share]")
	p.sees("the link", "() => document.querySelector('#share-link')?.value.includes('/e/')")
	return strings.TrimSpace(ask[string](p.window, "id => document.querySelector(`[id^=share-${id}]`).value", snippet))
}

// refused is how Chromium says that a site may not frame a page.
const refused = "frame-ancestors|Refused to frame|violates the following Content Security Policy|ERR_BLOCKED_BY_RESPONSE"

// complains waits until the page complained in words that match.
func (w *window) complains(what, pattern string) {
	w.t.Helper()
	words := regexp.MustCompile(pattern)
	w.polls(patience, what, func() (string, bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return strings.Join(w.console, "; "), slices.ContainsFunc(w.problems, words.MatchString)
	})
}

func TestEmbedIsLiveWhereAllowed(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Seen from afar", fields{"description": "Not for strangers."})
	var framed string
	frame := func() string { return `<iframe src="` + html.EscapeString(framed) + `" width=600 height=200></iframe>` }
	listed, unlisted := site(t, frame), site(t, frame)

	ann := newMember(t, "ann", demo)
	framed = ann.shares(key, listed.URL, "link")

	stranger := newPerson(t, "stranger", demo)
	stranger.goes(listed.URL)
	stranger.frames(patience, "Seen from afar")
	c.sets(issue, fields{"title": "Seen from everywhere", "status": c.ref("status WEB/Done")})
	stranger.frames(3*time.Second, "Seen from everywhere")
	stranger.frames(patience, "Done")
	if text := stranger.frameText(); strings.Contains(text, "Not for strangers") || strings.Contains(text, "Ann Lee") {
		t.Errorf("the embed tells too much: %s", text)
	}

	other := newPerson(t, "other", demo)
	other.excuse(refused)
	other.goes(unlisted.URL)
	other.complains("the frame refused", refused)
	if text := other.frameText(); strings.Contains(text, "Seen from") {
		t.Errorf("a site that is not listed frames: %s", text)
	}

	ann.opens("/acme/issue/" + key)
	ann.clicks("summary[data-action=open-share]")
	ann.clicks("[data-action=revoke]")
	stranger.excuse("status of 404|status of 410|net::ERR_")
	stranger.frames(5*time.Second, "no longer shared")
	if text := stranger.frameText(); strings.Contains(text, "Seen from everywhere") {
		t.Errorf("a revoked embed still shows: %s", text)
	}
}

// shown are the frames of the elements that have one to see.
const shown = `all('tandem-embed').map(one => one.shadowRoot?.querySelector('iframe')).filter(frame => frame?.style.visibility === 'visible')`

func TestElementIsAsHighAsWhatItHolds(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Seen through an element", nil)
	var element string
	listed, unlisted := site(t, func() string { return element }), site(t, func() string { return element })
	element = newMember(t, "ann", demo).shares(key, listed.URL, "element")

	stranger := newPerson(t, "stranger", demo)
	stranger.goes(listed.URL)
	stranger.sees("the frame, as high as a row, in place of the link", "() => { const [frame] = "+shown+"; return frame && frame.offsetHeight > 30 && frame.offsetHeight < 120 && !seen(document.querySelector('tandem-embed a')); }")
	stranger.frames(patience, "Seen through an element")
	narrow := ask[int](stranger.window, "() => "+shown+"[0].offsetHeight")
	c.sets(issue, fields{"title": strings.Repeat("Seen through an element at length ", 8)})
	stranger.frames(patience, "at length")
	ask[bool](stranger.window, "() => { document.querySelector('tandem-embed').style.width = '200px'; return true; }")
	stranger.sees("a higher frame for a narrow place", "was => "+shown+"[0].offsetHeight > was", narrow)
	ask[bool](stranger.window, "() => { document.documentElement.dataset.theme = 'dark'; return true; }")
	stranger.paints("dark")

	other := newPerson(t, "other", demo)
	other.excuse(refused + "|Failed to execute 'postMessage'")
	other.goes(unlisted.URL)
	other.complains("the frame refused", refused)
	other.sees("the link, for the site may not frame it", "() => { const one = document.querySelector('tandem-embed'); return one.shadowRoot?.querySelector('iframe') && seen(one.querySelector('a')) && !"+shown+".length; }")
}

func TestElementTakesASrcThatComesLate(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("WEB", "Seen late", nil)
	var element string
	host := site(t, func() string { return "<tandem-embed src='https://%'>Broken</tandem-embed>" + element })
	element = newMember(t, "ann", demo).shares(key, host.URL, "element")
	stranger := newPerson(t, "stranger", demo)
	stranger.goes(host.URL)
	stranger.sees("the element after one that is broken", "() => "+shown+".length === 1")
	ask[bool](stranger.window, `() => {
		const [broken, good] = all('tandem-embed'), late = document.createElement('tandem-embed');
		document.body.append(late);
		for (const one of [broken, late]) one.setAttribute('src', good.getAttribute('src'));
		good.removeAttribute('src');
		return true;
	}`)
	stranger.sees("those that have an address now", "() => { const has = all('tandem-embed').map(one => !!one.shadowRoot?.querySelector('iframe')); return has.join() === 'true,false,true' && "+shown+".length === 2; }")
}

// paints waits until a frame's page has a theme.
func (w *window) paints(theme string) {
	w.t.Helper()
	w.polls(patience, "the theme "+theme, func() (string, bool) {
		for _, document := range w.framed() {
			for _, child := range document.Children {
				if at := slices.Index(child.Attributes, "data-theme"); at >= 0 && child.Attributes[at+1] == theme {
					return theme, true
				}
			}
		}
		return "another", false
	})
}

func TestManyElementsOnAPage_LeaveLinesForMore(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "One of many", nil)
	var element string
	host := site(t, func() string { return strings.Repeat(element, 8) })
	element = newMember(t, "ann", demo).shares(key, host.URL, "element")
	stranger := newPerson(t, "stranger", demo)
	stranger.goes(host.URL)
	stranger.sees("all eight", "() => "+shown+".length === 8")
	c.sets(issue, fields{"title": "One of several"})
	stranger.frames(patience, "One of several") // so the streams are there, and a browser has six lines to a host
	ask[bool](stranger.window, "() => { document.body.append(document.querySelector('tandem-embed').cloneNode(true)); return true; }")
	stranger.sees("one that came later", "() => "+shown+".length === 9")
}

// Sites of other people have other names, and a browser draws frames of those more sparingly than those of its own site.
func TestElementOnASiteOfAnotherName(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Seen from another name", nil)
	var element string
	host := site(t, func() string { return element })
	away := strings.Replace(host.URL, "127.0.0.1", "elsewhere.test", 1)
	element = newMember(t, "ann", demo).shares(key, "*", "element")
	chromium := ownBrowser(t, filepath.Join(t.TempDir(), "profile"), chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"))
	stranger := sit(t, "stranger", demo, chromium)
	stranger.goes(away)
	stranger.sees("the frame, as high as a row, in place of the link", "() => { const [frame] = "+shown+"; return frame && frame.offsetHeight > 30 && frame.offsetHeight < 120 && !seen(document.querySelector('tandem-embed a')); }")
	low := ask[int](stranger.window, "() => "+shown+"[0].offsetHeight")
	c.sets(issue, fields{"title": strings.Repeat("Seen from another name at length ", 8)})
	ask[bool](stranger.window, "() => { document.querySelector('tandem-embed').style.width = '200px'; return true; }")
	stranger.sees("a higher frame for a narrow place", "was => "+shown+"[0].offsetHeight > was", low)
}
