//go:build long

package e2e

import "testing"

// Under the cursor a row that leaves its list stays, faded, until the cursor goes on; any other goes at once.
func TestARowThatLeavesUnderTheCursorWaitsForIt(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	todo := c.ref("status ENG/Todo")
	make := func(title string) record {
		issue, _ := c.makes("ENG", title, fields{"status": todo})
		return c.find(func(r record) bool { return r.Record == issue })[0]
	}
	third, second, first := make("Turnstone third"), make("Turnstone second"), make("Turnstone first") // each is made at the top
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/ENG?f=status:todo&text=turnstone")
	ann.mayWrite()
	const faded = "(record, words) => { const row = document.querySelector(`[data-rows] > [data-record='${record}']`); return row?.dataset.left === words && seen(row) && row.contains(document.activeElement) && getComputedStyle(row.firstElementChild).opacity === '0.5'; }"
	const at = "record => document.activeElement.closest('[data-rows] > *')?.dataset.record === record"
	const away = "record => !all(`[data-rows] > [data-record='${record}']`).some(seen)"

	ann.presses("j")
	ann.sees("the first under the cursor", at, first.Record)
	ann.presses("s")
	ann.sees("the statuses", "() => document.activeElement.matches('[role=combobox]')")
	ann.types("Done")
	ann.presses("Enter")
	ann.sees("the first, faded", faded, first.Record, "moved to Done")
	ann.unsent(0)
	ann.seesWithin(soon, "the count of the server's list", "() => textOf('[data-count]') === '2' && !document.querySelector('[data-pending]')")
	ann.sees("the first, still faded", faded, first.Record, "moved to Done")
	ann.presses("j")
	ann.sees("it gone", away, first.Record)
	ann.sees("the second under the cursor", at, second.Record)

	c.sets(third.Record, fields{"status": c.ref("status ENG/Done")})
	ann.seesWithin(soon, "another's row gone at once", away, third.Record)
	c.sets(second.Record, fields{"status": c.ref("status ENG/Done")})
	ann.seesWithin(soon, "the second, faded", faded, second.Record, "no longer in this list")
	ask[bool](ann.window, "() => { document.activeElement.blur(); return true; }")
	ann.sees("it gone", away, second.Record)
}
