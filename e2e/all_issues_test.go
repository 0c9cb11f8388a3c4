package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The list over all teams is live, and shows one's own changes at once, also without the line.
func TestAllIssues_FollowChangesOfEveryTeam(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/all")
	ben.stays()
	issue, _ := c.makes("WEB", "Pelican over all teams", fields{"status": c.ref("status WEB/Todo")})
	other, _ := c.makes("OPS", "Puffin over all teams", fields{"status": c.ref("status OPS/Todo")})
	ben.sees("both, live", "(one, other) => groupOf(one) === 'Unstarted' && groupOf(other) === 'Unstarted'", "Pelican over all teams", "Puffin over all teams")
	c.sets(issue, fields{"status": c.ref("status WEB/Done")})
	ben.sees("one of them done, live", "title => groupOf(title) === 'Completed'", "Pelican over all teams")

	ben.losesTheLine()
	ben.clicksWhere("its box", "title => row(title)?.querySelector('[name=record]')", "Puffin over all teams")
	ben.presses("s")
	ben.sees("the statuses of its team", "() => all('.bulk__bar [open] .choice').some(one => one.textContent.includes('In Progress'))")
	ben.clicksWhere("In Progress", "() => all('.bulk__bar [open] .choice').find(one => one.textContent.includes('In Progress'))")
	ben.sees("it under way, without the line", "title => groupOf(title) === 'Started'", "Puffin over all teams")
	ben.getsTheLineBack()
	ben.unsent(0)
	ben.sees("it still there, now the server's", "title => groupOf(title) === 'Started' && !row(title).querySelector('[data-pending]')", "Puffin over all teams")
	ben.remained()
	if is := c.titled("Puffin over all teams"); is.Record != other || is.Fields["status"] != c.ref("status OPS/In Progress") {
		t.Errorf("it is %v", is.Fields)
	}
}

// A list over all teams is laid out and saved by keys. Whoever opens the view sees in it what they may, live in each of their tabs.
func TestAllIssues_AreSavedAsAViewByKeys(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	open, _ := c.makes("WEB", "Gannet that is urgent", fields{"status": c.ref("status WEB/Todo"), "priority": 1})
	hidden, _ := c.makes("SEC", "Gannet that is hidden", fields{"status": c.ref("status SEC/Todo"), "priority": 1})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/all?group=team&f=priority:urgent&text=gannet")
	ann.presses("Alt+v")
	ann.sees("the name to write", "() => document.activeElement.matches('details[open] form[action=\"/acme/view\"] [name=name]')")
	ann.types("Gannets everywhere")
	ann.follows("the view", func() { ann.presses("Enter") })
	ann.arrives()
	ann.sees("what it is called", "() => textOf('h1') === 'Gannets everywhere' && textOf('.sidebar [aria-current=page]') === 'Gannets everywhere'")
	ann.sees("what ann may see", "(one, other) => row(one) && row(other)", "Gannet that is urgent", "Gannet that is hidden")

	cleo := newMember(t, "cleo", demo)
	cleo.opens("/acme")
	cleo.follows("the view", func() {
		cleo.clicksWhere("it in the sidebar", "() => all('.sidebar [data-action=go-view]').find(one => one.textContent.includes('Gannets everywhere'))")
	})
	cleo.arrives()
	cleo.sees("what a guest of one team may see", "(one, other) => row(one) && !row(other)", "Gannet that is urgent", "Gannet that is hidden")
	cleo.stays()
	here := ask[string](cleo.window, "() => location.pathname + location.search")
	if !strings.HasPrefix(here, "/acme/all?group=team") {
		t.Errorf("the view is at %s", here)
	}
	tab := openWindow(t, "cleo2", cleo.ctx, chromedp.WithNewWindow(false))
	tab.goes(cleo.line.url(here))
	cleo.inFront()
	c.sets(open, fields{"title": "Gannet that flies"})
	more, _ := c.makes("WEB", "Gannet that is new", fields{"priority": 1})
	for _, window := range []*window{cleo.window, tab} {
		window.sees("what changed, live", "(one, other) => row(one) && row(other)", "Gannet that flies", "Gannet that is new")
	}
	c.sets(more, fields{"priority": 4})
	c.sets(hidden, fields{"title": "Gannet that stays hidden"})
	tab.sees("what left it, live", "(one, other) => row(one) && !row(other)", "Gannet that flies", "Gannet that is new")
	cleo.presses("Alt+f")
	cleo.sees("the view among the favourites", atHand, "Gannets everywhere")
	cleo.remained()
	if ask[bool](tab, "() => document.documentElement.textContent.includes('hidden')") {
		t.Error("the guest was told of what is hidden")
	}
}

// How one lays the list out is there the next time, for oneself alone.
func TestAllIssues_AreLaidOutForOneMember(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	cleo := newMember(t, "cleo", demo) // in whose journeys the list is shown nowhere else
	cleo.opens("/acme/all")
	cleo.presses("V")
	const ready = "() => document.activeElement.closest('details[open] form[aria-label=Display]') && document.querySelector('form[aria-label=Display] [data-action=display]').hidden"
	cleo.sees("the display's menu", ready)
	cleo.follows("another grouping", func() {
		ask[bool](cleo.window, "() => { const one = document.querySelector('form[aria-label=Display] select[name=group]'); one.value = 'team'; return one.dispatchEvent(new Event('change', {bubbles: true})); }")
	})
	const byTeam = "() => all('[data-list] [data-group]').length && all('[data-list] [data-group]').every(one => one.dataset.group.startsWith('team:'))"
	cleo.sees("the list by team, its menu still open", byTeam+" && document.querySelector('details[open] form[aria-label=Display]')")
	cleo.opens("/acme/all")
	cleo.sees("it by team the next time", byTeam)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/all")
	ann.sees("it by status, as before", "() => all('[data-list] [data-group^=\"category:\"]').length > 2")
	cleo.inFront()
	cleo.presses("V")
	cleo.sees("the way back", ready)
	cleo.follows("the way back", func() { cleo.clicks("[data-action=display-reset]") })
	cleo.sees("the list by status", "() => document.querySelector('[data-list] [data-group^=\"category:\"]') && !document.querySelector('[data-list] [data-group^=\"team:\"]')")
}
