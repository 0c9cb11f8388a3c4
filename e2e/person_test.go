package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// person is somebody at a window, and the line by which it reaches the server.
type person struct {
	*window
	line *line
	kept []string // the URLs of pages that this browser keeps for later
}

// newPerson opens a window with cookies and storage of its own.
func newPerson(t *testing.T, name string, at *program) *person {
	t.Helper()
	return newPersonIn(t, sharedShell(t), name, at)
}

func newPersonIn(t *testing.T, b *browser, name string, at *program) *person {
	t.Helper()
	return sit(t, name, at, b, chromedp.WithNewBrowserContext())
}

// newMember is a person who is signed in to the demo workspace.
func newMember(t *testing.T, handle string, at *program) *person {
	t.Helper()
	return newMemberIn(t, sharedShell(t), handle, at)
}

func newMemberIn(t *testing.T, b *browser, handle string, at *program) *person {
	t.Helper()
	p := newPersonIn(t, b, handle, at)
	p.signsInAs(handle)
	return p
}

func sit(t *testing.T, name string, at *program, b *browser, options ...chromedp.ContextOption) *person {
	t.Helper()
	keepLog(t, at)
	p := &person{line: newLine(t, func() string { return at.addr })}
	p.window = openWindow(t, name, b.ctx, options...)
	p.inFront()
	p.savesData(true)
	return p
}

// savesData says whether the browser is asked to fetch little, so that no pack is: it would be most of what a journey does.
func (p *person) savesData(yes bool) {
	p.t.Helper()
	must(p.window, emulation.SetDataSaverOverride, emulation.SetDataSaverOverrideParams{DataSaverEnabled: &yes})
}

// stored tells that the page's database is there.
const stored = "async () => (await indexedDB.databases()).some(one => one.name === 'tandem' && one.version === 1)"

func (p *person) signsInAs(handle string) {
	p.t.Helper()
	p.goes(p.line.url("/demo/sign-in?as=" + handle + "&next=/acme"))
	p.sees("the workspace", "() => document.querySelector('meta[name=tandem-member]')")
	// Chromium freezes a page that is left while it makes its database, and other pages wait for it then. On a busy machine
	// it has once not made one for half a minute, without a word: then the page is loaded again, which asks again.
	if settled, _ := p.holdsWithin(patience/3, stored); !settled {
		p.goes(p.line.url("/acme"))
		p.sees("the first page settle", stored)
	}
}

// opens loads a page and waits until its scripts are at work, and it is live unless it is shown from the cache.
func (p *person) opens(path string) {
	p.t.Helper()
	p.goes(p.line.url(path))
	p.arrives()
}

// arrives waits until the scripts of a page are at work.
func (p *person) arrives() {
	p.t.Helper()
	p.sees("the page is live", `() => all('#vocabulary template').length && textOf('[data-sync-text]')
		&& (document.documentElement.hasAttribute('data-cached') || document.documentElement.dataset.sync === 'live')`)
}

// stays marks the page, so that remained tells whether it was loaded anew.
func (p *person) stays() { ask[bool](p.window, "() => globalThis.e2eStayed = true") }

// remained fails when the page was loaded anew since stays.
func (p *person) remained() {
	p.t.Helper()
	if !ask[bool](p.window, "() => !!globalThis.e2eStayed") {
		p.t.Errorf("%s's page was loaded anew", p.name)
	}
}

// mayLoseTheLine waits until the browser keeps what it needs without the server: scripts that are loaded when needed too.
func (p *person) mayLoseTheLine() {
	p.t.Helper()
	p.sees("the worker and its assets", `async () => navigator.serviceWorker.controller
		&& await caches.match('/assets/' + document.querySelector('meta[name=tandem-build]').content + '/js/write.js')`)
}

// losesTheLine cuts the person off. What the page says of failed requests is excused from here on.
func (p *person) losesTheLine() {
	p.t.Helper()
	p.mayLoseTheLine()
	p.excuse(`net::ERR_|Failed to fetch|NetworkError|ERR_CONNECTION`)
	if len(p.kept) > 0 {
		p.seesKept()
	}
	p.line.cut()
	p.sees("the page says so", "() => document.documentElement.dataset.sync !== 'live'")
}

