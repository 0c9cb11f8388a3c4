package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long anything may take that no scenario bounds, on a machine that is busy with other tests.
const patience = 30 * time.Second

// soon is how late what is told may be: less than the heartbeat's 20 s, which would mend what nobody told.
const soon = 15 * time.Second

// late is how long what waits for a heartbeat, or for a pause between two tries, may take.
const late = time.Minute

// window is one tab. What its page complains of fails the journey.
type window struct {
	t     *testing.T
	name  string // whose
	ctx   context.Context
	close context.CancelFunc

	mu       sync.Mutex
	console  []string
	problems []string
	excused  []*regexp.Regexp // complaints that are no fault
	confirms []string         // what the page asked by confirm(), which is always answered yes
	traced   func(event any)  // hears of a trace
}

// openWindow opens a tab below ctx: a browser's context, or another window's to share its cookies.
func openWindow(t *testing.T, name string, ctx context.Context, options ...chromedp.ContextOption) *window {
	t.Helper()
	w := &window{t: t, name: name}
	// Chromium says so when the new page is shown before its view transition was set up, or another is on its way already.
	w.excuse("InvalidStateError: Transition was aborted because of invalid state|AbortError: Transition was skipped")
	w.ctx, w.close = chromedp.NewContext(ctx, append(options, chromedp.WithListener(w.listen))...)
	if err := chromedp.Do(w.ctx); err != nil {
		t.Fatalf("open a window for %s: %v", name, err)
	}
	t.Cleanup(func() {
		w.judge()
		if t.Failed() {
			w.keepTrace()
		}
		w.close()
	})
	return w
}

// inFront makes the page believe that it is the one that the user looks at, as each person's is.
func (w *window) inFront() {
	w.t.Helper()
	must(w, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
}

// excuse allows complaints that match, such as a status that the story is about.
func (w *window) excuse(pattern string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.excused = append(w.excused, regexp.MustCompile(pattern))
}

// judge fails the journey for what the page complained of.
func (w *window) judge() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, problem := range w.problems {
		excused := false
		for _, pattern := range w.excused {
			excused = excused || pattern.MatchString(problem)
		}
		if !excused {
			w.t.Errorf("%s's page: %s", w.name, problem)
		}
	}
}

func (w *window) listen(event any) {
	w.mu.Lock()
	traced := w.traced
	w.mu.Unlock()
	if traced != nil {
		traced(event)
	}
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		w.hear(true, "exception: "+text)
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, arg := range e.Args {
			words = append(words, strings.Trim(string(arg.Value), `"`)+arg.Description)
		}
		w.hear(e.Type == runtime.ConsoleAPICalledTypeError, fmt.Sprintf("console.%s: %s", e.Type, strings.Join(words, " ")))
	case *log.EventEntryAdded:
		text := fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
		w.hear(e.Entry.Level == log.EntryLevelError || e.Entry.Source == log.EntrySourceSecurity, text)
	case *page.EventJavascriptDialogOpening:
		w.mu.Lock()
		w.confirms = append(w.confirms, e.Message)
		w.mu.Unlock()
		go chromedp.Call(w.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	}
}

func (w *window) hear(problem bool, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.console = append(w.console, time.Now().Format("15:04:05.000 ")+text)
	if problem {
		w.problems = append(w.problems, text)
	}
}

// goes loads a URL and returns when its document is there.
func (w *window) goes(url string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		w.t.Fatalf("%s goes to %s: %v", w.name, url, err)
	}
}

// follows does what leads to another page and returns when that has been loaded.
func (w *window) follows(what string, act func()) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	step := func(context.Context, *chromedp.Target) (chromedp.Void, error) { act(); return chromedp.Void{}, nil }
	if _, err := chromedp.RunResponse(ctx, step); err != nil {
		w.t.Fatalf("%s: %s led nowhere: %v", w.name, what, err)
	}
}

// words are what scripts of the journeys say often.
const words = `
const all = (css, root = document) => [...root.querySelectorAll(css)];
const seen = node => !!node && node.getClientRects().length > 0 && getComputedStyle(node).visibility !== 'hidden';
const textOf = (css, root = document) => root.querySelector(css)?.textContent.trim() ?? '';
const titleOf = node => node.querySelector('[data-field=title]')?.textContent.trim();
const row = (title, root = document) => all('[data-rows] [data-record]:not(form)', root).find(one => titleOf(one) === title && seen(one));
const groupOf = title => row(title)?.closest('[data-group]')?.querySelector('h2')?.textContent.trim();
const group = name => all('[data-group]').find(one => one.querySelector('h2')?.textContent.trim() === name);
const count = name => Number(textOf('[data-count]', group(name)));
`

// script is a JavaScript function called with arguments, with the words in scope.
func script(function string, args []any) string {
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("(() => {%s return (%s)(...%s); })()", words, function, list)
}

// ask evaluates a function in the page, which may be asynchronous.
func ask[T any](w *window, function string, args ...any) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](script(function, args), chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%s's page: %v in %s", w.name, err, function)
	}
	return answer
}

