package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Plain http on a host name: browsers have no service worker there, no caches, no locks.
func TestPlainHTTPOnAHostName(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	chromium := ownBrowser(t, filepath.Join(t.TempDir(), "profile"), chromedp.Flag("host-resolver-rules", "MAP tandem.test 127.0.0.1"))
	c := signedIn(t, demo, "ann")
	_, key := c.makes("ENG", "Plain sailing", nil)
	ann := sit(t, "ann", demo, chromium)
	ann.line.host = "tandem.test"
	ann.signsInAs("ann")
	ann.opens("/acme/settings/account")
	ann.sees("what cannot be done here", `() => !isSecureContext && !navigator.serviceWorker
		&& textOf('[data-offline-note]') === 'Nothing is kept for reading offline: browsers do that at https:// addresses only. Ask whoever runs this server for one. What you write is kept in this browser until it is sent.'`)

	ann.opens("/acme/issue/" + key)
	ann.excuse(`net::ERR_|Failed to fetch|NetworkError`)
	ann.sees("the write side", "async () => !!(await import(document.querySelector('script[type=module]').src.replace('main.js', 'outbox.js'))).written()")
	ann.line.cut()
	ann.sees("the page says so", "() => document.documentElement.dataset.sync !== 'live'")
	ann.comments("Written without a server.")
	ann.fills(".composer textarea", "Half a w")
	ann.sees("the draft on the disk", keptForGood, "Half a w")
	ann.getsTheLineBack()
	ann.unsent(0)
	ann.opens("/acme/issue/" + key)
	ann.sees("the draft", drafted, ".composer textarea", "Half a w")
	if got := c.comments(c.titled("Plain sailing").Record); len(got) != 1 {
		t.Errorf("the comments are %q", got)
	}
}

// Without locks nothing tells an embed that others have streams already.
func TestManyElementsOnAPage_LeaveLinesWithoutLocks(t *testing.T) {
	t.Parallel()
	chromium := ownBrowser(t, filepath.Join(t.TempDir(), "profile"), chromedp.Flag("host-resolver-rules", "MAP tandem.test 127.0.0.1"))
	demo := sharedDemo(t)
	_, key := signedIn(t, demo, "ann").makes("WEB", "One of many without locks", nil)
	var element string
	host := site(t, func() string { return strings.Repeat(element, 8) })
	elsewhere := strings.NewReplacer("http://127.0.0.1:", "http://tandem.test:")
	element = elsewhere.Replace(newMember(t, "ann", demo).shares(key, "*", "element"))
	stranger := sit(t, "stranger", demo, chromium)
	stranger.goes(elsewhere.Replace(host.URL))
	stranger.sees("all eight", "() => "+shown+".length === 8")
	ask[bool](stranger.window, "() => { document.body.append(document.querySelector('tandem-embed').cloneNode(true)); return true; }")
	stranger.sees("one that came later, though a browser has six lines to a host", "() => "+shown+".length === 9")
}
