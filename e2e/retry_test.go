package e2e

import (
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
)

// overheard keeps what each push carries, and what else could have the page try again.
const overheard = `{
	const {fetch} = globalThis;
	globalThis.e2ePushes = [], globalThis.e2eHopes = 0;
	globalThis.fetch = (url, init) => {
		if (String(url).endsWith('/sync/push')) e2ePushes.push(JSON.parse(init.body).transactions.map(({id}) => id));
		return fetch(url, init);
	};
	addEventListener('online', () => e2eHopes++);
}`

// hurried has timers of a second and more run e2eSpeed times as fast.
const hurried = `{
	const {setTimeout} = globalThis;
	globalThis.e2eSpeed = 1;
	globalThis.setTimeout = (run, ms, ...rest) => setTimeout(run, ms >= 1000 ? ms / e2eSpeed : ms, ...rest);
}`

func (p *person) runsFromNowOn(source string) {
	p.t.Helper()
	must(p.window, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source})
}

func TestOneWriteWaitsForTheOtherUnlessThatIsRefused_S55(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "In its turn", nil)
	lost, lostKey := c.makes("ENG", "Gone meanwhile", nil)
	ann := newMember(t, "ann", demo)
	ann.keepsForLater([]string{"/acme/issue/" + key, "/acme/issue/" + lostKey})
	ann.runsFromNowOn(overheard)
	ann.opens("/acme/issue/" + key)
	ann.mayWrite()
	ann.excuse(`net::ERR_|Failed to fetch|EventSource's response|status of \d+`)

	// A proxy without its server has the first write wait for its retry.
	ann.line.answers(503)
	ann.comments("The first.")
	ann.sees("the first tried", "() => e2ePushes.length >= 1")
	ann.comments("The second.")
	ann.unsent(2)
	ann.sees("both tried", "() => e2ePushes.length >= 3 && e2ePushes.at(-1).length === 2")
	ann.line.answers(0)
	ann.seesWithin(late, "all sent", "() => document.documentElement.dataset.unsent === '0'") // a pause between two tries may be under way
	pushes := ask[[][]string](ann.window, "() => e2ePushes")
	for _, one := range pushes {
		if one[0] != pushes[0][0] {
			t.Errorf("%q went ahead of %q", one[0], pushes[0][0])
		}
	}
	if got := c.comments(issue); !slices.Equal(got, []string{"The first.", "The second."}) {
		t.Errorf("they arrived as %q", got)
	}

	// A write that is refused for good holds up nobody.
	ann.opens("/acme/issue/" + lostKey)
	ann.losesTheLine()
	ann.comments("Nobody will read this.")
	c.push(fields{"op": "delete", "record": lost})
	ann.opens("/acme/issue/" + key)
	ann.comments("The third.")
	ann.unsent(2)
	ann.getsTheLineBack()
	ann.seesWithin(late, "one refused, the other sent", "() => document.documentElement.dataset.unsent === '0' && textOf('[data-sync-text]').includes('1 not accepted')")
	if got := c.comments(issue); !slices.Equal(got, []string{"The first.", "The second.", "The third."}) {
		t.Errorf("they arrived as %q", got)
	}
}

func TestWritesAreTriedAgainByTheClockAlone_S56(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Tried all night", nil)
	ann := newMember(t, "ann", demo)
	ann.runsFromNowOn(overheard)
	ann.runsFromNowOn(hurried)
	ann.opens("/acme/issue/" + key)
	ann.mayWrite()
	ann.losesTheLine()
	ann.line.bar(told[0]) // no stream that comes back gives hope
	ann.comments("Sent in the morning.")
	ann.unsent(1)

	// An hour: the longest pause is 30 s, of which at least half is waited.
	ann.excuse(`htmx:error: timeout`) // its clock runs as fast
	ask[bool](ann.window, "() => { e2eSpeed = 500; return navigator.onLine; }")
	start := time.Now()
	ann.seesWithin(late, "an hour of tries", "() => e2ePushes.length >= 3600 / 22.5")
	t.Logf("160 tries after %v", time.Since(start))
	ann.unsent(1)
	ask[bool](ann.window, "() => { e2eSpeed = 1; return true; }")
	ann.getsTheLineBack()
	ann.seesWithin(late, "it sent", "() => document.documentElement.dataset.unsent === '0'")
	if hopes := ask[int](ann.window, "() => e2eHopes + !navigator.onLine"); hopes != 0 {
		t.Errorf("the browser said %d times that it is online", hopes)
	}
	if got := c.comments(issue); !slices.Equal(got, []string{"Sent in the morning."}) {
		t.Errorf("it arrived as %q", got)
	}
}
