package e2e

import "testing"

func TestDisplay_IsChangedAtOnceAndRemembered(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/team/WEB?f=-status:done")
	ben.presses("V")
	ben.sees("the display's menu", "() => document.querySelector('form[aria-label=Display] select[name=group]')?.offsetParent && document.activeElement.closest('form[aria-label=Display]') && document.querySelector('form[aria-label=Display] [data-action=display]').hidden")
	ben.follows("another grouping", func() {
		ask[bool](ben.window, "() => { const one = document.querySelector('form[aria-label=Display] select[name=group]'); one.value = 'priority'; return one.dispatchEvent(new Event('change', {bubbles: true})); }")
	})
	ben.sees("the list by priority, its menu still open", "() => document.querySelector('[data-list] [data-group=\"priority:1\"]') && document.querySelector('details[open] form[aria-label=Display]')")
	ben.opens("/acme/team/WEB")
	ben.sees("the list by priority", "() => document.querySelector('[data-list] [data-group=\"priority:1\"]')")
	ben.presses("V")
	ben.sees("the way back", "() => document.querySelector('details[open] [data-action=display-reset]')")
	ben.follows("the way back", func() { ben.clicks("[data-action=display-reset]") })
	ben.sees("the list by status", "() => document.querySelector('[data-list] [data-group^=\"status:\"]') && !document.querySelector('[data-list] [data-group^=\"priority:\"]')")
}
