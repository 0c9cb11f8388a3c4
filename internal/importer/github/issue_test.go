package github

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tandem/internal/importer"
)

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestParse_ReadsATimeline(t *testing.T) {
	t.Parallel()
	line := `{"type": "issue", "issue": {"number": 12, "html_url": "https://github.com/o/r/issues/12", "title": "New", "body": "a\r\nb 🦀",
		"state": "closed", "state_reason": "not_planned", "user": {"login": "ann"}, "assignees": [{"login": "ben"}], "comments": 2,
		"labels": [{"name": "good first issue", "color": "7057FF", "description": "Good"}],
		"created_at": "2020-06-16T15:00:35+02:00", "updated_at": "2020-06-20T00:00:00Z", "closed_at": "2020-06-19T00:00:00Z"},
		"events": [
		{"event": "labeled", "actor": {"login": "ann"}, "created_at": "2020-06-16T14:00:00Z", "label": {"name": "good first issue"}},
		{"event": "subscribed", "actor": {"login": "ann"}, "created_at": "2020-06-16T14:00:00Z"},
		{"event": "commented", "id": 99, "user": {"login": "cleo"}, "created_at": "2020-06-18T00:00:00Z", "updated_at": "2020-06-18T01:00:00Z", "body": "later"},
		{"event": "commented", "html_url": "https://github.com/o/r/issues/12#issuecomment-98", "id": 98, "actor": null, "created_at": "2020-06-17T00:00:00Z", "body": "earlier"},
		{"event": "renamed", "actor": {"login": "ben"}, "created_at": "2020-06-17T00:00:00Z", "rename": {"from": "Old", "to": "New"}},
		{"event": "assigned", "actor": {"login": "ben"}, "assignee": {"login": "ben"}, "created_at": "2020-06-17T00:00:01Z"},
		{"event": "unassigned", "actor": {"login": "ben"}, "assignee": {"login": "ben"}, "created_at": "2020-06-17T00:00:02Z"},
		{"event": "closed", "created_at": "2020-06-18T00:00:00Z"},
		{"event": "reopened", "actor": {"login": "ann"}, "created_at": "2020-06-18T10:00:00Z"},
		{"event": "unlabeled", "actor": {"login": "ann"}, "created_at": "2020-06-18T11:00:00Z", "label": {"name": "x"}}]}`
	want := importer.Issue{
		SourceID: "github:o/r#12", Number: 12, URL: "https://github.com/o/r/issues/12", Title: "New", Body: "a\nb 🦀",
		State: importer.Closed, StateReason: "not_planned", Author: "ann", Assignees: []string{"ben"},
		Labels:    []importer.Label{{Name: "good first issue", Color: "#7057ff", Description: "Good"}},
		CreatedAt: at("2020-06-16T13:00:35Z"), UpdatedAt: at("2020-06-20T00:00:00Z"), ClosedAt: at("2020-06-19T00:00:00Z"),
		Comments: []importer.Comment{
			{SourceID: "github:o/r#12/issuecomment-98", Author: "ghost", Body: "earlier", CreatedAt: at("2020-06-17T00:00:00Z"), UpdatedAt: at("2020-06-17T00:00:00Z")},
			{SourceID: "github:o/r#12/issuecomment-99", Author: "cleo", Body: "later", CreatedAt: at("2020-06-18T00:00:00Z"), UpdatedAt: at("2020-06-18T01:00:00Z")},
		},
		History: []importer.Event{
			{At: at("2020-06-16T14:00:00Z"), Actor: "ann", Kind: importer.EventLabeled, To: "good first issue"},
			{At: at("2020-06-17T00:00:00Z"), Actor: "ben", Kind: importer.EventRenamed, From: "Old", To: "New"},
			{At: at("2020-06-17T00:00:01Z"), Actor: "ben", Kind: importer.EventAssigned, To: "ben"},
			{At: at("2020-06-17T00:00:02Z"), Actor: "ben", Kind: importer.EventUnassigned, From: "ben"},
			{At: at("2020-06-18T00:00:00Z"), Actor: "ghost", Kind: importer.EventClosed, From: "open", To: "closed"},
			{At: at("2020-06-18T10:00:00Z"), Actor: "ann", Kind: importer.EventReopened, From: "closed", To: "open"},
			{At: at("2020-06-18T11:00:00Z"), Actor: "ann", Kind: importer.EventUnlabeled, From: "x"},
		},
	}
	r := read(t, strings.Join(strings.Fields(line), " "))
	if diff := cmp.Diff([]importer.Issue{want}, r.issues); diff != "" || len(r.problems) > 0 {
		t.Errorf("problems %v, difference (-want +got):\n%s", r.problems, diff)
	}
	people := []importer.Person{{Login: "ann"}, {Login: "ben"}, {Login: "cleo"}}
	if diff := cmp.Diff(people, r.report.People); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
	if want := (importer.Summary{Issues: 1, Comments: 2, Events: 7}); r.report.Summary != want {
		t.Errorf("summary %+v, want %+v", r.report.Summary, want)
	}
}

