package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
)

func TestTypingIsLeftAlone_S74(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Storm 0", fields{"description": strings.Repeat("A long paragraph of nothing at all.\n\n", 60)})
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	text := strings.Repeat("ten chars ", 20)
	ben.fills(".composer textarea", text)
	state := `() => {
		const box = document.querySelector('.composer textarea');
		return JSON.stringify([box.value, box.selectionStart, box.selectionEnd, box === document.activeElement, box.scrollTop, Math.round(box.getBoundingClientRect().top), box.value.length]);
	}`
	ask[bool](ben.window, "() => { document.querySelector('.composer textarea').setSelectionRange(33, 57, 'backward'); return true; }")
	before := ask[string](ben.window, state)
	for i := range 50 {
		c.sets(issue, fields{"title": fmt.Sprintf("Storm %d", i+1), "priority": i % 5})
	}
	ben.sees("the last of fifty", "() => textOf('h1[data-field=title]') === 'Storm 50'")
	if after := ask[string](ben.window, state); after != before {
		t.Errorf("the composer was\n%s and is\n%s", before, after)
	}
	ben.types("§")
	ben.sees("the caret where it was", "text => document.querySelector('.composer textarea').value === text.slice(0, 33) + '§' + text.slice(57)", text)

	// A form inside of the region: it waits, says so, and is fresh when left.
	ben.clicks(".issue__title summary[data-action=edit]")
	ben.fills("form[data-op=set] input[name=title]", "My half-written na")
	c.sets(issue, fields{"title": "Storm 51"})
	ben.sees("the region says that it is stale", "() => document.querySelector('.issue[data-live][data-stale]')")
	ben.sees("the half-written name", "() => document.activeElement.value === 'My half-written na'")
	ben.presses("Escape")
	ben.sees("the fresh title", "() => textOf('h1[data-field=title]') === 'Storm 51' && !document.querySelector('[data-stale]')")
	ben.remained()
}

func TestComposingIsLeftAlone_S74(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Tempest 0", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	text := strings.Repeat("ten chars ", 20)
	ben.fills(".composer textarea", text)
	// Somebody writes Japanese: the letters stand in the text, underlined, until they are chosen.
	must(ben.window, input.ImeSetComposition, input.ImeSetCompositionParams{Text: "にほん", SelectionStart: 3, SelectionEnd: 3})
	ask[bool](ben.window, `() => {
		globalThis.e2eEnded = 0;
		document.querySelector('.composer textarea').addEventListener('compositionend', () => globalThis.e2eEnded++);
		return true;
	}`)
	state := `() => {
		const box = document.querySelector('.composer textarea');
		return JSON.stringify([box.value, box.selectionStart, box.selectionEnd, box === document.activeElement, box.scrollTop, Math.round(box.getBoundingClientRect().top), globalThis.e2eEnded]);
	}`
	before := ask[string](ben.window, state)
	if !strings.Contains(before, "にほん") {
		t.Fatalf("nothing is composed: %s", before)
	}
	for i := range 50 {
		c.sets(issue, fields{"title": fmt.Sprintf("Tempest %d", i+1), "priority": i % 5})
	}
	ben.sees("the last of fifty", "() => textOf('h1[data-field=title]') === 'Tempest 50'")
	if after := ask[string](ben.window, state); after != before {
		t.Errorf("the composer was\n%s and is\n%s", before, after)
	}
	ben.types("日本")
	ben.sees("what was chosen", "text => document.querySelector('.composer textarea').value === text + '日本' && globalThis.e2eEnded === 1", text)
	ben.remained()
}

