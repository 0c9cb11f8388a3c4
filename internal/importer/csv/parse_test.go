package csv

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem/internal/importer"
)

// parsed is what a text holds: its issues, and its problems as they are told.
func parsed(t *testing.T, text string, options Options) ([]importer.Issue, []string) {
	t.Helper()
	options.File = "a.csv"
	var issues []importer.Issue
	var problems []string
	report, err := Parse(strings.NewReader(text), options, importer.Sink{
		Issue:   func(issue importer.Issue) error { issues = append(issues, issue); return nil },
		Problem: func(p importer.Problem) { problems = append(problems, p.String()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.Summary.Issues != len(issues) || report.Summary.Problems != len(problems) {
		t.Errorf("%+v of %d issues and %d problems", report.Summary, len(issues), len(problems))
	}
	return issues, problems
}

func TestParse_JirasTable(t *testing.T) {
	t.Parallel()
	issues, problems := parsed(t, "Summary,Issue key,Issue id,Status,Project name,Priority,Assignee,Reporter,Created,Resolved,Due date,Labels,Labels,Description,Parent key,Custom field (Story Points)\n"+
		"Fix it,OLD-12,10001,Done,Old,Highest,Kim Lee,Max,04/Jan/24 1:21 PM,05/Jan/24 9:00 AM,,bug,ui,\"h2. Text\",OLD-1,3.0\n", Options{Source: "NEW"})
	if diff := cmp.Diff([]string{"a.csv: these columns are not taken: Issue id, Project name"}, problems); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	three := 3
	want := importer.Plan{Status: "Done", Priority: 1, Parent: "csv:NEW#OLD-1", Estimate: &three}
	if diff := cmp.Diff(want, issues[0].Planned); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	i := issues[0]
	if i.SourceID != "csv:NEW#OLD-12" || i.Number != 12 || i.Author != "Max" || i.Assignees[0] != "Kim Lee" || len(i.Labels) != 2 || i.State != importer.Closed ||
		i.CreatedAt.Format("2006-01-02 15:04") != "2024-01-04 13:21" || i.ClosedAt.Day() != 5 || i.Body != "h2. Text" {
		t.Errorf("%+v", i)
	}
}

func TestParse_ABadLineDoesNotStopTheRest(t *testing.T) {
	t.Parallel()
	issues, problems := parsed(t, "ID\tTitle\tPriority\tCreated\nA-1\tOne\tsoon\tyesterday\nA-2\tt\"wo\nA-1\tAgain\nA-3\t\nA-4\tFour\n", Options{})
	if len(issues) != 2 || issues[0].Title != "One" || issues[1].Title != "Four" {
		t.Errorf("%+v", issues)
	}
	want := []string{`a.csv:2 (A-1): created is no time: "yesterday"`, `a.csv:2 (A-1): there is no priority "soon": it has none`, `a.csv:3: bare " in non-quoted-field`,
		"a.csv:4 (A-1): the file has an earlier issue with this key", "a.csv:5 (A-3): there is no title"}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestParse_FitsWhatIsTooLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", importer.MaxTitle+1)
	issues, problems := parsed(t, "Title,Description\n"+long+",x\nBig,"+strings.Repeat("ü", importer.MaxText)+"\n", Options{})
	if len(problems) != 2 || len([]rune(issues[0].Title)) != importer.MaxTitle || issues[0].Body != long+"\n\nx" {
		t.Errorf("%q of %.100q", problems, issues[0].Body)
	}
	if body := issues[1].Body; len(body) > importer.MaxText || !strings.HasSuffix(body, "ü\n\n*(Cut by the import.)*") {
		t.Errorf("it ends with %q", body[len(body)-60:])
	}
}

func TestParse_TakesTheApostropheOffItsOwnCellsAlone(t *testing.T) {
	t.Parallel()
	own := "Key,Title,Description,Status,Priority,Assignee,Assignee email\n"
	for text, want := range map[string]string{"'=1": "=1", "''=1": "'=1", "'tis": "'tis", "=1": "=1", "'": "'"} {
		issues, _ := parsed(t, own+"A-1,"+text+"\n", Options{})
		if issues[0].Title != want {
			t.Errorf("%q became %q, want %q", text, issues[0].Title, want)
		}
		issues, _ = parsed(t, "Title\n"+text+"\n", Options{})
		if issues[0].Title != text {
			t.Errorf("%q of another program became %q", text, issues[0].Title)
		}
	}
}

func TestParse_WhatIsNoTable(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for text, want := range map[string]error{"": ErrHeader, "a,b\n": ErrHeader, "Title\nx\n": refused} {
		_, err := Parse(strings.NewReader(text), Options{}, importer.Sink{Issue: func(importer.Issue) error { return refused }, Problem: func(importer.Problem) {}})
		if !errors.Is(err, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
