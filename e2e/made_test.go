package e2e

import (
	"regexp"
	"slices"
	"testing"
)

func TestIssueMadeOfflineIsWhole_S58(t *testing.T) {
	t.Parallel()
	sharedShell(t) // so that this journey too is skipped where there is no browser
	demo := ownProgram(t, "demo")
	c := signedIn(t, demo, "ann")
	c.push(fields{"op": "create", "record": "label:" + newID(), "set": fields{"name": "lamp-oil", "team": c.ref("team OPS")}})
	ann := newMember(t, "ann", demo)
	ann.keepsForLater([]string{"/acme/team/OPS?text=lamp", "/acme"})
	ann.excuse(`net::ERR_|Failed to fetch|status of 503`)
	demo.kill()
	ann.opens("/acme/team/OPS?text=lamp")
	ann.creates("A lamp for the cellar")
	ann.sees("its row", "() => /^OPS-new-1$/.test(row('A lamp for the cellar')?.dataset.key)")
	ann.clicksWhere("the row", "() => row('A lamp for the cellar').querySelector('a')")
	whole := `() => textOf('h1[data-field=title]') === 'A lamp for the cellar' && document.title === 'OPS-new-1 A lamp for the cellar - Tandem' && textOf('[data-offline-bar]') === 'Offline: this issue was made here'`
	ann.sees("its page", whole)
	ann.setsStatus("In Progress")
	ann.picks("priority", "High")
	ann.picks("assignee", "Ben Okafor")
	ann.clicks("summary[data-action=open-labels]")
	ann.clicksWhere("the team's label", "() => all('form[data-action=label] button').find(one => seen(one) && one.textContent.trim() === 'lamp-oil')")
	ann.sees("the label", "() => textOf('.property [data-field=labels]').includes('lamp-oil')")
	ann.presses("Escape")
	ann.comments("Bring matches.")
	ann.renames("A lamp for the deep cellar")
	ann.unsent(7)
	pending := `() => textOf('h1[data-field=title]') === 'A lamp for the deep cellar' && textOf('.property [data-field=status]') === 'In Progress'
		&& textOf('.property [data-field=priority]') === 'High' && textOf('.property [data-field=assignee]').includes('Ben') && textOf('.property [data-field=labels]').includes('lamp-oil')
		&& textOf('.comment [data-field=body]') === 'Bring matches.' && document.querySelector('[data-pending]')`
	ann.sees("all of it, pending", pending)
	ann.clicks(".issue__title summary[data-action=edit]")
	ann.fills(".issue__title input[name=title]", "A lamp for the deepest cellar")
	ann.opens(ask[string](ann.window, "() => location.pathname"))
	ann.sees("the same after a reload", pending)
	ann.sees("the draft", drafted, ".issue__title input[name=title]", "A lamp for the deepest cellar")
	ann.picks("priority", "Urgent") // which paints the page anew, under the draft
	ann.picks("priority", "High")
	ann.unsent(9)
	ann.sees("the draft still", drafted, ".issue__title input[name=title]", "A lamp for the deepest cellar")
	ann.clicks(".issue__title [data-draft-note] [data-action=discard]")

	// She goes on typing while the server comes back: the tab gets the key without losing a letter.
	ann.fills(".composer textarea", "And mind the st")
	ann.stays()
	if err := demo.start(); err != nil {
		t.Fatal(err)
	}
	ann.seesWithin(late, "everything sent", "() => document.documentElement.dataset.unsent === '0'")
	ann.sees("its key in the tab", `() => /^\/acme\/issue\/OPS-\d+$/.test(location.pathname) && document.title.startsWith(location.pathname.split('/').at(-1) + ' A lamp') && textOf('.breadcrumb__key') === location.pathname.split('/').at(-1)`)
	ann.remained()
	ann.picks("priority", "Urgent") // which paints the page anew
	ann.sees("its key still", "() => textOf('.breadcrumb__key') === location.pathname.split('/').at(-1)")
	ann.sees("what she typed", "() => document.querySelector('.composer textarea').value === 'And mind the st'")
	ann.sees("nothing called unsent any more", "() => document.documentElement.dataset.unsent === '0' && !document.querySelector('[data-pending]') && !document.body.textContent.includes('not sent yet')")
	ann.clicks(".composer textarea")
	ann.presses("Ctrl+Enter")
	ann.sees("the server's page", "() => !document.querySelector('[data-made-page]') && all('.comment').length === 2 && textOf('h1[data-field=title]') === 'A lamp for the deep cellar' && !document.querySelector('[data-pending]')")

	c = signedIn(t, demo, "ann")
	is := c.titled("A lamp for the deep cellar")
	want := fields{"status": c.ref("status OPS/In Progress"), "priority": 1.0, "assignee": c.ref("member ben")}
	for field, value := range want {
		if is.Fields[field] != value {
			t.Errorf("%s is %v, not %v", field, is.Fields[field], value)
		}
	}
	if got := c.comments(is.Record); !slices.Equal(got, []string{"Bring matches.", "And mind the st"}) {
		t.Errorf("the comments are %q", got)
	}
	ann.opens("/acme/team/OPS?text=lamp")
	if key := ann.key("A lamp for the deep cellar"); !regexp.MustCompile(`^OPS-\d+$`).MatchString(key) {
		t.Errorf("its key is %s", key)
	}
}

// picks chooses a value of a property on the open issue.
func (p *person) picks(property, value string) {
	p.t.Helper()
	p.clicks("summary[data-action=open-" + property + "]")
	p.clicksWhere(value, "value => all('details[open] .choice').find(one => seen(one) && one.textContent.includes(value))", value)
	p.sees(value, "(property, value) => textOf(`.property [data-field=${property}]`).includes(value)", property, value)
}
