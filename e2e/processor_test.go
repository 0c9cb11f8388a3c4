//go:build figures

package e2e

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/tracing"
)

// tries is how often each thing is measured.
var tries = flag.Int("tries", 9, "how often TestProcessor measures each thing")

// TestProcessor prints the processor time that the main thread of a page spends on what TestFigures takes with the clock. Others' load on the machine counts little in it.
//
//	go test -tags figures -run TestProcessor -count=1 -v ./e2e
func TestProcessor(t *testing.T) {
	demo := ownProgram(t, "demo")
	c := signedIn(t, demo, "ann")
	c.makesTeam("FIG", 6, 50)
	t.Run("new", func(t *testing.T) { newMember(t, "ben", demo).spendsOnANewIssue() })
	t.Run("bump", func(t *testing.T) { newMember(t, "ben", demo).spendsOnABump(c) })
	t.Run("move", func(t *testing.T) { newMember(t, "ben", demo).spendsOnAMove() })
}

// traceEvent is one of a trace; times are in microseconds.
type traceEvent struct {
	Name, Ph  string
	Pid, Tid  int
	Ts        float64
	Dur, Tdur float64
	Args      map[string]any
}

func (e traceEvent) end() float64 { return e.Ts + e.Dur }

func (w *window) records(act func()) []traceEvent {
	w.t.Helper()
	done := make(chan bool, 1)
	w.mu.Lock()
	var all []traceEvent
	w.traced = func(event any) {
		switch e := event.(type) {
		case *tracing.EventDataCollected:
			for _, one := range e.Value {
				var event traceEvent
				if json.Unmarshal(one, &event) == nil {
					all = append(all, event)
				}
			}
		case *tracing.EventTracingComplete:
			done <- true
		}
	}
	w.mu.Unlock()
	must(w, tracing.Start, tracing.StartParams{TransferMode: "ReportEvents", TraceConfig: &tracing.TraceConfig{
		IncludedCategories: []string{"toplevel", "devtools.timeline", "blink.user_timing", "disabled-by-default-devtools.timeline", "v8", "loading"}}})
	act()
	must(w, tracing.End, cdp.Empty{})
	<-done
	slices.SortStableFunc(all, func(a, b traceEvent) int { return cmp.Or(cmp.Compare(a.Ts, b.Ts), cmp.Compare(b.Dur, a.Dur)) })
	return all
}

// spent is what a thread spent between two marks: all of its tasks, and what of it is of which kind.
type spent struct {
	wall, total float64
	kinds       map[string]float64
}

var kinds = map[string]string{
	"FunctionCall": "script", "EvaluateScript": "script", "v8.run": "script", "RunMicrotasks": "script", "EventDispatch": "script", "v8.evaluateModule": "script", "FireAnimationFrame": "script", "TimerFire": "script",
	"UpdateLayoutTree": "style", "Layout": "layout", "PrePaint": "paint", "Paint": "paint", "Layerize": "paint", "Commit": "paint", "HitTest": "layout", "UpdateLayer": "paint",
	"ParseHTML": "parse", "v8.compile": "compile", "v8.compileModule": "compile", "MinorGC": "gc", "MajorGC": "gc",
	"IntersectionObserverController::computeIntersections": "observe", "ParseAuthorStyleSheet": "parse css",
}

// spend sums the self time of what is known on the thread of the marks, from one to the end of the task that holds the other.
func spend(all []traceEvent) (s spent) {
	s.kinds = map[string]float64{}
	var from, to traceEvent
	for _, e := range all {
		if e.Name == "e2e:from" {
			from = e
		}
		if e.Name == "e2e:to" {
			to = e
		}
	}
	s.wall = (to.Ts - from.Ts) / 1000
	var thread []traceEvent
	for _, e := range all {
		if e.Pid == from.Pid && e.Tid == from.Tid && e.Ph == "X" && e.Dur > 0 {
			thread = append(thread, e)
		}
	}
	inside := func(e traceEvent) bool { return e.end() > from.Ts && e.Ts <= to.Ts }
	self := make([]float64, len(thread))
	var stack []int
	for i, e := range thread {
		for len(stack) > 0 && thread[stack[len(stack)-1]].end() <= e.Ts {
			stack = stack[:len(stack)-1]
		}
		self[i] = e.Tdur
		if len(stack) > 0 {
			self[stack[len(stack)-1]] -= e.Tdur
		} else if inside(e) && strings.Contains(e.Name, "RunTask") {
			s.total += e.Tdur / 1000
		}
		stack = append(stack, i)
	}
	for i, e := range thread {
		if inside(e) {
			kind, known := kinds[e.Name]
			if !known {
				kind = "other"
			}
			s.kinds[kind] += self[i] / 1000
		}
	}
	return s
}

