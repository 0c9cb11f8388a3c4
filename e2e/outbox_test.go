package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
)

// makesTeam makes a team with so many columns, "Column 0" and on, and so many issues in each.
func (c *client) makesTeam(key string, columns, issues int) (team string) {
	c.t.Helper()
	team = "team:" + newID()
	c.push(fields{"op": "create", "record": team, "set": fields{"key": key, "name": "Team " + key}})
	categories := []string{"triage", "backlog", "unstarted", "started", "completed", "canceled"}
	var ops []fields
	for i := range columns {
		status := "status:" + newID()
		ops = append(ops, fields{"op": "create", "record": status, "set": fields{
			"team": team, "name": fmt.Sprint("Column ", i), "category": categories[i], "position": i, "color": "#888888"}})
		for n := range issues {
			ops = append(ops, fields{"op": "create", "record": "issue:" + newID(), "set": fields{
				"team": team, "title": fmt.Sprintf("%s %d of column %d, in some words", key, n, i), "status": status, "priority": n % 5}})
		}
	}
	c.push(ops...)
	return team
}

// edits moves the first cards of the board n times in all, each in turn to the next column, by submitting a form as a key does.
func (p *person) edits(n, cards int) time.Duration {
	p.t.Helper()
	start := time.Now()
	for done := 0; done < n; done += cards {
		ask[bool](p.window, `async (n, cards) => {
			globalThis.e2eCards ??= all('[data-rows] > [data-record]:has(> [data-action=open-move])').slice(0, cards).map(card => card.dataset.record);
			const columns = all('[data-group]').map(one => one.dataset.group), {moving} = await import(new URL('card.js', document.querySelector('script[type=module]').src));
			for (const record of e2eCards.slice(0, n)) {
				const node = document.querySelector('[data-rows] > [data-record="' + record + '"]'), at = node.closest('[data-group]').dataset.group;
				const status = Object.assign(document.createElement('input'), {name: 'status', value: columns[(columns.indexOf(at) + 1) % columns.length]});
				const shown = new Promise(done => addEventListener('tandem:outbox', done, {once: true}));
				moving(node, status).dispatchEvent(new SubmitEvent('submit', {cancelable: true}));
				await shown;
			}
			return true;
		}`, n-done, cards)
	}
	return time.Since(start)
}

func TestManyEditsOverManyIssuesArrive_S53(t *testing.T) {
	t.Parallel()
	edits, cards := 96, 12
	if long {
		edits, cards = 400, 50
	}
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	team := c.makesTeam("MANY", 3, 20)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/team/MANY?view=board")
	ben.losesTheLine()
	ben.edits(edits, cards)
	ben.unsent(edits)
	ask[bool](ben.window, `() => {
		const told = globalThis.e2eTold = [];
		new MutationObserver(() => told.push(Number(document.documentElement.dataset.unsent))).observe(document.documentElement, {attributeFilter: ['data-unsent']});
		return true;
	}`)
	ben.getsTheLineBack()
	ask[bool](ben.window, "() => dispatchEvent(new Event('online'))") // as a browser says when its network is back
	ben.unsent(0)
	told := ask[[]int](ben.window, "() => e2eTold")
	if !slices.IsSortedFunc(told, func(a, b int) int { return b - a }) || told[len(told)-1] != 0 {
		t.Errorf("unsent went %v", told)
	}

	moved := ask[[]string](ben.window, "() => e2eCards")
	is := map[string]record{}
	for _, r := range c.find(func(r record) bool { return r.text("team") == team && strings.HasPrefix(r.Record, "issue:") }) {
		is[r.Record] = r
	}
	for _, issue := range moved {
		var began int
		fmt.Sscanf(strings.Split(is[issue].text("title"), "of column ")[1], "%d", &began)
		var columns []string
		c.page(fmt.Sprintf("/acme/issue/MANY-%v", is[issue].Fields["number"])).Find(".change ins").Each(func(_ int, one *selection) { columns = append(columns, strings.TrimSpace(one.Text())) })
		for i := range 8 {
			if want := fmt.Sprint("Column ", (began+i+1)%3); len(columns) != 8 || columns[i] != want {
				t.Fatalf("%s, of column %d, went %q", is[issue].text("title"), began, columns)
			}
		}
	}
}

