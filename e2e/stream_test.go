package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
)

// deaf makes a page take its stream for dead after a second and a half instead of 45, once e2eDeaf is set.
const deaf = `const real = setTimeout;
globalThis.setTimeout = (run, ms, ...more) => real(run, ms === 45_000 && globalThis.e2eDeaf ? 1500 : ms, ...more);`

func TestASilentStreamIsOpenedAnew_S36(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Silence 0", nil)
	ben := newMember(t, "ben", demo)
	must(ben.window, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: deaf})
	ben.excuse(`net::ERR_|Failed to fetch|signal timed out`)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	ask[bool](ben.window, `() => {
		const root = document.documentElement, states = globalThis.e2eStates = [];
		new MutationObserver(() => states.push(root.dataset.sync)).observe(root, {attributeFilter: ['data-sync']});
		return globalThis.e2eDeaf = true;
	}`)
	c.sets(issue, fields{"title": "Silence 1"})
	ben.sees("the last that is heard", "() => textOf('h1[data-field=title]') === 'Silence 1'")
	heal := ben.line.goesDead()
	before := ben.line.wasAsked("/sync/events")
	c.sets(issue, fields{"title": "Silence 2"})
	awaits(t, "another stream", func() bool { return ben.line.wasAsked("/sync/events") > before })
	if states := ask[[]string](ben.window, "() => globalThis.e2eStates"); !slices.Contains(states, "reconnecting") {
		t.Errorf("the state went %q", states)
	}
	ask[bool](ben.window, "() => { globalThis.e2eDeaf = false; return true; }")
	heal()
	ben.sees("what it missed", "() => textOf('h1[data-field=title]') === 'Silence 2' && document.documentElement.dataset.sync === 'live'")
	c.sets(issue, fields{"title": "Silence 3"})
	ben.sees("what comes", "() => textOf('h1[data-field=title]') === 'Silence 3'")
	ben.remained()
}

// hasty makes a page wait for a fragment for a second and a half instead of 20.
const hasty = `const real = setTimeout;
globalThis.setTimeout = (run, ms, ...more) => real(run, ms === 20_000 ? 1500 : ms, ...more);`

func TestAFragmentThatNeverComesIsAskedForAnew(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, _ := c.makes("WEB", "Curlew waits", nil)
	ben := newMember(t, "ben", demo)
	must(ben.window, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: hasty})
	ben.excuse("htmx:error: timeout")
	ben.opens("/acme/team/WEB?text=curlew")
	ben.stays()
	heal := ben.line.swallows("/f/team/")
	before := ben.line.wasAsked("/f/team/")
	c.sets(issue, fields{"title": "Curlew went"})
	awaits(t, "the list asked for", func() bool { return ben.line.wasAsked("/f/team/") > before })
	heal()
	ben.sees("what it asked for", "() => row('Curlew went') && document.documentElement.dataset.sync === 'live'")
	ben.remained()
}

func TestTheStreamComesBack_S37(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	for name, outage := range map[string]func(*person) (end func()){
		"S37 503": func(p *person) func() { p.line.answers(503); return func() { p.line.answers(0) } },
		"S37 502": func(p *person) func() { p.line.answers(502); return func() { p.line.answers(0) } },
		"S37 refused": func(p *person) func() {
			p.line.cut()
			return func() { p.line.mend(p.t) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := signedIn(t, demo, "ann")
			c.makes("WEB", "Before "+name, nil)
			ben := newMember(t, "ben", demo)
			ben.opens("/acme/team/WEB?view=board&text=" + name[4:])
			ben.stays()
			ben.mayLoseTheLine()
			ben.excuse(`net::ERR_|Failed to fetch|status of 50[23]`)
			end, began := outage(ben), time.Now()
			ben.sees("the page says so", "() => document.documentElement.dataset.sync !== 'live'")
			c.makes("WEB", "After "+name, nil)
			// Ten seconds, in which it tries again and again.
			<-time.After(10*time.Second - time.Since(began))
			if n := ben.line.wasRefused(); name != "S37 refused" && (n < 2 || n > 20) {
				t.Errorf("it tried %d times in ten seconds", n)
			}
			ben.sees("no error for its reader", "title => row(title) && !document.querySelector('#notice')?.textContent.trim()", "Before "+name)
			end()
			ben.sees("what it missed", "title => row(title) && document.documentElement.dataset.sync === 'live'", "After "+name)
			c.makes("WEB", "Later "+name, nil)
			ben.sees("what comes", "title => row(title)", "Later "+name)
			ben.remained()
		})
	}

	t.Run("S37 401", func(t *testing.T) {
		t.Parallel()
		ben := newMember(t, "ben", demo)
		ben.opens("/acme/team/WEB")
		ben.excuse(`net::ERR_|Failed to fetch|status of 401`)
		ben.losesTheLine()
		// Another browser with the same session signs out meanwhile.
		twin := signedIn(t, demo, "")
		twin.takes(ben)
		twin.page("/acme/settings").submits(`[data-action=sign-out]`, nil)
		ben.getsTheLineBack()
		ben.sees("signed out", "() => document.documentElement.dataset.sync === 'signed-out' && textOf('[data-sync-text]').startsWith('Signed out')")
	})
}

