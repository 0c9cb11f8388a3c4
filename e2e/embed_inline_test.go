package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
)

// inline is the text of the page's elements that have no frame.
const inline = `all('tandem-embed').map(one => one.shadowRoot?.querySelector('.embed')?.innerText ?? '').join(' ')`

func TestInlineElementIsLiveInThePageItself(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Seen without a frame", fields{"description": "Not for strangers."})
	var element string
	host := func() string {
		return "<style>body { font-family: cursive; --tandem-color: rgb(0, 90, 0); } tandem-embed::part(title) { letter-spacing: 3px; } a { color: red !important; }</style>" + element
	}
	listed, unlisted := site(t, host), site(t, host)
	away := strings.Replace(listed.URL, "127.0.0.1", "localhost", 1) // another site than the demo's, and as good as one with TLS
	ann := newMember(t, "ann", demo)
	element = strings.Replace(ann.shares(key, away, "element"), "<tandem-embed ", "<tandem-embed mode=inline ", 1)

	stranger := newPerson(t, "stranger", demo)
	stranger.goes(away)
	stranger.sees("the issue in place of the link", "() => "+inline+".includes('Seen without a frame') && !document.querySelector('iframe') && !seen(document.querySelector('tandem-embed > a'))")
	stranger.sees("the page's type and colours", `() => {
		const title = document.querySelector('tandem-embed').shadowRoot.querySelector('[part=title]'), {fontFamily, color, letterSpacing} = getComputedStyle(title);
		return fontFamily === 'cursive' && color === 'rgb(0, 90, 0)' && letterSpacing === '3px';
	}`)
	c.sets(issue, fields{"title": "Seen as it changes", "status": c.ref("status WEB/Done")})
	stranger.sees("the change", "() => "+inline+".includes('Seen as it changes') && document.querySelector('tandem-embed').shadowRoot.querySelector('[data-category=completed]')")
	if text := ask[string](stranger.window, "() => document.querySelector('tandem-embed').shadowRoot.innerHTML"); strings.Contains(text, "Not for strangers") || strings.Contains(text, "Ann Lee") {
		t.Errorf("the embed tells too much: %s", text)
	}

	other := newPerson(t, "other", demo)
	other.excuse("blocked by CORS policy|net::ERR_FAILED")
	other.goes(unlisted.URL)
	other.complains("the answer withheld", "blocked by CORS policy")
	other.sees("the link, for the site may not read it", "() => seen(document.querySelector('tandem-embed > a')) && !"+inline+".trim()")

	ann.opens("/acme/issue/" + key)
	ann.clicks("summary[data-action=open-share]")
	ann.clicks("[data-action=revoke]")
	stranger.excuse("status of 404|net::ERR_")
	stranger.seesWithin(5*time.Second, "that it ended", "() => "+inline+".trim() === 'This embed is no longer shared'")
}

func TestInlineElementGoesOnFromWhatAServerPutThere(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	issue, key := c.makes("WEB", "Put there by a server", nil)
	var script, shadow string
	host := site(t, func() string { return shadow + script })
	ann := newMember(t, "ann", demo)
	element := ann.shares(key, host.URL, "element")
	address := regexp.MustCompile(`src="([^"]+)"`).FindStringSubmatch(element)[1]
	shadow, script = included(t, address+"?shadow=open&size=card"), element[strings.Index(element, "<script"):]

	plain := newPerson(t, "plain", demo)
	must(plain.window, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	plain.goes(host.URL)
	plain.reads("the card, without a script", "() => { const card = document.querySelector('tandem-embed').shadowRoot.querySelector('.embed--card'); return card.innerText.includes('Put there by a server') && card.offsetWidth === 360; }")

	stranger := newPerson(t, "stranger", demo)
	stranger.goes(host.URL)
	stranger.sees("the card", "() => "+inline+".includes('Put there by a server')")
	c.sets(issue, fields{"title": "Changed since"})
	stranger.sees("what has changed since", "() => "+inline+".includes('Changed since') && document.querySelector('tandem-embed').shadowRoot.querySelector('.embed--card')")
}

// included is what a server gets that puts a share into its page.
func included(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// A tracker that was broken into shall not get into the pages that show its shares.
func TestInlineElementTakesNothingThatRuns(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	tracker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<section class=embed data-live=share data-version=1><script>window.ran = 1</script><img src=x onerror="window.ran = 2">
			<svg onload="window.ran = 3"><script>window.ran = 4</script><use href="data:,"></use></svg><iframe srcdoc="x"></iframe><style>*{}</style><form><button>x</button></form>
			<a href="javascript:window.ran = 5" onclick="window.ran = 6" style="color: red" part=title>Shown</a><template shadowrootmode=open><p>x</template></section>`)
	}))
	t.Cleanup(tracker.Close)
	host := site(t, func() string {
		return `<tandem-embed mode=inline src="` + tracker.URL + `/e/tok">Link</tandem-embed><script type=module src="` + demo.url("/embed/v1.js") + `"></script>`
	})
	stranger := newPerson(t, "stranger", demo)
	stranger.excuse("MIME type|EventSource")
	stranger.goes(host.URL)
	stranger.sees("what can be shown", "() => "+inline+".includes('Shown')")
	ask[bool](stranger.window, "() => { document.querySelector('tandem-embed').shadowRoot.querySelector('a').click(); return true; }")
	if left := ask[string](stranger.window, "() => document.querySelector('tandem-embed').shadowRoot.innerHTML.replace(/\\s+/g, ' ')"); left != `<section class="embed" data-live="share" data-version="1" data-theme=""> <svg></svg> <a part="title">Shown</a></section>` {
		t.Errorf("what is left: %s", left)
	}
	if ran := ask[int](stranger.window, "() => window.ran ?? 0"); ran != 0 {
		t.Errorf("%d ran", ran)
	}
}
