package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// inboxRow is an issue's row in the inbox.
const inboxRow = `key => document.querySelector('.inbox-row[data-key="' + key + '"]')`

// inCount tells whether the count in the sidebar holds an issue.
const inCount = `issue => (document.querySelector('#unread')?.dataset.live ?? '').includes(issue) && /[1-9]/.test(textOf('#unread'))`

func TestInbox_ByKeysAndLive(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann := signedIn(t, demo, "ann")
	first, firstKey := ann.makes("WEB", "What cleo is asked", nil)
	second, secondKey := ann.makes("WEB", "What cleo is asked as well", nil)

	cleo := newMember(t, "cleo", demo)
	cleo.opens("/acme/inbox")
	cleo.stays()
	tab := openWindow(t, "cleo2", cleo.ctx, chromedp.WithNewWindow(false))
	tab.goes(cleo.line.url("/acme/team/WEB"))
	ann.says(first, "Any idea, @cleo?")
	ann.says(second, "And here, @cleo?")
	cleo.sees("both rows, live", "(a, b) => ("+inboxRow+")(a)?.matches('[data-unread]') && ("+inboxRow+")(b)?.matches('[data-unread]')", firstKey, secondKey)
	cleo.sees("the count", inCount, first)
	tab.sees("the count in another tab", inCount, first)

	cleo.inFront()
	cleo.presses("j", "k")
	cleo.sees("the newest row focused", "key => ("+inboxRow+")(key).contains(document.activeElement)", secondKey)
	cleo.presses("u")
	cleo.sees("it read", "key => !("+inboxRow+")(key).matches('[data-unread]') && ("+inboxRow+")(key).contains(document.activeElement)", secondKey)
	tab.sees("it read in another tab", "issue => !("+inCount+")(issue)", second)
	cleo.presses("u")
	cleo.sees("it unread", "key => ("+inboxRow+")(key).matches('[data-unread]')", secondKey)
	cleo.presses("e")
	cleo.sees("it gone, and the next focused", "(a, b) => !("+inboxRow+")(a) && ("+inboxRow+")(b).contains(document.activeElement)", secondKey, firstKey)
	tab.sees("it gone in another tab", "issue => !("+inCount+")(issue)", second)

	cleo.presses("h")
	cleo.sees("the times to choose", "key => ("+inboxRow+")(key).querySelector('details[open] [value=tomorrow]')", firstKey)
	cleo.presses("Escape", "S")
	cleo.sees("the way back from unsubscribing", "key => ("+inboxRow+")(key).querySelector('[name=add][data-action=unsubscribe]')", firstKey)
	cleo.presses("h", "2")
	cleo.sees("it put off", "key => !("+inboxRow+")(key)", firstKey)
	cleo.remained()

	// What is new brings a row back; opening the issue reads it.
	ann.says(second, "Please, @cleo")
	cleo.sees("the row back", "key => ("+inboxRow+")(key)?.matches('[data-unread]')", secondKey)
	cleo.presses("j", "Enter")
	cleo.sees("the issue", "title => textOf('h1[data-field=title]') === title", "What cleo is asked as well")
	cleo.sees("its mention as a chip", "() => document.querySelector('.comment .mention')")
	cleo.sees("it read", "issue => !("+inCount+")(issue)", second)
}

// says comments on an issue.
func (c *client) says(issue, body string) {
	c.t.Helper()
	c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": body}})
}
