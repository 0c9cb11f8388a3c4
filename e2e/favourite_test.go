package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// atHand tells whether the sidebar leads to something of that name.
const atHand = "name => [...document.querySelectorAll('#sidebar-favourites [data-action=go-favourite]')].some(link => link.textContent.trim() === name)"

func TestFavourites_ByKeyAndLiveInEveryTab(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	issue, key := c.makes("OPS", "Heron that ben looks at", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/issue/" + key)
	ben.stays()
	tab := openWindow(t, "ben2", ben.ctx, chromedp.WithNewWindow(false))
	tab.goes(ben.line.url("/acme/team/OPS"))

	ben.inFront()
	ben.presses("Alt+f")
	ben.seesWithin(soon, "it in the sidebar", atHand, "Heron that ben looks at")
	ben.sees("the star full", "() => textOf('#star button') === 'Remove from favourites'")
	tab.sees("it in another tab", atHand, "Heron that ben looks at")
	c.sets(issue, fields{"title": "Heron that ben watches"})
	ben.sees("its new title", atHand, "Heron that ben watches")
	ben.sees("the star still full", "() => textOf('#star button') === 'Remove from favourites'")

	ben.commands("favourites", "Add to favourites, or remove")
	ben.presses("Enter")
	ben.sees("it gone", "name => !("+atHand+")(name)", "Heron that ben watches")
	tab.sees("it gone in another tab", "name => !("+atHand+")(name)", "Heron that ben watches")
	ben.presses("Ctrl+z")
	ben.sees("it back, undone", atHand, "Heron that ben watches")
	ben.remained()
}

func TestFavourites_OfAProjectByKey(t *testing.T) {
	t.Parallel()
	ben := newMember(t, "ben", sharedDemo(t))
	ben.opens("/acme/projects")
	name := ask[string](ben.window, "() => textOf('[data-action=open-project]')")
	ben.follows("the project", func() { ben.clicks("[data-action=open-project]") })
	ben.arrives()
	ben.presses("Alt+f")
	ben.sees("it in the sidebar", atHand, name)
	ben.sees("the star full", "() => textOf('#star button') === 'Remove from favourites'")
	ben.presses("Alt+f")
	ben.sees("it gone", "name => !("+atHand+")(name)", name)
}
