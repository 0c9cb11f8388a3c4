package e2e

import "testing"

// active is the words of what Enter would do in the command menu.
const active = `() => {
	const box = document.querySelector('dialog[data-dialog=command][open] [role=combobox]');
	return document.activeElement === box ? document.getElementById(box.getAttribute('aria-activedescendant'))?.querySelector('[dir]').textContent : 'no menu';
}`

// commands opens the command menu, types, and waits until Enter would do what these words say.
func (p *person) commands(text, words string) {
	p.t.Helper()
	p.presses("Ctrl+k")
	p.sees("the command menu", "() => ("+active+")() !== 'no menu'")
	p.types(text)
	p.sees(words+" for "+text, "words => ("+active+")() === words", words)
}

func TestCommandMenu(t *testing.T) {
	t.Parallel()
	sharedShell(t) // so that this journey too is skipped where there is no browser
	demo := ownProgram(t, "demo")
	c := signedIn(t, demo, "ann")
	_, key := c.makes("OPS", "Walrus in the pond", nil)
	other, otherKey := c.makes("OPS", "Walrus in the hall", nil)
	_, late := c.makes("WEB", "Closed café of walruses", fields{"status": c.ref("status WEB/Done")})
	c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": other, "body": "It is a narwhal."}})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.stays()

	// The issue at hand comes first; what is done is done to it, with focus back where it was.
	ann.presses("Ctrl+k")
	ann.sees("what can be done with the issue", `key => { const group = document.querySelector('dialog[open] [role=listbox] [role=group]');
		return textOf('p', group) === key + ' Walrus in the pond' && all('[role=option]', group).some(one => textOf('[dir]', one) === 'Set status' && textOf('kbd', one) === 'S'); }`, key)
	ann.sees("what its keys do", "() => { const foot = document.querySelector('dialog[open] > footer'); return seen(foot) && /Enterdo or open.*Escclose/.test(foot.textContent); }")
	ann.presses("Ctrl+k")
	ann.sees("it shut", "() => !document.querySelector('dialog[open]')")
	ann.commands("st sta", "Set status")
	ann.sees("the letters that it met in bold", "() => { const met = all('b', document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))); return met.map(one => one.textContent).join('') === 'sta' && Number(getComputedStyle(met[0]).fontWeight) >= 600; }")
	ann.presses("Enter")
	ann.sees("the menu of the status", "() => document.querySelector('details[open] > summary[data-action=open-status]')?.parentElement.contains(document.activeElement)")
	ann.presses("Escape")
	ann.commands("assign to me", "Assign to me, or to nobody")
	ann.presses("Enter")
	ann.sees("it assigned", "() => textOf('.property [data-field=assignee]').includes('Ann')")
	ann.unsent(0)
	ann.commands("undo", "Undo")
	ann.presses("Enter")
	ann.sees("it undone", "() => !textOf('.property [data-field=assignee]').includes('Ann')")
	ann.unsent(0)

	// What the server finds comes below, and the line that Enter takes stays where it is.
	ann.commands("narwhal", "Search for “narwhal”")
	ann.sees("the comment", "() => all('dialog[open] [role=option]').at(-1).textContent.includes('Walrus in the hall')")
	ann.sees("the same line chosen", "() => ("+active+")() === 'Search for “narwhal”'")
	ann.presses("Escape")
	ann.commands("walrus", "Search for “walrus”")
	ann.sees("both issues that are elsewhere", "titles => titles.every(title => all('dialog[open] a[role=option]').some(one => one.textContent.includes(title)))", []string{otherKey + " Walrus in the hall", late + " Closed café of walruses"})
	ann.presses("Escape")
	ann.remained()
	ann.commands(late, "Open "+late)
	ann.follows("Enter", func() { ann.presses("Enter") })
	ann.sees("the closed issue", "() => textOf('h1[data-field=title]') === 'Closed café of walruses' && textOf('[data-sync-text]') === 'Live'")

	// Without the line it knows where one can go, and what this browser keeps.
	ann.sees("the first page kept", "() => caches.match('/acme')")
	ann.losesTheLine()
	ann.commands("my is", "My issues")
	ann.follows("Enter", func() { ann.presses("Enter") })
	ann.sees("the page from the cache", "() => document.documentElement.hasAttribute('data-cached') && document.querySelector('[data-rows] [data-record]')")
	title := ask[string](ann.window, "() => titleOf(document.querySelector('[data-rows] [data-record]'))")
	ann.commands(title, ask[string](ann.window, "title => row(title).dataset.key + ' ' + title", title))
	ann.presses("Escape")

	// Single keys can be switched off; what Ctrl does stays. The server knows it for other pages and browsers.
	ann.getsTheLineBack()
	ann.sees("the line back", "() => document.documentElement.dataset.sync === 'live'")
	ann.presses("?")
	ann.sees("all actions with a key", "() => all('dialog[open] dt kbd').some(one => one.textContent === 'G I')")
	ann.clicks("dialog[open] input[type=checkbox]")
	ann.sees("single keys are off", "() => document.documentElement.dataset.keys === 'off'")
	ann.presses("Escape", "c", "Ctrl+k")
	ann.sees("the command menu alone", "() => ("+active+")() !== 'no menu' && !document.querySelector('dialog[data-dialog=new][open]')")
	ann.opens("/acme/settings/account")
	ann.sees("they are still off", "() => document.documentElement.dataset.keys === 'off' && !document.querySelector('input[name=keys]').checked")
}
