package github

import (
	"regexp"
	"testing"
	"time"

	"tandem/internal/importer"
)

var colorForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// FuzzParse holds what every caller relies on, whatever the file: no panic, texts that the database takes, unique ids, times
// in UTC, a summary that counts what came.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		small + "\n" + second, "[" + small + "]", archived(small, second), "oops\n" + small,
		timeline(`{"event": "commented", "id": 1, "body": "a\u0000\r\n"}, {"event": "renamed", "rename": {"to": "x"}}`),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, _ := readWith(text, Options{File: "fuzz.json"}, maxItem)
		var count importer.Summary
		ids := map[string]bool{}
		for _, issue := range r.issues {
			fits(t, issue)
			wellFormed(t, issue)
			count.Count(issue)
			for _, id := range append(commentIDs(issue), issue.SourceID) {
				if ids[id] {
					t.Errorf("id %q twice", id)
				}
				ids[id] = true
			}
		}
		count.Problems = len(r.problems)
		if count != r.report.Summary {
			t.Errorf("summary %+v, counted %+v", r.report.Summary, count)
		}
	})
}

func wellFormed(t *testing.T, issue importer.Issue) {
	t.Helper()
	times := []time.Time{issue.CreatedAt, issue.UpdatedAt, issue.ClosedAt}
	for _, c := range issue.Comments {
		times = append(times, c.CreatedAt, c.UpdatedAt)
	}
	for _, at := range times {
		if at.Location() != time.UTC {
			t.Errorf("%v is not in UTC", at)
		}
	}
	for _, l := range issue.Labels {
		if !colorForm.MatchString(l.Color) || l.Name == "" {
			t.Errorf("label %+v", l)
		}
	}
	if (issue.State == importer.Open) != issue.ClosedAt.IsZero() && !issue.CreatedAt.IsZero() {
		t.Errorf("%s with the closing time %v", issue.State, issue.ClosedAt)
	}
}

func commentIDs(issue importer.Issue) []string {
	var ids []string
	for _, c := range issue.Comments {
		ids = append(ids, c.SourceID)
	}
	return ids
}
