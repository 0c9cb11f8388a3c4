//go:build long

package e2e

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/network"
)

func TestDraftsComeBack(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	profile := filepath.Join(t.TempDir(), "profile")
	chromium := ownBrowser(t, profile)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "Draughty house", fields{"description": "Cold."})
	c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": "Brr."}})
	ann := sit(t, "ann", demo, chromium)
	ann.signsInAs("ann")
	ann.keepsForLater([]string{"/acme/issue/" + key})
	ann.losesTheLine()

	type draft struct{ field, text string }
	inPlace := []draft{
		{".issue__title input[name=title]", "Draughty houses"},
		{".issue__description textarea[name=description]", "Cold, and\nwet."},
		{".comment textarea[name=body]", "Brrr."},
		{".composer textarea[name=body]", "Shut the \"door\" </textarea>"},
	}
	inDialog := []draft{{"dialog input[name=title]", "Buy a stove"}, {"dialog textarea[name=description]", "A small one."}}
	for _, part := range []string{".issue__title", ".issue__description", ".comment"} {
		ann.clicks(part + " [data-action=edit]")
	}
	for _, d := range inPlace {
		ann.fills(d.field, d.text)
	}
	ann.clicks(".issue__facts")
	ann.presses("c")
	for _, d := range inDialog {
		ann.fills(d.field, d.text)
	}
	for _, d := range slices.Concat(inPlace, inDialog) {
		ann.sees("the draft on the disk", keptForGood, d.text)
	}

	back := func(how string) {
		t.Helper()
		for _, d := range inPlace {
			ann.sees(d.field+" after "+how, drafted, d.field, d.text)
		}
		ann.sees("no focus taken", "() => document.activeElement === document.body")
		ann.presses("c")
		for _, d := range inDialog {
			ann.sees(d.field+" after "+how, drafted, d.field, d.text)
		}
		ann.presses("Escape")
	}
	ann.opens("/acme/issue/" + key)
	back("a reload without a server")

	cookies := must(ann.window, network.GetCookies, network.GetCookiesParams{URLs: []string{ann.line.url("/")}}).Cookies
	line := ann.line
	chromium.kill()
	chromium = ownBrowser(t, profile)
	ann = sit(t, "ann-again", demo, chromium)
	ann.line = line
	for _, c := range cookies {
		must(ann.window, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: line.url("/"), HTTPOnly: ptr(c.HTTPOnly), Path: c.Path})
	}
	ann.excuse(`net::ERR_|Failed to fetch`)
	ann.getsTheLineBack() // Chromium brings its caches to disk late, but not what is kept strictly
	ann.opens("/acme/issue/" + key)
	back("kill -9")

	// The sign-in runs out; somebody else signs in here, who sees nothing of it; then ann again.
	ann.excuse("status of 401")
	must(ann.window, network.DeleteCookies, network.DeleteCookiesParams{Name: "tandem", URL: line.url("/")})
	ann.goes(line.url("/acme/issue/" + key))
	ann.sees("the sign-in page", "() => location.pathname === '/sign-in'")
	ann.signsInAs("ben")
	ann.opens("/acme/issue/" + key)
	ann.sees("nothing of ann's", "() => !document.querySelector('[data-draft-note]') && all('input, textarea').every(one => !/Draughty houses|wet|Brrr|door|stove|small one/.test(one.value))")
	ann.signsInAs("ann")
	ann.opens("/acme/issue/" + key)
	back("signing in again")

	ann.clicksWhere("discard", "() => document.querySelector('.composer [data-draft-note] [data-action=discard]')")
	ann.sees("an empty composer", "() => document.querySelector('.composer textarea').value === '' && !document.querySelector('.composer [data-draft-note]')")
	ann.opens("/acme/issue/" + key)
	ann.sees("the other drafts", drafted, ".issue__title input[name=title]", inPlace[0].text)
	ann.sees("the composer still empty", "() => document.querySelector('.composer textarea').value === ''")
	if is := c.titled("Draughty house"); is.text("description") != "Cold." {
		t.Errorf("a draft was sent: %v", is.Fields)
	}
}

// The line drops when the page is there, but not yet what keeps drafts.
func TestDraftsAreKeptBeforeTheWriteSideIsThere(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("ENG", "Halfway across", nil)
	ann := newPerson(t, "ann", demo)
	ann.excuse(`net::ERR_|Failed to fetch|Failed to register a ServiceWorker|TypeError`)
	ann.line.bar("/js/write.js")
	ann.goes(ann.line.url("/demo/sign-in?as=ann&next=/acme/issue/" + key))
	ann.sees("the page", "() => document.querySelector('.composer textarea')")
	ann.fills(".composer textarea", "Typed on the bridge")
	ann.line.cut()
	ann.line.bar("")
	ann.line.mend(t)
	ann.opens("/acme/issue/" + key)
	ann.sees("the draft", drafted, ".composer textarea", "Typed on the bridge")
	ann.sees("the draft on the disk", keptForGood, "Typed on the bridge")
	ann.presses("Tab")
	ann.sees("it is no comment", "() => !document.querySelector('.comment')")
}
