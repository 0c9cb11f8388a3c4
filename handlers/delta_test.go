package handlers

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tandem/sync"
)

var sameRow = regexp.MustCompile(`<li data-same="([^"]+)"></li>`)

// whole puts the rows that somebody has into a delta's places.
func whole(delta, before string) string {
	had := map[string]string{}
	for at := 0; ; {
		row, key, next := nextRow([]byte(before), at)
		if next < 0 {
			break
		}
		had[string(key)], at = string(row), next
	}
	return sameRow.ReplaceAllStringFunc(delta, func(place string) string { return had[sameRow.FindStringSubmatch(place)[1]] })
}

func TestS33_ADeltaAndWhatOneHasAreTheList(t *testing.T) {
	t.Parallel()
	h := setup(t)
	parent := h.issue("Parent")
	var rows []madeIssue
	for i := range 20 {
		rows = append(rows, h.issue(fmt.Sprintf("Row %02d", i), func(set map[string]any) {
			if i%5 == 0 {
				set["parent"] = string(parent.ref)
			}
		}))
	}
	round := 0
	other := func(name string) string { round++; return fmt.Sprint(name, " ", round) }
	changes := map[string]func(){
		"a title":    func() { h.ann.apply(setField(rows[3].ref, h.head(), "title", other("Another"))) },
		"out and in": func() { h.ann.apply(setField(rows[4+round%2].ref, h.head(), "status", string(h.doing))) },
		"order":      func() { h.ann.apply(sync.Operation{Op: sync.Move, Record: rows[9].ref, Before: rows[1].ref}) },
		"new and gone": func() {
			h.ann.apply(sync.Operation{Op: sync.Delete, Record: h.issue(other("New")).ref})
			h.issue(other("New"))
		},
		"the parent's": func() { h.ann.apply(setField(parent.ref, h.head(), "title", other("Renamed parent"))) },
		"a status's":   func() { h.ann.apply(setField(h.todo, h.head(), "name", other("To do"))) },
		"to the end":   func() { h.ann.apply(sync.Operation{Op: sync.Move, Record: rows[0].ref}) },
	}
	for _, path := range []string{"/acme/f/team/ENG?", "/acme/f/team/ENG?view=board&", "/acme/f/member/" + h.ann.actor.Member.String() + "?view=created&"} {
		had := h.ann.get(path).ok()
		for name, change := range changes {
			change()
			got, want := h.ann.get(path+"since=1", "If-None-Match", had.header.Get("ETag")), h.ann.get(path).ok()
			tag, _ := parseETag(had.header.Get("ETag"))
			if odd := h.ann.get(path+"since=1", "If-None-Match", etag(tag, "another node's")); odd.code == http.StatusOK && odd.body != want.body {
				t.Errorf("%s, %s: who has another drawing of the same tag is given\n%s", path, name, odd.body)
			}
			if got.code == http.StatusNotModified && want.header.Get("ETag") == had.header.Get("ETag") {
				continue // it was so already
			}
			if whole(got.body, had.body) != want.body || got.header.Get("ETag") != want.header.Get("ETag") {
				t.Errorf("%s, %s: it comes to\n%s\nand not\n%s", path, name, whole(got.body, had.body), want.body)
			}
			if len(got.body) > len(want.body)*2/3 && name == "a title" && !strings.Contains(path, "board") {
				t.Errorf("%s, %s: %d of %d bytes", path, name, len(got.body), len(want.body))
			}
			had = want
		}
		h.ann.get(path+"since=1", "If-None-Match", had.header.Get("ETag")).is(http.StatusNotModified)
		for _, tag := range []string{`W/"x"`, ""} {
			if odd := h.ann.get(path+"since=1", "If-None-Match", tag).ok(); odd.body != had.body {
				t.Errorf("%s: who has %q is given\n%s", path, tag, odd.body)
			}
		}
	}
}

// A row holds no list, or its end would be taken for the row's.
func TestRowsHoldNoLists(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue("</li> <ul><li>", func(set map[string]any) { set["labels"] = []any{string(h.bug)} })
	for _, path := range []string{"/acme/f/team/ENG", "/acme/f/team/ENG?view=board"} {
		if n := h.ann.get(path).ok().find("[data-rows] li li").Length(); n > 0 {
			t.Errorf("%s: %d", path, n)
		}
	}
}

// An issue with two labels stands in two groups, each with a row of its own.
func TestS33_ADeltaTellsARowOfSeveralGroupsWhole(t *testing.T) {
	t.Parallel()
	row := func(key, title string) string {
		return `<li class="issue-row" data-record="` + key + `">` + title + `</li>`
	}
	same := func(key string) string { return `<li data-same="` + key + `"></li>` }
	both, one, other := row("issue:both", "Both"), row("issue:one", "One"), row("issue:one", "Another")
	for name, of := range map[string][3]string{
		"it stays in both":     {"<ul>" + both + one + "</ul><ul>" + both + "</ul>", "<ul>" + both + other + "</ul><ul>" + both + "</ul>", "<ul>" + both + other + "</ul><ul>" + both + "</ul>"},
		"it comes to a second": {"<ul>" + both + one + "</ul>", "<ul>" + both + one + "</ul><ul>" + both + "</ul>", "<ul>" + both + same("issue:one") + "</ul><ul>" + both + "</ul>"},
		"it leaves one":        {"<ul>" + both + one + "</ul><ul>" + both + "</ul>", "<ul>" + both + one + "</ul>", "<ul>" + both + same("issue:one") + "</ul>"},
	} {
		if got := string(delta([]byte(of[0]), []byte(of[1]))); got != of[2] {
			t.Errorf("%s: %s", name, got)
		}
	}
}
