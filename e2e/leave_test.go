//go:build long

package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/network"
)

func TestEditOfATeamThatOneIsRemovedFrom_S47(t *testing.T) {
	t.Parallel()
	sharedShell(t) // so that this journey too is skipped where there is no browser
	demo := ownProgram(t, "demo")
	c := signedIn(t, demo, "ann")
	membership := func(op string) fields {
		return fields{"op": op, "record": c.ref("team SEC"), "field": "members", "value": c.ref("member ben")}
	}
	c.push(membership("add"))
	hidden, hiddenKey := c.makes("SEC", "Vault door", fields{"description": "Shut."})
	_, key := c.makes("ENG", "Garden gate", nil)
	ben := newMember(t, "ben", demo)
	ben.savesData(false)
	ben.keepsForLater([]string{"/acme/team/SEC", "/acme/issue/" + hiddenKey, "/acme/issue/" + key})
	ben.sees("the pack", packed, "/acme/issue/"+hiddenKey)
	ben.losesTheLine()
	ben.opens("/acme/issue/" + hiddenKey)
	ben.describes("Shut, and bolted by Ben.")
	ben.opens("/acme/issue/" + key)
	ben.renames("Garden gate, oiled")
	ben.comments("It squeaked.")
	ben.unsent(3)
	c.push(membership("remove"))

	ben.getsTheLineBack()
	ben.excuse("status of 404") // what he opened is no more
	ben.seesWithin(late, "the rest sent, and the one refused", "() => document.documentElement.dataset.unsent === '0' && textOf('[data-sync-text]').includes('1 not accepted')")
	if is := c.titled("Garden gate, oiled"); len(c.comments(is.Record)) != 1 {
		t.Errorf("the comment is not there")
	}
	if is := c.find(func(r record) bool { return r.Record == hidden })[0]; is.text("description") != "Shut." {
		t.Errorf("the hidden issue has %q", is.text("description"))
	}
	ben.opens("/acme/outbox")
	ben.sees("why, in words", "() => textOf('[data-rows=failed] [data-why]').length > 20")
	t.Logf("he is told: %s", ask[string](ben.window, "() => textOf('[data-rows=failed] [data-words]') + ' / ' + textOf('[data-rows=failed] [data-why]')"))
	ask[bool](ben.window, "() => { navigator.clipboard.writeText = async text => { globalThis.e2eCopied = text; }; return true; }")
	ben.clicks("[data-rows=failed] [data-action=copy]")
	ben.sees("his words to take along", "() => globalThis.e2eCopied === 'Shut, and bolted by Ben.'")
	ben.sees("nothing of the team in the caches", `async key => {
		for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys()) {
			if (name.startsWith('tandem:assets:')) continue;
			const text = await (await caches.match(one.url)).text();
			if (one.url.includes(key) || one.url.includes('/SEC') || text.includes('Vault door') || text.includes(key)) return false;
		}
		return true;
	}`, hiddenKey)
}

func TestAnotherPersonSeesNothingOfTheFirstOnesCache_S62(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("SEC", "Hidden lantern", nil)
	_, open := c.makes("ENG", "Common lantern", nil)
	ann := newMember(t, "ann", demo)
	ann.savesData(false)
	ann.keepsForLater([]string{"/acme", "/acme/issue/" + key})
	ann.sees("the pack", packed, "/acme/issue/"+key)

	// Her sign-in runs out, and the line drops before the first answer to ben is there.
	must(ann.window, network.DeleteCookies, network.DeleteCookiesParams{Name: "tandem", URL: ann.line.url("/")})
	ben := ann
	ben.goes(ben.line.url("/demo/sign-in?as=ben&next=/healthz"))
	ben.excuse(`net::ERR_|Failed to fetch|status of 503`)
	ben.line.cut()
	nothing := `key => !document.querySelector('meta[name=tandem-member]') && !document.body.textContent.includes('lantern')`
	for _, path := range []string{"/acme", "/acme/issue/" + key, "/acme/issue/" + open, "/acme/search?q=lantern", "/acme/outbox"} {
		ben.goes(ben.line.url(path))
		ben.sees("nothing at "+path, nothing, key)
	}

	ben.getsTheLineBack()
	ben.opens("/acme")
	ben.sees("ben's own pack", `async (key, open) => {
		const scope = 'tandem:acme:' + document.querySelector('meta[name=tandem-member]').content.replace('member:', '') + ':pack';
		const kept = await caches.has(scope) && await (await caches.open(scope)).keys();
		return kept && kept.some(one => one.url.endsWith(open)) && !kept.some(one => one.url.endsWith(key));
	}`, "/"+key, "/"+open)
	ben.losesTheLine()
	ben.opens("/acme/issue/" + open)
	ben.sees("ben's own page", "() => document.querySelector('meta[name=tandem-member]').dataset.handle === 'ben' && textOf('h1[data-field=title]') === 'Common lantern'")
	ben.goes(ben.line.url("/acme/issue/" + key))
	ben.sees("that it is not kept", "() => document.documentElement.hasAttribute('data-fallback') && !document.body.textContent.includes('Hidden lantern')")
	ben.opens("/acme/search?q=lantern")
	ben.sees("only what ben sees", "() => all('.search [data-rows] [data-record]').length >= 1 && !document.body.textContent.includes('Hidden lantern')")
}
