package e2e

import (
	"fmt"
	"testing"
)

// selected holds when the bar counts so many, and so many boxes of rows in sight are checked; 0: there is no bar.
const selected = `n => (n ? textOf('.bulk__bar[role=group] strong').startsWith(n + ' ') : !document.querySelector('.bulk__bar[role=group]'))
	&& all('[data-rows] [name=record]:checked').filter(one => !one.closest('[hidden]')).length === n`

// The one journey of selecting and changing many issues by keys alone: live, offline, and taken back in part.
func TestManyIssuesChangedAtOnceByKeys_S76_S77(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	team := c.makesTeam("BULK", 2, 25)
	issues := c.find(func(r record) bool { return r.text("team") == team && r.text("title") != "" })
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/team/BULK")
	ben.mayWrite()
	ben.sees("that rows can be selected", "() => document.querySelector('form[data-bulk][data-ready]') && all('[data-rows] [name=record]').length === 50")
	ben.stays()
	valued := "(field, value, n) => all(`[data-rows] > [data-record]:not([hidden]) [data-field=${field}]`).filter(one => one.dataset.value === value).length === n"

	ben.presses("j", "x")
	ben.sees("one selected", selected, 1)
	ben.presses("Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown")
	ben.sees("a range of four", selected, 4)
	ben.presses("Shift+ArrowUp")
	ben.sees("a range of three", selected, 3)
	ben.presses("Escape")
	ben.sees("nothing selected", selected, 0)
	ben.presses("Ctrl+a")
	ben.sees("all selected", selected, 50)
	ben.presses("p")
	ben.sees("the priorities", "() => document.querySelector('.bulk__bar details[open]')?.contains(document.activeElement) && all('.bulk__bar details[open] button').length === 5")
	ben.presses("1")
	ben.sees("all of them urgent", valued, "priority", "priority:1", 50)
	ben.sees("it in words, and all still selected", "() => textOf('[data-toasts]').includes('Priority changed to Urgent for 50 issues') && "+"("+selected+")(50)")
	ben.unsent(0)
	versions := map[int64]bool{} // ten were urgent before
	for _, r := range c.find(func(r record) bool {
		return r.text("team") == team && r.Fields["priority"] == float64(1) && r.Version > issues[0].Version
	}) {
		versions[r.Version] = true
	}
	if len(versions) != 1 {
		t.Errorf("the 50 were changed in %d transactions", len(versions))
	}

	// A selection stays with its issues when others come and go.
	ben.presses("Escape", "j", "x", "Shift+ArrowDown", "Shift+ArrowDown")
	ben.sees("three selected", selected, 3)
	kept := ask[[]string](ben.window, "() => all('[data-rows] [name=record]:checked').map(one => one.value)")
	c.push(fields{"op": "delete", "record": kept[1]}, fields{"op": "create", "record": "issue:" + newID(), "set": fields{"team": team, "title": "Comes between"}})
	ben.sees("the newcomer", "() => row('Comes between')")
	ben.sees("the two that are left selected", selected, 2)
	ben.sees("the right ones, and that one has left", `(first, last) => [first, last].every(one => document.querySelector('[name=record][value="' + one + '"]').checked)
		&& textOf('[data-toasts]').includes('1 selected issue has left this list')`, kept[0], kept[2])
	c.push(fields{"op": "restore", "record": kept[1]})
	ben.sees("it back, and not selected", "one => document.querySelector('[name=record][value=\"' + one + '\"]')?.checked === false", kept[1])

	// Offline: shown at once on every row, one write that waits.
	ben.losesTheLine()
	ben.presses("s")
	ben.sees("the statuses", "() => all('.bulk__bar details[open] button').length === 2")
	ben.clicksWhere("the second status", "() => all('.bulk__bar details[open] button')[1]")
	ben.sees("both in the other column, pending", `(first, last) => [first, last].every(one => { const at = document.querySelector('[data-record="' + one + '"]:not(form)');
		return at.closest('[data-group]').querySelector('h2').textContent.trim() === 'Column 1' && 'pending' in at.dataset; })`, kept[0], kept[2])
	ben.unsent(1)
	ben.sees("them still selected", selected, 2)
	ben.getsTheLineBack()
	ben.unsent(0)
	ben.sees("nothing pending", "() => !document.querySelector('[data-rows] [data-pending]')")
	ben.presses("Ctrl+z")
	ben.sees("both back by one step", "(first, last) => [first, last].every(one => document.querySelector(`[data-record=\"${one}\"]:not(form)`).closest('[data-group]').querySelector('h2').textContent.trim() === 'Column 0')", kept[0], kept[2])
	ben.unsent(0)

	// Three of the fifty are changed by somebody else: they stay, and are named.
	var theirs []string
	stayed := map[string]bool{}
	for _, r := range issues {
		if r.Fields["priority"] != float64(2) || len(theirs) == 3 {
			continue
		}
		c.sets(r.Record, fields{"priority": 4})
		stayed[r.Record] = true
		theirs = append(theirs, fmt.Sprintf("BULK-%v", r.Fields["number"]))
	}
	ben.sees("ann's priorities", valued, "priority", "priority:4", 3)
	ben.remained()
	ben.presses("Escape", "Ctrl+z")
	ben.sees("that it was not undone", "() => textOf('[data-toasts]').includes('someone else changed it')")
	ben.opens("/acme/outbox")
	named := "keys => keys.every(key => textOf('[data-card]').includes(key + ': Ann'))"
	ben.sees("the three by name", named, theirs)
	ben.clicks("[data-card] form[data-op=undo] [data-action=undo]")
	ben.sees("how many stayed", "() => textOf('[data-toasts]').includes('Undone but for 3 issues that others have changed since')")
	ben.unsent(0)
	for _, r := range issues {
		now := c.find(func(n record) bool { return n.Record == r.Record })[0]
		want := r.Fields["priority"]
		if stayed[r.Record] {
			want = float64(4)
		}
		if now.Fields["priority"] != want {
			t.Errorf("%s has the priority %v, not %v", r.text("title"), now.Fields["priority"], want)
		}
	}
}

