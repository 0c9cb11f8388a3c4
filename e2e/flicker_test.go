//go:build long

package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// watches notes what a function of the page answers, each time that it answers something else, until what was watched is asked for.
func (p *person) watches(look string, args ...any) {
	p.t.Helper()
	ask[bool](p.window, fmt.Sprintf(`(...args) => {
		const watched = globalThis.e2eWatched = [], look = %s, note = () => {
			const now = JSON.stringify(look(...args));
			if (watched.at(-1) !== now) watched.push(now);
		};
		note();
		new MutationObserver(note).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
		return true;
	}`, look), args...)
}

func (p *person) watched() []string {
	p.t.Helper()
	return ask[[]string](p.window, "() => globalThis.e2eWatched")
}

// caughtUp waits until the list shows what the server drew after one's own writes, and the stream has told of it.
func (p *person) caughtUp(after string) {
	p.t.Helper()
	p.sees("the server's own drawing", "after => Number(document.querySelector('[data-list]').dataset.version) > Number(after) && !document.querySelector('[data-list] :is([data-pending], [data-made], [data-moved], template[data-server])')", after)
	p.sees("the stream caught up", `() => Object.entries(localStorage).some(([key, value]) => key.endsWith(':cursor')
		&& JSON.parse(value).version >= Number(document.querySelector('[data-list]').dataset.version))`)
}

func TestListsNeverFlicker_S39(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	orders := map[string]map[string]time.Duration{
		"the stream is late": {"/sync/events": 2 * time.Second},
		"the answer is late": {"/sync/push": 700 * time.Millisecond},
		"neither is late":    {},
	}
	n := 0
	for name, late := range orders {
		n++
		team := fmt.Sprint("FLK", n)
		c.makesTeam(team, 3, 2)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ben := newMember(t, "ben", demo)
			at := func(view string) (version string) {
				ben.opens("/acme/team/" + team + view)
				ben.mayWrite()
				ben.stays()
				for path, delay := range late {
					ben.line.hold(path, delay)
				}
				return ask[string](ben.window, "() => document.querySelector('[data-list]').dataset.version")
			}
			is := func(want ...string) {
				t.Helper()
				if got := ben.watched(); !slices.Equal(got, want) {
					t.Errorf("the page went %q, not %q", got, want)
				}
				ben.remained()
				for path := range late {
					ben.line.hold(path, 0)
				}
			}
			moved := team + " 0 of column 0, in some words"

			version := at("?view=board")
			ben.watches("title => [groupOf(title), count('Column 0'), count('Column 2'), all('[data-rows] > [data-record]:not([hidden])').filter(one => titleOf(one) === title).length]", moved)
			ben.movesCard(moved, "Column 2")
			ben.unsent(0)
			ben.caughtUp(version)
			is(`["Column 0",2,2,1]`, `["Column 2",1,3,1]`)

			version = at("")
			ben.watches("title => all('[data-rows] > [data-record]:not([hidden])').filter(one => titleOf(one) === title).map(one => [groupOf(title), count(groupOf(title))])", "Made here")
			ben.creates("Made here")
			ben.sees("the row", "() => row('Made here')")
			ben.unsent(0)
			ben.caughtUp(version)
			group := ask[string](ben.window, "() => groupOf('Made here')")
			is("[]", fmt.Sprintf(`[["%s",%d]]`, group, ask[int](ben.window, "name => count(name)", group)))
		})
	}
}
