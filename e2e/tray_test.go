package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestConflictShowsBothAndEnds_S69(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	for way, want := range map[string]string{"keep-mine": "Egret", "keep-theirs": "Stork", "keep-merged": "Egret and Stork"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			c := signedIn(t, demo, "ann")
			called := func(name string) string { return "The boat is called " + name + ".\n\nIt floats." }
			issue, key := c.makes("ENG", "Who names the boat, "+way, fields{"description": called("Heron")})
			ann, ben := newMember(t, "ann", demo), newMember(t, "ben", demo)
			ann.opens("/acme/issue/" + key)
			ben.opens("/acme/issue/" + key)

			ben.losesTheLine()
			ben.describes(called("Egret"))
			ann.describes(called("Stork"))
			ann.unsent(0)
			ben.getsTheLineBack()
			ben.seesWithin(late, "the refusal", "() => textOf('[data-toasts]').includes('Not saved') || textOf('[data-sync-text]').includes('not accepted')")
			ben.sees("ann's words on the page", "() => textOf('[data-field=description]').includes('Stork')")

			ben.opens("/acme/outbox")
			for side, words := range map[string]string{"base": "Heron", "mine": "Egret", "theirs": "Stork"} {
				ben.sees(side, "(side, words) => textOf(`[data-conflict] [data-side=${side}]`).includes(words)", side, words)
			}
			ben.sees("who, and when", "() => textOf('[data-conflict] .author').includes('Ann Lee') && document.querySelector('[data-conflict] time[datetime]')")
			if way == "keep-merged" {
				ben.fills("[data-conflict] textarea:not([hidden])", called(want))
			}
			ben.clicks("[data-conflict] [data-action=" + way + "]")
			ben.sees("the card gone", "() => !document.querySelector('[data-conflict], [data-transaction]')")
			ben.unsent(0)
			ann.sees("the end", "words => textOf('[data-field=description]').includes(words)", want)
			if is := c.find(func(r record) bool { return r.Record == issue })[0]; is.text("description") != called(want) {
				t.Errorf("the server has %q", is.text("description"))
			}
			ben.sees("no third conflict", "() => textOf('[data-sync-text]') === 'Live'")
		})
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
	ben.seesWithin(late, "the refusal", "() => textOf('[data-sync-text]').includes('not accepted')")
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
	ann.excuse("status of 401") // of what the page was fetching when the session ended
	ann.clicks("dialog[data-dialog=sign-out] [data-action=send]")
	ann.getsTheLineBack()
	ann.seesWithin(late, "the sign-in page", "() => location.pathname === '/sign-in' || document.querySelector('[data-action=sign-in]')")
	c.titled("Left nothing behind")
	left := ask[int](ann.window, "async () => Object.keys(localStorage).length + (await caches.keys()).filter(name => /:(pages|pack)$/.test(name)).length")
	if left != 0 {
		t.Errorf("%d things of hers are left: %s", left, ask[string](ann.window, "async () => JSON.stringify([Object.keys(localStorage), await caches.keys()])"))
	}
}

