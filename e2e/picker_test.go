package e2e

import (
	"slices"
	"testing"
)

// picked is the option that Enter would take in the menu that is open, by its words; it tells when there is none.
const picked = `() => {
	const box = document.querySelector('details[data-menu][open] [role=combobox]');
	const at = box && document.activeElement === box && document.getElementById(box.getAttribute('aria-activedescendant'));
	return at ? (at.querySelector('[data-part=name]') ?? at).textContent.trim() : 'no menu';
}`

// opensMenu presses the key of a property and waits for its menu, at the value that it has.
func (p *person) opensMenu(key, at string) {
	p.t.Helper()
	p.presses(key)
	p.sees("the menu of "+key+" at "+at, "at => ("+picked+")() === at", at)
}

// marked is what a row shows of a property.
const marked = `(title, field) => textOf('[data-field=' + field + ']', row(title))`

func TestPicker_ByKeysInListBoardAndPage(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	label := "label:" + newID()
	c.push(fields{"op": "create", "record": label, "set": fields{"name": "tidal wave", "team": c.ref("team OPS")}})
	issue, _ := c.makes("OPS", "Heron at the weir", fields{"status": c.ref("status OPS/Todo")})
	c.makes("OPS", "Heron at the lock", fields{"status": c.ref("status OPS/Todo")})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/OPS?text=heron")
	ann.stays()
	focused := "title => row(title)?.contains(document.activeElement)"
	ask[bool](ann.window, "title => { row(title).querySelector('a').focus(); return true; }", "Heron at the weir")

	// In a list: typing narrows, Enter takes, Esc leaves, digits choose; focus comes back to the row.
	ann.opensMenu("p", "No priority")
	ann.types("hi")
	ann.sees("High alone", "() => ("+picked+")() === 'High' && all('details[open] [role=option]').filter(seen).length === 1")
	ann.presses("Enter")
	ann.sees("it in the row", "title => ("+marked+")(title, 'priority') === 'High'", "Heron at the weir")
	ann.sees("the row focused", focused, "Heron at the weir")
	ann.opensMenu("p", "High")
	ann.presses("Escape")
	ann.sees("the row focused", focused, "Heron at the weir")
	ann.opensMenu("p", "High")
	ann.presses("1")
	ann.sees("it urgent", "title => ("+marked+")(title, 'priority') === 'Urgent'", "Heron at the weir")
	ann.presses("i")
	ann.sees("it hers", "title => ("+marked+")(title, 'assignee').includes('Ann')", "Heron at the weir")
	ann.opensMenu("l", ask[string](ann.window, "() => [...document.querySelectorAll('#vocabulary template[data-value^=\"label:\"]')].find(one => !one.dataset.team || one.dataset.team === document.querySelector('[data-list]').dataset.team).dataset.text"))
	ann.types("tidal w")
	ann.sees("the label", "() => ("+picked+")() === 'tidal wave'")
	ann.presses("Enter")
	ann.sees("it in the row", "(title, label) => row(title).querySelector(`[data-field=labels] [data-value=\"${label}\"]`)", "Heron at the weir", label)
	ann.sees("the row focused", focused, "Heron at the weir")
	ann.opensMenu("s", "Todo")
	ann.presses("ArrowDown", "Enter")
	ann.sees("it moved to the next group", "title => groupOf(title) === 'In Progress'", "Heron at the weir")
	ann.sees("the row focused", focused, "Heron at the weir")
	ann.unsent(0)
	if told := ask[string](ann.window, "() => textOf('[data-toasts] :is([data-kind=notice], [data-kind=failed])')"); told != "" {
		t.Errorf("it was written as if the page were stale: %s", told)
	}
	ann.clicksWhere("the mark of the other's priority", "title => row(title).querySelector('[data-field=priority] svg')", "Heron at the lock")
	ann.sees("its menu", "() => ("+picked+")() === 'No priority'")
	ann.presses("ArrowUp", "Enter")
	ann.sees("the last of them, round the end", "title => ("+marked+")(title, 'priority') === 'Low'", "Heron at the lock")
	ann.unsent(0)
	ann.remained()
	is := c.titled("Heron at the weir")
	wanted := fields{"priority": 1.0, "assignee": c.ref("member ann"), "status": c.ref("status OPS/In Progress")}
	for field, want := range wanted {
		if is.Record != issue || is.Fields[field] != want {
			t.Errorf("%s is %v, not %v", field, is.Fields[field], want)
		}
	}

	// On a card, and on the issue's page, the same; there several labels are chosen one after the other.
	ann.opens("/acme/team/OPS?text=heron&view=board")
	ask[bool](ann.window, "title => { row(title).querySelector('a').focus(); return true; }", "Heron at the weir")
	ann.opensMenu("p", "Urgent")
	ann.presses("0")
	ann.sees("no priority any more", "title => ("+marked+")(title, 'priority') === 'No priority'", "Heron at the weir")
	ann.sees("the card focused", focused, "Heron at the weir")
	ann.follows("Enter", func() { ann.presses("Enter") })
	ann.sees("the issue", "() => textOf('h1[data-field=title]') === 'Heron at the weir' && textOf('[data-sync-text]') === 'Live'")
	ann.opensMenu("a", "Ann Lee")
	ann.types("ben")
	ann.presses("Enter")
	ann.sees("it Ben's", "() => textOf('.property [data-field=assignee]').includes('Ben')")
	ann.presses("l")
	ann.sees("the menu of labels", "() => ("+picked+")() !== 'no menu'")
	ann.types("tidal")
	ann.sees("its label, chosen", "() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).ariaSelected === 'true'")
	ask[bool](ann.window, "() => { const box = document.activeElement; box.value = ''; box.dispatchEvent(new Event('input', {bubbles: true})); return true; }")
	ann.presses(" ", "ArrowDown", " ")
	ann.sees("two more, and the menu open for a third", "() => all('.property__value [data-field=labels] [data-value]').length === 3 && all('details[open] [role=option][aria-selected=true]').length === 3")
	ann.presses("Escape")
	ann.sees("the menu shut, and its button focused", "() => !document.querySelector('details[open]') && document.activeElement.matches('summary[data-action=open-labels]')")
	ann.unsent(0)
	ann.presses("l")
	ann.sees("the menu of labels", "() => ("+picked+")() !== 'no menu'")
	ann.types("ebb tide")
	ann.sees("what makes it", "() => ("+picked+")() === 'Create “ebb tide”'")
	ann.presses("Enter")
	ann.sees("the new label", "() => textOf('.property [data-field=labels]').includes('ebb tide')")
	ann.unsent(0)
	made := c.find(func(r record) bool { return r.text("name") == "ebb tide" })
	if got := c.titled("Heron at the weir").Fields["labels"].([]any); len(made) != 1 || !slices.Contains(got, any(made[0].Record)) {
		t.Errorf("of %v it has %v", made, got)
	}
	ann.presses("D")
	ann.sees("the day", "() => document.activeElement.matches('input[type=date][name=due]')")
}
