//go:build figures

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/runtime"
)

// TestFigures prints what the browser side costs, beside its goals; a figure that misses one fails nothing.
//
//	go test -tags figures -run TestFigures -count=1 -v ./e2e
func TestFigures(t *testing.T) {
	demo := ownProgram(t, "demo")
	c := signedIn(t, demo, "ann")
	c.makesTeam("FIG", 6, 50) // 300 issues, 50 in each of six columns
	ben := newMember(t, "ben", demo)
	for _, figure := range []struct {
		what, goal string
		of         func(*person, *client) string
	}{
		{"own new issue in a list of 300 rows, key to first frame after the DOM changed", "median <= 16 ms", (*person).figureOfANewIssue},
		{"somebody's change, bump to first frame with the new row out of 300", "median <= 30 ms", (*person).figureOfABump},
		{"heap grown by 1,000 bumps, after a collection", "<= 5 MB", (*person).figureOfTheHeap},
		{"own move on a board of 300 cards, key to first frame after the DOM changed", "median <= 16 ms", (*person).figureOfAMove},
		{"400 edits over 50 issues made without the line, line back to all sent", "<= 10 s", (*person).figureOfTheOutbox},
	} {
		fmt.Printf("| %s | %s | %s |\n", figure.what, figure.of(ben, c), figure.goal)
	}
}

const manyRows = "() => all('[data-list] [data-rows] > [data-record]').length >= 300"

// clocked answers the milliseconds from the next event of a type to the first animation frame after the list changed so that look holds.
const clocked = `type => {
	globalThis.e2eClock = new Promise(done => {
		let began;
		addEventListener(type, event => { began ??= type.startsWith('tandem:') ? performance.now() : event.timeStamp; }, {capture: true, once: true});
		const watch = new MutationObserver(() => {
			if (began === undefined || !(LOOK)()) return;
			watch.disconnect();
			requestAnimationFrame(() => done(performance.now() - began));
		});
		watch.observe(document.querySelector('main'), {subtree: true, childList: true, attributes: true, characterData: true});
	});
	return true;
}`

func (p *person) clock(of, look string, act func()) float64 {
	p.t.Helper()
	ask[bool](p.window, strings.Replace(clocked, "LOOK", look, 1), of)
	act()
	return ask[float64](p.window, "() => globalThis.e2eClock")
}

func median(all []float64) string {
	slices.Sort(all)
	return fmt.Sprintf("%.1f ms (%.1f to %.1f)", all[len(all)/2], all[0], all[len(all)-1])
}

func (p *person) figureOfAMove(*client) string {
	p.opens("/acme/team/FIG?view=board")
	p.sees("300 cards", manyRows)
	var all []float64
	for i := range 15 {
		title := fmt.Sprintf("FIG %d of column 1, in some words", 20+i)
		ask[bool](p.window, "title => { const link = row(title).querySelector('a[href]'); link.focus(); return document.activeElement === link; }", title)
		moved := fmt.Sprintf(`() => document.activeElement.closest('[data-group]')?.querySelector('h2').textContent.trim() === 'Column 2'
			|| [...document.querySelectorAll('[data-group]')].find(g => g.querySelector('h2').textContent.trim() === 'Column 2').textContent.includes(%q)`, title)
		all = append(all, p.clock("keydown", moved, func() { p.presses("Shift+ArrowRight") }))
		p.unsent(0)
	}
	return median(all)
}

func (p *person) figureOfANewIssue(*client) string {
	p.opens("/acme/team/FIG")
	p.sees("300 rows", manyRows)
	var all []float64
	for i := range 15 {
		title := fmt.Sprint("Fresh figure ", i)
		ask[bool](p.window, "() => { document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'c', bubbles: true})); return !!document.querySelector('dialog[open]'); }")
		p.types(title)
		all = append(all, p.clock("keydown", fmt.Sprintf("() => document.querySelector('[data-list]').textContent.includes(%q)", title), func() { p.presses("Ctrl+Enter") }))
		p.sees("the dialog is gone, and all sent", "() => !seen(document.querySelector('dialog[data-dialog=new]')) && document.documentElement.dataset.unsent === '0'")
	}
	return median(all)
}

func (p *person) figureOfABump(c *client) string {
	p.opens("/acme/team/FIG")
	p.sees("300 rows", manyRows)
	issue := c.titled("FIG 40 of column 2, in some words").Record
	var all []float64
	for i := range 15 {
		title := fmt.Sprint("Figure 40, told ", i)
		all = append(all, p.clock("tandem:bump", fmt.Sprintf("() => document.querySelector('[data-list]').textContent.includes(%q)", title), func() { c.sets(issue, fields{"title": title}) }))
		p.sees("peace", "() => new Promise(done => requestIdleCallback(() => done(true)))")
	}
	return median(all)
}

func (p *person) figureOfTheHeap(c *client) string {
	issue := c.titled("FIG 41 of column 2, in some words").Record
	bumps := func(n int) float64 {
		for i := range n {
			c.sets(issue, fields{"title": fmt.Sprintf("Figure 41, bump %d of %d", i, n)})
		}
		last := fmt.Sprintf("Figure 41, bump %d of %d", n-1, n)
		p.sees("the last bump", "title => row(title)", last)
		must(p.window, heapprofiler.CollectGarbage, cdp.Empty{})
		return must(p.window, runtime.GetHeapUsage, cdp.Empty{}).UsedSize
	}
	before := bumps(50)
	return fmt.Sprintf("%.2f MB", (bumps(1000)-before)/1e6)
}

func (p *person) figureOfTheOutbox(*client) string {
	p.opens("/acme/team/FIG?view=board")
	p.losesTheLine()
	took := p.edits(400, 50)
	p.unsent(400)
	p.getsTheLineBack()
	start := time.Now()
	ask[bool](p.window, "() => dispatchEvent(new Event('online'))") // as a browser says when its network is back
	p.seesWithin(2*time.Minute, "all sent", "() => document.documentElement.dataset.unsent === '0'")
	return fmt.Sprintf("%.1f s (making them took %.1f s)", time.Since(start).Seconds(), took.Seconds())
}
