//go:build figures

package e2e

import (
	"encoding/json"
	"fmt"
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
	RuntimeError struct{ Message string }
	Categories   map[string]struct {
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
// kept them from 100; a score that misses its goal fails nothing. npm fetches Lighthouse. One page is a test of its own, as TestLighthouse/board/mobile.
//
//	go test -tags figures -run TestLighthouse -count=1 -v -timeout 30m ./e2e
func TestLighthouse(t *testing.T) {
	demo, profile := ownProgram(t, "demo"), t.TempDir()
	signsInto(t, demo, profile)
	for _, one := range []struct{ name, path string }{
		{"list", "/acme/team/WEB"}, {"board", "/acme/team/WEB?view=board"}, {"issue", "/acme/issue/ENG-35"}, {"my issues", "/acme"}, {"sign-in", "/sign-in"},
	} {
		for _, device := range []string{"desktop", "mobile"} {
			t.Run(one.name+"/"+device, func(t *testing.T) { tell(one.name+", "+device, lights(t, profile, demo.url(one.path), device)) })
		}
	}
}

// signsInto leaves ann's session in a profile. A cookie given to Lighthouse as a header goes with the page alone, not with what scripts fetch.
func signsInto(t *testing.T, at *program, profile string) {
	t.Helper()
	b := started(t, func() (*browser, error) { return startBrowser(profile) })
	defer b.close()
	w := openWindow(t, "ann", b.ctx)
	w.goes(at.url("/demo/sign-in?as=ann&next=/acme"))
	w.sees("the workspace", "() => document.querySelector('meta[name=tandem-member]')")
}

// lights runs Lighthouse on a page, in a Chromium of its own on the profile.
func lights(t *testing.T, profile, page, device string) (r report) {
	t.Helper()
	chromium, err := findBrowser(whole)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.json")
	run := exec.Command("npx", "--yes", lighthouse, page, "--quiet", "--output=json", "--output-path="+file,
		"--only-categories=performance,accessibility,best-practices",
		"--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --user-data-dir="+profile)
	run.Env = append(os.Environ(), "CHROME_PATH="+chromium)
	if device == "desktop" {
		run.Args = append(run.Args, "--preset=desktop")
	}
	if said, err := run.CombinedOutput(); err != nil {
		t.Fatalf("lighthouse: %v\n%s", err, said)
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r.RuntimeError.Message != "" {
		t.Fatalf("lighthouse: %s", r.RuntimeError.Message)
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
