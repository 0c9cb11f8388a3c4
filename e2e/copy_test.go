package e2e

import (
	"strings"
	"testing"

	permission "github.com/chromedp/cdproto/browser"
)

const copied = "async text => await navigator.clipboard.readText() === text && textOf('[data-toasts]').includes('Copied ' + text)"

func TestCopyAndQuote_ByKeys(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	_, key := c.makes("OPS", "Löwe & Tiger: don't feed!", fields{"description": "Both are fed at noon.\n\nBoth sleep after that."})
	ann := newMemberIn(t, sharedBrowser(t), "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.answers("clipboard-read", permission.PermissionSettingGranted)
	ann.stays()
	ann.presses("Ctrl+.")
	ann.sees("the key to paste", copied, key)
	ann.presses("Ctrl+>")
	ann.sees("the name of a branch to paste", copied, "ann/"+strings.ToLower(key)+"-lowe-tiger-don-t-feed")

	ann.presses("r")
	ann.sees("nothing quoted", "() => !document.activeElement.matches('textarea')")
	ask[bool](ann.window, "() => { getSelection().selectAllChildren(document.querySelector('.issue__description [data-field=description]')); return true; }")
	ann.presses("r")
	ann.sees("it quoted where one answers", "() => document.activeElement.matches('.composer textarea') && document.activeElement.value.startsWith('> Both are fed at noon.\\n> \\n> Both sleep after that.\\n\\n')")
	ann.types("When exactly?")
	ann.presses("Ctrl+Enter")
	ann.sees("the answer below a quote", "() => textOf('[data-rows=comment] blockquote').includes('Both sleep after that.') && textOf('[data-rows=comment] [data-field=body]').includes('When exactly?')")
	ann.remained()
}
