package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// shots are the pages that the documentation shows.
var shots = []struct{ name, path string }{
	{"list", "/acme/team/ENG"},
	{"board", "/acme/team/ENG?view=board"},
	{"issue", "/acme/issue/ENG-35"},
	{"new", "/acme/new"},
	{"search", "/acme/search?q=sync"},
	{"settings", "/acme/settings/account"},
}

// TestScreenshots holds that no page scrolls sideways and that nothing on it complains; with -screenshots it writes
// docs/screenshots too.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	if *screenshots {
		demo = ownProgram(t, "demo") // nothing of the other journeys in the pictures
	}
	for _, theme := range []string{"light", "dark"} {
		ann := newPerson(t, "ann", demo)
		must(ann.window, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		ann.goes(ann.line.url("/sign-in"))
		ann.shows("sign-in", theme)
		ann.signsInAs("ann")
		for _, shot := range shots {
			ann.opens(shot.path)
			ann.shows(shot.name, theme)
		}
		ann.opens("/acme/issue/ENG-35")
		ann.sees("the outbox kept", "() => caches.match('/acme/outbox')")
		ann.losesTheLine()
		ann.comments("Half of our customers asked for this last week.")
		ann.setsStatus("In Review")
		ann.opens("/acme/outbox")
		ann.sees("two that are not sent", "() => all('[data-rows=unsent] [data-transaction]').length === 2")
		ann.shows("outbox", theme)
	}
}

// shows looks at the page in the widths of a desk, a phone and a magnified phone.
func (p *person) shows(name, theme string) {
	p.t.Helper()
	for _, width := range []int64{1280, 390, 320} {
		p.fits(name+" "+theme, width)
		if *screenshots && width != 320 {
			p.shoots(name, theme, width)
		}
	}
	must(p.window, emulation.ClearDeviceMetricsOverride, cdp.Empty{})
}

// fits fails when the page is wider than the window.
func (p *person) fits(name string, width int64) {
	p.t.Helper()
	height := int64(800)
	must(p.window, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 600})
	p.sees("the new width", "width => innerWidth <= width + 300 && matchMedia(`(max-width: ${width}px)`).matches", width)
	wide := ask[string](p.window, `width => {
		const root = document.scrollingElement;
		if (root.scrollWidth <= width && innerWidth <= width) return '';
		const worst = all('body *').filter(one => one.getBoundingClientRect().right > width + 1 && !one.closest('.board'));
		return root.scrollWidth + ' px: ' + worst.slice(0, 5).map(one => one.tagName + '.' + one.className).join(', ');
	}`, width)
	if wide != "" {
		p.t.Errorf("%s at %d px is too wide: %s", name, width, wide)
	}
}

func (p *person) shoots(name, theme string, width int64) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	p.sees("all images and fonts", "async () => (await document.fonts.ready) && all('img').every(one => one.complete)")
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	file := fmt.Sprintf("%s-%s-%d", name, theme, width)
	if file == "list-light-1280" {
		file = "list-light" // the README's
	}
	folder := filepath.Join("..", "docs", "screenshots")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, file+".png"), shot, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
