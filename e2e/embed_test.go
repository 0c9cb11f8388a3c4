package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
)

// site is somebody else's web site, which frames an address.
func site(t *testing.T, framed *string) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<!DOCTYPE html><title>A site</title><link rel=icon href=data:,><p>Around it</p><iframe src=\"%s\" width=600 height=200></iframe>", html.EscapeString(*framed))
	}))
	t.Cleanup(server.Close)
	return server
}

// frameText is all the text of the page's frame, which belongs to another origin.
func (w *window) frameText() string {
	depth, pierce := int64(-1), true
	root := must(w, dom.GetDocument, dom.GetDocumentParams{Depth: &depth, Pierce: &pierce}).Root
	var text strings.Builder
	var walk func(node *cdp.Node, inside bool)
	walk = func(node *cdp.Node, inside bool) {
		if inside && node.NodeValue != "" {
			text.WriteString(node.NodeValue + " ")
		}
		if node.ContentDocument != nil {
			walk(node.ContentDocument, true)
		}
		for _, child := range node.Children {
			walk(child, inside)
		}
	}
	walk(root, false)
	return strings.Join(strings.Fields(text.String()), " ")
}

// frames waits until the frame holds the words.
func (w *window) frames(limit time.Duration, words string) {
	w.t.Helper()
	for end := time.After(limit); ; {
		text := w.frameText()
		if strings.Contains(text, words) {
			return
		}
		select {
		case <-end:
			w.t.Fatalf("%s waited %v for %q in the frame: %s", w.name, limit, words, text)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

func TestEmbedIsLiveWhereAllowed(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Seen from afar", fields{"description": "Not for strangers."})
	var framed string
	listed, unlisted := site(t, &framed), site(t, &framed)

	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.clicks("summary[data-action=open-share]")
	ann.fills("textarea[name=allowed_origins]", listed.URL)
	ann.clicks("[data-action=share]")
	ann.sees("the link", "() => document.querySelector('#share-link')?.value.includes('/e/')")
	framed = strings.TrimSpace(ask[string](ann.window, "() => document.querySelector('#share-link').value"))

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
	other.excuse("frame-ancestors|Refused to frame|violates the following Content Security Policy|ERR_BLOCKED_BY_RESPONSE")
	other.goes(unlisted.URL)
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