func (s spent) String() string {
	var text []string
	for _, kind := range slices.Sorted(maps.Keys(s.kinds)) {
		if s.kinds[kind] >= 0.05 {
			text = append(text, fmt.Sprintf("%s %.1f", kind, s.kinds[kind]))
		}
	}
	return fmt.Sprintf("%.1f (wall %.1f): %s", s.total, s.wall, strings.Join(text, ", "))
}

// middle is the median of each part.
func middle(all []spent) (m spent) {
	names := map[string]bool{}
	for _, one := range all {
		for name := range one.kinds {
			names[name] = true
		}
	}
	of := func(get func(spent) float64) float64 {
		var values []float64
		for _, one := range all {
			values = append(values, get(one))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	m.kinds = map[string]float64{}
	for name := range names {
		m.kinds[name] = of(func(s spent) float64 { return s.kinds[name] })
	}
	m.total, m.wall = of(func(s spent) float64 { return s.total }), of(func(s spent) float64 { return s.wall })
	return m
}

// marked marks the next event of a type and the first frame after the list changed so that look holds.
const markedTimes = `type => {
	globalThis.e2eClock = new Promise(done => {
		let began;
		addEventListener(type, event => { if (!began) performance.mark('e2e:from'); began = true; }, {capture: true, once: true});
		const watch = new MutationObserver(() => {
			if (!began || !(LOOK)()) return;
			watch.disconnect();
			requestAnimationFrame(() => { performance.mark('e2e:to'); setTimeout(() => requestIdleCallback(() => done(true))); });
		});
		watch.observe(document.querySelector('main'), {subtree: true, childList: true, attributes: true, characterData: true});
	});
	return true;
}`

func (p *person) spends(of, look string, act func()) spent {
	p.t.Helper()
	all := p.window.records(func() {
		ask[bool](p.window, strings.Replace(markedTimes, "LOOK", look, 1), of)
		act()
		ask[bool](p.window, "() => globalThis.e2eClock")
	})
	return spend(all)
}

func (p *person) tells(what string, all []spent) {
	fmt.Printf("%s: %v\n", what, middle(all))
}

func (p *person) spendsOnANewIssue() {
	p.opens("/acme/team/FIG")
	p.sees("300 rows", manyRows)
	var all []spent
	for i := range *tries + 2 {
		title := fmt.Sprint("Fresh figure ", i)
		ask[bool](p.window, "() => { document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'c', bubbles: true})); return !!document.querySelector('dialog[open]'); }")
		p.types(title)
		all = append(all, p.spends("keydown", fmt.Sprintf("() => document.querySelector('[data-list] [data-made] [data-field=title]')?.textContent.includes(%q)", title), func() { p.presses("Ctrl+Enter") }))
		p.sees("the dialog is gone, and all sent", "() => !seen(document.querySelector('dialog[data-dialog=new]')) && document.documentElement.dataset.unsent === '0' && !document.querySelector('[data-made]')")
	}
	p.tells("own new issue", all[2:])
}

func (p *person) spendsOnAMove() {
	p.opens("/acme/team/FIG?view=board")
	p.sees("300 cards", manyRows)
	var all []spent
	for i := range *tries + 2 {
		title := fmt.Sprintf("FIG %d of column 1, in some words", 20+i)
		ask[bool](p.window, "title => { const link = row(title).querySelector('a[href]'); link.focus(); return document.activeElement === link; }", title)
		moved := `() => document.querySelector('[data-moved]')`
		all = append(all, p.spends("keydown", moved, func() { p.presses("Shift+ArrowRight") }))
		p.unsent(0)
		p.sees("peace", "() => !document.querySelector('[data-moved]')")
	}
	p.tells("own move", all[2:])
}

func (p *person) spendsOnABump(c *client) {
	p.opens("/acme/team/FIG")
	p.sees("300 rows", manyRows)
	issue := c.titled("FIG 40 of column 2, in some words").Record
	var all []spent
	for i := range *tries + 2 {
		title := fmt.Sprint("Figure 40, told ", i)
		all = append(all, p.spends("tandem:bump", fmt.Sprintf("() => document.querySelector('[data-list]').textContent.includes(%q)", title), func() { c.sets(issue, fields{"title": title}) }))
		p.sees("peace", "() => new Promise(done => requestIdleCallback(() => done(true)))")
	}
	p.tells("a bump", all[2:])
}
