//go:build long

package e2e

import (
	"strings"
	"testing"
	"time"
)

// takesBack presses what undoes, or redoes, and leaves text fields first, which have an undo of their own.
func (p *person) takesBack(keys string) {
	p.t.Helper()
	ask[bool](p.window, "() => { document.activeElement.blur(); return true; }")
	p.presses(keys)
}

const (
	undoKey = "Ctrl+z"
	redoKey = "Ctrl+Shift+Z"
)

const statusIs = "name => textOf('.property [data-field=status]') === name"

func TestUndoAsksWhatSomebodyChangedSince_S75(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	issue, key := c.makes("ENG", "Changed since", fields{"status": c.ref("status ENG/Todo")})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.setsStatus("Done")
	ann.unsent(0)
	c.page("/acme/issue/" + key) // ben has seen it
	c.seen = c.find(func(r record) bool { return r.Record == issue })[0].Version
	c.sets(issue, fields{"status": c.ref("status ENG/Canceled")})
	ann.sees("ben's status", statusIs, "Canceled")
	ann.takesBack(undoKey)
	ann.sees("that it was not done", "() => textOf('[data-toasts]').includes('someone else changed it')")
	ann.sees("ben's status still", statusIs, "Canceled")
	ann.opens("/acme/outbox")
	ann.sees("who changed it to what", "() => textOf('[data-conflict] [data-side=theirs]') === 'Canceled' && textOf('[data-conflict]').includes('Ben')")
	if got := c.find(func(r record) bool { return r.Record == issue })[0].text("status"); got != c.ref("status ENG/Canceled") {
		t.Errorf("the status is %s", got)
	}
	ann.clicks("[data-conflict] [data-action=keep-theirs]")
	ann.sees("nothing left to decide", "() => !document.querySelector('[data-transaction]') && textOf('[data-sync-text]') === 'Live'")
}

func TestUndoOfADeletion_S76(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	issue, key := c.makes("ENG", "Deleted and back", fields{"labels": []string{c.ref("label bug")}})
	c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": "Stays."}})
	before := c.find(func(r record) bool { return r.Record == issue })[0]
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.clicks(".issue__header summary[data-action=open-menu]")
	ann.clicks(".issue__header [data-action=trash]")
	deleted := "() => document.querySelector('main [data-record^=\"issue:\"][data-deleted]')"
	ann.sees("it in the trash", deleted)
	ann.clicks("[data-toasts] [data-action=undo]")
	ann.sees("it back", "() => document.querySelector('main [data-record^=\"issue:\"]:not([data-deleted])') && document.documentElement.dataset.unsent === '0'")
	ann.sees("its comment", commented, "Stays.")
	ann.takesBack(redoKey)
	ann.sees("it in the trash again", deleted)
	ann.takesBack(undoKey)
	ann.sees("it back again", "() => document.querySelector('main [data-record^=\"issue:\"]:not([data-deleted])') && document.documentElement.dataset.unsent === '0'")
	after := c.find(func(r record) bool { return r.Record == issue })[0]
	for _, name := range []string{"number", "created_at", "rank", "title", "author"} {
		if before.Fields[name] != after.Fields[name] {
			t.Errorf("%s was %v and is %v", name, before.Fields[name], after.Fields[name])
		}
	}
	history := c.page("/acme/issue/" + key).Find(".activity").Text()
	if strings.Count(history, "moved the issue to the trash") != 2 || strings.Count(history, "restored the issue") != 2 {
		t.Errorf("the history is %s", history)
	}
}

func TestUndoAndRedoWalkSteps_S77_S78(t *testing.T) {
	t.Parallel()
	demo := ownProgram(t, "demo") // the other journeys have steps of the same people
	c := signedIn(t, demo, "ben")
	_, key := c.makes("ENG", "Walk 0", fields{"status": c.ref("status ENG/Todo")})
	_, other := c.makes("ENG", "Walked by", nil)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.clicks(".issue__title summary[data-action=edit]")
	ann.fills("form[data-op=set] input[name=title]", "")
	for _, letter := range "Walk 1" {
		ann.types(string(letter))
	}
	ann.takesBackInText()
	ann.presses("Enter")
	ann.sees("the form is shut", "() => !document.querySelector('.issue__title details[open]')")
	ann.renames("Walk 2")
	ann.setsStatus("Done")
	ann.unsent(0)

	// One step each, over a reload, whatever else was done before on another issue.
	ann.opens("/acme/issue/" + key)
	ann.mayWrite()
	ann.takesBack(undoKey)
	ann.sees("the status back", statusIs, "Todo")
	ann.takesBack(undoKey)
	ann.sees("the title back", "() => textOf('h1[data-field=title]') !== 'Walk 2' && textOf('h1[data-field=title]') !== 'Walk 0'")
	ann.takesBack(undoKey)
	ann.sees("all key strokes back in one step", "() => textOf('h1[data-field=title]') === 'Walk 0'")
	ann.takesBack(redoKey)
	ann.takesBack(redoKey)
	ann.sees("two steps done again", "() => textOf('h1[data-field=title]') === 'Walk 2'")
	ann.unsent(0)
	c.titled("Walk 2")

	// A new edit, of another issue too, clears redo.
	ann.opens("/acme/issue/" + other)
	ann.setsStatus("In Review")
	ann.takesBack(redoKey)
	ann.sees("that there is nothing to redo", "() => textOf('[data-toasts]').includes('Nothing to redo')")
	ann.takesBack(undoKey)
	ann.sees("the newest step back, which is here", "() => textOf('.property [data-field=status]') !== 'In Review'")
	ann.unsent(0)

	// Steps are one's own: cleo has none of hers.
	cleo := newMember(t, "cleo", demo)
	cleo.opens("/acme")
	cleo.mayWrite()
	cleo.takesBack(undoKey)
	cleo.sees("nothing to undo", "() => textOf('[data-toasts]').includes('Nothing to undo')")
}

