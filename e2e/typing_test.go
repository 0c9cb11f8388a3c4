package e2e

import (
	"fmt"
	"strings"
	"testing"
)

func TestTypingIsLeftAlone_S74(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Storm 0", fields{"description": strings.Repeat("A long paragraph of nothing at all.\n\n", 60)})
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	text := strings.Repeat("ten chars ", 20)
	ben.fills(".composer textarea", text)
	state := `() => {
		const box = document.querySelector('.composer textarea');
		return JSON.stringify([box.value, box.selectionStart, box.selectionEnd, box === document.activeElement, box.scrollTop, Math.round(box.getBoundingClientRect().top), box.value.length]);
	}`
	ask[bool](ben.window, "() => { document.querySelector('.composer textarea').setSelectionRange(33, 57, 'backward'); return true; }")
	before := ask[string](ben.window, state)
	for i := range 50 {
		c.sets(issue, fields{"title": fmt.Sprintf("Storm %d", i+1), "priority": i % 5})
	}
	ben.sees("the last of fifty", "() => textOf('h1[data-field=title]') === 'Storm 50'")
	if after := ask[string](ben.window, state); after != before {
		t.Errorf("the composer was\n%s and is\n%s", before, after)
	}
	ben.types("§")
	ben.sees("the caret where it was", "text => document.querySelector('.composer textarea').value === text.slice(0, 33) + '§' + text.slice(57)", text)

	// A form inside of the region: it waits, says so, and is fresh when left.
	ben.clicks(".issue__title summary[data-action=edit]")
	ben.fills("form[data-op=set] input[name=title]", "My half-written na")
	c.sets(issue, fields{"title": "Storm 51"})
	ben.sees("the region says that it is stale", "() => document.querySelector('.issue[data-live][data-stale]')")
	ben.sees("the half-written name", "() => document.activeElement.value === 'My half-written na'")
	ben.presses("Escape")
	ben.sees("the fresh title", "() => textOf('h1[data-field=title]') === 'Storm 51' && !document.querySelector('[data-stale]')")
	ben.remained()
}
