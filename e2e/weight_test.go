package e2e

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/brotli"
)

// firstLoad is what of a list of a hundred rows comes at once: its page, all scripts and styles that it names.
const firstLoad = 60 << 10

func TestFirstLoadOfAListIsSmall(t *testing.T) {
	t.Parallel()
	c := signedIn(t, ownProgram(t, "demo"), "ann") // other journeys add to the shared one's list, and the figure shall stay the same
	page, size := c.weighs("/acme/team/ENG")
	document, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	rows := document.Find("[data-rows] > [data-key]").Length()
	if rows < 100 {
		t.Fatalf("the demo's list has %d rows", rows)
	}
	sum, parts := size, map[string]int{"page": size}
	for _, at := range loaded(document) {
		_, size := c.weighs(at)
		sum += size
		kind := at[strings.LastIndex(at, ".")+1:]
		parts[kind] += size
	}
	t.Logf("%d rows: %d bytes in all, %v", rows, sum, parts)
	if sum > firstLoad {
		t.Errorf("a list of %d rows takes %d bytes compressed, more than %d: %v", rows, sum, firstLoad, parts)
	}
}

// loaded are the scripts and styles that a page loads, each once.
func loaded(document *goquery.Document) (all []string) {
	document.Find("link[rel=stylesheet], link[rel=modulepreload], script[src]").Each(func(_ int, node *goquery.Selection) {
		at := node.AttrOr("href", node.AttrOr("src", ""))
		if !slices.Contains(all, at) {
			all = append(all, at)
		}
	})
	return all
}

// weighs gets something as a browser does over TLS, and returns it with its size on the way.
func (c *client) weighs(path string) (body string, size int) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.at.url(path), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	response, err := c.http.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	packed, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %d %v", path, response.StatusCode, err)
	}
	if response.Header.Get("Content-Encoding") != "br" {
		return string(packed), len(packed)
	}
	plain, err := io.ReadAll(brotli.NewReader(strings.NewReader(string(packed))))
	if err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	return string(plain), len(packed)
}
