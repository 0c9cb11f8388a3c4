package e2e

import (
	"testing"
	"time"
)

const buildOf = "document.querySelector('meta[name=tandem-build]').content"

func TestANewBuild_S87(t *testing.T) {
	t.Parallel()
	demo := ownProgram(t, "demo")
	arrange := signedIn(t, demo, "ann")
	issue, key := arrange.makes("WEB", "Built", nil)
	path := "/acme/issue/" + key

	reader, typist, sender := newMember(t, "ben", demo), newMember(t, "cleo", demo), newMember(t, "ann", demo)
	all := []*person{reader, typist, sender}
	for _, p := range all {
		p.excuse(`net::ERR_|Failed to fetch|status of 50[0-9]`)
		p.opens(path)
		p.mayLoseTheLine()
		p.stays()
	}
	old := ask[string](reader.window, "() => "+buildOf)
	typist.fills(".composer textarea", "Half a thought")
	typist.sees("it to be unsaved", "() => document.querySelector('form[data-dirty]')")

	demo.stop()
	sender.sees("the page says so", "() => document.documentElement.dataset.sync !== 'live'")
	sender.line.hold("/sync/push", patience) // what is unsent stays so
	sender.comments("Written before the new build.")
	sender.unsent(1)
	demo.becomesNewer(t)
	arrange = signedIn(t, demo, "ann")
	arrange.seen = arrange.titled("Built").Version
	arrange.sets(issue, fields{"title": "Rebuilt"})

	reader.sees("the new build, by itself", "old => "+buildOf+" !== old && textOf('h1[data-field=title]') === 'Rebuilt'", old)
	asks := "() => all('[data-toasts] [data-kind=build]').some(one => seen(one) && one.textContent.includes('new version'))"
	for _, p := range []*person{typist, sender} {
		p.sees("to be asked", asks)
		if ask[string](p.window, "() => "+buildOf) != old || ask[string](p.window, "() => textOf('h1[data-field=title]')") != "Built" {
			t.Errorf("%s's page mixes two builds", p.name)
		}
		p.remained()
	}
	typist.sees("the text where it was", "() => document.querySelector('.composer textarea').value === 'Half a thought'")
	typist.clicks("[data-toasts] [data-kind=build] [data-action=reload]")
	typist.seesWithin(time.Minute, "the new build, and the text", "old => "+buildOf+" !== old && document.querySelector('.composer textarea').value === 'Half a thought'", old)

	// When nothing would be lost any more, the next fragment loads the page anew.
	sender.line.hold("/sync/push", 0)
	sender.line.cut()
	sender.line.mend(t)
	sender.unsent(0)
	arrange.sets(issue, fields{"title": "Rebuilt twice"})
	sender.sees("the new build, by itself", "old => "+buildOf+" !== old && textOf('h1[data-field=title]') === 'Rebuilt twice'", old)
	sender.sees("what was written before", commented, "Written before the new build.")
}
