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

// ringed holds when what has focus is in sight, with nothing over it, and has a ring; a box with a list below it has a caret instead.
const ringed = `() => {
	const at = document.activeElement, {outlineStyle, outlineWidth} = getComputedStyle(at), {left, top, width, height} = at.getBoundingClientRect();
	const over = document.elementFromPoint(left + width / 2, top + Math.min(height, 40) / 2);
	return at !== document.body && at.matches(':focus-visible') && at.contains(over) && (at.matches('[role=combobox]') || outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2);
}`

// hears waits for what is told to those who hear the page.
func (p *person) hears(words string) {
	p.t.Helper()
	p.sees("it told: "+words, "words => textOf('[data-announce]').includes(words)", words)
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

	ann.presses("j")
	ann.sees("the row at hand", ringed)
	first := ask[string](ann.window, "() => document.activeElement.closest('[data-record]').dataset.record")
	ann.presses("c")
	ann.sees("the dialog, its first field in sight", "() => document.activeElement.matches('dialog[open] [name=title]') && ("+ringed+")()")
	ann.presses("Escape")
	atHand := "first => document.activeElement.closest('[data-record]')?.dataset.record === first && (" + ringed + ")()"
	ann.sees("focus where it was", atHand, first)
	ann.creates("Quokka on the loose")
	ann.sees("the issue in the list", "() => row('Quokka on the loose')")
	ann.sees("focus where it was", atHand, first)
	ann.unsent(0)

	ann.presses("f")
	ann.sees("the filter", "() => document.querySelector('.filter-bar details[open]')?.contains(document.activeElement) && ("+ringed+")()")
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
	ann.sees("focus still on it", "() => row('Quokka on the loose').contains(document.activeElement) && ("+ringed+")()")
	ann.hears(". Undo with Ctrl Z")
	ann.unsent(0)
	to := ask[string](ann.window, "() => groupOf('Quokka on the loose')")

	ann.follows("Enter", func() { ann.presses("Enter") })
	ann.sees("the issue", "() => textOf('h1[data-field=title]') === 'Quokka on the loose' && textOf('[data-sync-text]') === 'Live'")
	ann.tabsTo(".composer textarea")
	ann.types("It went that way.")
	ann.presses("Ctrl+Enter")
	ann.sees("the comment", commented, "It went that way.")
	ann.unsent(0)
	ann.sees("the composer ready for more", "() => document.activeElement.matches('.composer textarea') && !document.activeElement.value && ("+ringed+")()")
	ann.presses("Tab") // out of the text, where Ctrl Z is the browser's
	ann.presses("Ctrl+z")
	ann.sees("the comment gone", "() => !textOf('[data-rows=comment]').includes('It went that way.')")
	ann.hears("Undone")
	ann.unsent(0)
	ann.presses("Ctrl+z")
	ann.sees("the card moved back", "(from, to) => textOf('.property [data-field=status]') === from && from !== to", from, to)
	ann.presses("s")
	ann.sees("the menu", "() => document.querySelector('details[open] summary[data-action=open-status]')?.parentElement.contains(document.activeElement)")
	ann.presses("ArrowDown", "Enter")
	ann.sees("the next status", "from => textOf('.property [data-field=status]') !== from", from)
	ann.sees("focus on what opened the menu", "() => document.activeElement.matches('summary[data-action=open-status]') && ("+ringed+")()")
	ann.unsent(0)
}

// Focus goes to what comes next when what had it is gone, and nothing that others do moves it.
func TestFocusGoesOn(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	for _, title := range []string{"Wombat one", "Wombat two", "Wombat three"} {
		c.makes("OPS", title, fields{"status": c.ref("status OPS/Todo")})
	}
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/OPS?text=wombat")
	ann.sees("that rows can be selected", "() => document.querySelector('form[data-bulk][data-ready]') && all('[data-rows] [name=record]').length === 3")
	titles := ask[[]string](ann.window, "() => all('[data-rows] [data-record]').map(titleOf)")
	on := "title => row(title)?.contains(document.activeElement) && (" + ringed + ")()"

	ann.presses("j", "x")
	ann.sees("one selected", selected, 1)
	ann.tabsTo(".bulk__bar button[data-action=trash]")
	ann.presses("Enter")
	ann.sees("it gone", "title => !row(title)", titles[0])
	ann.sees("the next row at hand", on, titles[1])
	ann.hears("deleted")
	ann.unsent(0)

	told := ask[string](ann.window, "() => textOf('[data-announce]')")
	c.sets(c.titled(titles[2]).Record, fields{"title": "Wombat of others", "priority": 1})
	ann.sees("another's change", "() => row('Wombat of others')")
	ann.sees("focus where it was", on, titles[1])
	if now := ask[string](ann.window, "() => textOf('[data-announce]')"); now != told {
		t.Errorf("another's change is told as one's own: %q after %q", now, told)
	}

	ann.follows("Enter", func() { ann.presses("Enter") })
	ann.sees("the issue", "title => textOf('h1[data-field=title]') === title && textOf('[data-sync-text]') === 'Live'", titles[1])
	ann.tabsTo(".issue__header summary[data-action=open-menu]")
	ann.presses("Enter")
	ann.sees("the menu", "() => document.activeElement.matches('.issue__header [data-action=trash]') && ("+ringed+")()")
	ann.presses("Enter")
	ann.sees("it in the trash", "() => document.querySelector('main [data-record^=\"issue:\"][data-deleted]')")
	ann.unsent(0)
	ann.sees("the server's page of it", "() => document.querySelector('.issue__header [data-action=restore]')")
	ann.sees("focus in the page still", "() => document.querySelector('main').contains(document.activeElement)")
	ann.presses("Ctrl+z")
	ann.sees("it back", "() => document.querySelector('main [data-record^=\"issue:\"]:not([data-deleted])')")
	ann.unsent(0)
}
