//go:build figures

package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
)

// TestLoad prints the processor time that the main thread spends on a page from its start until it is idle, on a screen of a phone, and in brackets what
// Lighthouse would call blocked: what tasks take above 50 ms at a quarter of the speed. Others' load on the machine counts little in it.
//
//	go test -tags figures -run TestLoad -count=1 -v ./e2e
func TestLoad(t *testing.T) {
	demo := ownProgram(t, "demo")
	p := newMemberIn(t, sharedBrowser(t), "ann", demo)
	must(p.window, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 412, Height: 823, DeviceScaleFactor: 1.75, Mobile: true})
	must(p.window, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true})
	for _, path := range []string{"/acme/team/WEB", "/acme/team/WEB?view=board"} {
		var all []spent
		var blocked []float64
		for range *tries + 1 {
			p.goes("about:blank")
			trace := p.window.records(func() {
				p.goes(p.line.url(path))
				p.sees("the page at work", "() => document.querySelector('#vocabulary template')")
				ask[bool](p.window, "() => new Promise(done => setTimeout(() => requestIdleCallback(() => done(true)), 500))")
			})
			one, over := spendsLoading(trace)
			all, blocked = append(all, one), append(blocked, over)
		}
		all, blocked = all[1:], blocked[1:]
		slices.Sort(blocked)
		fmt.Printf("%s: [%.0f] %v\n", path, blocked[len(blocked)/2], middle(all))
	}
}

// spendsLoading is what the thread that parsed the page spent in the trace, and by how much its tasks are long.
func spendsLoading(all []traceEvent) (s spent, blocked float64) {
	parsing := slices.IndexFunc(all, func(e traceEvent) bool { return e.Name == "ParseHTML" })
	page := all[parsing]
	var tasks []traceEvent
	for _, e := range all {
		if e.Pid == page.Pid && e.Tid == page.Tid && e.Ph == "X" {
			tasks = append(tasks, e)
		}
	}
	from, to := tasks[0], tasks[len(tasks)-1]
	from.Name, to.Name = "e2e:from", "e2e:to"
	s = spend(append(tasks, from, to))
	var end float64
	for _, e := range tasks {
		if e.Ts >= end && e.Dur > 0 {
			end, blocked = e.end(), blocked+max(0, 4*e.Tdur/1000-50)
		}
	}
	return s, blocked
}
