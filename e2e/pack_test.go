//go:build long

package e2e

import (
	"testing"
	"time"
)

// packed holds when the browser keeps the page of an issue that it never opened, and the lists.
const packed = `async path => {
	const told = await (await caches.match(location.origin + '/acme/f/pack'))?.json();
	return told && !!await caches.match(location.origin + path) && (await Promise.all(told.pages.map(page => caches.match(location.origin + page.path)))).every(Boolean);
}`

// fromTheCache holds when the page says as of when it is shown.
const fromTheCache = `() => document.documentElement.hasAttribute('data-cached') && /^Offline, as of \d\d:\d\d$/.test(textOf('[data-offline-bar]')) && seen(document.querySelector('[data-offline-bar]'))`

func TestReadingWhatWasNeverOpenedWithoutAServer(t *testing.T) {
	t.Parallel()
	sharedShell(t) // so that this journey too is skipped where there is no browser
	demo := ownProgram(t, "demo")
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("OPS", "Lighthouse <b>&amp; $& lamp", fields{"description": "Trim the *wick*.", "status": c.ref("status OPS/Todo"), "labels": []string{}})
	c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": "Oil is low."}})
	ann := newMember(t, "ann", demo)
	ann.savesData(false)
	ann.opens("/acme/team/ENG")
	ann.mayLoseTheLine()
	ann.sees("the pack", packed, "/acme/issue/"+key)

	// What changes is fetched again, and by itself: the page is not touched.
	c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": "Oil was filled up."}})
	ann.seesWithin(90*time.Second, "the pack made fresh", `async path => (await (await caches.match(location.origin + path)).text()).includes('Oil was filled up.')`, "/acme/issue/"+key)

	ann.excuse(`net::ERR_|Failed to fetch|status of 503`)
	demo.kill()
	ann.opens("/acme/issue/" + key)
	ann.sees("as of when it is", fromTheCache)
	ann.sees("the issue", `title => textOf('h1[data-field=title]') === title && textOf('.comment:last-child [data-field=body]') === 'Oil was filled up.'
		&& document.title.endsWith(title + ' - Tandem') && document.querySelector('.markdown em')?.textContent === 'wick'`, "Lighthouse <b>&amp; $& lamp")
	ann.setsStatus("In Progress")
	ann.comments("Written in the dark.")
	ann.renames("Lighthouse lamp")
	ann.unsent(3)
	for _, path := range []string{"/acme/team/OPS", "/acme/team/OPS?view=board", "/acme", "/acme?view=created"} {
		ann.opens(path)
		ann.sees("as of when "+path+" is", fromTheCache)
		ann.sees("its rows", "() => document.querySelector('[data-rows] [data-record]')")
	}
	ann.opens("/acme/search?q=lighth")
	ann.sees("what was found by its title", `key => all('.search [data-rows] [data-record]').length === 1 && row('Lighthouse lamp')?.dataset.key === key
		&& row('Lighthouse lamp').querySelector('a').getAttribute('href') === '/acme/issue/' + key && textOf('.search__note').startsWith('Offline, only the titles')`, key)
	ann.opens("/acme/search?q=nowhere")
	ann.sees("that nothing was found", "() => textOf('.search__note').startsWith('Nothing matches “nowhere”.')")
	ann.opens("/acme/search?q=" + key)
	ann.clicksWhere("what was found", "() => row('Lighthouse lamp').querySelector('a')")
	ann.sees("the issue again", "() => textOf('h1[data-field=title]') === 'Lighthouse lamp' && document.querySelector('[data-pending]')")

	if err := demo.start(); err != nil {
		t.Fatal(err)
	}
	ann.seesWithin(late, "everything sent", "() => document.documentElement.dataset.unsent === '0' && !document.querySelector('[data-pending]') && !seen(document.querySelector('[data-offline-bar]'))")
	c = signedIn(t, demo, "ann")
	if is := c.titled("Lighthouse lamp"); is.text("status") != c.ref("status OPS/In Progress") {
		t.Errorf("the server has %v", is.Fields)
	}
}