// until waits in the page: it looks again after each change of the document, and every 40 ms for what is no change of it.
const until = `async (look, ms) => {
	for (const end = performance.now() + ms; ;) {
		try { if (await look()) return true; } catch (error) { globalThis.e2eLast = String(error); }
		if (performance.now() > end) return false;
		await new Promise(done => {
			const watch = new MutationObserver(() => { watch.disconnect(); done(); });
			watch.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
			setTimeout(() => { watch.disconnect(); done(); }, 40);
		});
	}
}`

// sees waits until a condition of the page holds, for as long as is usual.
func (w *window) sees(what, condition string, args ...any) {
	w.t.Helper()
	w.seesWithin(patience, what, condition, args...)
}

// seesWithin waits until a condition of the page holds. It outlives reloads of the page.
func (w *window) seesWithin(limit time.Duration, what, condition string, args ...any) {
	w.t.Helper()
	held, last := w.holdsWithin(limit, condition, args...)
	if held {
		return
	}
	w.hear(false, fmt.Sprintf("waited %v for: %s (%v)", limit, what, last)) // for the trace, which outlives the output
	w.t.Fatalf("%s waited %v for: %s (%v)", w.name, limit, what, last)
}

// holdsWithin tells whether a condition came to hold in time, else what last went wrong.
func (w *window) holdsWithin(limit time.Duration, condition string, args ...any) (held bool, last error) {
	start := time.Now()
	for time.Since(start) < limit {
		left := min(limit-time.Since(start), time.Second)
		ctx, cancel := context.WithTimeout(w.ctx, left+5*time.Second)
		text := fmt.Sprintf("(%s)(() => %s, %d)", until, script(condition, args), left.Milliseconds())
		held, err := chromedp.Run(ctx, chromedp.Evaluate[bool](text, chromedp.EvalAwaitPromise))
		cancel()
		if held {
			return true, nil
		}
		if err != nil {
			last = err
		}
		if w.ctx.Err() != nil {
			break
		}
	}
	return false, last
}

// place is where an element is to be clicked.
type place struct{ X, Y float64 }

// clicks clicks with the mouse on the first element in sight that matches, once it is there and nothing covers it.
func (w *window) clicks(css string) {
	w.t.Helper()
	w.clicksWhere(css, "() => all("+quote(css)+").find(seen)")
}

// clicksWhere clicks with the mouse on the element that a function finds.
func (w *window) clicksWhere(what, find string, args ...any) {
	w.t.Helper()
	at, err := w.locate(find, args)
	if err != nil {
		w.t.Fatalf("%s clicks on %s: %v", w.name, what, err)
	}
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.MouseClickXY(at.X, at.Y)); err != nil {
		w.t.Fatalf("%s clicks on %s: %v", w.name, what, err)
	}
}

// taps touches the element with a finger.
func (w *window) taps(css string) {
	w.t.Helper()
	at, err := w.locate("() => all("+quote(css)+").find(seen)", nil)
	if err != nil {
		w.t.Fatalf("%s taps on %s: %v", w.name, css, err)
	}
	must(w, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at.X, Y: at.Y}}})
	must(w, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
}

var errCovered = errors.New("not there, moving, or covered")

// locate finds where an element came to rest. It asks again and again from here, not in the page, so that it works with
// scripts switched off too.
func (w *window) locate(find string, args []any) (place, error) {
	look := fmt.Sprintf(`() => {
		const node = %s;
		if (!node) return null;
		node.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
		const {left, top, width, height} = node.getBoundingClientRect(), x = left + width / 2, y = top + height / 2;
		const hit = document.elementFromPoint(x, y);
		return node.contains(hit) ? {X: x, Y: y} : null;
	}`, script(find, args))
	end := time.After(patience)
	var last place
	for {
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		at, err := chromedp.Run(ctx, chromedp.Evaluate[*place](script(look, nil)))
		cancel()
		if at != nil && *at == last {
			return *at, nil
		}
		if at != nil {
			last = *at
		}
		if err == nil {
			err = errCovered
		}
		select {
		case <-end:
			return place{}, err
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// types inserts text at the caret, as a keyboard or an input method does.
func (w *window) types(text string) {
	w.t.Helper()
	must(w, input.InsertText, input.InsertTextParams{Text: text})
}

// presses presses keys one after the other; "Ctrl+Enter" holds a modifier.
func (w *window) presses(keys ...string) {
	w.t.Helper()
	for _, key := range keys {
		w.press(key)
	}
}

// fills puts a text in the place of what a field holds.
func (w *window) fills(css, text string) {
	w.t.Helper()
	w.clicks(css)
	ask[bool](w, "css => { const field = all(css).find(seen); field.select?.(); return true; }", css)
	w.types(text)
}

// chooses takes the option of a select by its value or its words.
func (w *window) chooses(css, option string) {
	w.t.Helper()
	found := ask[bool](w, `(css, option) => {
		const field = all(css).find(seen), one = [...field.options].find(o => o.value === option || o.textContent.trim() === option);
		if (!one) return false;
		field.value = one.value;
		for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, {bubbles: true}));
		return true;
	}`, css, option)
	if !found {
		w.t.Fatalf("%s finds no option %q in %s", w.name, option, css)
	}
}

func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}
