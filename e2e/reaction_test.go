package e2e

import "testing"

// Two people answer a comment with the same emoji: each sees it at once, the other's as it comes, and takes back only their own.
func TestReactionsShowAtOnceAndGoBack(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann, ben := newMember(t, "ann", demo), newMember(t, "ben", demo)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Clap hands", nil)
	c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": "It is done."}})
	ann.opens("/acme/issue/" + key)
	ben.opens("/acme/issue/" + key)
	ben.stays()

	const chip = ".comment button[data-members]"
	ann.clicks(".comment [data-action=open-reactions]")
	ann.clicks(".comment .reactions [data-menu] button[value='🎉']")
	ann.sees("her own at once, marked", "chip => textOf(chip) === '🎉 1' && document.querySelector(chip).matches('[name=remove][aria-pressed=true]')", chip)
	ben.seesWithin(soon, "ann's", "chip => textOf(chip) === '🎉 1' && document.querySelector(chip).matches('[name=add]:not([aria-pressed])') && document.querySelector(chip).title === 'Ann Lee'", chip)
	ben.clicks(chip)
	ben.sees("both", "chip => textOf(chip) === '🎉 2' && document.querySelector(chip).matches('[aria-pressed=true]')", chip)
	ben.unsent(0)
	ann.seesWithin(soon, "both, her own still marked", "chip => textOf(chip) === '🎉 2' && document.querySelector(chip).matches('[name=remove][aria-pressed=true]')", chip)
	ann.clicks(chip)
	ann.sees("ben's alone", "chip => textOf(chip) === '🎉 1' && document.querySelector(chip).matches('[name=add]')", chip)
	ann.unsent(0)
	ann.sees("focus where it was", "chip => document.activeElement === document.querySelector(chip)", chip)
	ben.seesWithin(soon, "his own alone", "chip => textOf(chip) === '🎉 1' && document.querySelector(chip).title.startsWith('Ben')", chip)
	ben.presses("Ctrl+z")
	ben.seesWithin(soon, "none", "chip => !document.querySelector(chip)", chip)
	ben.remained()
}
