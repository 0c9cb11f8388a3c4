//go:build long

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// opensATab opens one more tab of the same person on a page, and waits until it is live.
func (p *person) opensATab(name, path string) *person {
	p.t.Helper()
	tab := &person{line: p.line, window: openWindow(p.t, name, p.ctx, chromedp.WithNewWindow(false))}
	tab.opens(path)
	return tab
}

func TestTheSenderMayDie_S61(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Sent by whoever lives", nil)
	ben := newMember(t, "ben", demo)
	ben.goes("about:blank") // the first window only holds the others' cookies
	first := ben.opensATab("ben's first tab", "/acme/issue/"+key)
	second := ben.opensATab("ben's second tab", "/acme/issue/"+key)
	for _, tab := range []*person{first, second} {
		tab.mayLoseTheLine()
		tab.mayWrite()
		tab.excuse(`net::ERR_|Failed to fetch|crash`)
	}

	// The server takes what the first tab sends, but its answer is late; the tab dies meanwhile.
	ben.line.hold("/sync/push", time.Minute)
	comments := []string{"One.", "Two.", "Three."}
	for _, text := range comments {
		first.comments(text)
	}
	for _, tab := range []*person{first, second} {
		tab.unsent(3)
	}
	for end := time.Now().Add(patience); len(c.comments(issue)) == 0; {
		if time.Now().After(end) {
			t.Fatal("the server was sent nothing")
		}
	}
	first.crashes()
	ben.line.hold("/sync/push", 0)
	began := time.Now()
	second.unsent(0)
	t.Logf("taken over and sent after %v", time.Since(began))
	if got := c.comments(issue); !slices.Equal(got, comments) {
		t.Errorf("the comments are %q", got)
	}
	for _, text := range comments {
		second.sees("it once", commented, text)
	}
}

// crashes kills the tab's process.
func (p *person) crashes() {
	go chromedp.Call(p.ctx, page.Crash, cdp.Empty{}) // nobody is left to answer
}

func TestTabsCountTheSame_S61(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("ENG", "Counted twice", nil)
	ben := newMember(t, "ben", demo)
	ben.goes("about:blank")
	var tabs []*person
	for i := range 3 {
		tab := ben.opensATab(fmt.Sprint("ben", i+1), "/acme/issue/"+key)
		tab.mayLoseTheLine()
		tab.excuse(`net::ERR_|Failed to fetch`)
		tabs = append(tabs, tab)
	}
	ben.line.cut()
	tabs[1].setsStatus("Done")
	tabs[2].comments("From the third.")
	tabs[0].renames("Counted once")
	for _, tab := range tabs {
		tab.unsent(3)
		tab.sees("what the others wrote", "() => textOf('.property [data-field=status]') === 'Done' && textOf('h1[data-field=title]') === 'Counted once' && document.querySelector('main [data-record][data-pending] h1')")
	}
	ben.getsTheLineBack()
	ask[bool](tabs[0].window, "() => dispatchEvent(new Event('online'))")
	ask[bool](tabs[1].window, "() => dispatchEvent(new Event('online'))")
	ask[bool](tabs[2].window, "() => dispatchEvent(new Event('online'))")
	for _, tab := range tabs {
		tab.unsent(0)
		tab.sees("nothing pending", "() => !document.querySelector('[data-pending]')")
	}
	if got := c.comments(c.titled("Counted once").Record); !slices.Equal(got, []string{"From the third."}) {
		t.Errorf("the comments are %q", got)
	}
}

func TestTheStreamIsHandedOver_S38(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Handed 0", nil)
	ben := newMember(t, "ben", demo)
	ben.goes("about:blank")
	first := ben.opensATab("ben's first tab", "/acme/issue/"+key)
	second := ben.opensATab("ben's second tab", "/acme/issue/"+key)
	n := 0
	told := func(when string, tabs ...*person) {
		t.Helper()
		n++
		title := fmt.Sprint("Handed ", n)
		c.sets(issue, fields{"title": title})
		for _, tab := range tabs {
			tab.sees(when+": "+title, "title => textOf('h1[data-field=title]') === title", title)
		}
		if streams := ben.line.streams(); streams != 1 {
			t.Errorf("%s there are %d streams", when, streams)
		}
	}
	told("at first", first, second)

	state := func(to page.SetWebLifecycleStateState) {
		must(first.window, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: to})
	}
	state(page.SetWebLifecycleStateStateFrozen)
	told("while the first is frozen", second)
	state(page.SetWebLifecycleStateStateActive)
	told("when it thaws", first, second)

	first.goes("about:blank")
	told("while the first is in the back/forward cache", second)
	ask[bool](first.window, "() => { setTimeout(() => history.back()); return true; }")
	told("when it comes back", first, second)
	second.goes("about:blank")
	told("when only the first is left", first)
}

