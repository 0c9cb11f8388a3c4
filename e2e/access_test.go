package e2e

import (
	"testing"
)

// kept are what this browser keeps in its caches and stores that names one of the words.
const kept = `async words => {
	const found = [], look = (where, text) => words.some(word => text.includes(word)) && found.push(where);
	for (const name of await caches.keys()) {
		const cache = await caches.open(name);
		for (const request of await cache.keys()) look(name + ' ' + request.url, request.url + await (await cache.match(request)).text());
	}
	for (const store of [localStorage, sessionStorage]) for (let i = 0; i < store.length; i++) look(store.key(i), store.key(i) + store.getItem(store.key(i)));
	return found;
}`

func TestAccessEnds_S46(t *testing.T) {
	t.Parallel()
	demo := ownProgram(t, "demo") // who is in SEC concerns everybody
	ann := signedIn(t, demo, "ann")
	member := func(op string) {
		ann.push(fields{"op": op, "record": ann.ref("team SEC"), "field": "members", "value": ann.ref("member ben")})
	}
	member("add")
	_, key := ann.makes("SEC", "Vault door", fields{"description": "The combination is 7-7-7."})
	secret := []string{"Vault door", "7-7-7", "/team/SEC"}

	ben, typist := newMember(t, "ben", demo), newMember(t, "ben", demo)
	for _, p := range []*person{ben, typist} {
		p.excuse(`status of 404`)
		p.opens("/acme/issue/" + key)
		p.mayLoseTheLine()
	}
	ben.opens("/acme/team/SEC?view=board")
	ben.sees("the board", "() => row('Vault door')")
	if len(ask[[]string](ben.window, kept, secret)) == 0 {
		t.Error("nothing is kept that could go") // or the words are the wrong ones
	}
	typist.opens("/acme/issue/" + key)
	typist.fills(".composer textarea", "I was about to say")
	typist.sees("it to be a draft", "() => Object.keys(localStorage).some(key => key.includes('draft:'))")

	member("remove")
	ben.seesWithin(soon, "plain words", "() => textOf('h1') === 'Not Found' && !document.querySelector('[data-record], [data-list]')")
	typist.seesWithin(soon, "plain words, and the text", `() => textOf('h1').toLowerCase() === 'not found'
		&& !document.body.innerText.includes('Vault door') && document.querySelector('textarea[readonly]')?.value === 'I was about to say'`)
	for _, p := range []*person{ben, typist} {
		p.sees("nothing of it kept", "async words => !(await ("+kept+")(words)).length", secret)
	}
	ann.makes("SEC", "Vault window", nil)
	ann.sets(ann.titled("Vault door").Record, fields{"title": "Vault door, open"})
	for _, path := range []string{"/acme", "/acme/search?q=vault", "/acme/team/SEC?view=board", "/acme/issue/" + key} {
		ben.goes(ben.line.url(path))
		if ask[bool](ben.window, "() => document.documentElement.innerHTML.includes('Vault') || document.title.includes('Vault')") {
			t.Errorf("%s tells of it", path)
		}
	}
}

// Nobody tells this browser that a page went out of sight, or its reader out of the workspace: its next answer does.
func TestWhatIsOutOfSightIsKeptNoLonger_S46(t *testing.T) {
	t.Parallel()
	sharedShell(t) // so that this journey too is skipped where there is no browser
	demo := ownProgram(t, "demo")
	ann := signedIn(t, demo, "ann")
	issue, key := ann.makes("ENG", "Vault door", fields{"description": "The combination is 7-7-7."})
	_, other := ann.makes("ENG", "Garden gate", nil)
	ben := newMember(t, "ben", demo)
	ben.savesData(false)
	ben.excuse(`status of 404`)
	ben.keepsForLater([]string{"/acme/issue/" + key, "/acme/issue/" + other})
	keeps := `async name => !!await caches.match(location.origin + '/acme/issue/' + name)`
	gone := `async name => !await (` + keeps + `)(name)`
	away := ben.line.url("/healthz")

	ben.goes(away)
	ann.sets(issue, fields{"team": ann.ref("team SEC")})
	ben.goes(ben.line.url("/acme/issue/" + key))
	ben.sees("that it is not there", "() => textOf('h1') === 'Not Found'")
	ben.sees("it to be kept no longer", gone, key)
	ben.sees("another page still kept", keeps, other)

	ben.goes(away)
	ann.push(fields{"op": "delete", "record": ann.ref("member ben")})
	ben.goes(ben.line.url("/acme/issue/" + other))
	ben.sees("nothing of the workspace kept", `async () => {
		const names = (await caches.keys()).filter(name => name.startsWith('tandem:acme:'));
		return (await Promise.all(names.map(async name => (await (await caches.open(name)).keys()).length))).every(count => !count);
	}`)
}

func TestAccessBegins_S48(t *testing.T) {
	t.Parallel()
	demo := ownProgram(t, "demo")
	ann := signedIn(t, demo, "ann")
	ann.makes("SEC", "Vault door", nil)
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/team/WEB")
	ben.stays()
	ann.push(fields{"op": "add", "record": ann.ref("team SEC"), "field": "members", "value": ann.ref("member ben")})
	ben.sees("the team's board by its fragment", `async () => {
		const answer = await fetch('/acme/f/team/SEC?view=board');
		return answer.ok && (await answer.text()).includes('Vault door');
	}`)
	ben.excuse(`status of 404`)
	ben.sees("the team among the names", "() => [...document.querySelectorAll('#vocabulary template')].some(one => one.dataset.key === 'SEC')")
	ben.remained()
}