func TestAnIssueMadeOfflineIsWorkedOn_S58(t *testing.T) {
	t.Parallel()
	demo := ownProgram(t, "demo") // a team is closed to its members: their browsers let go of what the other journeys have them keep
	c := signedIn(t, demo, "ann")
	team := c.makesTeam("KIT", 2, 1)
	ben := newMember(t, "ben", demo)
	ben.keepsForLater([]string{"/acme/team/KIT", "/acme/outbox"})
	ben.opens("/acme/team/KIT")

	madeOffline := func(title string) {
		t.Helper()
		ben.creates(title)
		ben.sees("the new row", "title => row(title)?.matches('[data-pending]') && /^KIT-new-\\d+$/.test(row(title).dataset.key)", title)
		ben.follows("the new row", func() { ben.clicksWhere(title, "title => row(title).querySelector('a')", title) })
		ben.sees("its page", "title => textOf('h1[data-field=title]') === title", title)
		ben.comments("Boil it first.")
		ben.clicks("summary[data-action=choose-assignee], summary[data-action=open-assignee]")
		ben.clicksWhere("ben", "() => all('form[data-action=assign] button').find(one => seen(one) && one.textContent.includes('Ben'))")
		ben.sees("the assignee", "() => textOf('.property [data-field=assignee]').includes('Ben')")
	}

	ben.losesTheLine()
	madeOffline("Kettle")
	ben.unsent(3)
	ben.getsTheLineBack()
	ask[bool](ben.window, "() => dispatchEvent(new Event('online'))")
	ben.seesWithin(late, "its own page, with its key", "() => document.documentElement.dataset.unsent === '0' && /^KIT-\\d+$/.test(document.querySelector('main [data-record][data-key]')?.dataset.key)")
	ben.sees("the comment once", commented, "Boil it first.")
	kettle := c.titled("Kettle")
	if got := c.comments(kettle.Record); !slices.Equal(got, []string{"Boil it first."}) || kettle.text("assignee") != c.ref("member ben") {
		t.Errorf("the server has %v with the comments %q", kettle.Fields, got)
	}

	// Its team is closed to its author before it arrives: nothing of it is shown as saved, nothing is lost.
	ben.opens("/acme/team/KIT")
	ben.losesTheLine()
	madeOffline("Toaster")
	c.sets(team, fields{"private": true})
	ben.excuse("status of 404")
	ben.goes(ben.line.url("/acme/outbox"))
	ben.getsTheLineBack()
	ask[bool](ben.window, "() => dispatchEvent(new Event('online'))")
	ben.seesWithin(late, "all three in the tray", "() => all('[data-rows=failed] [data-transaction]').length === 3")
	ben.sees("why the others were not sent", "() => all('[data-rows=failed] [data-why]').filter(one => one.textContent.trim() === 'not sent: parent refused').length === 2")
	ben.unsent(0)
	if found := c.find(func(r record) bool { return r.text("title") == "Toaster" }); len(found) != 0 {
		t.Errorf("the server took %v", found)
	}
}

