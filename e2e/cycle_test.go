package e2e

import "testing"

func TestCycle_IsSetAndGoneToByKeys(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	c.makesTeam("TIDE", 4, 0)
	c.sets(c.ref("team TIDE"), fields{"cycle_weeks": 2})
	const title = "Turnstone at low water"
	issue, _ := c.makes("TIDE", title, nil)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/TIDE")
	ann.stays()
	ask[bool](ann.window, "title => { row(title).querySelector('a').focus(); return true; }", title)
	ann.opensMenu("C", "No cycle")
	ann.types("cycle 1")
	ann.sees("the cycle", "() => ("+picked+")() === 'Cycle 1'")
	ann.presses("Enter")
	ann.sees("it in the row", "title => ("+marked+")(title, 'cycle') === 'Cycle 1'", title)
	ann.unsent(0)
	ann.remained()
	if set, _ := c.titled(title).Fields["cycle"].(string); set == "" || c.titled(title).Record != issue {
		t.Error("the server does not have it in a cycle")
	}

	ann.follows("the keys to the current cycle", func() { ann.presses("g", "v") })
	ann.sees("its progress, and its issue", "title => textOf('[aria-label=Cycle]').includes('0 of 1 done') && row(title)", title)
	ann.arrives()
	ann.follows("the keys to the next one", func() { ann.presses("g", "w") })
	ann.sees("that nothing is in it", "title => textOf('[aria-label=Cycle]').includes('No issues') && !row(title)", title)
	ann.arrives()
	ann.follows("the keys to all", func() { ann.presses("g", "c") })
	ann.sees("the current one first", "() => textOf('main h2') === 'Current' && location.pathname.endsWith('/TIDE/cycles')")
}
