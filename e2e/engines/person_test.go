//go:build engines

package engines

import (
	"testing"
	"time"
)

// person is somebody at a browser of their own.
type person struct {
	*window
	at *program
}

func newPerson(t *testing.T, engine, name string, at *program) *person {
	t.Helper()
	return &person{window: &window{browser: startBrowser(t, engine), t: t, name: name}, at: at}
}

// signsIn fills in the form that whoever is not signed in is led to.
func (p *person) signsIn(path string) {
	p.t.Helper()
	p.goes(p.at.url(path))
	p.fills("input[name=email]", p.name+"@example.com")
	p.fills("input[name=password]", "demo")
	p.clicks("[data-action=sign-in]")
	p.sees("the page that they wanted, live", "path => location.pathname === path && "+live, path)
}

// live holds when a page's scripts are at work and its stream is open.
const live = `all('#vocabulary template').length && document.documentElement.dataset.sync === 'live'`

// opens loads a page and waits until it is live, unless it is shown from the cache.
func (p *person) opens(path string) {
	p.t.Helper()
	p.goes(p.at.url(path))
	p.sees("the page at work", `() => document.documentElement.hasAttribute('data-cached') && textOf('[data-sync-text]') || `+live)
}

// creates makes an issue in the dialog that C opens.
func (p *person) creates(title string) {
	p.t.Helper()
	p.presses("c")
	p.sees("the dialog", "() => document.querySelector('dialog[data-dialog=new][open]')?.contains(document.activeElement)")
	p.types(title)
	p.presses("Ctrl+Enter")
	p.sees("the dialog is gone", "() => !document.querySelector('dialog[open]')")
}

// made creates an issue in a team and opens it.
func (p *person) made(team, title string) (path string) {
	p.t.Helper()
	p.opens("/acme/team/" + team)
	p.creates(title)
	p.sees("the key of "+title, "title => /^[A-Z0-9]+-[0-9]+$/.test(row(title)?.dataset.key)", title)
	p.unsent(0)
	path = "/acme/issue/" + ask[string](p.window, "title => row(title).dataset.key", title)
	p.opens(path)
	return path
}

func (p *person) comments(text string) {
	p.t.Helper()
	p.fills(".composer textarea", text)
	p.presses("Ctrl+Enter")
	p.sees("the comment shown", commented, text)
}

// commented holds when a comment is shown once, and not left in the composer.
const commented = `text => all('[data-rows=comment] [data-field=body]').filter(one => one.textContent.trim() === text).length === 1
	&& all('form[data-op=create][data-record=comment] textarea').every(one => one.value !== text)`

func (p *person) renames(title string) {
	p.t.Helper()
	p.clicks(".issue__title summary[data-action=edit]")
	p.fills("form[data-op=set] input[name=title]", title)
	p.presses("Enter")
	p.sees("the new title, and the form shut", "title => textOf('h1[data-field=title]') === title && !document.querySelector('.issue__title details[open]')", title)
}

func (p *person) describes(text string) {
	p.t.Helper()
	p.clicks(".issue__description summary[data-action=edit]")
	p.fills("form[data-op=text] textarea[name=description]", text)
	p.presses("Ctrl+Enter")
	p.sees("the form is shut", "() => !document.querySelector('.issue__description details[open]')")
}

func (p *person) setsStatus(name string) {
	p.t.Helper()
	p.clicks("summary[data-action=open-status]")
	p.clicksWhere("the status "+name, `name => all('form[data-action=set-status] button').find(one => seen(one) && one.textContent.trim() === name)`, name)
	p.sees("the status "+name, status, name)
}

const status = "name => textOf('.property [data-field=status]') === name"

// unsent waits until so many writes are unsent.
func (p *person) unsent(n int) {
	p.t.Helper()
	p.seesWithin(45*time.Second, "unsent writes to be counted", "n => document.documentElement.dataset.unsent === String(n)", n)
}
