//go:build long

package e2e

import "testing"

// What is kept of one build is shown whole when another has come: on its own scripts, or drawn anew.
func TestKeptPagesOverABuild_S63(t *testing.T) {
	t.Parallel()
	sharedShell(t) // so that this journey too is skipped where there is no browser
	demo := ownProgram(t, "demo")
	c := signedIn(t, demo, "ann")
	_, visited := c.makes("ENG", "Visited and done", fields{"status": c.ref("status ENG/Done")})
	_, open := c.makes("ENG", "Never opened", nil)
	ann := newMember(t, "ann", demo)
	ann.savesData(false)
	ann.excuse(`net::ERR_|Failed to fetch|status of 50[0-9]`)
	ann.keepsForLater([]string{"/acme/issue/" + visited})
	ann.sees("the pack", packed, "/acme/issue/"+open)
	build := "() => document.querySelector('meta[name=tandem-build]').content"
	old := ask[string](ann.window, build)
	readable := func(path, title, of string) {
		t.Helper()
		ann.opens(path)
		ann.sees(title, "(title, of) => textOf('h1[data-field=title]') === title && document.querySelector('meta[name=tandem-build]').content === of", title, of)
		ann.comments("Read without a server, " + of)
	}

	// The new build came, but the line drops before more than one page of it was seen.
	demo.becomesNewer(t)
	ann.line.cut()
	readable("/acme/issue/"+visited, "Visited and done", old)
	readable("/acme/issue/"+open, "Never opened", old)

	ann.getsTheLineBack()
	ann.sees("the new build, by itself", "old => document.querySelector('meta[name=tandem-build]').content !== old && document.documentElement.dataset.unsent === '0'", old)
	current := ask[string](ann.window, build)
	ann.sees("all of it of the new build", `async (build, path) => {
		const told = await (await caches.match(location.origin + '/acme/f/pack'))?.json(), page = await caches.match(location.origin + path);
		return told?.build === build && page?.headers.get('Tandem-Build') === build && await caches.has('tandem:assets:' + build);
	}`, current, "/acme/issue/"+visited)
	ann.sees("the pack", packed, "/acme/issue/"+open)
	// Between two workers Chromium answers some requests without either.
	ann.sees("its worker at work", "build => { const {scriptURL, state} = navigator.serviceWorker.controller ?? {}; return state === 'activated' && scriptURL.endsWith(build); }", current)
	demo.kill()
	readable("/acme/issue/"+visited, "Visited and done", current)
	readable("/acme/issue/"+open, "Never opened", current)
}