func TestUndoOnAnotherDevice_S78(t *testing.T) {
	t.Parallel()
	demo := ownProgram(t, "demo")
	c := signedIn(t, demo, "ben")
	_, key := c.makes("ENG", "Named on the desk", nil)
	desk := newMember(t, "ann", demo)
	desk.opens("/acme/issue/" + key)
	desk.renames("Named twice")
	desk.setsStatus("In Review")
	desk.unsent(0)

	phone := newPerson(t, "ann's phone", demo)
	phone.signsInAs("ann")
	phone.opens("/acme/issue/" + key)
	phone.mayWrite()
	phone.takesBack(undoKey)
	phone.sees("the status back", "() => textOf('.property [data-field=status]') !== 'In Review' && document.documentElement.dataset.unsent === '0'")
	phone.takesBack(undoKey)
	phone.sees("the title back", "() => textOf('h1[data-field=title]') === 'Named on the desk' && document.documentElement.dataset.unsent === '0'")
	phone.takesBack(redoKey)
	phone.sees("the title again", "() => textOf('h1[data-field=title]') === 'Named twice' && document.documentElement.dataset.unsent === '0'")
	c.titled("Named twice")
}

// takesBackInText presses undo in the field that is being typed in, which is the browser's own affair.
func (p *person) takesBackInText() {
	p.t.Helper()
	p.presses(undoKey)
	if toast := ask[string](p.window, "() => textOf('[data-toasts]')"); toast != "" {
		p.t.Errorf("undo in a text field said %q", toast)
	}
}

func TestAStepOneMayNoLongerUndoIsGone_S78(t *testing.T) {
	t.Parallel()
	demo := ownProgram(t, "demo") // the other journeys have steps of the same people
	c := signedIn(t, demo, "ann")
	team := c.makesTeam("GONE", 2, 1)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/GONE-2")
	ben.excuse("status of 404")
	ben.renames("Renamed by ben")
	ben.unsent(0)
	c.sets(team, fields{"private": true})
	ben.goes(ben.line.url("/acme"))
	ben.sees("the page", "() => document.querySelector('#vocabulary template')")
	ben.mayWrite()
	ben.takesBack(undoKey)
	ben.sees("the refusal", "() => textOf('[data-toasts]').includes('Not saved')")
	ben.takesBack(undoKey)
	ben.sees("the step gone", "() => textOf('[data-toasts]').includes('Nothing to undo')")
	c.titled("Renamed by ben")
}

func TestUndoOfWhatWasNotSent_S79(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	issue, key := c.makes("ENG", "Never sent", fields{"status": c.ref("status ENG/Todo")})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)

	ann.losesTheLine()
	ann.comments("The first is tried at once, and may have arrived.")
	ann.unsent(1)
	ann.renames("Taken back at once")
	ann.unsent(2)
	ann.takesBack(undoKey)
	ann.sees("the old title", "() => textOf('h1[data-field=title]') === 'Never sent'")
	ann.unsent(1)
	ann.getsTheLineBack()
	ask[bool](ann.window, "() => dispatchEvent(new Event('online'))")
	ann.unsent(0)
	if history := c.page("/acme/issue/" + key).Find(".activity").Text(); strings.Contains(history, "Taken back") {
		t.Errorf("the server has seen it: %s", history)
	}

	ann.line.hold("/sync/push", 2*time.Second)
	ann.setsStatus("Done")
	ann.takesBack(undoKey)
	ann.sees("the old status at once", statusIs, "Todo")
	ann.line.hold("/sync/push", 0)
	ann.unsent(0)
	ann.sees("nothing pending", "() => !document.querySelector('[data-pending]')")
	ann.sees("the old status", statusIs, "Todo")
	if got := c.find(func(r record) bool { return r.Record == issue })[0].text("status"); got != c.ref("status ENG/Todo") {
		t.Errorf("the server has %s", got)
	}
	if changes := c.page("/acme/issue/" + key).Find(".change ins").Map(func(_ int, one *selection) string { return strings.TrimSpace(one.Text()) }); strings.Join(changes, " ") != "Done Todo" {
		t.Errorf("the server saw %q, not the write and its inverse", changes)
	}
}

func TestRaceIsToldWithUndo_S68(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	arrange := signedIn(t, demo, "ann")
	issue, key := arrange.makes("ENG", "A close race", fields{"status": arrange.ref("status ENG/Todo")})
	ben, ann := newMember(t, "ben", demo), newMember(t, "ann", demo)
	ben.opens("/acme/issue/" + key)
	ann.opens("/acme/issue/" + key)
	ben.line.hold("/sync/events", time.Minute) // ben does not see what ann does
	ann.setsStatus("In Review")
	ann.unsent(0)
	ben.setsStatus("Done")
	ben.unsent(0)
	ben.sees("whose value he replaced", "() => textOf('[data-toasts] [data-kind=notice]').includes('Ann') && textOf('[data-toasts] [data-kind=notice]').includes('In Review')")
	ann.sees("who replaced hers", "() => textOf('[data-toasts] [data-kind=notice]').includes('replaced your status “In Review”')")
	ann.sees("his status", statusIs, "Done")
	ann.clicks("[data-toasts] [data-kind=notice] [data-action=undo]")
	ann.sees("hers again", statusIs, "In Review")
	ann.unsent(0)
	if got := arrange.find(func(r record) bool { return r.Record == issue })[0].text("status"); got != arrange.ref("status ENG/In Review") {
		t.Errorf("the status is %s", got)
	}
}
