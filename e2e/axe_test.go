package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axeFile is axe-core, as it is published.
const axeFile = "axe-4.14.1.min.js"

func TestVendoredAxeIsUnchanged(t *testing.T) {
	t.Parallel()
	told, err := os.ReadFile(filepath.Join("testdata", "VENDOR.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if line := fmt.Sprintf("%x  %s\n", sha256.Sum256(axe(t)), axeFile); !strings.Contains(string(told), line) {
		t.Errorf("VENDOR.txt does not say %s", line)
	}
}

func axe(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", axeFile))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// look is one way in which a page is looked at.
type look struct {
	name   string
	width  int64
	media  map[string]string
	touch  bool
	judges []string // what of a page is judged: functions below
}

// The phone is the narrowest that the guidelines ask for; half a desk is what a desk shows at twice the size.
var looks = []look{
	{name: "light", width: 1280, judges: []string{everyRule, sideways}},
	{name: "dark", width: 1280, media: map[string]string{"prefers-color-scheme": "dark"}, judges: []string{colours}},
	{name: "twice the size", width: 640, judges: []string{sideways}},
	{name: "phone", width: 320, touch: true, judges: []string{sideways, fingers}},
}

// glances are the looks that differ most; all of them take minutes, and are for the long run.
func glances() []look {
	if long {
		return looks
	}
	return []look{looks[0], looks[3]}
}

// frame is what every page of a workspace has alike.
const frame = ".sidebar"

// fault is what is wrong with a page, in words, and where.
type fault struct{ Rule, Where, Words string }

const (
	// rules runs axe: over what is open on the page, else over the page. Of a list it sees the first rows of each group, and of what has been judged on
	// another page nothing; what several places share is told for three.
	rules = `async (judged, options) => {
		const open = all('main details[open], .bulk__bar, .peek, dialog[open], [data-toasts] > *').filter(seen), include = open.length ? open : [document];
		const few = new CSSStyleSheet(), sheets = document.adoptedStyleSheets;
		few.replaceSync('[data-rows] > :nth-child(n+3):not(:has([open])) { display: none }');
		document.adoptedStyleSheets = [...sheets, few];
		const {violations} = await axe.run({include, exclude: judged}, {resultTypes: ['violations'], preload: false, ...options});
		document.adoptedStyleSheets = sheets;
		return violations.flatMap(({id, help, nodes}) => nodes.slice(0, 3).map(({target, any, all, none}) => ({
			Rule: id, Where: target.join(' '), Words: [help, ...[...any, ...all, ...none].map(one => one.message)].join('; '),
		})));
	}`
	everyRule = `judged => (` + rules + `)(judged, {
		runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']},
		rules: {'target-size': {enabled: true}},
	})`
	colours = `judged => (` + rules + `)(judged, {runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}})`
	// sideways asks that the page fits the window; what is meant to be scrolled scrolls by itself.
	sideways = `() => {
		const {scrollWidth, clientWidth} = document.scrollingElement;
		if (scrollWidth <= clientWidth && innerWidth <= clientWidth + 20) return []; // a phone shows all of a page that is too wide
		const is = (one, name, value) => getComputedStyle(one)[name] === value;
		const free = one => one === document.body || !is(one, 'position', 'fixed') && (one.parentElement === document.body || is(one.parentElement, 'overflowX', 'visible')) && free(one.parentElement);
		const wide = all('body *').filter(one => one.getBoundingClientRect().right > clientWidth + 1 && one.checkVisibility() && free(one)).slice(0, 5);
		return [{Rule: 'reflow', Where: wide.map(one => one.tagName + '.' + one.className).join(', '), Words: scrollWidth + ' px in a window of ' + clientWidth}];
	}`
	// fingers asks for the size that a finger needs. A box is touched by its label, that of a task by its line; that of a row lies within the
	// row's link.
	fingers = `() => all('button, summary, select, input:not([type=hidden], [name=record]), textarea, .button').flatMap(one => {
		if (!one.checkVisibility({visibilityProperty: true, opacityProperty: true}) || one.disabled) return [];
		const {width, height} = (/checkbox|radio/.test(one.type) && (one.labels?.[0] ?? one.closest('[data-markdown] li')) || one).getBoundingClientRect();
		if (width < 2 || width >= 44 && height >= 44) return [];
		return [{Rule: 'finger', Where: one.tagName.toLowerCase() + '.' + one.className + '[' + (one.dataset.action ?? one.name) + ']', Words: Math.round(width) + ' by ' + Math.round(height) + ' px'}];
	}).slice(0, 5)`
)

// takes looks at the page in one way.
func (p *person) takes(l look) {
	p.t.Helper()
	media := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-color-scheme", Value: "light"}}
	for name, value := range l.media {
		media = append(media, &emulation.MediaFeature{Name: name, Value: value})
	}
	must(p.window, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: media})
	must(p.window, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: l.touch})
	must(p.window, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.width, Height: 800, DeviceScaleFactor: 1, Mobile: l.touch})
	p.sees("the new look", "(width, touch) => matchMedia(`(max-width: ${width}px)`).matches && matchMedia('(pointer: coarse)').matches === touch", l.width, l.touch)
}

// faults judges the page as it is, in one look, without the parts that match what was judged before.
func (p *person) faults(l look, judged ...string) (found []fault) {
	p.t.Helper()
	p.takes(l)
	for _, judge := range l.judges {
		if !ask[bool](p.window, "() => 'axe' in globalThis") {
			p.runs(axe(p.t))
		}
		found = append(found, ask[[]fault](p.window, judge, append([]string{}, judged...))...)
	}
	return found
}

// runs evaluates a script in the page, which no policy of the page keeps out.
func (w *window) runs(text []byte) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](string(text)+";0")); err != nil {
		w.t.Fatalf("%s's page: %v", w.name, err)
	}
}

// inspector gathers the faults of many states, so that one that they share is told once.
type inspector struct {
	*person
	looks  []look
	states map[fault][]string
	judged []string // what all pages have, once it was looked at
}

func inspects(p *person, in []look) *inspector {
	i := &inspector{person: p, looks: in, states: map[fault][]string{}}
	p.t.Cleanup(i.tells)
	return i
}

// inspects looks at a state of the page in each of the ways.
func (i *inspector) inspects(state string) {
	i.t.Helper()
	for _, l := range i.looks {
		for _, f := range i.faults(l, i.judged...) {
			i.states[f] = append(i.states[f], state+" ("+l.name+")")
		}
	}
	i.takes(looks[0])
	if !long && ask[bool](i.window, "css => !!document.querySelector(css)", frame) {
		i.judged = []string{frame}
	}
}

// tells fails the journey for what was found.
func (i *inspector) tells() {
	var lines []string
	for f, states := range i.states {
		lines = append(lines, fmt.Sprintf("%s at %s\n\tin %d states: %s\n\t%s", f.Rule, f.Where, len(states), strings.Join(states[:min(3, len(states))], ", "), f.Words))
	}
	slices.Sort(lines)
	for _, line := range lines {
		i.t.Error(line)
	}
}
