package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

func TestWorkSurvivesServerAndBrowser_S53_S54(t *testing.T) {
	t.Parallel()
	demo := ownProgram(t, "demo")
	profile := filepath.Join(t.TempDir(), "profile")
	chromium := ownBrowser(t, profile)
	arrange := signedIn(t, demo, "ann")
	_, key := arrange.makes("OPS", "Lantern", nil)
	arrange.makes("OPS", "Ladder", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/team/OPS?text=la")
	ben.stays()

	ann := sit(t, "ann", demo, chromium)
	ann.signsInAs("ann")
	visited := []string{"/acme/team/OPS?text=la", "/acme/team/OPS?view=board&text=la", "/acme/issue/" + key}
	ann.keepsForLater(visited)

	ben.excuse(`net::ERR_|Failed to fetch`)
	ann.excuse(`net::ERR_|Failed to fetch`)
	demo.kill()
	for _, path := range visited {
		ann.opens(path)
		ann.sees("the page from the cache", "() => document.documentElement.hasAttribute('data-cached') && document.querySelector('[data-record]')")
	}
	ann.renames("Lantern, trimmed")
	ann.comments("First, the wick.")
	ann.comments("Then the oil.")
	ann.opens(visited[1])
	ann.movesCard("Lantern, trimmed", "In Progress")
	ann.sees("the card moved", "() => groupOf('Lantern, trimmed') === 'In Progress'")
	ann.opens(visited[0])
	ann.creates("Lamp oil")
	pending := "() => row('Lamp oil')?.matches('[data-pending]') && row('Lantern, trimmed')?.matches('[data-pending]') && groupOf('Lantern, trimmed') === 'In Progress'"
	ann.sees("what was written, as pending", pending)
	ann.unsent(5)

	ann.opens(visited[0])
	ann.sees("the same after a reload", pending)
	ann.unsent(5)

	ann.sees("all of it on the disk", unsentOnDisk, 5)
	// Chromium brings cookies to disk twice a minute; that a sign-in outlives a crash is not what is tried here.
	cookies := must(ann.window, network.GetCookies, network.GetCookiesParams{URLs: []string{ann.line.url("/")}}).Cookies
	line := ann.line
	chromium.kill()
	chromium = ownBrowser(t, profile)
	ann = sit(t, "ann-again", demo, chromium)
	ann.line = line
	for _, c := range cookies {
		must(ann.window, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: line.url("/"), HTTPOnly: ptr(c.HTTPOnly), Path: c.Path})
	}
	ann.excuse(`net::ERR_|Failed to fetch`)
	ann.opens(visited[0])
	ann.sees("the same after the browser was killed", pending)
	ann.unsent(5)

	if err := demo.start(); err != nil {
		t.Fatal(err)
	}
	// Nobody touches anything: the outbox tries again by its timer.
	ann.seesWithin(late, "everything sent", "() => document.documentElement.dataset.unsent === '0'")
	ann.sees("nothing pending", "() => !document.querySelector('[data-pending]') && row('Lamp oil') && row('Lantern, trimmed')")
	ben.seesWithin(late, "all of it", "() => row('Lamp oil') && groupOf('Lantern, trimmed') === 'In Progress'")
	ben.remained()

	arrange = signedIn(t, demo, "ann")
	lantern := arrange.titled("Lantern, trimmed")
	if got := arrange.comments(lantern.Record); !slices.Equal(got, []string{"First, the wick.", "Then the oil."}) {
		t.Errorf("the comments are %q", got)
	}
	arrange.titled("Lamp oil")
}

// keepsForLater visits pages until this browser has them for when the server is gone.
func (p *person) keepsForLater(paths []string) {
	p.t.Helper()
	for _, path := range paths {
		p.opens(path)
		p.mayLoseTheLine()
		// The page that registered the worker was loaded without it: it asks for itself to be kept.
		p.kept = append(p.kept, p.line.url(path))
		p.seesKept()
	}
}

// seesKept waits until the browser keeps what it kept for later; a change of rights has it fetched anew.
func (p *person) seesKept() {
	p.t.Helper()
	p.sees("the pages in the cache", "async urls => (await Promise.all(urls.map(url => caches.match(url)))).every(kept => kept)", append([]string{}, p.kept...))
}

func TestOwnEditsDoNotConflict_S57(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Anvil A", fields{"status": c.ref("status ENG/Todo")})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.losesTheLine()
	ann.renames("Anvil B")
	ann.setsStatus("In Progress")
	ann.describes("One stroke.")
	ann.renames("Anvil C")
	ann.setsStatus("Done")
	ann.describes("One stroke, and another.")
	ann.getsTheLineBack()
	ann.seesWithin(late, "everything sent", "() => document.documentElement.dataset.unsent === '0' && !document.querySelector('[data-pending]')")
	ann.sees("the last values", "() => textOf('h1[data-field=title]') === 'Anvil C' && textOf('.property [data-field=status]') === 'Done' && textOf('[data-field=description]') === 'One stroke, and another.'")
	ann.opens("/acme/outbox")
	ann.sees("an empty tray", "() => seen(document.querySelector('[data-empty]')) && !document.querySelector('[data-transaction]')")
	is := c.find(func(r record) bool { return r.Record == issue })[0]
	if is.text("title") != "Anvil C" || is.text("status") != c.ref("status ENG/Done") || is.text("description") != "One stroke, and another." {
		t.Errorf("the server has %v", is.Fields)
	}
	history := c.page("/acme/issue/" + key).Find(".activity").Text()
	if strings.Contains(history, "Anvil A") && !strings.Contains(history, "Anvil C") {
		t.Errorf("the history ends at B: %s", history)
	}
}

func ptr[T any](value T) *T { return &value }
