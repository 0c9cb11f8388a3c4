package github

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"tandem/internal/importer"
)

// result is everything that a parser hands over.
type result struct {
	issues   []importer.Issue
	problems []importer.Problem
	report   importer.Report
}

func read(t *testing.T, text string) result {
	t.Helper()
	r, err := readWith(text, Options{File: "test.json"}, maxItem)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func readWith(text string, options Options, limit int) (result, error) {
	var r result
	sink := importer.Sink{
		Issue:   func(i importer.Issue) error { r.issues = append(r.issues, i); return nil },
		Problem: func(p importer.Problem) { r.problems = append(r.problems, p) },
	}
	var err error
	r.report, err = parse(strings.NewReader(text), options, sink, limit)
	return r, err
}

// one is the only issue of a text in which nothing is wrong.
func one(t *testing.T, text string) importer.Issue {
	t.Helper()
	r := read(t, text)
	if len(r.problems) > 0 || len(r.issues) != 1 {
		t.Fatalf("issues %d, problems %v", len(r.issues), r.problems)
	}
	return r.issues[0]
}

// oneNoted is the only issue of a text, and the texts of all problems.
func oneNoted(t *testing.T, text string) (importer.Issue, string) {
	t.Helper()
	r := read(t, text)
	if len(r.issues) != 1 {
		t.Fatalf("issues %d, problems %v", len(r.issues), r.problems)
	}
	return r.issues[0], r.texts()
}

func (r result) texts() string {
	var lines []string
	for _, p := range r.problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// bare is an issue as the live API lists it, with more members at its end.
func bare(more string) string {
	if more != "" {
		more = ", " + more
	}
	return `{"url": "https://api.github.com/repos/o/r/issues/7", "html_url": "https://github.com/o/r/issues/7", "number": 7,
		"state": "open", "created_at": "2020-01-02T03:04:05Z", "updated_at": "2020-01-03T03:04:05Z"` + more + `}`
}

// timeline is one line with a wrapped issue and events.
func timeline(events string) string {
	issue := strings.Join(strings.Fields(bare(`"title": "T", "user": {"login": "ann"}`)), " ")
	return `{"type": "issue", "issue": ` + issue + `, "events": [` + events + `]}`
}

// archived is an archive with the given lists.
func archived(issues, pulls string) string {
	return `{"magic": "E!vIA5L86J2I", "repo": "o/r", "labels": [{"name": "bug", "description": null, "color": "FC2929"},
		{"name": "unused", "description": "nobody", "color": "eee"}], "issues": [` + issues + `], "pulls": [` + pulls + `]}`
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
