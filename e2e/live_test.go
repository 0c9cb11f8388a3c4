package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func TestTwoWindowsAreLive_S85(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann, ben := newMember(t, "ann", demo), newMember(t, "ben", demo)
	title := "The two windows agree"

	ann.opens("/acme/team/OPS?text=windows")
	ben.opens("/acme/team/OPS?text=windows")
	ben.stays()
	ann.creates(title)
	ben.seesWithin(soon, "ann's issue", "title => row(title)", title)
	ben.sees("the count", "() => count('Todo') === 1")
	key := ben.key(title)

	ann.opens("/acme/team/OPS?view=board&text=windows")
	ann.movesCard(title, "In Review")
	ben.seesWithin(soon, "the row in its new group", "title => groupOf(title) === 'In Review' && count('In Review') === 1", title)
	ben.sees("the old group's count", "() => !group('Todo') || count('Todo') === 0")
	ann.sees("the card in its column", "title => groupOf(title) === 'In Review' && count('In Review') === 1 && count('Todo') === 0", title)
	ben.remained()

	ann.opens("/acme/issue/" + key)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	began := time.Now()
	ann.comments("The tide is out.")
	ben.seesWithin(soon, "ann's comment", commented, "The tide is out.")
	t.Logf("typed, sent and on the other screen after %v", time.Since(began).Round(time.Millisecond))
	ben.sees("who wrote it", "() => all('[data-rows=comment] [data-record]:not(form)').at(-1).textContent.includes('Ann Lee')")
	ben.comments("And the boats are dry.")
	ann.seesWithin(soon, "ben's answer", commented, "And the boats are dry.")
	ben.remained()

	ben.close()
	ann.setsStatus("Done")
	ann.comments("Who was that?")
	ann.unsent(0)
	ann.sees("that all is well", "() => textOf('[data-sync-text]') === 'Live' && !textOf('[data-alert]') && !document.querySelector('[data-error]')")
}

func TestSevenTabsShareOneStream_S38(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann := signedIn(t, demo, "ann")
	_, key := ann.makes("WEB", "Seven tabs", nil)

	ben := newMember(t, "ben", demo)
	ben.goes("about:blank") // the first window holds the others' cookies, and none of the tabs
	var tabs []*window
	for i := range 7 {
		tab := openWindow(t, fmt.Sprintf("ben%d", i+1), ben.ctx, chromedp.WithNewWindow(false))
		tab.goes(ben.line.url("/acme/issue/" + key))
		tabs = append(tabs, tab)
	}
	told := func(text string) {
		ann.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": ann.titled("Seven tabs").Record, "body": text}})
		for _, tab := range tabs {
			tab.seesWithin(soon, text, "text => document.querySelector('[data-rows=comment]').textContent.includes(text)", text)
		}
	}
	for _, tab := range tabs {
		tab.sees("the page", "() => document.querySelector('[data-record] h1')")
	}
	told("to all seven")
	if n := ben.line.streams(); n != 1 {
		t.Errorf("seven tabs hold %d streams", n)
	}

	// The first tab came first, so it leads; its end hands the stream over.
	tabs[0].close()
	tabs = tabs[1:]
	tabs[5].sees("the state to be live", "() => document.documentElement.dataset.sync === 'live'")
	told("to the six that are left")
	if n := ben.line.streams(); n != 1 {
		t.Errorf("six tabs hold %d streams", n)
	}
}

func TestOwnChangesNeverFlicker_S29_S39(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	for name, late := range map[string]map[string]time.Duration{
		"stream_is_late": {"/sync/events": 2 * time.Second},
		"answer_is_late": {"/sync/push": 700 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			title := "No flicker when " + name
			_, key := signedIn(t, demo, "ben").makes("ENG", title, nil) // the author's own first minutes are not told
			ann := newMember(t, "ann", demo)
			ann.opens("/acme/issue/" + key)
			for path, delay := range late {
				ann.line.hold(path, delay)
			}
			ann.stays()
			ask[bool](ann.window, `() => {
				const shown = globalThis.e2eShown = [], note = () => {
					const now = textOf('.property [data-field=status]');
					if (shown.at(-1) !== now) shown.push(now);
				};
				note();
				new MutationObserver(note).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
				return true;
			}`)
			before := ask[string](ann.window, "() => document.querySelector('.issue[data-live]').dataset.version")
			ann.setsStatus("In Review")
			ann.unsent(0)
			ann.sees("the server's own drawing", "before => Number(document.querySelector('.issue[data-live]').dataset.version) > Number(before) && !document.querySelector('[data-pending], template[data-server]')", before)
			ann.sees("the change in the activity", "() => textOf('.activity').includes('In Review')")
			// The bump that was held back has been heard when V of the page's stream is that of the page.
			ann.sees("the stream caught up", `() => Object.entries(localStorage).some(([key, value]) => key.endsWith(':cursor')
				&& JSON.parse(value).version >= Number(document.querySelector('.issue[data-live]').dataset.version))`)
			shown := ask[[]string](ann.window, "() => globalThis.e2eShown")
			if !slices.Equal(shown, []string{"Todo", "In Review"}) && !slices.Equal(shown, []string{"Backlog", "In Review"}) {
				t.Errorf("the status went %q", shown)
			}
			ann.remained()
		})
	}
}
