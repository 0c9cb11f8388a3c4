package e2e

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// reads fails unless a condition of the page holds right now: without scripts nothing changes after the load.
func (w *window) reads(what, condition string, args ...any) {
	w.t.Helper()
	if !ask[bool](w, "(...args) => !!("+condition+")(...args)", args...) {
		w.t.Fatalf("%s does not read: %s", w.name, what)
	}
}

func TestEverythingWithoutScripts_S89(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	gate, gateKey := c.makes("WEB", "Paint the gate", fields{"description": "The gate is green."})

	ann := newPerson(t, "ann", demo)
	must(ann.window, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	press := func(css string) {
		t.Helper()
		ann.follows(css, func() { ann.clicks(css) })
	}
	ann.goes(ann.line.url("/acme/team/WEB"))
	ann.fills("input[name=email]", "ann@example.com")
	ann.fills("input[name=password]", "demo")
	press("[data-action=sign-in]")
	ann.reads("the list that she wanted", "() => location.pathname === '/acme/team/WEB' && all('[data-rows] [data-record]').length > 10")

	ann.clicks("summary[data-action=open-filter]")
	ann.fills("form[role=search] input[name=text]", "gate")
	press("[data-action=filter]")
	ann.reads("the filtered list", "() => row('Paint the gate') && all('[data-rows] [data-record]').every(one => /gate/i.test(one.textContent))")

	press(".page-header [data-action=new]")
	ann.fills("input[name=title]", "Oil the hinges")
	ann.fills("main textarea[name=description]", "They *squeak*.")
	press("main [data-action=create]")
	ann.reads("her issue", "() => textOf('h1[data-field=title]') === 'Oil the hinges' && document.querySelector('[data-field=description] em')")
	issue := ask[string](ann.window, "() => location.pathname")

	ann.clicks(".issue__title summary[data-action=edit]")
	ann.fills("form[data-op=set] input[name=title]", "Oil the hinges twice")
	press(".issue__title [data-action=save]")
	ann.reads("the new title", "() => textOf('h1[data-field=title]') === 'Oil the hinges twice'")

	ann.fills(".composer textarea", "Linseed.")
	press("[data-action=comment]")
	ann.reads("her comment", "() => textOf('[data-rows=comment] [data-field=body]') === 'Linseed.'")

	press(".comment [data-action=edit]")
	ann.reads("the comment to be seen, and its text", "() => location.hash === '#' + document.querySelector('.comment').id && document.querySelector('.comment textarea').value === 'Linseed.'")
	ann.fills(".comment textarea", "Linseed oil.")
	press(".comment [data-action=save]")
	ann.reads("what she wrote", "() => textOf('[data-rows=comment] [data-field=body]') === 'Linseed oil.'")
	press(".comment [data-action=open-reactions]")
	press(".comment button[value='👍']")
	ann.reads("her thumb", "() => textOf('.comment button[data-members]') === '👍 1'")
	press(".comment [data-action=open-menu]")
	press(".comment [data-action=trash]")
	ann.reads("no comment", "() => document.querySelector('.comment[data-deleted] .comment__gone')")
	press(".comment [data-action=restore]")
	ann.reads("the comment again", "() => textOf('[data-rows=comment] [data-field=body]') === 'Linseed oil.'")

	ann.goes(ann.line.url("/acme/team/WEB?view=board&text=hinges"))
	press("[data-action=open-move]")
	ann.reads("the menu, and no other", "() => location.hash === '#move' && all('details[open] form[data-op=move]').length === 1 && all('form[data-op=move]').length === 1")
	ann.chooses("form[data-op=move] select[name=status]", "In Progress")
	press("form[data-op=move] [data-action=move]")
	ann.reads("the board again, without the menu", "() => location.search === '?text=hinges&view=board' && !document.querySelector('form[data-op=move]')")
	ann.goes(ann.line.url("/acme/team/WEB?view=board&text=hinges"))
	ann.reads("the card in its column", "() => groupOf('Oil the hinges twice') === 'In Progress' && count('In Progress') === 1")

	ann.goes(ann.line.url("/acme/team/WEB?text=hinges"))
	ann.reads("nothing of a bar before something is selected", "() => !all('.bulk__bar').some(seen)")
	ann.reads("no bar yet", "() => !seen(document.querySelector('.bulk__bar'))")
	ann.clicks("[data-rows] [name=record]")
	ann.chooses(".bulk__bar select[name=priority]", "High")
	press(".bulk__bar button[value=priority]")
	ann.reads("the list again, with what was changed", `() => location.search === '?text=hinges' && textOf('#notice').includes('Set priority of 1 issue: done.')
		&& row('Oil the hinges twice').querySelector('[data-field=priority]').dataset.value === 'priority:2'`)

	ann.goes(ann.line.url("/acme/issue/" + gateKey))
	ann.clicks(".issue__description summary[data-action=edit]")
	ann.fills("textarea[name=description]", "The gate is red.")
	c.push(fields{"op": "text", "record": gate, "base": c.seen, "field": "description", "from": "The gate is green.", "text": "The gate is blue."})
	ann.excuse("status of 409")
	press(".issue__description [data-action=save]")
	for side, words := range map[string]string{"mine": "The gate is red.", "theirs": "The gate is blue."} {
		ann.reads(side, "(side, words) => textOf(`[data-conflict] [data-side=${side}]`) === words", side, words)
	}
	press("[data-action=keep-mine]")
	ann.reads("her words", "() => textOf('[data-field=description]') === 'The gate is red.'")

	ann.goes(ann.line.url(issue))
	ann.clicks(".issue__header summary[data-action=open-menu]")
	press(".issue__header [data-action=trash]")
	ann.goes(ann.line.url(issue))
	ann.reads("that it is in the trash", "() => document.querySelector('[data-deleted]')")
	press("[data-action=restore]")
	ann.reads("that it is back", "() => !document.querySelector('article[data-deleted]') && textOf('h1[data-field=title]') === 'Oil the hinges twice'")

	t.Run("text_browsers", func(t *testing.T) { textBrowsers(t, demo, gateKey) })
}

// textBrowsers does the same by requests that know of no script, and once more by w3m and lynx where they are installed,
// as they are in CI.
func textBrowsers(t *testing.T, demo *program, key string) {
	ben := signedIn(t, demo, "")
	home := ben.page("/acme").submits("[data-action=sign-in]", map[string]string{"email": "ben@example.com", "password": "demo"})
	if home.url.Path != "/acme" {
		t.Fatalf("signed in to %s", home.url)
	}
	page := ben.page("/acme/issue/"+key).submits("[data-action=comment]", map[string]string{"body": "By form alone."})
	page = page.submits("form[data-action=set-status] button:contains('Done')", nil)
	if status := strings.TrimSpace(page.Find(".property [data-field=status]").First().Text()); page.status != 200 || status != "Done" {
		t.Errorf("%s %d shows the status %q", page.url, page.status, status)
	}

	at, _ := url.Parse(demo.url("/"))
	cookie := ben.http.Jar.Cookies(at)[0]
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	issue := demo.url("/acme/issue/" + key)
	post := func(body string) string { return url.Values{"body": {body}, "issue": {""}}.Encode() }
	jar := write("cookies", strings.Join([]string{"127.0.0.1", "FALSE", "/", "FALSE", "2147483647", cookie.Name, cookie.Value}, "\t")+"\n")
	settings := write("lynx.cfg", "PERSISTENT_COOKIES:TRUE\nACCEPT_ALL_COOKIES:TRUE\nCOOKIE_FILE:"+jar+"\n")
	for _, use := range []struct {
		name string
		post []string
		in   string
		read []string
	}{
		{"w3m", []string{"-dump", "-header", "Cookie: " + cookie.String(), "-post", write("w3m", post("By w3m.")), issue + "/comment"}, "",
			[]string{"-dump", "-header", "Cookie: " + cookie.String(), issue}},
		{"lynx", []string{"-cfg=" + settings, "-dump", "-post_data", issue + "/comment"}, post("By lynx.") + "\n---\n",
			[]string{"-cfg=" + settings, "-dump", issue}},
	} {
		if _, err := exec.LookPath(use.name); err != nil {
			if os.Getenv("CI") != "" {
				t.Error(err)
			}
			continue
		}
		send := exec.Command(use.name, use.post...)
		send.Stdin = strings.NewReader(use.in)
		if said, err := send.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", use.name, err, said)
		}
		text, err := exec.Command(use.name, use.read...).CombinedOutput()
		for _, words := range []string{"Paint the gate", "The gate is red.", "By form alone.", "By " + use.name + "."} {
			if err != nil || !strings.Contains(string(text), words) {
				t.Errorf("%s does not show %q: %v\n%s", use.name, words, err, text)
			}
		}
	}
}
