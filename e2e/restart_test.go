//go:build long

package e2e

import (
	"fmt"
	"testing"
)

// TestRestartDuringUse_S86 stops and starts the server, as an update does, while ann types and ben writes.
func TestRestartDuringUse_S86(t *testing.T) {
	t.Parallel()
	sharedShell(t) // so that this journey too is skipped where there is no browser
	demo := ownProgram(t, "demo")
	arrange := signedIn(t, demo, "ann")
	issue, key := arrange.makes("OPS", "Changing of the guard", nil)
	ann, ben := newMember(t, "ann", demo), newMember(t, "ben", demo)
	for _, p := range []*person{ann, ben} {
		p.opens("/acme/issue/" + key)
		p.mayLoseTheLine()
		p.excuse(`net::ERR_|Failed to fetch|status of 50[0-9]`)
		p.stays()
	}
	var said []string
	ann.fills(".composer textarea", "Half ")
	for round := range 3 {
		// Half of what ben writes is under way when the server goes, half while it is away.
		before, during := fmt.Sprintf("Before %d.", round), fmt.Sprintf("During %d.", round)
		ben.comments(before)
		demo.stop()
		ann.types(fmt.Sprintf("a thought %d ", round))
		ben.comments(during)
		if err := demo.start(); err != nil {
			t.Fatal(err)
		}
		for _, p := range []*person{ann, ben} {
			p.sees("the stream is back", "() => document.documentElement.dataset.sync === 'live'")
			p.unsent(0)
		}
		said = append(said, before, during)
	}
	for _, text := range said {
		ann.sees(text, "text => all('[data-rows=comment] [data-field=body]').filter(one => one.textContent.trim() === text).length === 1", text)
	}
	ann.sees("what she typed", "() => document.querySelector('.composer textarea').value === 'Half a thought 0 a thought 1 a thought 2 '")
	for _, p := range []*person{ann, ben} {
		p.remained()
		if n := p.line.streams(); n != 1 {
			t.Errorf("%s has %d streams", p.name, n)
		}
	}
	if got := signedIn(t, demo, "ann").comments(issue); len(got) != len(said) {
		t.Errorf("of %q the server has %q", said, got)
	}
}
