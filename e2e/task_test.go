package e2e

import "testing"

// ticked are the boxes of the description as they are shown: x or -, each by its name, with ! where it cannot be pressed.
const ticked = `() => all('[data-field=description] input[type=checkbox]').map(box => (box.checked ? 'x ' : '- ') + box.ariaLabel + (box.disabled ? '!' : '')).join()`

func (p *person) seesTicked(boxes string) {
	p.t.Helper()
	p.sees("the boxes "+boxes, "boxes => ("+ticked+")() === boxes && !document.querySelector('[data-field=description][data-raw]')", boxes)
}

func TestTasks_AreTickedWhereTheyStand(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("WEB", "Shopping", fields{"description": "To buy:\n\n- [ ] Milk\n- [x] Eggs\n  - [ ] brown ones\n\n```\n- [ ] no task\n```"})
	ann, ben := newMember(t, "ann", demo), newMember(t, "ben", demo)
	for _, p := range []*person{ann, ben} {
		p.opens("/acme/issue/" + key)
		p.seesTicked("- Milk,x Eggs,- brown ones")
	}
	ann.clicks("[aria-label=Milk]")
	ann.seesTicked("x Milk,x Eggs,- brown ones")
	ben.seesTicked("x Milk,x Eggs,- brown ones")
	ann.sees("the focus where it was", "() => document.activeElement.ariaLabel === 'Milk'")

	ann.losesTheLine()
	ann.presses(" ")
	ann.seesTicked("- Milk,x Eggs,- brown ones")
	ann.clicks("[aria-label='brown ones']")
	ann.seesTicked("- Milk,x Eggs,x brown ones")
	ben.clicks("[aria-label=Eggs]")
	ben.seesTicked("x Milk,- Eggs,- brown ones")
	ann.getsTheLineBack()
	for _, p := range []*person{ann, ben} {
		p.seesTicked("- Milk,- Eggs,x brown ones")
	}
	if got, want := c.titled("Shopping").text("description"), "To buy:\n\n- [ ] Milk\n- [ ] Eggs\n  - [x] brown ones\n\n```\n- [ ] no task\n```"; got != want {
		t.Errorf("%q", got)
	}

	ann.opens("/acme/issue/" + key)
	ann.clicks("[aria-label=Eggs]")
	ann.seesTicked("- Milk,x Eggs,x brown ones")
	ann.presses("Ctrl+z")
	ann.seesTicked("- Milk,- Eggs,x brown ones")

	// Somebody who is writing the text ticks it there: a box beside it would be lost with what is written.
	ann.clicks(".issue__description summary[data-action=edit]")
	ann.fills(".issue__description textarea", "To buy:\n\n- [ ] Milk\n- [ ] Eggs\n  - [x] brown ones\n\n```\n- [ ] no task\n```\nToday.")
	ann.clicks(".issue__description summary[data-action=edit]")
	ann.clicks("[aria-label=Milk]")
	ann.sees("the text that is being written", "() => document.activeElement.matches('.issue__description textarea') && document.activeElement.value.endsWith('Today.')")
	ann.seesTicked("- Milk,- Eggs,x brown ones")
	ann.clicks(".issue__description [data-action=save]")
	ann.sees("it saved", "() => textOf('[data-field=description]').includes('Today.') && !document.querySelector('[data-pending]')")

	ann.takes(look{width: 390, touch: true})
	ann.taps("[data-field=description] li:last-of-type li")
	ann.seesTicked("- Milk,- Eggs,- brown ones")
}
