package e2e

import "testing"

// What the peek shows: the title of its issue, once that is drawn.
const peeked = "title => textOf('.peek [data-live] h1[data-field=title]') === title && document.querySelector('.peek').contains(document.activeElement)"

func TestPeek_BesideListAndBoard(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	todo := c.ref("status OPS/Todo")
	second, _ := c.makes("OPS", "Grebe on the lower pond", fields{"status": todo, "description": "It dives."})
	c.makes("OPS", "Grebe on the upper pond", fields{"status": todo})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/OPS?text=grebe")
	ann.stays()
	ask[bool](ann.window, "title => { row(title).querySelector('a').focus(); return true; }", "Grebe on the upper pond")

	ann.presses(" ")
	ann.sees("the issue beside the list", peeked, "Grebe on the upper pond")
	ann.presses("j")
	ann.sees("the next one", peeked, "Grebe on the lower pond")
	ann.sees("its text, and its row marked", "title => textOf('.peek [data-field=description]') === 'It dives.' && row(title).hasAttribute('data-peeked')", "Grebe on the lower pond")
	c.sets(second, fields{"title": "Grebe on the middle pond"})
	ann.seesWithin(soon, "the new title", peeked, "Grebe on the middle pond")

	// The keys of an issue act on the one that is shown, and its text is edited there.
	ann.opensMenu("p", "No priority")
	ann.types("urg")
	ann.presses("Enter")
	ann.sees("it urgent in both", "title => textOf('.peek .property [data-field=priority]') === 'Urgent' && ("+marked+")(title, 'priority') === 'Urgent'", "Grebe on the middle pond")
	ann.unsent(0)
	ask[bool](ann.window, "() => { document.querySelector('.peek .issue__description summary[data-action=edit]').click(); return true; }")
	ann.sees("the field", "() => document.activeElement.matches('.peek textarea[name=description]')")
	ann.types("It comes up, or not. ")
	ann.presses("Escape", "k")
	ann.sees("the other, with its own text", peeked, "Grebe on the upper pond")
	ann.presses("j")
	ann.sees("the draft", "() => document.querySelector('.peek textarea[name=description]')?.value === 'It comes up, or not. It dives.' && textOf('.peek [data-draft-note]')")
	ann.clicks(".peek [data-draft-note] button")

	ask[bool](ann.window, "() => { document.querySelector('.peek').focus(); return true; }")
	ann.presses(" ")
	ann.sees("it shut, and focus on the row", "title => !document.querySelector('.peek') && row(title).contains(document.activeElement)", "Grebe on the middle pond")
	ann.remained()
	if is := c.titled("Grebe on the middle pond"); is.Fields["priority"] != 1.0 || is.text("description") != "It dives." {
		t.Errorf("%v", is.Fields)
	}

	ann.opens("/acme/team/OPS?text=grebe&view=board")
	ask[bool](ann.window, "title => { row(title).querySelector('a').focus(); return true; }", "Grebe on the middle pond")
	ann.presses(" ")
	ann.sees("the issue beside the board", peeked, "Grebe on the middle pond")
	ann.presses("Escape")
	ann.sees("it shut, and focus on the card", "title => !document.querySelector('.peek') && row(title).contains(document.activeElement)", "Grebe on the middle pond")
}
