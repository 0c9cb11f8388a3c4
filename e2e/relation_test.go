package e2e

import "testing"

// Two people at two issues see at once what the one becomes to the other; who sees only one of them sees nothing.
func TestRelationsJoinTwoIssues_S44_S85(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann, ben := newMember(t, "ann", demo), newMember(t, "ben", demo)
	c := signedIn(t, demo, "ann")
	_, one := c.makes("OPS", "Paint the ferry", nil)
	blocker, two := c.makes("ENG", "Buy the paint", nil)
	_, secret := c.makes("SEC", "Find the forged paint", nil)
	ann.opens("/acme/issue/" + one)
	ben.opens("/acme/issue/" + two)
	ben.stays()

	ann.presses("m")
	ann.presses("b")
	ann.sees("the form with the kind", "() => document.activeElement.matches('#relations [name=other]') && document.querySelector('#relations [name=kind]').value === 'blocked_by'")
	ann.types(two)
	ann.presses("Enter")
	ann.sees("the blocker", "() => textOf('#relations li').startsWith('Blocked by') && textOf('#relations .issue-ref__title') === 'Buy the paint'")
	ann.stays()
	ben.seesWithin(soon, "what it blocks", "() => textOf('#relations li').startsWith('Blocks') && textOf('#relations .issue-ref__title') === 'Paint the ferry'")

	c.sets(blocker, fields{"status": c.ref("status ENG/Done")})
	ann.seesWithin(soon, "that it blocks no more", "() => textOf('#relations li').startsWith('Related') && document.querySelector('#relations .issue-ref--closed') && document.querySelector('#relations [title=\"Blocked this until it was closed\"]')")

	c.push(fields{"op": "create", "record": "relation:" + newID(), "set": fields{"issue": c.titled("Find the forged paint").Record, "kind": "duplicate", "other": blocker}})
	ann.sees("nothing of the other's", "() => all('#relations li').length === 1")
	ann.clicks("#relations [data-action=unrelate]")
	ann.sees("it gone", "() => !all('#relations li').some(one => one.offsetParent)")
	ann.unsent(0)
	ben.seesWithin(soon, "it gone, and nothing of what is hidden", "key => !all('#relations li').length && !document.body.textContent.includes(key)", secret)
	ann.remained()
	ben.remained()
	ann.presses("Ctrl+z")
	ben.seesWithin(soon, "it back", "() => textOf('#relations li').startsWith('Related')")
	ben.remained()
}
