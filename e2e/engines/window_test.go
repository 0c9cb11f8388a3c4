//go:build engines

package engines

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// patience is how long anything may take.
const patience = 30 * time.Second

// window is the one window of a browser. What its page complains of fails the story that it was open in.
type window struct {
	*browser
	t       *testing.T // of the story that is told
	name    string     // whose
	heard   int        // of the browser's log, in stories before
	excused []string   // complaints that are no fault
}

// tells begins a story and ends it with a look at what the page complained of meanwhile.
func (w *window) tells(t *testing.T) {
	w.t, w.heard, w.excused = t, len(w.log()), nil
	w.excuse(`^console\.error: RSLoader`)          // an errand of Firefox itself
	w.excuse(`Importing a module script failed\.`) // of WebKit, now and then: see docs/browsers.md
	// Firefox says so of what a page that is left had still under way.
	w.excuse(`error loading dynamically imported module|NetworkError when attempting to fetch resource`)
	t.Cleanup(func() {
		w.hears()
		for _, line := range w.complaints() {
			if !w.excuses(line) {
				t.Errorf("%s's page: %s", w.name, line)
			}
		}
		if t.Failed() {
			w.keepTrace()
		}
	})
}

func (w *window) complaints() []string { return w.complaint.FindAllString(w.log()[w.heard:], -1) }

// excuse allows complaints that match, such as those about a server that the story kills.
func (w *window) excuse(pattern string) { w.excused = append(w.excused, pattern) }

func (w *window) excuses(line string) bool {
	for _, pattern := range w.excused {
		if regexp.MustCompile(pattern).MatchString(line) {
			return true
		}
	}
	return false
}

// hears notes what the page complained of where the browser does not say so: WebKit has no console in automation. Each
// script that is run in a page begins by listening, so only what goes wrong before the first is missed. A complaint is
// noted a moment later: what a page says of loads that were cut short because it is being left is no news.
func (w *window) hears() {
	var heard string
	const take = "() => { const heard = sessionStorage.getItem('e2e') ?? ''; sessionStorage.removeItem('e2e'); return heard; }"
	if w.mute && w.call(take, nil, &heard) == nil {
		_, _ = w.Write([]byte(heard))
	}
}

const listening = `
if (!globalThis.e2eListens && location.protocol === 'http:') {
	const said = console.error, note = what => setTimeout(() => sessionStorage.setItem('e2e', (sessionStorage.getItem('e2e') ?? '') + 'page: ' + what + '\n'), 100);
	globalThis.e2eListens = true;
	addEventListener('error', ({message}) => note(message));
	addEventListener('unhandledrejection', ({reason}) => note(reason));
	console.error = (...args) => { note(args.join(' ')); said.apply(console, args); };
}
`

func (w *window) goes(url string) {
	w.t.Helper()
	w.hears()
	if err := w.wire.call("Navigate", map[string]string{"url": url}, nil); err != nil {
		w.t.Fatalf("%s goes to %s: %v", w.name, url, err)
	}
}

// words are what scripts of the journeys say often.
const words = `
const all = (css, root = document) => [...root.querySelectorAll(css)];
const seen = node => !!node?.checkVisibility({visibilityProperty: true}) && node.getClientRects().length > 0;
const textOf = (css, root = document) => root.querySelector(css)?.textContent.trim() ?? '';
const titleOf = node => node.querySelector('[data-field=title]')?.textContent.trim();
const row = (title, root = document) => all('[data-rows] [data-record]:not(form)', root).find(one => titleOf(one) === title && seen(one));
const groupOf = title => row(title)?.closest('[data-group]')?.querySelector('h2')?.textContent.trim();
`

// until waits in the page, so that what takes long is not asked for again and again over the wire.
const until = `async (look, ms) => {
	for (const end = performance.now() + ms; ;) {
		if (await look()) return true;
		if (performance.now() > end) return false;
		await new Promise(done => setTimeout(done, 20));
	}
}`

// call evaluates a function in the page, which may be asynchronous.
func (w *window) call(function string, args []any, result any) error {
	prelude := words
	if w.mute {
		prelude = listening + words
	}
	body := fmt.Sprintf(`const given = arguments[0], done = arguments[1];
		(async () => {%s return await (%s)(...given); })().then(value => done({value}), error => done({error: String(error)}));`, prelude, function)
	var answer struct {
		Value json.RawMessage
		Error string
	}
	err := w.wire.call("ExecuteAsyncScript", map[string]any{"script": body, "args": []any{append([]any{}, args...)}}, &answer)
	if err == nil && answer.Error != "" {
		err = fmt.Errorf("%s", answer.Error)
	}
	return cmpError(err, decode(answer.Value, result))
}

func ask[T any](w *window, function string, args ...any) (answer T) {
	w.t.Helper()
	if err := w.call(function, args, &answer); err != nil {
		w.t.Fatalf("%s's page: %v in %s", w.name, err, function)
	}
	return answer
}

// sees waits until a condition of the page holds. It outlives reloads of the page.
func (w *window) sees(what, condition string, args ...any) {
	w.t.Helper()
	w.seesWithin(patience, what, condition, args...)
}

