//go:build engines

package engines

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestEngines tells each story in each engine, to two people who each have a browser of their own.
func TestEngines(t *testing.T) {
	for _, engine := range strings.Split(*chosen, ",") {
		t.Run(engine, func(t *testing.T) {
			demo := newProgram(t)
			ann, ben := newPerson(t, engine, "ann", demo), newPerson(t, engine, "ben", demo)
			for _, story := range []struct {
				name string
				tell func(t *testing.T, ann, ben *person)
			}{
				{"sign in, list, filter", signInListFilter},
				{"create, edit, comment, set status", createEditComment},
				{"a page's errors are heard", errorsAreHeard},
				{"S85 another sees it, and leaves", anotherSeesIt},
				{"S53 the server dies and comes back", serverDies},
				{"S47 a visited page without the server", visitedPage},
				{"S74 a draft comes back", draftComesBack},
				{"S75 undo", undo},
				{"S69 a conflict shows both and ends", conflict},
				{"keyboard alone", keyboardAlone},
				{"S58 an issue made offline is worked on", madeOffline},
				{"S33 back to a page that was left", backAgain},
				{"a card is dragged", cardIsDragged},
				{"a narrow screen", narrowScreen},
				{"S61 one tab goes on where the other ends", anotherTab},
			} {
				t.Run(story.name, func(t *testing.T) {
					ann.tells(t)
					ben.tells(t)
					story.tell(t, ann, ben)
				})
			}
		})
	}
}

func signInListFilter(t *testing.T, ann, ben *person) {
	ann.signsIn("/acme/team/WEB")
	ben.signsIn("/acme")
	ann.sees("a list", "() => all('[data-rows] [data-record]:not(form)').length > 10")
	title := ask[string](ann.window, "() => titleOf(document.querySelector('[data-rows] [data-record]:not(form)'))")
	ann.clicks("summary[data-action=open-filter]")
	ann.fills("form[role=search] input[name=text]", title)
	ann.clicks("[data-action=filter]")
	ann.sees("that row alone", "title => location.search.includes('text=') && row(title) && all('[data-rows] [data-record]:not(form)').every(one => titleOf(one) === title)", title)
}

