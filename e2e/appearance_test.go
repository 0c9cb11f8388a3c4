package e2e

import "testing"

func TestPausedUpdatesWaitForTheReader(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Dunlin rests", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/settings/account")
	ben.clicks("[name=text_size][value='130']")
	ben.clicks("[name=paused]")
	ben.follows("Use in this browser", func() { ben.clicks("[data-action=set-appearance]") })
	ben.opens("/acme/issue/" + key)
	if size := ask[string](ben.window, "() => getComputedStyle(document.body).fontSize"); size != "16.9px" {
		t.Errorf("130 %% of 13 px is %s", size)
	}
	ask[bool](ben.window, `() => {
		addEventListener('tandem:bump', () => { globalThis.e2eTold = true; });
		document.addEventListener('htmx:before:request', () => { globalThis.e2eAsked = true; });
		return true;
	}`)
	c.sets(issue, fields{"title": "Dunlin flies"})
	ben.sees("that the page was told", "() => globalThis.e2eTold")
	if ask[bool](ben.window, "() => !!globalThis.e2eAsked") {
		t.Error("the paused page asked for what is new")
	}
	ben.comments("Both of us.")
	ben.sees("what is there, with what was written", "() => textOf('h1[data-field=title]') === 'Dunlin flies'")
	c.sets(issue, fields{"title": "Dunlin lands"})
	ben.follows("refresh", func() { ben.clicks("[data-action=refresh]") })
	ben.sees("what is there now", "() => textOf('h1[data-field=title]') === 'Dunlin lands'")
}