func (p *person) getsTheLineBack() {
	p.t.Helper()
	p.line.mend(p.t)
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

// comments writes a comment on the open issue.
func (p *person) comments(text string) {
	p.t.Helper()
	p.fills(".composer textarea, form[data-record=comment] textarea", text)
	p.presses("Ctrl+Enter")
	p.sees("the comment shown", commented, text)
}

// commented holds when the comment is shown once, and not left in the composer.
const commented = `text => all('[data-rows=comment] [data-field=body]').filter(one => one.textContent.trim() === text).length === 1
	&& all('form[data-op=create][data-record=comment] textarea').every(one => one.value !== text)`

// renames edits the title of the open issue in place.
func (p *person) renames(title string) {
	p.t.Helper()
	p.clicks(".issue__title summary[data-action=edit]")
	p.fills("form[data-op=set] input[name=title]", title)
	p.presses("Enter")
	p.sees("the new title", "title => textOf('h1[data-field=title]') === title", title)
}

// describes edits the description of the open issue in place.
func (p *person) describes(text string) {
	p.t.Helper()
	p.clicks(".issue__description summary[data-action=edit]")
	p.fills("form[data-op=text] textarea[name=description]", text)
	p.presses("Ctrl+Enter")
	p.sees("the form is shut", "() => !document.querySelector('.issue__description details[open]')")
}

// setsStatus chooses a status on the open issue.
func (p *person) setsStatus(name string) {
	p.t.Helper()
	p.clicks("summary[data-action=open-status]")
	p.clicksWhere("the status "+name, `name => all('form[data-action=set-status] button').find(one => seen(one) && one.textContent.trim() === name)`, name)
	p.sees("the status "+name, "name => textOf('.property [data-field=status]') === name", name)
}

// movesCard moves a card of the board by its menu.
func (p *person) movesCard(title, column string) {
	p.t.Helper()
	p.clicksWhere("the menu of "+title, "title => row(title).querySelector('[data-action=open-move]')", title)
	p.sees("the menu", "() => seen(document.querySelector('details[open] form[data-op=move] select[name=status]'))")
	p.chooses("details[open] form[data-op=move] select[name=status]", column)
	p.clicks("details[open] form[data-op=move] [data-action=move]")
}

// unsent waits until so many writes are unsent.
func (p *person) unsent(n int) {
	p.t.Helper()
	p.sees("unsent writes to be counted", "n => document.documentElement.dataset.unsent === String(n)", n)
}

// key is the key of the issue that the page shows.
func (p *person) key(title string) string {
	p.t.Helper()
	p.sees("the key of "+title, "title => /^[A-Z0-9]+-[0-9]+$/.test(row(title)?.dataset.key)", title)
	return ask[string](p.window, "title => row(title).dataset.key", title)
}

// list is what a list or board shows: "Todo 2: A, B" for each group that has rows.
const list = `root => all('[data-group]', root).map(g => {
	const titles = all('[data-rows] [data-record]:not(form)', g).filter(one => !one.closest('[hidden]')).map(titleOf);
	return titles.length ? textOf('h2', g) + ' ' + textOf('[data-count]', g) + ': ' + titles.join(', ') : '';
}).filter(Boolean)`

// showsWhatIsThere waits until the list is what the server would draw anew.
func (p *person) showsWhatIsThere(c *client, path string) {
	p.t.Helper()
	var want []string
	c.page(path).Find("[data-group]").Each(func(_ int, group *selection) {
		var titles []string
		group.Find("[data-rows] [data-field=title]").Each(func(_ int, title *selection) { titles = append(titles, strings.TrimSpace(title.Text())) })
		if len(titles) > 0 {
			want = append(want, strings.TrimSpace(group.Find("h2").Text())+" "+group.Find("[data-count]").Text()+": "+strings.Join(titles, ", "))
		}
	})
	p.sees("the list "+strings.Join(want, " | "), "want => JSON.stringify(("+list+")(document)) === JSON.stringify(want)", want)
}

// mayWrite loads what writes, as the first touch of the page does, and waits until it is at work.
func (p *person) mayWrite() {
	p.t.Helper()
	ask[bool](p.window, "async () => !!await (await import('/assets/' + document.querySelector('meta[name=tandem-build]').content + '/js/outbox.js')).write()")
}

// drafted holds when a field shows what was typed, and says since when.
const drafted = `(css, text) => {
	const field = all(css).find(one => one.value === text), note = field?.nextElementSibling;
	return field && seen(field) && /^Draft from \d\d:\d\d – discard$/.test(note?.textContent) && seen(note);
}`

// keptForGood holds when a text is on the disk, where kill -9 cannot reach it.
const keptForGood = `async text => {
	const base = await new Promise(done => { const open = indexedDB.open('tandem'); open.onsuccess = () => done(open.result); });
	const rows = await new Promise(done => { const all = base.transaction('kept').objectStore('kept').getAll(); all.onsuccess = () => done(all.result); });
	base.close();
	return rows.some(row => JSON.parse(row).text === text);
}`

// unsentOnDisk holds when that many transactions are there.
const unsentOnDisk = `async n => {
	const base = await new Promise(done => { const open = indexedDB.open('tandem'); open.onsuccess = () => done(open.result); });
	const rows = await new Promise(done => { const all = base.transaction('kept').objectStore('kept').getAll(); all.onsuccess = () => done(all.result); });
	base.close();
	return rows.filter(row => JSON.parse(row).ops).length >= n;
}`