func TestAStormOfBumps_S40(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, _ := c.makes("WEB", "Gust 0", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/team/WEB?view=board&text=gust")
	ben.stays()
	ben.sees("the card", "() => row('Gust 0')")
	asked := "() => performance.getEntriesByType('resource').filter(one => one.name.includes('/acme/f/team/')).length"
	before, began := ask[int](ben.window, asked), time.Now()
	for i := range 100 {
		c.sets(issue, fields{"title": fmt.Sprintf("Gust %d", i+1)})
	}
	seconds := int(time.Since(began)/time.Second) + 1
	ben.sees("the last state", "() => row('Gust 100')")
	if n := ask[int](ben.window, asked) - before; n < 1 || n > 10*seconds {
		t.Errorf("100 bumps in %d s caused %d requests", seconds, n)
	}
	ben.remained()
}

func TestOddEvents_S41(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Odd 0", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	c.sets(issue, fields{"priority": 1})
	ben.sees("the stream at work", "version => Number(document.querySelector('.issue[data-live]').dataset.version) >= version", c.seen)
	streams := ben.line.wasAsked("/sync/events")
	ben.line.slips("event: weather\ndata: {\"wind\": 7}\n\n")
	ben.line.slips(fmt.Sprintf("id: %d\nevent: bump\ndata: {\"from\": %d, \"version\": %d, \"moon\": [1], \"spread\": 0}\n\n", c.seen, c.seen, c.seen))
	c.sets(issue, fields{"title": "Odd 1"})
	ben.sees("the change", "() => textOf('h1[data-field=title]') === 'Odd 1'")
	if n := ben.line.wasAsked("/sync/events"); n != streams {
		t.Errorf("what is unknown cost the stream: %d were opened, %d before", n, streams)
	}

	ben.excuse(`malformed|SyntaxError`)
	asked := "() => performance.getEntriesByType('resource').filter(one => one.name.includes('/acme/f/issue/')).length"
	fetched := ask[int](ben.window, asked)
	ben.line.slips("id: 999999999\nevent: bump\ndata: {\"from\": 1, \"version\": 999999999, \"records\": \"all\"}\n\n")
	ben.sees("it to be fetched anew", "n => ("+asked+")() > n", fetched)
	ben.sees("a new stream", "n => document.documentElement.dataset.sync === 'live'")
	c.sets(issue, fields{"title": "Odd 2"})
	ben.sees("the next change", "() => textOf('h1[data-field=title]') === 'Odd 2'")
	if n := ben.line.wasAsked("/sync/events"); n <= streams {
		t.Errorf("the stream of a malformed event stays open")
	}
	if ask[bool](ben.window, "() => Object.values(localStorage).some(value => value.includes('999999999'))") {
		t.Error("half of the malformed event was applied")
	}
	ben.remained()
}

func TestAnOlderFragmentNeverReplacesANewerOne_S29(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Order 0", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	// The first answer is kept, and given again in the place of the third.
	ask[bool](ben.window, `() => {
		const real = fetch, seen = globalThis.e2eSeen = [textOf('h1[data-field=title]')];
		let kept, count = 0;
		globalThis.fetch = async (url, options) => {
			const answer = await real(url, options);
			if (!String(url).includes('/acme/f/issue/') || answer.status !== 200) return answer;
			kept ??= answer.clone();
			return ++count === 3 ? kept : answer;
		};
		new MutationObserver(() => { const now = textOf('h1[data-field=title]'); if (seen.at(-1) !== now) seen.push(now); })
			.observe(document, {subtree: true, childList: true, characterData: true});
		return true;
	}`)
	for i := range 3 {
		title := fmt.Sprintf("Order %d", i+1)
		c.sets(issue, fields{"title": title})
		ben.sees(title, "title => textOf('h1[data-field=title]') === title", title)
	}
	if shown := ask[[]string](ben.window, "() => globalThis.e2eSeen"); fmt.Sprint(shown) != "[Order 0 Order 1 Order 2 Order 3]" {
		t.Errorf("the title went %q", shown)
	}
	ben.remained()
}
