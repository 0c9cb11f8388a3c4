package e2e

import "testing"

// Enter saves a sub-issue and leaves the line for the next one; who looks at the parent, or at a text that names it, sees it all.
func TestSubIssuesAreWrittenDownOneAfterTheOther_S85(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann, ben := newMember(t, "ann", demo), newMember(t, "ben", demo)
	c := signedIn(t, demo, "ann")
	parent, key := c.makes("OPS", "Move the harbour", nil)
	_, other := c.makes("OPS", "Names another", fields{"description": "After " + key + " is done"})
	ann.opens("/acme/issue/" + key)
	ben.opens("/acme/issue/" + key)
	ann.stays()
	ben.stays()

	ann.clicks(".sub-issues summary")
	for _, title := range []string{"Lift the anchors", "Push the quay"} {
		ann.sees("the line for the next", "() => document.activeElement.matches('.sub-issues__form [name=title]') && !document.activeElement.value")
		ann.types(title)
		ann.presses("Enter")
		ann.sees("the sub-issue at once", "title => row(title)", title)
		ben.seesWithin(soon, "the sub-issue", "title => row(title)", title)
	}
	ann.unsent(0)
	ann.presses("Escape")
	ann.sees("both in their order, once", "() => all('.sub-issues .issue-row__title').map(one => one.textContent).join() === 'Lift the anchors,Push the quay'")
	ann.sees("their keys", "() => all('.sub-issues [data-record]:not(form)').every(one => /^OPS-[0-9]+$/.test(one.dataset.key))")
	ben.sees("the progress", "() => textOf('.sub-issues__progress').startsWith('0/2')")

	first := c.titled("Lift the anchors")
	c.push(fields{"op": "set", "record": first.Record, "base": first.Version, "set": fields{"status": c.ref("status OPS/Done")}})
	for _, p := range []*person{ann, ben} {
		p.seesWithin(soon, "the progress", "() => textOf('.sub-issues__progress').startsWith('1/2')")
		p.remained()
	}

	// The keys act on the sub-issue that is shown beside its parent.
	ask[bool](ann.window, "title => { row(title).querySelector('a').focus(); return true; }", "Push the quay")
	ann.presses(" ")
	ann.sees("the sub-issue beside its parent", peeked, "Push the quay")
	ann.opensMenu("p", "No priority")
	ann.presses("2")
	ann.sees("it of high priority", "() => textOf('.peek .property [data-field=priority]') === 'High'")
	ann.unsent(0)
	ann.presses("Escape")
	if was, is := c.titled("Move the harbour").Fields["priority"], c.titled("Push the quay").Fields["priority"]; was != 0.0 || is != 2.0 {
		t.Errorf("the parent has %v, the sub-issue %v", was, is)
	}

	ben.opens("/acme/issue/" + other)
	ben.stays()
	ben.sees("the chip", "title => textOf('.issue-ref__title') === title", "Move the harbour")
	c.sets(parent, fields{"title": "Move the whole harbour"})
	ben.seesWithin(soon, "the chip's title", "title => textOf('.issue-ref__title') === title", "Move the whole harbour")
	c.sets(parent, fields{"status": c.ref("status OPS/Done")})
	ben.seesWithin(soon, "the chip struck through", "() => document.querySelector('.issue-ref--closed')")
	ben.remained()
}