func TestSigningOutAsksForDrafts_S62(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("ENG", "Half a thought", nil)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.mayLoseTheLine()
	ask[bool](ann.window, `() => {
		const make = URL.createObjectURL;
		URL.createObjectURL = blob => { globalThis.e2eSaved = blob.text(); return make.call(URL, blob); };
		return true;
	}`)
	question := "words => textOf('dialog[data-dialog=sign-out][open] [data-words]').startsWith(words)"
	way := func(action string) { ann.clicks("dialog[data-dialog=sign-out] [data-action=" + action + "]") }
	typed := "text => document.querySelector('.composer textarea').value === text && !document.querySelector('dialog[open]')"

	// Nothing is unsent, but something is typed.
	ann.fills(".composer textarea", "Half of it.")
	ann.clicks("[data-action=sign-out]")
	ann.sees("the question", question, "1 draft: download or discard?")
	ann.sees("nothing to send", "() => !seen(document.querySelector('dialog[data-dialog=sign-out] [data-action=send]'))")
	way("export")
	ann.sees("the text in the file, and the question again", "async () => { const [one] = JSON.parse(await globalThis.e2eSaved); return one.text === 'Half of it.' && document.querySelector('dialog[data-dialog=sign-out][open]'); }")
	way("cancel")
	ann.sees("the text where it was", typed, "Half of it.")

	// Without a line nobody is signed out, so nothing goes.
	ann.losesTheLine()
	ann.clicks("[data-action=sign-out]")
	way("discard")
	ann.sees("that it did not work", "() => textOf('[data-alert]').startsWith('Not signed out')")
	ann.sees("the text where it was", typed, "Half of it.")
	ann.sees("it on the disk", "() => Object.values(localStorage).some(one => one.includes('Half of it.'))")

	// What is typed while the last write is sent is asked for before it goes.
	ann.renames("A whole thought")
	ann.clicks("[data-action=sign-out]")
	ann.sees("both", question, "1 unsent change and 1 draft: send, download or discard?")
	way("send")
	ann.fills(".composer textarea", "Half of it, and a little more.")
	ann.getsTheLineBack()
	ann.seesWithin(late, "the question for the rest", question, "1 draft:")
	way("cancel")
	ann.sees("the text where it was", typed, "Half of it, and a little more.")
	c.titled("A whole thought")
	ann.clicks("[data-action=sign-out]")
	ann.excuse("status of 401") // of what the page was fetching when the session ended
	way("discard")
	ann.sees("the sign-in page", "() => location.pathname === '/sign-in' || document.querySelector('[data-action=sign-in]')")
	if left := ask[[]string](ann.window, "() => Object.keys(localStorage)"); len(left) != 0 {
		t.Errorf("these are left of hers: %q", left)
	}
}

func TestLeavingWithoutSendingNeedsASecondYes_S62(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	_, key := c.makes("ENG", "Left unsent", nil)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.losesTheLine()
	ann.renames("Never to be sent")
	ann.comments("Nor this.")
	ann.unsent(2)
	ask[bool](ann.window, `() => {
		const make = URL.createObjectURL;
		URL.createObjectURL = blob => { globalThis.e2eSaved = blob.text(); return make.call(URL, blob); };
		return true;
	}`)
	ann.clicks("[data-action=sign-out]")
	ann.sees("the number", "() => textOf('dialog[data-dialog=sign-out][open] [data-words]').startsWith('2 unsent changes')")
	ann.clicks("dialog[data-dialog=sign-out] [data-action=export]")
	ann.sees("the file, and the question again", "async () => { const all = JSON.parse(await globalThis.e2eSaved); return all.length === 2 && all[1].ops[0].set.body === 'Nor this.' && document.querySelector('dialog[data-dialog=sign-out][open]'); }")
	ann.unsent(2)
	ann.line.mend(t)
	ann.line.hold("/sync/push", time.Minute) // what is tried meanwhile is not answered
	ann.excuse("status of 401")              // of what the page was fetching when the session ended
	ann.clicks("dialog[data-dialog=sign-out] [data-action=discard]")
	ann.sees("the way out", "() => location.pathname === '/sign-in' || document.querySelector('[data-action=sign-in]')")
	ann.mu.Lock()
	asked := strings.Join(ann.confirms, "; ")
	ann.mu.Unlock()
	if !strings.Contains(asked, "Really discard all 2") {
		t.Errorf("the second question was %q", asked)
	}
	if left := ask[[]string](ann.window, "() => Object.keys(localStorage)"); len(left) != 0 {
		t.Errorf("these are left of hers: %q", left)
	}
}

