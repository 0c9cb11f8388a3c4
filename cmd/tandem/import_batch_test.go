package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/sync"
)

func TestBatch_WhatIsRefusedDoesNotKeepOutTheRest(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	var told bytes.Buffer
	engine := sync.New(sync.Options{Pool: pool})
	t.Cleanup(engine.Stop)
	i := newImport(&program{stderr: &told, logger: slog.New(slog.DiscardHandler)}, &database{pool: pool}, engine, takeSurvey(nil, false, fromGitHub), "ENG")
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
	target.labels["absent"] = sync.NewRef("label", uuid.New())

	comment := func(id, body string) importer.Comment {
		return importer.Comment{SourceID: "s#1/" + id, Author: importer.Ghost, Body: body, CreatedAt: at(3)}
	}
	b := &batch{issueImport: i, target: target}
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
