package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// others are the names of those who are shown to be at the issue too, with … for who types.
const others = `() => all('[data-presence] > li').filter(seen).map(one => one.querySelector('[data-part=name]')?.textContent + ('typing' in one.dataset ? '…' : '')).join()`

// sharesWith waits until the page shows those people, and no others.
func (p *person) sharesWith(names string) {
	p.t.Helper()
	p.seesWithin(soon, "at the issue: "+names, "names => ("+others+")() === names", names)
}

func TestPresence_S43(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	arrange := signedIn(t, demo, "ann")
	_, key := arrange.makes("WEB", "Who is here", nil)

	ben := newMemberIn(t, sharedBrowser(t), "ben", demo)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	ann := newMemberIn(t, sharedBrowser(t), "ann", demo)
	ann.opens("/acme/issue/" + key)
	ben.sharesWith("Ann Lee")
	ann.sharesWith("Ben Okafor")

	ann.fills(".composer textarea", "I think that")
	ben.sharesWith("Ann Lee…")
	ben.sees("typing to be for the eyes alone", "() => !document.querySelector('[data-presence]').textContent.includes('typing')")
	ben.sharesWith("Ann Lee")

	// The region is drawn anew: who is there stays.
	arrange.sets(arrange.titled("Who is here").Record, fields{"title": "Who is still here"})
	head := arrange.seen
	ben.sees("the new title", "() => textOf('h1[data-field=title]') === 'Who is still here'")
	ben.sharesWith("Ann Lee")

	// Who is cut off knows of nobody, and is seen again when the line is back.
	ben.losesTheLine()
	ben.sharesWith("")
	ben.getsTheLineBack()
	again := "names => (" + others + ")() === names"
	ben.sees("ann again", again, "Ann Lee")
	ann.sees("ben again", again, "Ben Okafor")

	// A second tab of ann's is one more avatar for nobody, and the first one's end no end of it.
	tab := openWindow(t, "ann2", ann.ctx, chromedp.WithNewWindow(false))
	tab.goes(ann.line.url("/acme/issue/" + key))
	tab.sees("ben in the second tab", "() => ("+others+")() === 'Ben Okafor'")
	ben.sharesWith("Ann Lee")
	ann.goes(ann.line.url("/acme"))
	ben.sharesWith("Ann Lee")
	tab.goes(ann.line.url("/acme")) // a tab that is closed may be killed before it says so, as one whose browser is
	ben.sharesWith("")

	ben.remained()
	if now := signedIn(t, demo, "ann").titled("Who is still here").Version; now != head {
		t.Errorf("the issue went from version %d to %d", head, now)
	}
	if history := arrange.page("/acme/issue/" + key).Find(".presence li").Length(); history != 0 {
		t.Error("a page or fragment holds who is there")
	}
}