func TestWhatIsOpenIsLeftAlone_S74(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Draught 0", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/" + key)
	ben.stays()

	ben.clicks("summary[data-action=open-status]")
	ask[bool](ben.window, "() => { globalThis.e2eMenu = document.querySelector('details[data-menu][open]'); return true; }")
	c.sets(issue, fields{"title": "Draught 1"})
	ben.sees("the region says that it is stale", "() => document.querySelector('.issue[data-live][data-stale]')")
	ben.sees("the menu as it was", "() => globalThis.e2eMenu.open && globalThis.e2eMenu.isConnected && seen(globalThis.e2eMenu.querySelector('button'))")
	ben.presses("Escape")
	ben.sees("the fresh title", "() => textOf('h1[data-field=title]') === 'Draught 1' && !document.querySelector('[data-stale]')")

	// The share form below the issue stands open while the issue is drawn anew.
	ben.clicks(".share summary")
	ben.sees("it open", "() => document.querySelector('.share details[open], details.share[open]')")
	c.sets(issue, fields{"title": "Draught 2"})
	ben.sees("the title", "() => textOf('h1[data-field=title]') === 'Draught 2'")
	ben.sees("it still open", "() => document.querySelector('.share details[open], details.share[open]')")

	// A selection is held too.
	ask[bool](ben.window, "() => { getSelection().selectAllChildren(document.querySelector('h1[data-field=title]')); return true; }")
	c.sets(issue, fields{"title": "Draught 3"})
	ben.sees("the region says that it is stale", "() => document.querySelector('.issue[data-live][data-stale]')")
	ben.sees("the selection", "() => String(getSelection()) === 'Draught 2'")
	ask[bool](ben.window, "() => { getSelection().removeAllRanges(); return true; }")
	ben.sees("the fresh title", "() => textOf('h1[data-field=title]') === 'Draught 3'")
	ben.remained()
}

// stands is where something is on the screen.
const stands = "title => Math.round((row(title) ?? all('[data-rows=comment] [data-record]:not(form)').find(one => one.textContent.includes(title)))?.getBoundingClientRect().top)"

func TestTheReaderKeepsTheirPlace_S74(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	todo := fields{"status": c.ref("status WEB/Todo")}
	var made []fields
	for i := range 45 {
		made = append(made, fields{"op": "create", "record": "issue:" + newID(), "set": fields{"team": c.ref("team WEB"), "title": fmt.Sprintf("Shelf %02d", i), "status": todo["status"]}})
	}
	c.push(made...)
	ben := newMember(t, "ben", demo)
	keeps := func(mark string, happens func(), shown string, args ...any) {
		t.Helper()
		ask[bool](ben.window, `mark => { (row(mark) ?? all('[data-rows=comment] [data-record]:not(form)').find(one => one.textContent.includes(mark))).scrollIntoView({block: 'start'}); scrollBy(0, -120); return true; }`, mark)
		before := ask[int](ben.window, stands, mark)
		happens()
		ben.sees("what came above", shown, args...)
		ben.sees("the place kept, "+mark, "(mark, before) => Math.abs(("+stands+")(mark) - before) <= 1", mark, before)
	}

	ben.opens("/acme/team/WEB?text=shelf")
	ben.stays()
	keeps("Shelf 30", func() {
		first := made[0]["record"]
		for i := range 3 {
			id := "issue:" + newID()
			c.push(fields{"op": "create", "record": id, "set": fields{"team": c.ref("team WEB"), "title": fmt.Sprintf("Shelf new %d", i), "status": todo["status"]}})
			c.push(fields{"op": "move", "record": id, "set": todo, "before": first})
		}
	}, "() => row('Shelf new 2') && row('Shelf new 2').compareDocumentPosition(row('Shelf 00')) & Node.DOCUMENT_POSITION_FOLLOWING")
	keeps("Shelf 35", func() {
		c.push(fields{"op": "delete", "record": made[3]["record"]}, fields{"op": "delete", "record": made[4]["record"]})
	}, "() => !row('Shelf 03') && !row('Shelf 04')")
	ben.remained()

	issue, key := c.makes("WEB", "A long talk", fields{"description": "Short."})
	for i := range 30 {
		c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": fmt.Sprintf("Remark %02d. It goes on for a while, so that there is something to scroll over.", i)}})
	}
	ben.opens("/acme/issue/" + key)
	ben.stays()
	keeps("Remark 20", func() {
		c.push(fields{"op": "text", "record": issue, "base": c.seen, "field": "description", "from": "Short.", "text": strings.Repeat("Not short at all.\n\n", 15)})
	}, "() => textOf('[data-field=description]').includes('Not short')")
	keeps("Remark 15", func() {
		c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": "The last word."}})
	}, commented, "The last word.")
	ben.remained()
}
