package e2e

import (
	"path/filepath"
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