// errorsAreHeard shows that a story would fail for what its pages complain of.
func errorsAreHeard(t *testing.T, ann, _ *person) {
	ann.excuse("thrown for once|said for once")
	ask[bool](ann.window, "() => { setTimeout(() => { throw new Error('thrown for once'); }); console.error('said for once'); return true; }")
	for _, words := range []string{"thrown for once", "said for once"} {
		err := poll(patience, func() error {
			ann.hears()
			if strings.Contains(strings.Join(ann.complaints(), "\n"), words) {
				return nil
			}
			return errors.New("nothing was heard of what was " + words)
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func createEditComment(t *testing.T, ann, ben *person) {
	path := ann.made("ENG", "Oil the hinges")
	ann.renames("Oil the hinges twice")
	ann.unsent(0) // the words "not sent yet" go, and what is below them moves up
	ann.describes("They squeak.")
	ann.setsStatus("In Progress")
	ann.comments("Linseed.")
	ann.unsent(0)
	ben.opens(path)
	ben.sees("all of it", `() => textOf('h1[data-field=title]') === 'Oil the hinges twice' && textOf('[data-field=description]') === 'They squeak.'
		&& textOf('.property [data-field=status]') === 'In Progress' && textOf('[data-rows=comment] [data-field=body]') === 'Linseed.'`)
}

func anotherSeesIt(t *testing.T, ann, ben *person) {
	path := ann.made("WEB", "The tide table")
	ben.opens(path)
	ben.stays()
	ann.fills(".composer textarea", "The tide is out.")
	began := time.Now()
	ann.presses("Ctrl+Enter")
	ben.sees("ann's comment", commented, "The tide is out.")
	t.Logf("a comment was on the other screen after %v", time.Since(began).Round(time.Millisecond))
	ben.remained()
	ben.goes("about:blank")
	ann.setsStatus("Done")
	ann.unsent(0)
}

// outage is what pages may say of a server that is not there.
const outage = `Failed to load|load failed|NetworkError|can.t establish a connection|was interrupted|connection to|Could not connect|ServiceWorker|Load failed|Failed to fetch`

func serverDies(t *testing.T, ann, ben *person) {
	path := ann.made("OPS", "Lantern")
	ann.excuse(outage)
	ben.excuse(outage)
	ben.opens(path)
	ben.stays()
	ann.stays()
	ann.at.kill()
	ann.sees("that it is gone", "() => document.documentElement.dataset.sync !== 'live'")
	ann.renames("Lantern, trimmed")
	ann.setsStatus("In Review")
	ann.comments("First, the wick.")
	ann.sees("all of it as unsent", "() => document.documentElement.dataset.unsent === '3' && document.querySelector('[data-pending]')")
	ann.at.start()
	ann.unsent(0)
	ann.sees("nothing pending", "() => !document.querySelector('[data-pending]')")
	ann.remained()
	ben.seesWithin(45*time.Second, "all of it", `() => textOf('h1[data-field=title]') === 'Lantern, trimmed' && textOf('.property [data-field=status]') === 'In Review'
		&& all('[data-rows=comment] [data-field=body]').filter(one => one.textContent.trim() === 'First, the wick.').length === 1`)
	ben.remained()
}

func visitedPage(t *testing.T, ann, ben *person) {
	path := ann.made("OPS", "Kept for later")
	ann.excuse(outage)
	ben.excuse(outage)
	ann.sees("the page in the cache", "async url => !!navigator.serviceWorker.controller && !!await caches.match(url)", ann.at.url(path))
	ann.at.kill()
	ann.opens(path)
	ann.sees("the page from the cache", "() => document.documentElement.hasAttribute('data-cached') && textOf('h1[data-field=title]') === 'Kept for later'")
	ann.renames("Kept and renamed")
	ann.opens(path)
	ann.sees("what is unsent, after a reload", "() => textOf('h1[data-field=title]') === 'Kept and renamed' && document.querySelector('[data-pending]')")
	ann.at.start()
	ann.unsent(0)
	ann.opens(path)
	ann.sees("what the server has", "() => !document.documentElement.hasAttribute('data-cached') && textOf('h1[data-field=title]') === 'Kept and renamed'")
}

func draftComesBack(t *testing.T, ann, ben *person) {
	path := ann.made("WEB", "Half a thought")
	ann.fills(".composer textarea", "Half a tho")
	ann.sees("the draft kept", "() => document.querySelector('.composer textarea[data-draft]')")
	ann.opens(path)
	ann.sees("the draft", "() => document.querySelector('.composer textarea').value === 'Half a tho' && textOf('[data-draft-note]').startsWith('Draft from')")
	ann.clicks("[data-draft-note] [data-action=discard]")
	ann.sees("it gone", "() => document.querySelector('.composer textarea').value === '' && !document.querySelector('[data-draft-note]')")
}

func undo(t *testing.T, ann, ben *person) {
	ann.made("WEB", "Twice is enough")
	before := ask[string](ann.window, "() => textOf('.property [data-field=status]')")
	ann.setsStatus("Done")
	ann.unsent(0)
	ann.presses("Ctrl+z")
	ann.sees("the status before", status, before)
	ann.unsent(0)
	ann.setsStatus("Done")
	ann.unsent(0) // the toast of the step before gives way to this one's
	ann.clicks("[data-toasts] [data-action=undo]")
	ann.sees("the status before, by the toast", status, before)
	ann.unsent(0)
}

func conflict(t *testing.T, ann, ben *person) {
	path := ann.made("ENG", "Who names the boat")
	ann.describes("The boat is called Heron.")
	ann.unsent(0)
	ben.opens(path)
	ann.clicks(".issue__description summary[data-action=edit]")
	ann.fills("form[data-op=text] textarea[name=description]", "The boat is called Egret.")
	ben.describes("The boat is called Stork.")
	ben.unsent(0)
	ann.presses("Ctrl+Enter")
	ann.sees("the refusal", "() => textOf('[data-sync-text]').includes('not accepted')")
	ann.opens("/acme/outbox")
	for side, text := range map[string]string{"base": "Heron", "mine": "Egret", "theirs": "Stork"} {
		ann.sees(side, "(side, text) => textOf(`[data-conflict] [data-side=${side}]`).includes(text)", side, text)
	}
	ann.clicks("[data-conflict] [data-action=keep-mine]")
	ann.sees("the card gone", "() => !document.querySelector('[data-conflict], [data-transaction]')")
	ann.unsent(0)
	ben.sees("ann's words", "() => textOf('[data-field=description]').includes('Egret')")
}

func keyboardAlone(t *testing.T, ann, ben *person) {
	ann.opens("/acme/team/OPS")
	ann.creates("Quokka on the loose")
	ann.sees("the issue in the list", "() => row('Quokka on the loose')")
	ann.unsent(0)
	ann.presses("f")
	ann.sees("the filter", "() => document.querySelector('.filter-bar details[open]')?.contains(document.activeElement)")
	ann.tabsTo("form[role=search] input[name=text]")
	ann.types("quokka")
	ann.presses("Enter")
	ann.sees("one row", "() => row('Quokka on the loose') && all('[data-list] [data-rows] [data-record]:not(form)').length === 1 && "+live)
	ann.tabsTo("[data-action=view-board]")
	ann.presses("Enter")
	ann.sees("the board", "() => location.search.includes('view=board') && row('Quokka on the loose') && "+live)
	ann.tabsTo("[data-rows] [data-record] a[href]")
	from := ask[string](ann.window, "() => groupOf('Quokka on the loose')")
	ann.presses("Shift+ArrowRight")
	ann.sees("the card moved on, with focus", "from => groupOf('Quokka on the loose') !== from && row('Quokka on the loose').contains(document.activeElement)", from)
	ann.unsent(0)
	ann.presses("Enter")
	ann.sees("the issue", "() => textOf('h1[data-field=title]') === 'Quokka on the loose' && "+live)
	ann.tabsTo(".composer textarea")
	ann.types("It went that way.")
	ann.presses("Ctrl+Enter")
	ann.sees("the comment", commented, "It went that way.")
	ann.unsent(0)
	ann.presses("Tab") // out of the text, where Ctrl Z is the browser's
	ann.presses("Ctrl+z")
	ann.sees("the comment gone", "() => !textOf('[data-rows=comment]').includes('It went that way.')")
	before := ask[string](ann.window, "() => textOf('.property [data-field=status]')")
	ann.presses("s")
	ann.sees("the menu", "() => document.querySelector('details[open] summary[data-action=open-status]')?.parentElement.contains(document.activeElement)")
	ann.presses("ArrowDown", "Enter")
	ann.sees("another status", "from => textOf('.property [data-field=status]') !== from", before)
	ann.unsent(0)
}

func narrowScreen(t *testing.T, ann, ben *person) {
	path := ann.made("OPS", "Read in the tram")
	resize := func(width int) { ann.commands("SetWindowRect", map[string]int{"width": width, "height": 800}, nil) }
	resize(400) // each engine has a least width of its own
	defer resize(1280)
	fits := "() => innerWidth <= 520 && document.documentElement.scrollWidth <= innerWidth"
	ann.opens(path)
	ann.sees("the page in one column", fits)
	ann.setsStatus("Done")
	ann.comments("From the tram.")
	ann.unsent(0)
	ann.opens("/acme/team/OPS")
	ann.sees("the list in one column", fits)
	ann.opens("/acme/team/OPS?view=board")
	ann.sees("a board that goes sideways alone", fits)
}
