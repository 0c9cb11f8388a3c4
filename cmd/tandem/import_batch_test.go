package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/sync"
)

// newBatch writes into the team ENG of a workspace of its own.
func newBatch(t *testing.T) *batch {
	t.Helper()
	pool := furnished(t)
	engine := sync.New(sync.Options{Pool: pool})
	t.Cleanup(engine.Stop)
	i := newImport(&program{stderr: io.Discard, logger: slog.New(slog.DiscardHandler)}, &database{pool: pool}, engine, takeSurvey(nil, false, fromGitHub), "ENG")
	var err error
	if i.workspace, err = engine.WorkspaceBySlug(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	team, _, err := findTeam(t.Context(), i.database, i.workspace, "ENG")
	if err != nil {
		t.Fatal(err)
	}
	target, err := i.learn(t.Context(), team, false)
	if err != nil {
		t.Fatal(err)
	}
	return &batch{issueImport: i, target: target}
}

func TestBatch_WhatIsRefusedDoesNotKeepOutTheRest(t *testing.T) {
	t.Parallel()
	b := newBatch(t)
	i, pool := b.issueImport, b.database.pool
	var told strings.Builder
	i.remark = func(text string) { fmt.Fprintln(&told, text) }
	b.target.labels["absent"] = sync.NewRef("label", uuid.New())

	comment := func(id, body string) importer.Comment {
		return importer.Comment{SourceID: "s#1/" + id, Author: importer.Ghost, Body: body, CreatedAt: at(3)}
	}
	for _, issue := range []importer.Issue{
		{SourceID: "s#1", Number: 1, Title: "history refused", State: importer.Open, CreatedAt: at(1),
			History:  []importer.Event{{At: at(2), Kind: importer.EventLabeled, To: "absent"}, {At: at(2), Kind: importer.EventUnlabeled, From: "absent"}},
			Comments: []importer.Comment{comment("1", "good"), comment("2", " "), comment("3", "good too")}},
		{SourceID: "s#2", Number: 2, Title: "", State: importer.Open, CreatedAt: at(1), Comments: []importer.Comment{comment("4", "lost with its issue")}},
		{SourceID: "s#3", Number: 3, Title: "plain", State: importer.Open, CreatedAt: at(1)},
	} {
		if err := b.add(t.Context(), issue); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"history refused", "plain"}, texts(t, pool, "select title from issue order by number")); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"good", "good too"}, texts(t, pool, "select body from comment order by body")); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
	for _, part := range []string{"s#1 went in without its history: ", "s#1/2 was left out: ", "s#2 was left out: "} {
		if strings.Count(told.String(), part) != 1 {
			t.Errorf("%q is not told once:\n%s", part, told.String())
		}
	}
	if i.tally.newIssues != 2 || i.tally.newComments != 2 || i.tally.lost != 2 {
		t.Errorf("%+v", i.tally)
	}

	mended := importer.Issue{SourceID: "s#2", Number: 2, Title: "mended", State: importer.Open, CreatedAt: at(1), Comments: []importer.Comment{comment("4", "not lost")}}
	if err := b.add(t.Context(), mended); err != nil {
		t.Fatal(err)
	}
	if err := b.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if i.tally.newIssues != 3 || i.tally.newComments != 3 || i.tally.knownIssues != 0 {
		t.Errorf("after the source was mended: %+v", i.tally)
	}
}

// What an import that was broken off had sent may be done after the next one has looked.
func TestBatch_WhatIsThereMeanwhileIsKnown(t *testing.T) {
	t.Parallel()
	b, issue := newBatch(t), importer.Issue{SourceID: "s#1", Title: "One", State: importer.Open, CreatedAt: at(1),
		Comments: []importer.Comment{{SourceID: "s#1/1", Author: importer.Ghost, Body: "one", CreatedAt: at(2)}}}
	nothing, err := b.find(t.Context(), []importer.Issue{issue})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		present, err := b.writeIssues(t.Context(), []importer.Issue{issue}, nothing)
		if err != nil || len(present) != 1 {
			t.Fatalf("%d are there: %v", len(present), err)
		}
		if err := b.writeComments(t.Context(), present, nothing); err != nil {
			t.Fatal(err)
		}
	}
	if did := b.tally; did.newIssues != 1 || did.knownIssues != 1 || did.newComments != 1 || did.knownComments != 1 || did.lost != 0 {
		t.Errorf("%+v", did)
	}
}

func TestImport_WhatWasPutIntoTheTrashStaysThere(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	file := lines(t, issueOne+issueOneEnd, issueTwo)
	if got := importInto(t, pool, "REP", file); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	for _, sql := range []string{"update issue set deleted_at = now() where number = 7", "update label set deleted_at = now() where name = 'ui'",
		"update member set deleted_at = now() where handle = 'kim'"} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	again := lines(t, issueOne+issueOneComment+issueOneEnd, issueTwo, strings.ReplaceAll(issueOne, `7`, `9`)+issueOneEnd)
	got := importInto(t, pool, "REP", again)
	if got.code != exitDone || !strings.Contains(got.stderr, "imported 1 issue and 1 comment\n") || !strings.Contains(got.stderr, "passed over 1 issue in the trash") {
		t.Errorf("%+v", got)
	}
	if n := number(t, pool, "select count(*) from issue where number = 9 and author_id is null and cardinality(labels) = 1"); n != 1 {
		t.Error("the new issue names what has been deleted")
	}
}