func TestWithoutStorageFormsGoToTheServer_S60(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	for name, break_ := range map[string]string{
		"denied": `const no = () => { throw new DOMException('denied', 'SecurityError'); };
			for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) Object.defineProperty(globalThis, name, {get: no});`,
		"full": `Storage.prototype.setItem = function (key) { if (/:(tx|draft):/.test(key)) throw new DOMException('full', 'QuotaExceededError'); };`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issue, key := c.makes("ENG", "Nothing is kept here: "+name, fields{"status": c.ref("status ENG/Todo")})
			ann := newMember(t, "ann", demo)
			must(ann.window, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: break_})
			ann.excuse("denied|full|net::ERR_|Failed to fetch")
			ann.goes(ann.line.url("/acme/issue/" + key))
			if name == "denied" {
				ann.sees("online only, in words", "() => document.documentElement.dataset.sync === 'online-only' && textOf('[data-sync-text]').startsWith('Online only')")
			} else {
				ann.sees("live", "() => document.documentElement.dataset.sync === 'live'")
			}
			ann.setsStatus("Done")
			ann.sees("the server's own page", "() => textOf('.property [data-field=status]') === 'Done' && !document.querySelector('[data-pending]')")
			ann.fills(".composer textarea", "Straight to the server.")
			ann.presses("Ctrl+Enter")
			ann.sees("the comment", commented, "Straight to the server.")
			if got := c.find(func(r record) bool { return r.Record == issue })[0].text("status"); got != c.ref("status ENG/Done") {
				t.Errorf("the status is %s", got)
			}
			if got := c.comments(issue); !slices.Equal(got, []string{"Straight to the server."}) {
				t.Errorf("the comments are %q", got)
			}

			// What is typed while the first is on its way is not the first's to empty.
			ann.line.hold("/comment", 2*time.Second)
			ask[bool](ann.window, "() => { document.addEventListener('htmx:finally:request', ({detail}) => { if (detail.ctx.request.method === 'POST') globalThis.e2eAnswered = true; }); return true; }")
			ann.fills(".composer textarea", "The first.")
			ann.presses("Ctrl+Enter")
			ann.types(" And the second.")
			ann.sees("the answer", "() => globalThis.e2eAnswered")
			ann.sees("the text, unsent", "() => { const at = document.querySelector('.composer textarea'); return at.value === 'The first. And the second.' && at.form.hasAttribute('data-dirty'); }")
			if got := c.comments(issue); !slices.Equal(got, []string{"Straight to the server.", "The first."}) {
				t.Errorf("the comments are %q", got)
			}

			ann.line.cut()
			ann.fills(".composer textarea", "Nobody keeps this.")
			ann.presses("Ctrl+Enter")
			ann.sees("that it is not saved", "() => textOf('[data-alert]').startsWith('Not saved')")
			ann.sees("the text where it was", "() => document.querySelector('.composer textarea').value === 'Nobody keeps this.'")
			ann.sees("nothing of it as saved", "() => !textOf('[data-rows=comment]').includes('Nobody keeps this.')")
		})
	}
}

func TestAnotherBuildsWriteIsKept_S63(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("ENG", "Two builds", nil)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ask[bool](ann.window, `() => {
		const scope = 'tandem:acme:' + document.querySelector('meta[name=tandem-member]').content.replace('member:', '') + ':tx:';
		localStorage.setItem(scope + '1.older', JSON.stringify({v: 0, id: 'older', what: 'comment', text: 'Written by build n-1.'}));
		localStorage.setItem(scope + '2.broken', '{"v":1,"id":"bro');
		return true;
	}`)
	ann.opens("/acme/issue/" + key)
	ann.renames("Two builds, one write")
	ann.unsent(0)
	c.titled("Two builds, one write")
	for range 2 {
		ann.opens("/acme/outbox")
		ann.sees("both kept", "() => all('[data-rows=failed] [data-transaction]').length === 2 && textOf('[data-sync-text]') === 'Live · 2 not accepted'")
		ann.sees("the text kept", "() => all('[data-rows=failed] [data-text]').some(one => one.value.includes('Written by build n-1.'))")
		ann.sees("why", "() => all('[data-rows=failed] [data-why]').every(one => one.textContent.includes('another version'))")
	}
	ann.clicks("[data-transaction=older] [data-action=discard]")
	ann.clicks("[data-transaction=broken] [data-action=discard]")
	ann.opens("/acme/outbox")
	ann.sees("both gone", "() => seen(document.querySelector('[data-empty]')) && !document.querySelector('[data-transaction]')")
}

func TestValuesComeThroughByteForByte_S64(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Bytes", nil)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.losesTheLine()
	for _, title := range []string{"2024-01-01T00:00:00Z", "0", "null", "</script><b>&amp;$& ${x} \\u0041", "a\u200db 👩‍👩‍👧 \u202eabc\u202c e\u0301"} {
		ann.renames(title)
		ann.getsTheLineBack()
		ask[bool](ann.window, "() => dispatchEvent(new Event('online'))")
		ann.unsent(0)
		if got := c.find(func(r record) bool { return r.Record == issue })[0].text("title"); got != title {
			t.Errorf("%q became %q", title, got)
		}
		ann.line.cut()
	}
	long := strings.Repeat("Zwölf Boxkämpfer 🥊 </textarea> \t$1\n", 2700) + "\x01\x1f\x7f\u0085\ufeff end"
	ann.sees("no key at work", "() => document.activeElement")
	ann.clicks(".issue__description summary[data-action=edit]")
	ann.clicks("form[data-op=text] textarea[name=description]")
	ask[bool](ann.window, `text => {
		const area = document.activeElement;
		area.value = text;
		area.dispatchEvent(new Event('input', {bubbles: true}));
		return true;
	}`, long)
	ann.presses("Ctrl+Enter")
	ann.unsent(1)
	ann.getsTheLineBack()
	ask[bool](ann.window, "() => dispatchEvent(new Event('online'))")
	ann.unsent(0)
	if got := c.find(func(r record) bool { return r.Record == issue })[0].text("description"); got != long {
		t.Errorf("%d bytes became %d: %.80q", len(long), len(got), got)
	}
}