func TestAnotherPersonsOutboxIsLeftAlone_S62(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("SEC", "For her eyes", nil)
	ann := newMember(t, "ann", demo)
	ann.keepsForLater([]string{"/acme/issue/" + key})
	ann.losesTheLine()
	ann.renames("Hers, unsent")
	ann.unsent(1)
	ann.goes("about:blank") // nobody sends
	ann.getsTheLineBack()

	// Ben signs in where ann is signed in still.
	ben := &person{line: ann.line, window: ann.window}
	ben.excuse("status of 404")
	ben.signsInAs("ben")
	ben.opens("/acme/outbox")
	ben.mayWrite()
	ben.unsent(0)
	ben.sees("an empty outbox", "() => seen(document.querySelector('[data-empty]')) && !document.querySelector('[data-transaction]')")
	_, bens := c.makes("ENG", "Ben writes here", nil)
	ben.opens("/acme/issue/" + bens)
	ben.renames("Ben wrote here")
	ben.unsent(0)
	c.titled("Ben wrote here")
	c.titled("For her eyes")
	ben.losesTheLine()
	ben.goes(ben.line.url("/acme/issue/" + key))
	ben.sees("nothing of hers from the cache", "() => document.querySelector('meta[name=tandem-build]') && !document.documentElement.textContent.includes('For her eyes')")
	ben.goes("about:blank")
	ben.getsTheLineBack()

	ann.signsInAs("ann")
	ann.seesWithin(late, "hers sent", "() => document.documentElement.dataset.unsent === '0'")
	for end := time.Now().Add(patience); ; {
		if len(c.find(func(r record) bool { return r.text("title") == "Hers, unsent" })) == 1 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("what ann wrote was never sent")
		}
	}
}

func TestTheOutboxInWords_S59(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	issue, key := c.makes("ENG", "Said in words", fields{"status": c.ref("status ENG/Todo")})
	ann := newMember(t, "ann", demo)
	ann.keepsForLater([]string{"/acme/outbox"})
	ann.opens("/acme/issue/" + key)
	ann.losesTheLine()
	ann.setsStatus("Done")
	ann.unsent(1)
	ann.comments("A first try.")
	ann.comments("To be discarded.")
	ann.opens("/acme/outbox")
	words := []string{"Set status of " + key + " to Done", "Comment on " + key + ": “A first try.”", "Comment on " + key + ": “To be discarded.”"}
	ann.sees("each in words", "want => JSON.stringify(all('[data-rows=unsent] [data-words]').map(one => one.textContent)) === JSON.stringify(want)", words)

	item := func(text, action string) {
		ann.clicksWhere(action+" "+text, "(text, action) => all('[data-transaction]').find(one => textOf('[data-words]', one).includes(text)).querySelector('[data-action=' + action + ']')", text, action)
	}
	item("A first try.", "edit")
	ann.sees("the text to edit", "() => document.activeElement.matches('[data-text]') && (document.activeElement.select(), true)")
	ann.types("A second try.")
	item("A first try.", "retry")
	ann.sees("the new text kept", "() => Object.values(localStorage).some(one => one.includes('A second try.'))")
	ask[bool](ann.window, `() => {
		const make = URL.createObjectURL;
		URL.createObjectURL = blob => { globalThis.e2eSaved = blob.text(); return make.call(URL, blob); };
		navigator.clipboard.writeText = async text => { globalThis.e2eCopied = text; };
		return true;
	}`)
	item("To be discarded.", "export")
	ann.sees("the file of that one", "async () => { const all = JSON.parse(await globalThis.e2eSaved); return all.length === 1 && all[0].words.includes('To be discarded.'); }")
	item("To be discarded.", "copy")
	ann.sees("the copy", "() => globalThis.e2eCopied === 'To be discarded.'")
	item("To be discarded.", "discard")
	ann.sees("it gone", "() => !document.querySelector('[data-outbox]').textContent.includes('To be discarded.')")
	ann.opens("/acme/outbox")
	ann.sees("it gone after a reload too", "() => document.querySelector('[data-transaction]') && !document.querySelector('[data-outbox]').textContent.includes('To be discarded.')")
	ann.sees("what is unsent counted", "() => document.documentElement.dataset.unsent > 1") // the edit is one more if the first try was under way
	ann.getsTheLineBack()
	ask[bool](ann.window, "() => dispatchEvent(new Event('online'))")
	ann.unsent(0)
	if got := c.comments(issue); !slices.Equal(got, []string{"A second try."}) {
		t.Errorf("the comments are %q", got)
	}
}
