package e2e

import (
	"context"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var named = map[string]string{
	"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
}

var modifiers = map[string]int64{"Ctrl": int64(kb.ModifierCtrl), "Shift": int64(kb.ModifierShift), "Alt": int64(kb.ModifierAlt)}

// press presses one key. The text goes with the key's event, not after it: only so is it held back, as it is for a real
// keyboard, when the page has taken the key for itself.
func (w *window) press(key string) {
	w.t.Helper()
	parts := strings.Split(key, "+")
	held := int64(0)
	for _, part := range parts[:len(parts)-1] {
		held |= modifiers[part]
	}
	last := parts[len(parts)-1]
	if code, ok := named[last]; ok {
		last = code
	}
	events := kb.Encode([]rune(last)[0])
	down, up := *events[0], *events[len(events)-1]
	down.Type = input.DispatchKeyEventTypeRawKeyDown
	if len(events) == 3 && held&^modifiers["Shift"] == 0 {
		down.Type, down.Text, down.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, events[1].Text, events[1].UnmodifiedText
	}
	down.Modifiers |= held
	up.Modifiers |= held
	must(w, input.DispatchKeyEvent, down)
	must(w, input.DispatchKeyEvent, up)
}

// must runs a command of the browser's protocol.
func must[P, R any](w *window, command cdp.Command[P, R], params P) R {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		w.t.Fatalf("%s's window: %v", w.name, err)
	}
	return result
}