// With ten people and more the menu has a box, and a wrong Enter would give forty issues to the wrong person.
func TestManyIssuesGivenToThePersonThatWasTyped_S76(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	for _, title := range []string{"Otter one", "Otter two", "Otter three"} {
		c.makes("ENG", title, nil)
	}
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/ENG?text=otter")
	ann.mayWrite()
	ann.sees("that rows can be selected", "() => document.querySelector('form[data-bulk][data-ready]') && all('[data-rows] [name=record]').length === 3")
	ann.presses("Ctrl+a")
	ann.sees("all three selected", selected, 3)
	// By key: under a pointer a menu that opens before its box has come does without it, so that nothing moves.
	ask[bool](ann.window, "() => (document.querySelector('.bulk__bar [data-action=open-assignee]').focus(), true)")
	ann.presses("Enter")
	ann.sees("the box, at no choice yet", "() => document.activeElement.matches('.bulk__bar details[open] [role=combobox]') && !document.activeElement.hasAttribute('aria-activedescendant') && all('.bulk__bar details[open] [role=option]').length >= 11")
	shown := "n => all('.bulk__bar details[open] [role=option]').filter(seen).length === n"
	ann.types("zzz")
	ann.sees("nobody", shown, 0)
	ann.presses("Enter")
	ann.sees("the menu open still", "() => document.activeElement.matches('.bulk__bar details[open] [role=combobox]') && !document.querySelector('[data-rows] [data-pending]')")
	ask[bool](ann.window, "() => (document.activeElement.select(), true)")
	ann.types("gus")
	ann.sees("Gus alone", shown, 1)
	// The Enter that ends a composition chooses nothing; Safari tells it by its code alone.
	ask[bool](ann.window, `() => [{isComposing: true}, {keyCode: 229}].every(how =>
		document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true, ...how})))`)
	ann.sees("nothing chosen yet", "() => document.activeElement.matches('.bulk__bar details[open] [role=combobox]')")
	ann.presses("Enter")
	ann.unsent(0)
	ann.sees("it told", "() => textOf('[data-toasts]').includes('Gus')")
	for _, title := range []string{"Otter one", "Otter two", "Otter three"} {
		if got := c.titled(title).Fields["assignee"]; got != c.ref("member gus") {
			t.Errorf("%s was given to %v", title, got)
		}
	}
}