func (w *window) seesWithin(limit time.Duration, what, condition string, args ...any) {
	w.t.Helper()
	var last error
	for end := time.Now().Add(limit); time.Now().Before(end); {
		var held bool
		look := fmt.Sprintf("(...given) => (%s)(() => (%s)(...given), %d)", until, condition, min(time.Until(end), 2*time.Second).Milliseconds())
		if last = w.call(look, args, &held); held {
			return
		}
	}
	w.t.Fatalf("%s waited %v for: %s (%v)", w.name, limit, what, last)
}

// clicks clicks with the mouse on the first element in sight that matches, once it rests and nothing covers it.
func (w *window) clicks(css string) {
	w.t.Helper()
	w.clicksWhere(css, "css => all(css).find(seen)", css)
}

func (w *window) clicksWhere(what, find string, args ...any) {
	w.t.Helper()
	look := fmt.Sprintf(`(...given) => {
		const node = (%s)(...given);
		node.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
		const {left, top, width, height} = node.getBoundingClientRect(), x = Math.floor(left + width / 2), y = Math.floor(top + height / 2);
		const hit = document.elementFromPoint(x, y);
		if (!node.contains(hit)) throw new Error('covered by ' + hit?.outerHTML.slice(0, 80));
		return [x, y];
	}`, find)
	var at, last []int
	err := poll(patience, func() error {
		last, at = at, nil
		if err := w.call(look, args, &at); err != nil {
			return err
		}
		if len(last) != 2 || last[0] != at[0] || last[1] != at[1] {
			return fmt.Errorf("it moves: %v, %v", last, at)
		}
		return nil
	})
	if err != nil {
		w.t.Fatalf("%s clicks on %s: %v", w.name, what, err)
	}
	w.acts("pointer", []any{
		map[string]any{"type": "pointerMove", "duration": 0, "x": at[0], "y": at[1], "origin": "viewport"},
		map[string]any{"type": "pointerDown", "button": 0},
		map[string]any{"type": "pointerUp", "button": 0},
	})
}

// named are the codes that WebDriver has for keys without a character.
var named = map[string]string{
	"Enter": "\uE007", "Tab": "\uE004", "Escape": "\uE00C", "Ctrl": "\uE009", "Shift": "\uE008", "Alt": "\uE00A",
	"ArrowLeft": "\uE012", "ArrowUp": "\uE013", "ArrowRight": "\uE014", "ArrowDown": "\uE015", "Backspace": "\uE003",
}

// presses presses keys one after the other; "Ctrl+Enter" holds a modifier.
func (w *window) presses(keys ...string) {
	w.t.Helper()
	var actions []any
	for _, key := range keys {
		parts := strings.Split(key, "+")
		for i, part := range parts {
			if code, ok := named[part]; ok {
				parts[i] = code
			}
			actions = append(actions, map[string]string{"type": "keyDown", "value": parts[i]})
		}
		for i := len(parts) - 1; i >= 0; i-- {
			actions = append(actions, map[string]string{"type": "keyUp", "value": parts[i]})
		}
	}
	w.acts("key", actions)
}

// types types a text by the keyboard.
func (w *window) types(text string) {
	w.t.Helper()
	var actions []any
	for _, letter := range text {
		for _, kind := range []string{"keyDown", "keyUp"} {
			actions = append(actions, map[string]string{"type": kind, "value": string(letter)})
		}
	}
	w.acts("key", actions)
}

func (w *window) acts(device string, actions []any) {
	w.t.Helper()
	source := map[string]any{"type": device, "id": device, "actions": actions}
	if err := w.wire.call("PerformActions", map[string]any{"actions": []any{source}}, nil); err != nil {
		w.t.Fatalf("%s: %s: %v", w.name, device, err)
	}
}

// fills types a text in the place of what a field holds.
func (w *window) fills(css, text string) {
	w.t.Helper()
	w.clicks(css)
	w.sees("the caret in "+css, "css => { const field = all(css).find(seen); field.select(); return field === document.activeElement; }", css)
	w.types(text)
}

// tabsTo presses Tab until the element that matches has focus, as somebody without a mouse does.
func (w *window) tabsTo(css string) {
	w.t.Helper()
	for range 120 {
		if ask[bool](w, "css => !!document.activeElement?.matches(css)", css) {
			return
		}
		w.presses("Tab")
	}
	w.t.Fatalf("%s does not reach %s by Tab", w.name, css)
}

// stays marks the page, so that remained tells whether it was loaded anew.
func (w *window) stays() {
	ask[bool](w, "() => { document.documentElement.e2eStayed = true; return true; }")
}

func (w *window) remained() {
	w.t.Helper()
	if !ask[bool](w, "() => !!document.documentElement.e2eStayed") {
		w.t.Errorf("%s's page was loaded anew", w.name)
	}
}

// keepTrace writes down what a window shows and its browser said. Nothing of it can fail the story once more.
func (w *window) keepTrace() {
	folder, err := os.MkdirTemp("", "tandem-engines-trace-")
	if err != nil {
		return
	}
	w.t.Logf("%s's trace is kept in %s", w.name, folder)
	keep := func(name string, content []byte) { _ = os.WriteFile(filepath.Join(folder, name), content, 0o644) }
	keep("log.txt", []byte(w.log()[w.heard:]))
	var html, shot string
	if w.call("() => location.href + '\\n' + document.documentElement.outerHTML", nil, &html) == nil {
		keep("page.html", []byte(html))
	}
	if w.wire.call("TakeScreenshot", nil, &shot) == nil {
		if png, err := base64.StdEncoding.DecodeString(shot); err == nil {
			keep("page.png", png)
		}
	}
}
