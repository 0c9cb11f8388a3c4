package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/sync"
)

func TestImport_RealFiles(t *testing.T) {
	t.Parallel()
	for _, file := range realFiles(t) {
		t.Run(filepath.Base(file.path), func(t *testing.T) {
			t.Parallel()
			importsWhole(t, file)
		})
	}
}

func importsWhole(t *testing.T, file realFile) {
	t.Helper()
	pool := furnished(t)
	began := time.Now()
	if got := importInto(t, pool, file.team, file.path); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	t.Logf("%.0f issues a minute", float64(file.issues)/time.Since(began).Minutes())
	counts := func(category string) int {
		return number(t, pool, "select count(*) from issue i join status s on s.id = i.status_id where s.category = $1", category)
	}
	expect := func(what string, got, want int) {
		if got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	expect("issues", number(t, pool, "select count(*) from issue"), file.issues)
	expect("comments", number(t, pool, "select count(*) from comment"), file.comments)
	expect("open", counts("unstarted"), file.open)
	expect("completed", counts("completed"), file.completed)
	expect("canceled", counts("canceled"), file.canceled)
	expect("largest number", number(t, pool, "select max(number) from issue"), file.largest)
	expect("refusals", number(t, pool, "select count(*) from result where status <> 'applied'"), 0)
	expect("list out of order", number(t, pool, "select count(*) from (select created_at, lag(created_at) over (order by rank) as above from issue) i where above < created_at"), 0)
	logIsWhole(t, pool)
	isAsInTheFile(t, file, sync.New(sync.Options{Pool: pool}))

	if file.pulls == 0 {
		return
	}
	if got := importInto(t, pool, file.team, file.path, "--pulls"); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	expect("issues with pulls", number(t, pool, "select count(*) from issue"), file.issues+file.pulls)
	expect("comments with pulls", number(t, pool, "select count(*) from comment"), file.comments+file.pullComments)
	expect("labelled", number(t, pool, "select count(*) from issue i join label l on l.id = any(i.labels) where l.name = 'pull request'"), file.pulls)
}

// isAsInTheFile compares every issue with what the file says, through the engine as a page reads it.
func isAsInTheFile(t *testing.T, file realFile, engine *sync.Engine) {
	t.Helper()
	person, err := engine.PersonByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	ann, err := engine.ActorIn(t.Context(), "acme", person.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = readFile(file.path, importer.Sink{
		Issue: func(issue importer.Issue) error {
			if issue.Pull {
				return nil
			}
			page, err := engine.Issue(t.Context(), ann, sync.IssueID{Team: file.team, Number: int64(issue.Number)})
			if err == nil {
				sameIssue(t, issue, page)
			}
			return err
		},
		Problem: func(importer.Problem) {},
	})
	if err != nil {
		t.Error(err)
	}
}

func sameIssue(t *testing.T, issue importer.Issue, page sync.IssuePage) {
	t.Helper()
	named := func(member uuid.UUID) string {
		m, _ := page.Member(member)
		return m.Name
	}
	assignee := ""
	if len(issue.Assignees) > 0 {
		assignee = issue.Assignees[0]
	}
	author := issue.Author
	if author == importer.Ghost {
		author = ""
	}
	if page.Title != oneLineOf(issue.Title, importer.MaxTitle) || page.Description != issue.Body || !page.CreatedAt.Equal(issue.CreatedAt) ||
		named(page.Author) != author || named(page.Assignee) != assignee || len(page.IssueRow.Labels) != len(issue.Labels) {
		t.Errorf("%s is %+v by %q, assigned to %q", issue.SourceID, page.IssueRow, named(page.Author), named(page.Assignee))
	}
	if len(page.Comments) != len(issue.Comments) {
		t.Errorf("%s has %d comments, want %d", issue.SourceID, len(page.Comments), len(issue.Comments))
		return
	}
	bodies := map[string]int{}
	for i, comment := range issue.Comments {
		bodies[comment.Body]++
		bodies[page.Comments[i].Body]--
		if !page.Comments[i].CreatedAt.Equal(comment.CreatedAt) {
			t.Errorf("comment %d of %s is of %s, want %s", i, issue.SourceID, page.Comments[i].CreatedAt, comment.CreatedAt)
		}
	}
	for body, n := range bodies {
		if n != 0 {
			t.Errorf("%s: %q is there %d times too few", issue.SourceID, body, n)
		}
	}
}