func TestParse_ReadsAnArchive(t *testing.T) {
	t.Parallel()
	issue := `{"number": 1, "title": "Upgrade", "url": "https://github.com/o/r/issues/1", "state": "OPEN", "author": null, "assignees": ["mnot"],
		"labels": ["bug", "odd, one"], "body": "", "createdAt": "2013-02-07T02:38:29Z", "updatedAt": "2013-02-08T00:00:00Z", "closedAt": null,
		"comments": [{"author": "mnot", "body": "one", "createdAt": "2013-02-07T03:00:00Z"}, {"author": null, "body": "two", "createdAt": "2013-02-07T03:00:00Z"}]}`
	pull := `{"number": 2, "title": "Fix", "url": "https://github.com/o/r/pull/2", "state": "MERGED", "author": "ben", "mergedAt": "2014-01-01T00:00:00Z",
		"createdAt": "2013-12-01T00:00:00Z", "closedAt": "2014-01-01T00:00:00Z", "comments": [], "headRepository": null,
		"reviews": [{"body": "", "comments": [{"body": "nit"}]}, {"body": "fine", "comments": []}]}`
	bug := importer.Label{Name: "bug", Color: "#fc2929"}
	odd := importer.Label{Name: "odd, one", Color: importer.Grey}
	want := []importer.Issue{{
		SourceID: "github:o/r#1", Number: 1, URL: "https://github.com/o/r/issues/1", Title: "Upgrade", State: importer.Open, Author: "ghost",
		Assignees: []string{"mnot"}, Labels: []importer.Label{bug, odd},
		CreatedAt: at("2013-02-07T02:38:29Z"), UpdatedAt: at("2013-02-08T00:00:00Z"),
		Comments: []importer.Comment{
			{SourceID: "github:o/r#1/2013-02-07T03:00:00Z", Author: "mnot", Body: "one", CreatedAt: at("2013-02-07T03:00:00Z"), UpdatedAt: at("2013-02-07T03:00:00Z")},
			{SourceID: "github:o/r#1/2013-02-07T03:00:00Z~2", Author: "ghost", Body: "two", CreatedAt: at("2013-02-07T03:00:00Z"), UpdatedAt: at("2013-02-07T03:00:00Z")},
		},
	}, {
		SourceID: "github:o/r#2", Number: 2, Pull: true, URL: "https://github.com/o/r/pull/2", Title: "Fix", State: importer.Closed, StateReason: "merged",
		Author: "ben", CreatedAt: at("2013-12-01T00:00:00Z"), UpdatedAt: at("2013-12-01T00:00:00Z"), ClosedAt: at("2014-01-01T00:00:00Z"), Reviews: 2,
	}}
	r := read(t, archived(issue, pull))
	if diff := cmp.Diff(want, r.issues); diff != "" || len(r.problems) > 0 {
		t.Errorf("problems %v, difference (-want +got):\n%s", r.problems, diff)
	}
	report := importer.Report{
		Source:  importer.Source{Format: "github-archive", Repo: "o/r"},
		Labels:  []importer.Label{bug, {Name: "unused", Color: "#eeeeee", Description: "nobody"}, odd},
		People:  []importer.Person{{Login: "mnot"}, {Login: "ben"}},
		Summary: importer.Summary{Issues: 1, Pulls: 1, Comments: 2, Reviews: 2},
	}
	if diff := cmp.Diff(report, r.report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestParse_ReadsWhatTheLiveAPIAnswers(t *testing.T) {
	t.Parallel()
	issue := one(t, bare(`"title": "T", "comments": 5, "type": {"name": "Bug"}, "assignee": {"login": "ben"}`))
	if issue.Pull || issue.Comments != nil || issue.Author != "ghost" || !cmp.Equal(issue.Assignees, []string{"ben"}) {
		t.Errorf("%+v", issue)
	}
	pull := one(t, bare(`"title": "T", "pull_request": {"merged_at": "2020-02-01T00:00:00Z"}, "state": "closed"`))
	if !pull.Pull || pull.StateReason != "merged" || !pull.ClosedAt.Equal(pull.UpdatedAt) {
		t.Errorf("%+v", pull)
	}
}

func TestParse_ReadsWhatGHPrints(t *testing.T) {
	t.Parallel()
	r := read(t, `[{"assignees": [{"login": "ben", "name": "Ben B."}], "author": {"login": "ann", "name": ""}, "number": 3, "title": "T", "state": "CLOSED",
		"stateReason": "NOT_PLANNED", "url": "https://github.com/o/r/issues/3", "createdAt": "2020-01-01T00:00:00Z", "closedAt": "2020-01-02T00:00:00Z",
		"comments": [{"id": "IC_x", "author": {"login": "ann"}, "body": "hi", "createdAt": "2020-01-01T01:00:00Z", "url": "https://github.com/o/r/issues/3#issuecomment-5"}]}]`)
	if len(r.issues) != 1 || len(r.problems) > 0 {
		t.Fatalf("%+v", r)
	}
	if i := r.issues[0]; i.StateReason != "not_planned" || i.Comments[0].SourceID != "github:o/r#3/issuecomment-5" {
		t.Errorf("%+v", i)
	}
	if want := []importer.Person{{Login: "ann"}, {Login: "ben", Name: "Ben B."}}; !cmp.Equal(r.report.People, want) {
		t.Errorf("people %+v", r.report.People)
	}
}

func TestParse_NotesWhatItChanges(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", importer.MaxTitle+1)
	huge := strings.Repeat("line of text\\n", importer.MaxText/10)
	for _, c := range []struct{ name, text, note string }{
		{"NUL", bare(`"title": "a\u0000b"`), "NUL"},
		{"no title", bare(`"title": " "`), "no title"},
		{"long title", bare(`"title": "` + long + `"`), "longer than 512"},
		{"huge body", bare(`"title": "T", "body": "` + huge + `"`), "the limit is 262144"},
		{"unknown state", bare(`"title": "T", "state": "odd"`), `unknown state "odd"`},
		{"bad time", bare(`"title": "T", "closed_at": "yesterday"`), `not a time: "yesterday"`},
		{"no time", `{"number": 1, "title": "T", "state": "open", "url": "https://github.com/o/r/issues/1"}`, "no time of creation"},
		{"no repository", `{"number": 1, "title": "T", "state": "open", "createdAt": "2020-01-01T00:00:00Z"}`, `"test.json" stands for it`},
		{"broken UTF-8", bare("\"title\": \"a\xffb\""), "not valid UTF-8"},
		{"a broken event", timeline(`{"event": 5}`), `"event" cannot be a number`},
		{"an empty comment", timeline(`{"event": "commented", "body": " "}`), "a comment without text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			issue, notes := oneNoted(t, c.text)
			if !strings.Contains(notes, c.note) || strings.Contains(notes, "\n") {
				t.Errorf("problems:\n%s\nwant one with %q", notes, c.note)
			}
			fits(t, issue)
		})
	}
}

func TestParse_KeepsWhatIsCutVisible(t *testing.T) {
	t.Parallel()
	title := strings.Repeat("ä", importer.MaxTitle+1)
	issue, _ := oneNoted(t, bare(`"title": "`+title+`", "body": "rest"`))
	if !strings.HasSuffix(issue.Title, "ä…") || issue.Body != title+"\n\nrest" {
		t.Errorf("title %q, body %q", issue.Title, issue.Body)
	}
	issue, _ = oneNoted(t, bare(`"title": "T", "body": "`+strings.Repeat("ä", importer.MaxText)+`"`))
	if !strings.HasSuffix(issue.Body, "The whole of it: https://github.com/o/r/issues/7)*") || !utf8.ValidString(issue.Body) {
		t.Errorf("the body ends in %q", issue.Body[len(issue.Body)-200:])
	}
}

func TestParse_ReportsASecondIssueWithTheSameNumber(t *testing.T) {
	t.Parallel()
	r := read(t, small+"\n"+strings.Replace(small, `"A"`, `"Z"`, 1)+"\n"+strings.ReplaceAll(small, "/o/", "/other/"))
	if len(r.issues) != 2 || r.issues[0].Title != "A" || len(r.problems) != 1 {
		t.Fatalf("%+v", r)
	}
	want := importer.Problem{File: "test.json", Line: 2, Item: 2, What: "issue 1", Text: "the file has an earlier issue with this number", Lost: true}
	if r.problems[0] != want {
		t.Errorf("%+v", r.problems[0])
	}
}

func TestParse_ReportsCommentsThatAreNotInTheFile(t *testing.T) {
	t.Parallel()
	line := strings.Replace(timeline(`{"event": "commented", "body": "x", "created_at": "2020-01-02T03:04:05Z"}`), `"number"`, `"comments": 3, "number"`, 1)
	if _, notes := oneNoted(t, line); !strings.Contains(notes, "2 of 3 comments are not in the file") {
		t.Errorf("problems: %s", notes)
	}
}

func fits(t *testing.T, i importer.Issue) {
	t.Helper()
	texts := []string{i.Title, i.Body, i.Author, i.URL, i.SourceID, i.StateReason}
	for _, c := range i.Comments {
		texts = append(texts, c.Body, c.Author, c.SourceID)
	}
	for _, text := range texts {
		if len(text) > importer.MaxText || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Errorf("issue %d: the database would refuse %.80q", i.Number, text)
		}
	}
	if n := utf8.RuneCountInString(i.Title); n == 0 || n > importer.MaxTitle {
		t.Errorf("issue %d: a title of %d characters", i.Number, n)
	}
}
