package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/queries/querytest"
	"tandem/sync"
)

// exported is the file that the command writes.
func exported(t *testing.T, pool *pgxpool.Pool, workspace string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.zip")
	if got := tandem(t, on(pool), "", "export", "--workspace", workspace, path); got.code != exitDone || got.stdout != "" || !strings.Contains(got.stderr, "exported "+workspace) {
		t.Fatalf("%+v", got)
	}
	return path
}

func bytesOf(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// contents are the parts of a zip file, by name.
func contents(t *testing.T, file []byte) map[string]string {
	t.Helper()
	opened, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, part := range opened.File {
		from, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		parts[part.Name] = string(content)
	}
	return parts
}

// enrich gives the demo what it does not have by itself: all that an export must carry through.
func enrich(t *testing.T, s *site) {
	t.Helper()
	l := &demoLoader{workspace: demoWorkspace}
	ann, ben := sync.Actor{Workspace: demoWorkspace, Member: l.member("ann").ID()}, sync.Actor{Workspace: demoWorkspace, Member: l.member("ben").ID()}
	tabs := map[sync.Actor]uuid.UUID{ann: newID(), ben: newID()}
	apply := func(actor sync.Actor, ops ...sync.Operation) {
		t.Helper()
		answer, err := s.engine.Push(t.Context(), actor, sync.Push{Client: tabs[actor], Transactions: []sync.Transaction{{ID: newID(), Ops: ops}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Results[0].Err(); err != nil {
			t.Fatal(err)
		}
	}
	made := func(kind string, set map[string]any) sync.Operation { return create(sync.NewRef(kind, newID()), set) }
	eng, issue := string(sync.NewRef("team", l.team("ENG"))), l.issueRef(0)
	look, err := s.engine.Look(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	sec, err := look.TeamByKey("SEC")
	if err != nil {
		t.Fatal(err)
	}
	parent := made("issue", map[string]any{"team": eng, "title": "مرحبا بالعالم – שלום 🚀👩‍👩‍👧", "description": strings.Repeat("Grüße, „Welt“ <b>&\u2028 🚀 '=1\r\n", 3000)})
	child := made("issue", map[string]any{"team": eng, "title": "=cmd|' /C calc'!A0", "parent": string(parent.Record), "due": "2027-02-28", "estimate": 5,
		"labels": []string{string(l.label("a11y"))}, "assignee": string(l.member("ben")), "subscribers": []string{string(l.member("ann"))}})
	grandchild := made("issue", map[string]any{"team": eng, "title": "Deep", "parent": string(child.Record)})
	apply(ann, parent, child, grandchild)
	apply(ann, sync.Operation{Op: sync.Move, Record: grandchild.Record, Before: parent.Record})
	note := made("comment", map[string]any{"issue": string(child.Record), "body": "**Bold** @ben"})
	answer := made("comment", map[string]any{"issue": string(child.Record), "body": "Reply", "parent": string(note.Record)})
	gone := made("comment", map[string]any{"issue": string(child.Record), "body": "Gone"})
	apply(ben, note, answer, gone, sync.Operation{Op: sync.Add, Record: note.Record, Field: "reactions", Value: "👍"}, sync.Operation{Op: sync.Delete, Record: gone.Record})
	for _, content := range []string{"small", strings.Repeat("large ", 100_000)} {
		file, err := s.engine.KeepFile(t.Context(), ann, sync.NewFile{Content: strings.NewReader(content), Type: "image/png", Width: 3, Height: 2})
		if err != nil {
			t.Fatal(err)
		}
		apply(ann, made("attachment", map[string]any{"issue": string(issue), "name": "Über (1) 🚀.png", "file": file.String()}),
			made("attachment", map[string]any{"issue": string(child.Record), "name": "again.png", "file": file.String()}))
	}
	display := sync.DisplayID(demoWorkspace, l.team("ENG"), uuid.Nil, uuid.Nil)
	apply(ann, made("template", map[string]any{"team": eng, "name": "Bug report", "title": "Bug: ", "description": "Steps", "default": true, "labels": []string{string(l.label("a11y"))}}),
		made("view", map[string]any{"team": eng, "name": "Late ones", "query": "f=due:overdue", "icon": "clock"}), made("view", map[string]any{"team": eng, "name": "Mine", "private": true}),
		made("view", map[string]any{"name": "Urgent everywhere", "query": "group=team&f=priority:urgent", "icon": "warning"}),
		create(sync.NewRef("display", sync.DisplayID(demoWorkspace, uuid.Nil, uuid.Nil, uuid.Nil)), map[string]any{"query": "group=team"}),
		create(sync.NewRef("display", display), map[string]any{"team": eng, "query": "group=assignee"}),
		made("label", map[string]any{"name": "low", "group": "risk"}), made("status", map[string]any{"team": eng, "name": "Parked", "category": "started"}))
	waits := made("issue", map[string]any{"team": string(sync.NewRef("team", sec.ID)), "title": "Asleep", "status": l.status(sec.ID, "Triage")})
	apply(ann, waits)
	apply(ann, sync.Operation{Op: sync.Move, Record: waits.Record, Set: map[string]any{"snoozed_until": "2030-01-02T03:04:05.678Z"}})
	apply(ann, sync.Operation{Op: sync.Move, Record: grandchild.Record, Set: map[string]any{"team": string(sync.NewRef("team", sec.ID))}})
	trashed := made("issue", map[string]any{"team": eng, "title": "In the trash"})
	apply(ann, trashed)
	apply(ann, made("comment", map[string]any{"issue": string(trashed.Record), "body": "There too"}), made("relation", map[string]any{"issue": string(trashed.Record), "kind": "related", "other": string(issue)}))
	apply(ann, sync.Operation{Op: sync.Delete, Record: trashed.Record})
	apply(ann, sync.Operation{Op: sync.Delete, Record: l.member("cleo")})
	if _, err := s.engine.Share(t.Context(), ann, tabs[ann], issue, "", nil); err != nil {
		t.Fatal(err)
	}
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func TestExport_ImportedAgainIsTheSame(t *testing.T) {
	t.Parallel()
	pool := querytest.DB(t)
	enrich(t, demoIn(t, pool))
	first := exported(t, pool, "acme")
	other := querytest.DB(t)
	back := tandem(t, on(other), "", "import", "workspace", first, "--workspace", "acme-again")
	if back.code != exitDone || back.stdout != "" || !strings.Contains(back.stderr, " of 4 teams, 4 files") || !strings.Contains(back.stderr, "tandem user add EMAIL") {
		t.Fatalf("%+v", back)
	}
	second := exported(t, other, "acme-again")
	was, is := contents(t, bytesOf(t, first)), contents(t, bytesOf(t, second))
	for name := range was {
		if was[name] != is[name] {
			t.Errorf("%s differs: %s", name, firstDifference(was[name], is[name]))
		}
	}
	if !bytes.Equal(bytesOf(t, first), bytesOf(t, second)) {
		t.Error("the files differ")
	}
	if found := findings(t, tandem(t, on(other), "", "doctor", "--deep")); len(found) != 0 {
		t.Errorf("%q", found)
	}

	// Again, it finds all of it there.
	again := tandem(t, on(other), "", "import", "workspace", first, "--workspace", "acme-again")
	if again.code != exitDone || !bytes.Equal(bytesOf(t, first), bytesOf(t, exported(t, other, "acme-again"))) {
		t.Errorf("%+v", again)
	}
	comesIn(t, other, number(t, pool, nextOfENG))
}

func firstDifference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range left {
		if i >= len(right) || left[i] != right[i] {
			return fmt.Sprintf("line %d\n%.1500s\n%.1500s", i+1, left[i], strings.Join(right[min(i, len(right)):min(i+1, len(right))], ""))
		}
	}
	return fmt.Sprintf("%d and %d lines", len(left), len(right))
}

const nextOfENG = "select next from team_number n join team t on t.id = n.team_id where t.key = 'ENG'"

// comesIn lets ann in, who finds what was hers, and goes on with the next number.
func comesIn(t *testing.T, pool *pgxpool.Pool, want int) {
	t.Helper()
	got := tandem(t, on(pool), annsPassword+"\n", "user", "add", "ann@example.com", "--name", "Ann", "--workspace", "acme-again", "--role", "admin", "--password-stdin")
	if got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	engine := sync.New(sync.Options{Pool: pool})
	defer engine.Stop()
	person, err := engine.PersonByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	l := &demoLoader{workspace: demoWorkspace}
	actor, err := engine.ActorIn(t.Context(), "acme-again", person.ID)
	if err != nil || actor.Member != l.member("ann").ID() {
		t.Fatalf("%+v, %v", actor, err)
	}
	next := sync.NewRef("issue", newID())
	answer, err := engine.Push(t.Context(), actor, sync.Push{Client: newID(), Transactions: []sync.Transaction{{ID: newID(), Ops: []sync.Operation{
		create(next, map[string]any{"team": string(sync.NewRef("team", l.team("ENG"))), "title": "The next one"})}}}})
	if err != nil || answer.Results[0].Err() != nil {
		t.Fatalf("%+v, %v", answer, err)
	}
	if got := number(t, pool, "select number from issue where id = $1", next.ID()); got != want {
		t.Errorf("the next number is %d, not %d", got, want)
	}
	if told := number(t, pool, "select count(*) from inbox"); told != 0 {
		t.Errorf("somebody is told of %d issues of long ago", told)
	}
	if found := findings(t, tandem(t, on(pool), "", "doctor", "--deep")); len(found) != 0 {
		t.Errorf("%q", found)
	}
}

func TestExport_GoesToStandardOutputOrIntoAFileOfTheWorkspacesName(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	path := exported(t, pool, "acme")
	piped := tandem(t, on(pool), "", "export", "--workspace", "acme", "-")
	if piped.code != exitDone || piped.stdout != string(bytesOf(t, path)) {
		t.Errorf("exit %d: %s", piped.code, piped.stderr)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others can read it", info.Mode(), err)
	}
	if c := (&exportCommand{Workspace: "acme"}); c.path() != "acme.zip" {
		t.Error(c.path())
	}
}

func TestExport_WritesNothingWhereItFails(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	folder := t.TempDir()
	path := filepath.Join(folder, "old.zip")
	if err := os.WriteFile(path, []byte("yesterday's"), 0o600); err != nil {
		t.Fatal(err)
	}
	none := tandem(t, on(pool), "", "export", "--workspace", "other", path)
	if none.code != exitFailed || !strings.Contains(none.stderr, "there is no workspace other") {
		t.Errorf("%+v", none)
	}
	spoil(t, pool, "drop table display")
	if broken := tandem(t, on(pool), "", "export", "--workspace", "acme", path); broken.code != exitFailed {
		t.Errorf("%+v", broken)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 || string(bytesOf(t, path)) != "yesterday's" {
		t.Errorf("%v, %v", left, err)
	}
	empty := t.TempDir()
	if got := tandem(t, nil, "", "export", "--workspace", "acme", "--data", empty, path); got.code != exitFailed || !strings.Contains(got.stderr, "there is no data in "+empty) {
		t.Errorf("%+v", got)
	}
}

// A server runs on both sides, and works on what it sees.
func TestExport_BesideARunningServer(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	p := start(t, nil, "demo", "--data", folder)
	defer p.stop(syscall.SIGTERM)
	path := filepath.Join(t.TempDir(), "demo.zip")
	if got := tandem(t, nil, "", "export", "--workspace", "acme", "--data", folder, path); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	p.signInToDemo("ann", "/acme")
	response, err := p.client.PostForm(p.address+"/acme/settings/export", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	sent, err := io.ReadAll(response.Body)
	if err != nil || !bytes.Equal(sent, bytesOf(t, path)) {
		t.Errorf("the page gives another file: %d bytes, %v", len(sent), err)
	}
	if got := tandem(t, nil, "", "import", "workspace", path, "--workspace", "back", "--data", folder); got.code != exitFailed || !strings.Contains(got.stderr, "here already, as acme") {
		t.Errorf("%+v", got)
	}

	pool := querytest.DB(t)
	q := start(t, on(pool), "serve")
	defer q.stop(syscall.SIGTERM)
	if got := tandem(t, on(pool), "", "import", "workspace", path, "--workspace", "back"); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	if !bytes.Equal(bytesOf(t, path), bytesOf(t, exported(t, pool, "back"))) {
		t.Error("the server changed what came back")
	}
}
