package e2e

import "testing"

// tabsTo presses Tab until the element that matches has focus, as somebody without a mouse does.
func (w *window) tabsTo(css string) {
	w.t.Helper()
	for range 120 {
		if ask[bool](w, "css => !!document.activeElement?.matches(css)", css) {
			return
		}
		w.presses("Tab")
	}
	w.t.Fatalf("%s does not reach %s by Tab", w.name, css)
}

func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann := newPerson(t, "ann", demo)
	ann.goes(ann.line.url("/acme/team/OPS"))
	ann.tabsTo("input[name=email]")
	ann.types("ann@example.com")
	ann.presses("Tab")
	ann.types("demo")
	ann.follows("Enter", func() { ann.presses("Enter") })
	ann.sees("the list", "() => location.pathname === '/acme/team/OPS' && textOf('[data-sync-text]') === 'Live'")

	ann.creates("Quokka on the loose")
	ann.sees("the issue in the list", "() => row('Quokka on the loose')")
	ann.unsent(0)

	ann.presses("f")
	ann.sees("the filter", "() => document.querySelector('.filter-bar details[open]')?.contains(document.activeElement)")
	ann.tabsTo("form[role=search] input[name=text]")
	ann.types("quokka")
	ann.follows("Enter", func() { ann.presses("Enter") })
	ann.sees("one row", "() => row('Quokka on the loose') && all('[data-list] [data-rows] [data-record]:not(form)').length === 1")

	ann.tabsTo("[data-action=view-board]")
	ann.follows("Enter", func() { ann.presses("Enter") })
	ann.sees("the board", "() => row('Quokka on the loose') && document.querySelector('#vocabulary template')")
	ann.tabsTo("[data-rows] [data-record] a[href]")
	from := ask[string](ann.window, "() => groupOf('Quokka on the loose')")
	ann.presses("Shift+ArrowRight")
	ann.sees("the card moved on", "from => groupOf('Quokka on the loose') !== from", from)
	ann.sees("focus still on it", "() => row('Quokka on the loose').contains(document.activeElement)")
	ann.unsent(0)
	to := ask[string](ann.window, "() => groupOf('Quokka on the loose')")

	ann.follows("Enter", func() { ann.presses("Enter") })
	ann.sees("the issue", "() => textOf('h1[data-field=title]') === 'Quokka on the loose' && textOf('[data-sync-text]') === 'Live'")
	ann.tabsTo(".composer textarea")
	ann.types("It went that way.")
	ann.presses("Ctrl+Enter")
	ann.sees("the comment", commented, "It went that way.")
	ann.unsent(0)
	ann.presses("Tab") // out of the text, where Ctrl Z is the browser's
	ann.presses("Ctrl+z")
	ann.sees("the comment gone", "() => !textOf('[data-rows=comment]').includes('It went that way.')")
	ann.unsent(0)
	ann.presses("Ctrl+z")
	ann.sees("the card moved back", "(from, to) => textOf('.property [data-field=status]') === from && from !== to", from, to)
	ann.presses("s")
	ann.sees("the menu", "() => document.querySelector('details[open] summary[data-action=open-status]')?.parentElement.contains(document.activeElement)")
	ann.presses("ArrowDown", "Enter")
	ann.sees("the next status", "from => textOf('.property [data-field=status]') !== from", from)
	ann.unsent(0)
}
