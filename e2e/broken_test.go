//go:build long

package e2e

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"strings"
	"testing"
	"time"
)

// TestABrokenModuleLeavesLinksAndFormsWorking_S89 breaks one script after the other, those that are loaded later too,
// and does the core jobs with what is left.
func TestABrokenModuleLeavesLinksAndFormsWorking_S89(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	for _, script := range scripts(t) {
		t.Run(path.Base(script), func(t *testing.T) {
			t.Parallel()
			worksWithout(t, demo, script)
		})
	}
}

// scripts are what a page may load, below /assets/{build}/.
func scripts(t *testing.T) (names []string) {
	t.Helper()
	for _, folder := range []string{"js", "vendor"} {
		entries, err := os.ReadDir("../static/" + folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if strings.HasSuffix(entry.Name(), ".js") {
				names = append(names, folder+"/"+entry.Name())
			}
		}
	}
	if len(names) < 20 {
		t.Fatalf("only %q", names)
	}
	return names
}

func worksWithout(t *testing.T, demo *program, script string) {
	c := signedIn(t, demo, "ben")
	title := "Works without " + script
	issue, key := c.makes("WEB", title, nil)
	ann := newPerson(t, "ann", demo)
	ann.excuse("") // it complains, and rightly
	broken := breaking(t, demo, script)
	ann.line = newLine(t, func() string { return broken })
	ann.goes(ann.line.url("/demo/sign-in?as=ann&next=/acme/issue/" + key))
	ann.sees("the page", "title => textOf('h1[data-field=title]') === title", title)

	ann.clicks(".issue__title summary[data-action=edit]")
	ann.fills("form[data-op=set] input[name=title]", title+", renamed")
	ann.clicks(".issue__title [data-action=save]")
	ann.sees("the new title", "title => textOf('h1[data-field=title]') === title", title+", renamed")
	c.comesToHave(issue, "the new title", func(is record) bool { return is.text("title") == title+", renamed" })
	if strings.HasPrefix(script, "vendor/") {
		ann.sees("the page anew, since no part of it can be", "() => !document.querySelector('h1 template[data-server]')")
	}
	ann.fills(".composer textarea", "Still here.")
	ann.clicks("[data-action=comment]")
	ann.sees("the comment", commented, "Still here.")
	c.comesToHave(issue, "one comment", func(record) bool { return len(c.comments(issue)) == 1 })

	ann.clicks(".sidebar a[href='/acme/team/WEB']")
	ann.sees("the list", "() => location.pathname === '/acme/team/WEB' && all('[data-rows] [data-record]').length > 10")
	ann.clicks("summary[data-action=open-filter]")
	ann.fills("form[role=search] input[name=text]", "works without")
	ann.clicks("[data-action=filter]")
	ann.sees("the filtered list", `title => location.search.includes('text=') && row(title)
		&& all('[data-list] [data-rows] [data-record]:not(form)').every(one => /without/i.test(titleOf(one)))`, title+", renamed")
}

// breaking is the address of a server that gives out the demo's pages, with an error at the top of one script.
func breaking(t *testing.T, demo *program, script string) (addr string) {
	t.Helper()
	behind, err := url.Parse(demo.url(""))
	if err != nil {
		t.Fatal(err)
	}
	quiet := log.New(io.Discard, "", 0) // a stream that a closed page ends is no news
	pass := &httputil.ReverseProxy{FlushInterval: -1, ErrorLog: quiet, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Host = r.In.Host
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/assets/") && strings.HasSuffix(r.URL.Path, "/"+script) {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte("throw new Error('broken by the test');"))
			return
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.Listener.Addr().String()
}

// comesToHave waits until the server has a record as it should be: its browser may send a moment after it shows.
func (c *client) comesToHave(key, what string, holds func(record) bool) {
	c.t.Helper()
	for end := time.Now().Add(patience); ; {
		found := c.find(func(r record) bool { return r.Record == key })
		if len(found) == 1 && holds(found[0]) {
			return
		}
		if time.Now().After(end) {
			c.t.Fatalf("the server does not come to have %s: %v", what, found)
		}
		<-time.After(50 * time.Millisecond)
	}
}
