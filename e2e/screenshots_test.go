//go:build screenshots

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// pictures are the states that the documentation shows, in windows of these widths.
var (
	pictures = []state{
		{name: "my-issues", path: "/acme"},
		{name: "inbox", path: "/acme/inbox"},
		{name: "list", path: "/acme/team/ENG"},
		{name: "board", path: "/acme/team/ENG?view=board"},
		{name: "issue", path: "/acme/issue/ENG-35"},
		{name: "picker", path: "/acme/team/ENG", acts: func(p *person) {
			p.presses("j", "j", "j", "s")
			p.sees("the menu", "() => seen(document.querySelector('details[open] [role=option]'))")
		}},
		{name: "command-menu", path: "/acme/issue/ENG-35", acts: func(p *person) {
			p.presses("Ctrl+k")
			p.sees("the command menu", "() => ("+active+")() !== 'no menu'")
			p.types("sync")
			p.sees("what the server found", "() => all('dialog[open] [role=group]').at(-1).textContent.includes('comments')")
		}},
		{name: "new-issue", path: "/acme/team/ENG", acts: func(p *person) {
			p.presses("c")
			p.sees("the dialog", "() => document.querySelector('dialog[open]')")
			p.types("Say when a backup was last restored")
		}},
		{name: "search", path: "/acme/search?q=sync"},
		{name: "settings", path: "/acme/settings/account"},
	}
	widths = []int64{1280, 390}
)

// TestScreenshots writes docs/screenshots anew, in the light and in the dark.
//
//	go test -tags screenshots -run TestScreenshots -count=1 -timeout 20m ./e2e
func TestScreenshots(t *testing.T) {
	demo := ownProgram(t, "demo") // nothing of other journeys in the pictures
	c := signedIn(t, demo, "ben")
	for number, words := range map[float64]string{35: "Can you look at this before Friday, @ann?", 12: "@ann this is yours, I think.", 3: "Done, but see the second point, @ann."} {
		c.says(c.find(func(r record) bool { return r.Fields["number"] == number && r.text("team") == c.ref("team ENG") })[0].Record, words)
	}
	// Without a screen Chromium takes itself for a tablet, on which nothing hides until it is pointed at.
	chromium := ownBrowser(t, filepath.Join(t.TempDir(), "profile"), chromedp.Flag("blink-settings", "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"))
	for theme, l := range map[string]look{"light": looks[0], "dark": looks[1]} {
		ann := sit(t, "ann-"+theme, demo, chromium, chromedp.WithNewBrowserContext())
		ann.excuse(`net::ERR_`) // of the line that is cut
		for _, l.width = range widths {
			ann.pictures(theme, l, state{name: "sign-in", path: "/sign-in"})
		}
		ann.signsInAs("ann")
		for _, l.width = range widths {
			ann.pictures(theme, l, pictures...)
		}
		ann.meets(c, "Restore drill, "+theme)
		for _, l.width = range widths {
			ann.pictures(theme, l, state{name: "conflict", path: "/acme/outbox", acts: func(p *person) {
				p.sees("both sides", "() => document.querySelector('[data-conflict] [data-side=theirs]')")
			}})
		}
	}
}

// meets writes without the line what somebody else writes meanwhile.
func (p *person) meets(c *client, title string) {
	p.t.Helper()
	issue, key := c.makes("OPS", title, fields{"description": "Once a quarter, on a machine of its own."})
	p.keepsForLater([]string{"/acme/issue/" + key})
	p.losesTheLine()
	p.describes("Once a month, on a machine of its own.")
	c.push(fields{"op": "text", "record": issue, "base": c.seen, "field": "description", "from": "Once a quarter, on a machine of its own.", "text": "Once a week, on a machine of its own."})
	p.getsTheLineBack()
	p.seesWithin(late, "the refusal", "() => textOf('[data-sync-text]').includes('not accepted')")
}

// pictures writes a file for each state.
func (p *person) pictures(theme string, l look, states ...state) {
	p.t.Helper()
	l.touch = l.width < 640
	for _, s := range states {
		p.takes(l)
		p.goes(p.line.url(s.path))
		p.sees("the scripts of "+s.name, "() => !document.querySelector('#vocabulary') || all('#vocabulary template').length && textOf('[data-sync-text]')")
		if s.acts != nil {
			s.acts(p)
		}
		p.sees("all images and fonts", "async () => (await document.fonts.ready) && all('img').every(one => one.complete)")
		p.shoots(fmt.Sprintf("%s-%s-%d.png", s.name, theme, l.width))
	}
}

func (p *person) shoots(file string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	whole, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		p.t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, indexed(whole)); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("..", "docs", "screenshots", file), small.Bytes(), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// indexed is the picture in its 256 most frequent colours, which takes a third of the bytes. Of colours that no eye tells
// apart the most frequent stands for all.
func indexed(whole image.Image) image.Image {
	counts := map[color.NRGBA]int{}
	for y := whole.Bounds().Min.Y; y < whole.Bounds().Max.Y; y++ {
		for x := whole.Bounds().Min.X; x < whole.Bounds().Max.X; x++ {
			counts[color.NRGBAModel.Convert(whole.At(x, y)).(color.NRGBA)]++
		}
	}
	var palette color.Palette
	for _, c := range slices.SortedFunc(maps.Keys(counts), func(a, b color.NRGBA) int { return counts[b] - counts[a] }) {
		same := func(have color.Color) bool {
			h := have.(color.NRGBA)
			return max(h.R, c.R)-min(h.R, c.R) < 3 && max(h.G, c.G)-min(h.G, c.G) < 3 && max(h.B, c.B)-min(h.B, c.B) < 3
		}
		if len(palette) < 256 && !slices.ContainsFunc(palette, same) {
			palette = append(palette, c)
		}
	}
	small := image.NewPaletted(whole.Bounds(), palette)
	draw.Draw(small, small.Bounds(), whole, whole.Bounds().Min, draw.Src)
	return small
}
