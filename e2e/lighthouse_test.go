//go:build figures

package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lighthouse is the newest that Node 20 runs.
const lighthouse = "lighthouse@12.8.2"

// report is what of Lighthouse's report is told.
type report struct {
	Categories map[string]struct {
		Score     *float64
		AuditRefs []struct {
			ID     string
			Weight float64
		}
	}
	Audits map[string]struct {
		Title        string
		Score        *float64
		DisplayValue string
	}
}

// TestLighthouse prints Lighthouse's scores of the main pages as a desk and as a phone on a slow line has them, and what
// kept them from 100; a score that misses its goal fails nothing. npm fetches Lighthouse.
//
//	go test -tags figures -run TestLighthouse -count=1 -v -timeout 30m ./e2e
func TestLighthouse(t *testing.T) {
	chromium, err := findBrowser(whole)
	if err != nil {
		t.Fatal(err)
	}
	demo := ownProgram(t, "demo")
	c := signedIn(t, demo, "ann")
	for _, one := range []struct{ name, path string }{
		{"list", "/acme/team/WEB"}, {"board", "/acme/team/WEB?view=board"}, {"issue", "/acme/issue/ENG-35"}, {"my issues", "/acme"}, {"sign-in", "/sign-in"},
	} {
		for _, device := range []string{"desktop", "mobile"} {
			tell(one.name+", "+device, c.lights(chromium, one.path, device))
		}
	}
}

// lights runs Lighthouse on a page in the client's session.
func (c *client) lights(chromium, path, device string) (r report) {
	c.t.Helper()
	at, err := url.Parse(c.at.url(path))
	if err != nil {
		c.t.Fatal(err)
	}
	var cookies []string
	for _, one := range c.http.Jar.Cookies(at) {
		cookies = append(cookies, one.Name+"="+one.Value)
	}
	headers, err := json.Marshal(map[string]string{"Cookie": strings.Join(cookies, "; ")})
	if err != nil {
		c.t.Fatal(err)
	}
	file := filepath.Join(c.t.TempDir(), "report.json")
	run := exec.Command("npx", "--yes", lighthouse, at.String(), "--quiet", "--output=json", "--output-path="+file,
		"--extra-headers="+string(headers), "--only-categories=performance,accessibility,best-practices",
		"--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic")
	if device == "desktop" {
		run.Args = append(run.Args, "--preset=desktop")
	}
	run.Env = append(os.Environ(), "CHROME_PATH="+chromium)
	if said, err := run.CombinedOutput(); err != nil {
		c.t.Fatalf("lighthouse: %v\n%s", err, said)
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// tell prints the scores as a row of a table, and below it what cost something.
func tell(name string, r report) {
	fmt.Printf("| %s |", name)
	var short []string
	for _, id := range []string{"performance", "accessibility", "best-practices"} {
		of := r.Categories[id]
		if of.Score == nil {
			fmt.Print(" none |")
			continue
		}
		fmt.Printf(" %.0f |", *of.Score*100)
		for _, ref := range of.AuditRefs {
			if audit := r.Audits[ref.ID]; ref.Weight > 0 && audit.Score != nil && *audit.Score < 0.95 {
				short = append(short, strings.TrimSpace(fmt.Sprintf("%s: %s %s", ref.ID, audit.Title, audit.DisplayValue)))
			}
		}
	}
	fmt.Println()
	slices.Sort(short)
	for _, one := range slices.Compact(short) {
		fmt.Println("\t" + one)
	}
}
