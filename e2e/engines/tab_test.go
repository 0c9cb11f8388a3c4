//go:build engines

package engines

import "testing"

// The window's commands go to one tab at a time.

func (w *window) tab() (handle string) {
	w.t.Helper()
	w.commands("GetWindowHandle", nil, &handle)
	return handle
}

// opensATab opens another tab of the same browser and goes on there.
func (w *window) opensATab() (handle string) {
	w.t.Helper()
	w.hears()
	var made struct{ Handle string }
	w.commands("NewWindow", map[string]string{"type": "window"}, &made)
	w.goesOnIn(made.Handle)
	return made.Handle
}

func (w *window) goesOnIn(tab string) {
	w.t.Helper()
	w.commands("SwitchToWindow", map[string]string{"handle": tab}, nil)
}

// closes ends the tab that it is in, and goes on in another.
func (w *window) closes(other string) {
	w.t.Helper()
	w.hears()
	w.commands("CloseWindow", nil, nil)
	w.goesOnIn(other)
}

func (w *window) commands(name string, params, result any) {
	w.t.Helper()
	if params == nil {
		params = struct{}{}
	}
	if err := w.wire.call(name, params, result); err != nil {
		w.t.Fatalf("%s: %s: %v", w.name, name, err)
	}
}

func anotherTab(t *testing.T, ann, ben *person) {
	path := ann.made("OPS", "Counted once")
	ann.excuse(outage)
	ben.excuse(outage)
	ben.opens(path)
	first := ann.tab()
	second := ann.opensATab()
	ann.opens(path)
	ann.at.kill()
	ann.sees("that it is gone", "() => document.documentElement.dataset.sync !== 'live'")
	ann.comments("From the second tab.")
	ann.goesOnIn(first)
	ann.unsent(1)
	ann.sees("what the other tab wrote", commented, "From the second tab.")
	ann.comments("From the first.")
	ann.unsent(2)

	// Whichever tab sent until now, the one that is left does it.
	ann.closes(second)
	ann.unsent(2)
	ann.at.start()
	ann.unsent(0)
	for _, text := range []string{"From the second tab.", "From the first."} {
		ann.sees("it once", commented, text)
		ben.seesWithin(patience+patience/2, "it once", commented, text)
	}
}

func madeOffline(t *testing.T, ann, ben *person) {
	ann.excuse(outage)
	ben.excuse(outage)
	ann.opens("/acme/team/WEB")
	ann.sees("the worker and its assets", "async () => navigator.serviceWorker.controller && await caches.match('/acme/team/WEB') && await caches.match('/acme/outbox')")
	ann.at.kill()
	ann.sees("that it is gone", "() => document.documentElement.dataset.sync !== 'live'")
	ann.creates("Made in a tunnel")
	ann.sees("the new row", "title => row(title)?.matches('[data-pending]') && /^WEB-new-\\d+$/.test(row(title).dataset.key)", "Made in a tunnel")
	ann.clicksWhere("the new row", "title => row(title).querySelector('a')", "Made in a tunnel")
	ann.sees("its page", "title => textOf('h1[data-field=title]') === title", "Made in a tunnel")
	ann.comments("It was dark.")
	ann.unsent(2)
	ann.at.start()
	ann.seesWithin(patience+patience/2, "its own page, with its key", "() => document.documentElement.dataset.unsent === '0' && /^WEB-\\d+$/.test(document.querySelector('main [data-record][data-key]')?.dataset.key)")
	ann.sees("the comment once", commented, "It was dark.")
	ben.opens("/acme/team/WEB")
	ben.sees("the issue once", "title => all('[data-rows] [data-record]:not(form)').filter(one => titleOf(one) === title).length === 1", "Made in a tunnel")
}

func backAgain(t *testing.T, ann, ben *person) {
	path := ann.made("ENG", "As it was")
	ann.goes(ann.at.url("/acme/inbox"))
	ann.sees("the inbox", "() => location.pathname === '/acme/inbox' && "+live)
	ben.opens(path)
	ben.renames("As it is now")
	ben.unsent(0)
	ann.commands("Back", nil, nil)
	ann.sees("the page as it is now", "title => textOf('h1[data-field=title]') === title && "+live, "As it is now")
	ben.renames("As it will be")
	ann.sees("what comes after", "title => textOf('h1[data-field=title]') === title", "As it will be")
	ben.unsent(0)
}

func cardIsDragged(t *testing.T, ann, ben *person) {
	ann.made("WEB", "Carried over")
	ann.opens("/acme/team/WEB?view=board&text=carried")
	ann.sees("the card", "() => row('Carried over')")
	from := ask[string](ann.window, "() => groupOf('Carried over')")
	start := ask[[]int](ann.window, "() => { const {left, top, width, height} = row('Carried over').getBoundingClientRect(); return [left + width / 2, top + height - 6].map(Math.floor); }")
	end := ask[struct {
		Group string
		At    []int
	}](ann.window, `from => {
		const to = all('[data-group]').find(one => seen(one) && one.querySelector('h2').textContent.trim() !== from && one.getBoundingClientRect().right < innerWidth && one.getBoundingClientRect().left > 0);
		const {left, top, width} = to.getBoundingClientRect();
		return {group: to.querySelector('h2').textContent.trim(), at: [left + width / 2, top + 90].map(Math.floor)};
	}`, from)
	move := func(x, y int) any {
		return map[string]any{"type": "pointerMove", "duration": 100, "x": x, "y": y, "origin": "viewport"}
	}
	ann.acts("pointer", []any{
		move(start[0], start[1]), map[string]any{"type": "pointerDown", "button": 0},
		move(start[0]+12, start[1]+6), move((start[0]+end.At[0])/2, (start[1]+end.At[1])/2), move(end.At[0]-4, end.At[1]), move(end.At[0], end.At[1]),
		map[string]any{"type": "pointerUp", "button": 0},
	})
	ann.sees("the card where it was dropped", "to => groupOf('Carried over') === to", end.Group)
	ann.unsent(0)
}
