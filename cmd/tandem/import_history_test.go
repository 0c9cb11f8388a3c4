package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/internal/importer"
)

func at(hour int) time.Time { return time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC) }

func TestRetrace(t *testing.T) {
	t.Parallel()
	type issue = importer.Issue
	event := func(kind importer.EventKind, hour int, from, to string) importer.Event {
		return importer.Event{At: at(hour), Actor: "ann", Kind: kind, From: from, To: to}
	}
	for name, c := range map[string]struct {
		issue issue
		first condition
		hours []int // of the steps that fit in
	}{
		"nothing happened": {issue{Title: "A", State: importer.Open}, condition{title: "A"}, nil},
		"renamed twice": {issue{Title: "C", State: importer.Open, History: []importer.Event{
			event(importer.EventRenamed, 1, "A", "B"), event(importer.EventRenamed, 2, "B", "C")}}, condition{title: "A"}, []int{1, 2}},
		"a rename is missing": {issue{Title: "C", State: importer.Open, History: []importer.Event{event(importer.EventRenamed, 1, "A", "B")}},
			condition{title: "C"}, nil},
		"closed, reopened, closed": {issue{Title: "A", State: importer.Closed, StateReason: "not_planned", History: []importer.Event{
			event(importer.EventClosed, 1, "", ""), event(importer.EventReopened, 2, "", ""), event(importer.EventClosed, 3, "", "")}},
			condition{title: "A"}, []int{1, 2, 3}},
		"closed without an event": {issue{Title: "A", State: importer.Closed, ClosedAt: at(5)}, condition{title: "A"}, []int{5}},
		"a label that is gone": {issue{Title: "A", State: importer.Open, Labels: []importer.Label{{Name: "Bug"}}, History: []importer.Event{
			event(importer.EventLabeled, 1, "", "bug"), event(importer.EventLabeled, 2, "", "old"), event(importer.EventUnlabeled, 3, "old", "")}},
			condition{title: "A", labels: []string{}}, []int{1, 2, 3}},
		"a label that was renamed since": {issue{Title: "A", State: importer.Open, Labels: []importer.Label{{Name: "new"}}, History: []importer.Event{
			event(importer.EventLabeled, 1, "", "old")}}, condition{title: "A", labels: []string{"new"}}, nil},
		"handed over": {issue{Title: "A", State: importer.Open, Assignees: []string{"ben"}, History: []importer.Event{
			event(importer.EventAssigned, 1, "", "ann"), event(importer.EventAssigned, 2, "", "ben"), event(importer.EventUnassigned, 3, "ann", "")}},
			condition{title: "A", assignees: []string{}}, []int{1, 2, 3}},
		"a pull request": {issue{Title: "A", Pull: true, State: importer.Closed, StateReason: "merged", ClosedAt: at(1)},
			condition{title: "A", labels: []string{"pull request"}}, []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, steps := retrace(c.issue)
			if diff := cmp.Diff(c.first, first, cmp.AllowUnexported(condition{})); diff != "" {
				t.Errorf("the beginning (-want +got):\n%s", diff)
			}
			var hours []int
			for _, step := range steps {
				hours = append(hours, step.At.Hour())
			}
			if !slices.Equal(hours, c.hours) {
				t.Errorf("steps at %v, want %v", hours, c.hours)
			}
			endsAsItIs(t, c.issue)
		})
	}
}

// endsAsItIs walks an issue's steps: each begins where the one before ended, and the last one ends at what the source shows.
func endsAsItIs(t *testing.T, issue importer.Issue) {
	t.Helper()
	now, steps := retrace(issue)
	for _, step := range steps {
		if diff := cmp.Diff(now, step.before, cmp.AllowUnexported(condition{})); diff != "" {
			t.Errorf("%s: a gap before %s at %s:\n%s", issue.SourceID, step.Kind, step.At, diff)
		}
		now = step.after
	}
	want := conditionOf(issue)
	slices.Sort(now.labels)
	slices.Sort(want.labels)
	if diff := cmp.Diff(want, now, cmp.AllowUnexported(condition{})); diff != "" {
		t.Errorf("%s ends otherwise (-want +got):\n%s", issue.SourceID, diff)
	}
}

func TestRetrace_RealIssuesEndAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, file := range realFiles(t) {
		_, err := readFile(file.path, importer.Sink{
			Issue:   func(issue importer.Issue) error { endsAsItIs(t, issue); return nil },
			Problem: func(importer.Problem) {},
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// realFile is one beside the repository. What it holds was counted by other means than this program.
type realFile struct {
	path, team                string
	issues, comments          int
	open, completed, canceled int // of the issues
	pulls, pullComments       int
	largest                   int // number of an issue
}

// realFiles are those that are there; none of them need be.
func realFiles(t *testing.T) []realFile {
	t.Helper()
	known := []realFile{
		{path: "github-bitcoin-core-gui.issues.jsonl.gz", team: "GUI", issues: 341, comments: 1332, open: 133, completed: 198, canceled: 10, largest: 959},
		{path: "ietf-tls13-spec.archive.json.gz", team: "TLS", issues: 446, comments: 963, completed: 446, pulls: 998, pullComments: 1400, largest: 1446},
		{path: "ietf-http2-spec.archive.json.gz", team: "HTTP", issues: 587, comments: 1474, open: 2, completed: 585, pulls: 507, pullComments: 520, largest: 1072},
	}
	var found []realFile
	for _, file := range known {
		file.path = filepath.Join(moduleFolder(t), "..", "shared", "data", file.path)
		if _, err := os.Stat(file.path); err == nil {
			found = append(found, file)
		}
	}
	return found
}

// moduleFolder is where go.mod lies.
func moduleFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		if folder == filepath.Dir(folder) {
			t.Fatal("no go.mod above this package")
		}
		folder = filepath.Dir(folder)
	}
}
