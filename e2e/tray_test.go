package e2e

import (
	"testing"
	"time"
)

func TestConflictShowsBothAndEnds_S69(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Who names the boat", fields{"description": "The boat is called Heron.\n\nIt floats."})
	ann, ben := newMember(t, "ann", demo), newMember(t, "ben", demo)
	ann.opens("/acme/issue/" + key)
	ben.opens("/acme/issue/" + key)

	ben.losesTheLine()
	ben.describes("The boat is called Egret.\n\nIt floats.")
	ann.describes("The boat is called Stork.\n\nIt floats.")
	ann.unsent(0)
	ben.getsTheLineBack()
	ben.seesWithin(45*time.Second, "the refusal", "() => textOf('[data-toasts]').includes('Not saved') || textOf('[data-sync-text]').includes('not accepted')")
	ben.sees("ann's words on the page", "() => textOf('[data-field=description]').includes('Stork')")

	ben.opens("/acme/outbox")
	for side, words := range map[string]string{"base": "Heron", "mine": "Egret", "theirs": "Stork"} {
		ben.sees(side, "(side, words) => textOf(`[data-conflict] [data-side=${side}]`).includes(words)", side, words)
	}
	ben.clicks("[data-conflict] [data-action=keep-mine]")
	ben.sees("the card gone", "() => !document.querySelector('[data-conflict], [data-transaction]')")
	ben.unsent(0)
	ann.sees("ben's words", "() => textOf('[data-field=description]').includes('Egret')")
	if is := c.find(func(r record) bool { return r.Record == issue })[0]; is.text("description") != "The boat is called Egret.\n\nIt floats." {
		t.Errorf("the server has %q", is.text("description"))
	}
}

func TestRefusedWriteKeepsItsText_S59(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "A ghost is refused", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/team/ENG?text=ghost")
	ben.opens("/acme/issue/" + key)
	ben.losesTheLine()
	ben.comments("Nobody shall eat these words.")
	c.push(fields{"op": "delete", "record": issue})
	ben.getsTheLineBack()
	ben.seesWithin(45*time.Second, "the refusal", "() => textOf('[data-sync-text]').includes('not accepted')")
	ben.excuse("status of 404") // the issue's page asks for what is no more

	kept := "() => document.querySelector('[data-rows=failed] [data-transaction] [data-text]')?.value === 'Nobody shall eat these words.'"
	for range 2 {
		ben.opens("/acme/outbox")
		ben.sees("the text, offered again", kept)
		ben.sees("the reason", "() => textOf('[data-rows=failed] [data-why]').length > 0")
	}
	ben.sees("the server's card", "() => textOf('[data-card] [data-refusal]').includes('Nobody shall eat these words.')")
	ask[bool](ben.window, "() => { navigator.clipboard.writeText = async text => { globalThis.e2eCopied = text; }; return true; }")
	ben.clicks("[data-transaction] [data-action=copy]")
	ben.sees("the copy", "() => globalThis.e2eCopied === 'Nobody shall eat these words.'")
	ben.clicks("[data-transaction] [data-action=discard]")
	ben.sees("the tray empty", "() => !document.querySelector('[data-transaction]') && textOf('[data-sync-text]') === 'Live'")
	if got := c.comments(issue); len(got) != 0 {
		t.Errorf("the ghost has comments: %q", got)
	}
}

func TestSigningOutAsksForUnsentWrites_S62(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("ENG", "Leave nothing behind", nil)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.losesTheLine()
	ann.renames("Left nothing behind")
	ann.clicks("[data-action=sign-out]")
	ann.sees("the question", "() => textOf('dialog[data-dialog=sign-out][open] [data-words]').startsWith('1 unsent change')")
	ann.clicks("dialog[data-dialog=sign-out] [data-action=cancel]")
	ann.unsent(1)

	ann.clicks("[data-action=sign-out]")
	ann.clicks("dialog[data-dialog=sign-out] [data-action=send]")
	ann.getsTheLineBack()
	ann.seesWithin(45*time.Second, "the sign-in page", "() => location.pathname === '/sign-in' || document.querySelector('[data-action=sign-in]')")
	c.titled("Left nothing behind")
	left := ask[int](ann.window, "async () => Object.keys(localStorage).length + (await caches.keys()).filter(name => name.endsWith(':pages')).length")
	if left != 0 {
		t.Errorf("%d things of hers are left: %s", left, ask[string](ann.window, "async () => JSON.stringify([Object.keys(localStorage), await caches.keys()])"))
	}
}