func TestTabsOfTwoBuildsDoNotFight_S61_S63(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Two builds in two tabs", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/" + key)
	ben.mayWrite()
	// A tab of a later build keeps its writes in a form that this one does not know; this one must leave them to it.
	later := `() => {
		const scope = 'tandem:acme:' + document.querySelector('meta[name=tandem-member]').content.replace('member:', '') + ':tx:';
		const text = JSON.stringify({v: 2, rev: 1, id: 'later', steps: ['something new'], state: 'waiting'});
		localStorage.setItem(scope + '1.later', text);
		dispatchEvent(new StorageEvent('storage', {key: scope + '1.later', oldValue: null, newValue: text}));
		return true;
	}`
	kept := "() => Object.entries(localStorage).some(([key, value]) => key.endsWith(':tx:1.later') && JSON.parse(value).steps[0] === 'something new')"
	ask[bool](ben.window, later)
	ben.comments("By the tab of this build.")
	ben.unsent(0)
	ben.sees("the other build's write left alone", kept)
	ben.opens("/acme/issue/" + key)
	ben.comments("And once more.")
	ben.unsent(0)
	ben.sees("the other build's write left alone", kept)
	if got := strings.Join(c.comments(issue), " "); got != "By the tab of this build. And once more." {
		t.Errorf("the comments are %q", got)
	}
}

// What was typed in one tab began before the other saved: that is somebody else's change to it, though both are ben's.
func TestTextsOfTwoTabsMeetLikeThoseOfTwoPeople_S57(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Two tabs write one text", fields{"description": "A boat called Heron.\n\nIt floats."})
	ben := newMember(t, "ben", demo)
	ben.goes("about:blank")
	first, second := ben.opensATab("ben's first tab", "/acme/issue/"+key), ben.opensATab("ben's second tab", "/acme/issue/"+key)
	is := func() string { return c.find(func(r record) bool { return r.Record == issue })[0].text("description") }
	types := func(text string) {
		t.Helper()
		if open := ask[bool](first.window, "() => !!document.querySelector('.issue__description details[open]')"); !open {
			first.clicks(".issue__description summary[data-action=edit]")
		}
		first.fills("form[data-op=text] textarea[name=description]", text)
		first.sees("the draft on the disk", keptForGood, text)
	}
	saves := func() {
		t.Helper()
		first.presses("Ctrl+Enter")
		first.sees("the form is shut", "() => !document.querySelector('.issue__description details[open]')")
		first.unsent(0)
	}

	types("A boat called Heron.\n\nIt floats, mostly.")
	second.inFront()
	second.describes("A boat called Egret.\n\nIt floats.")
	second.unsent(0)
	first.inFront()
	saves()
	if got := is(); got != "A boat called Egret.\n\nIt floats, mostly." {
		t.Errorf("both were saved, and the text is %q", got)
	}

	// The second tab saves while the first's draft lies there: it outlives that, and a reload. Then both have written the same words anew.
	types("A boat called Stork.\n\nIt floats, mostly.")
	second.inFront()
	second.sees("what was saved", "() => textOf('[data-field=description]').includes('mostly')")
	second.describes("A boat called Raven.\n\nIt floats, mostly.")
	second.unsent(0)
	first.inFront()
	first.opens("/acme/issue/" + key)
	first.sees("the draft", drafted, ".issue__description textarea[name=description]", "A boat called Stork.\n\nIt floats, mostly.")
	first.clicks(".issue__description textarea[name=description]")
	first.presses("Ctrl+Enter")
	first.seesWithin(late, "the refusal", "() => textOf('[data-toasts]').includes('Not saved') || textOf('[data-sync-text]').includes('not accepted')")
	if got := is(); got != "A boat called Raven.\n\nIt floats, mostly." {
		t.Errorf("after the clash the text is %q", got)
	}
	first.opens("/acme/outbox")
	for side, words := range map[string]string{"base": "Egret", "mine": "Stork", "theirs": "Raven"} {
		first.sees(side, "(side, words) => textOf(`[data-conflict] [data-side=${side}]`).includes(words)", side, words)
	}
}