func TestClocksDecideNothing_S65(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	for name, off := range map[string]time.Duration{"fast": 24 * time.Hour, "slow": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issue, key := c.makes("ENG", "A clock that is "+name, nil)
			ben := newMember(t, "ben", demo)
			must(ben.window, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(`{
				const Real = Date, now = () => Real.now() + (globalThis.e2eOff ?? %d);
				globalThis.Date = class extends Real { constructor(...args) { args.length ? super(...args) : super(now()); } static now() { return now(); } };
			}`, off.Milliseconds())})
			ben.opens("/acme/issue/" + key)
			ben.losesTheLine()
			ben.comments("One.")
			ask[bool](ben.window, "off => { globalThis.e2eOff = -off; return true; }", off.Milliseconds())
			ben.comments("Two.")
			ask[bool](ben.window, "() => { globalThis.e2eOff = 0; return true; }")
			ben.comments("Three.")
			began := time.Now()
			ben.getsTheLineBack()
			ask[bool](ben.window, "() => dispatchEvent(new Event('online'))")
			ben.unsent(0)
			if got := c.comments(issue); !slices.Equal(got, []string{"One.", "Two.", "Three."}) {
				t.Errorf("the comments are %q", got)
			}
			c.page("/acme/issue/" + key).Find("[data-rows=comment] [data-record] time[data-field=created]").Each(func(_ int, one *selection) {
				at, err := time.Parse(time.RFC3339, one.AttrOr("datetime", ""))
				if err != nil || at.Before(began.Add(-time.Minute)) || at.After(time.Now().Add(time.Minute)) {
					t.Errorf("others see the time %s, not the server's", one.AttrOr("datetime", ""))
				}
			})
			// What others do meanwhile is a conflict or none by the server's clock alone.
			ben.renames("Set by ben " + name)
			ben.unsent(0)
			if got := c.find(func(r record) bool { return r.Record == issue })[0].text("title"); got != "Set by ben "+name {
				t.Errorf("the title is %q", got)
			}
		})
	}
}

func TestAPortalsPageIsNoSuccess_S66(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Behind a portal", fields{"status": c.ref("status ENG/Todo")})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.mayLoseTheLine()
	ann.excuse(`net::ERR_|Failed to fetch|EventSource's response|status of \d+|MIME type`)
	for name, answer := range map[string]http.HandlerFunc{
		"a page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>Hotel Wi-Fi</title><h1>Please accept our terms</h1>")
		},
		"a redirect to sign in": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/sign-in?next="+r.URL.Path, http.StatusSeeOther)
		},
		"JSON of somebody else": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"ok":true,"results":[]}`)
		},
	} {
		asked := make(chan bool, 1000)
		portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/sync/push") {
				asked <- true
			}
			answer(w, r)
		}))
		t.Cleanup(portal.Close)
		ann.line.cut()
		ann.line.leadsTo(func() string { return portal.Listener.Addr().String() })
		ann.line.mend(t)
		ann.setsStatus("In Review")
		for range 2 {
			<-asked
			ask[bool](ann.window, "() => dispatchEvent(new Event('online'))")
		}
		<-asked // what came before was answered, and nothing of it was taken for an answer
		if unsent := ask[string](ann.window, "() => document.documentElement.dataset.unsent"); unsent != "1" {
			t.Errorf("after %s %s are unsent", name, unsent)
		}
		if ask[bool](ann.window, `() => /accept our terms|"ok":true/.test(document.body.textContent)`) {
			t.Errorf("%s got into the page", name)
		}
		ann.line.cut()
		ann.line.leadsTo(func() string { return demo.addr })
		ann.line.mend(t)
		ask[bool](ann.window, "() => dispatchEvent(new Event('online'))")
		ann.unsent(0)
		ann.sees("the status", "() => textOf('.property [data-field=status]') === 'In Review' && !document.querySelector('[data-pending]')")
		c.sets(issue, fields{"status": c.ref("status ENG/Todo")})
		ann.sees("the status set back", "() => textOf('.property [data-field=status]') === 'Todo'")
	}
}
