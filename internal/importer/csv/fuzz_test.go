package csv

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tandem/internal/importer"
)

// FuzzParse holds what every caller relies on, whatever the table: no panic, an error only for a first line that cannot be read or names no titles, texts that
// the database takes, unique ids, times in UTC, a report that counts what came; and what the head of it shows is in it.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"Title,Status\nFix login,Done\n", "ID;Title;Labels\nENG-1;\"Fix\nlogin\";\"bug, ui\"\n", "Summary\tIssue key\tCreated\nA\tJ-1\t2026-01-02\n",
		"\ufeffTitle,Due date,Estimate,Priority,Parent\n'=1+1,2026-02-30,1e9,Urgent,ENG-1\n", "Title\n\"never ended\n", "Title,Title\na,b,c\n\x00,\xff\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		decoded, _, err := Decode(raw)
		if err != nil {
			return
		}
		if !utf8.Valid(decoded) {
			t.Fatalf("decoded to what is no UTF-8: %q", decoded)
		}
		ids := map[string]bool{}
		problems := 0
		report, err := Parse(strings.NewReader(string(decoded)), Options{File: "fuzz.csv", Source: "fuzz"}, importer.Sink{
			Issue: func(issue importer.Issue) error {
				if ids[issue.SourceID] || issue.SourceID == "" {
					t.Errorf("id %q twice", issue.SourceID)
				}
				ids[issue.SourceID] = true
				fits(t, issue)
				return nil
			},
			Problem: func(p importer.Problem) { problems++ },
		})
		if _, head := errors.AsType[*csv.ParseError](err); err != nil && !head && !errors.Is(err, ErrHeader) && !errors.Is(err, io.EOF) {
			t.Errorf("%v", err)
		}
		if report.Summary.Issues != len(ids) || report.Summary.Problems != problems {
			t.Errorf("%+v of %d issues and %d problems", report.Summary, len(ids), problems)
		}
		header, lines, err := Head(strings.NewReader(string(decoded)), 3)
		if err == nil && (len(Recognise(header)) != len(header) || len(lines) > 3) {
			t.Errorf("a head of %d columns, %d recognised, and %d lines", len(header), len(Recognise(header)), len(lines))
		}
	})
}

// fits tells whether the database takes an issue's texts.
func fits(t *testing.T, issue importer.Issue) {
	t.Helper()
	texts := []string{issue.Title, issue.Body, issue.Author, issue.Planned.Status, issue.Planned.Project, issue.Planned.Milestone, issue.Planned.Parent}
	for _, label := range issue.Labels {
		texts = append(texts, label.Name)
	}
	for _, text := range append(texts, issue.Assignees...) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Errorf("the text %q", text)
		}
	}
	if strings.TrimSpace(issue.Title) == "" || strings.ContainsAny(issue.Title, "\r\n") {
		t.Errorf("the title %q", issue.Title)
	}
	for _, at := range []time.Time{issue.CreatedAt, issue.UpdatedAt, issue.ClosedAt} {
		if at.Location() != time.UTC {
			t.Errorf("%v is not in UTC", at)
		}
	}
	if issue.Planned.Due != "" {
		if _, err := time.Parse(time.DateOnly, issue.Planned.Due); err != nil {
			t.Errorf("due %q", issue.Planned.Due)
		}
	}
}
