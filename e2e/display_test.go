package e2e

import "testing"

func TestDisplay_IsChangedAtOnceAndRemembered(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	team := "team:" + newID() // of its own: what ben chooses for a team holds in all his journeys
	c.push(fields{"op": "create", "record": team, "set": fields{"key": "SHOW", "name": "Shown otherwise"}},
		fields{"op": "create", "record": "status:" + newID(), "set": fields{"team": team, "name": "Todo", "category": "unstarted"}})
	c.makes("SHOW", "Sanderling", fields{"priority": 1})
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/team/SHOW?f=-priority:4")
	ben.presses("V")
	ben.sees("the display's menu", "() => document.querySelector('form[aria-label=Display] select[name=group]')?.offsetParent && document.activeElement.closest('form[aria-label=Display]') && document.querySelector('form[aria-label=Display] [data-action=display]').hidden")
	ben.follows("another grouping", func() {
		ask[bool](ben.window, "() => { const one = document.querySelector('form[aria-label=Display] select[name=group]'); one.value = 'priority'; return one.dispatchEvent(new Event('change', {bubbles: true})); }")
	})
	ben.sees("the list by priority, its menu still open", "() => document.querySelector('[data-list] [data-group=\"priority:1\"]') && document.querySelector('details[open] form[aria-label=Display]')")
	ben.opens("/acme/team/SHOW")
	ben.sees("the list by priority", "() => document.querySelector('[data-list] [data-group=\"priority:1\"]')")
	ben.presses("V")
	// Once Apply is gone nothing moves any more: a mouse that leaps to the button misses it otherwise.
	ben.sees("the way back", "() => document.querySelector('details[open] [data-action=display-reset]') && document.querySelector('details[open] [data-action=display]').hidden")
	ben.follows("the way back", func() { ben.clicks("[data-action=display-reset]") })
	ben.sees("the list by status", "() => document.querySelector('[data-list] [data-group^=\"status:\"]') && !document.querySelector('[data-list] [data-group^=\"priority:\"]')")
}

func TestList_CollapsesAGroup(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	c.makes("OPS", "Plover in the shingle", fields{"status": c.ref("status OPS/Todo")})
	c.makes("OPS", "Plover on the wing", fields{"status": c.ref("status OPS/In Progress")})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/OPS?text=plover")
	ask[bool](ann.window, "() => { row('Plover in the shingle').querySelector('a').focus(); return true; }")
	ann.presses("t")
	ann.sees("its rows gone, and the way back at hand", "() => !seen(row('Plover in the shingle')) && seen(row('Plover on the wing')) && document.activeElement.matches('[data-action=expand]')")
	c.sets(c.titled("Plover on the wing").Record, fields{"title": "Plover on the water"})
	ann.sees("a change beside it", "() => row('Plover on the water') && !seen(row('Plover in the shingle'))")
	ann.presses("j")
	ann.sees("focus on a row that is to be seen", "() => seen(document.activeElement.closest('[data-record]'))")
	ann.clicks("[data-action=expand]")
	ann.sees("its rows again", "() => seen(row('Plover in the shingle')) && row('Plover in the shingle').contains(document.activeElement)")
}
