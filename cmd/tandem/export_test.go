package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
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

// rewritten is a zip file with a part changed, or taken out where change says "".
func rewritten(t *testing.T, file []byte, name string, change func(string) string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "changed.zip")
	to, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	written := zip.NewWriter(to)
	for part, content := range contents(t, file) {
		if part == name {
			if content = change(content); content == "" {
				continue
			}
		}
		out, err := written.Create(part)
		if err == nil {
			_, err = io.WriteString(out, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := written.Close(); err != nil {
		t.Fatal(err)
	}
	return path
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

func TestImportWorkspace_RefusesWhatItCannotBringBack(t *testing.T) {
	t.Parallel()
	pool := querytest.DB(t)
	enrich(t, demoIn(t, pool))
	path := exported(t, pool, "acme")
	whole := bytesOf(t, path)
	attached := ""
	for name := range contents(t, whole) {
		if strings.HasPrefix(name, "attachments/") {
			attached = name
		}
	}
	ownParent := regexp.MustCompile(`"record":"(issue:[^"]+)","fields":\{[^\n]*?"parent":"(issue:[^"]+)"`)
	other := querytest.DB(t)
	cut := filepath.Join(t.TempDir(), "cut.zip")
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(whole, []byte("data/issue.jsonl"))+5000] ^= 0x10
	damaged := filepath.Join(t.TempDir(), "damaged.zip")
	if err := os.WriteFile(damaged, flipped, 0o600); err != nil {
		t.Fatal(err)
	}
	replaced := func(name, old, new string) string {
		return rewritten(t, whole, name, func(content string) string { return strings.Replace(content, old, new, 1) })
	}
	without := func(name string) string { return rewritten(t, whole, name, func(string) string { return "" }) }
	for name, c := range map[string]struct{ path, says string }{
		"cut short":                    {cut, "only a part of one"},
		"not there":                    {"/no/such/file.zip", "/no/such/file.zip"},
		"a flipped bit":                {damaged, "data/issue.jsonl, record "},
		"of a newer build":             {replaced("schema.json", `"format": 1`, `"format": 2`), "newer build"},
		"with an unknown kind":         {replaced("schema.json", `"kind": "cycle"`, `"kind": "rocket"`), "records of kind rocket"},
		"without a schema":             {without("schema.json"), "no export of a workspace"},
		"without its issues":           {without("data/issue.jsonl"), "data/issue.jsonl is missing"},
		"without its workspace":        {without("data/workspace.jsonl"), "data/workspace.jsonl is missing"},
		"a line that is no JSON":       {replaced("data/issue.jsonl", `{"record"`, `{record`), "data/issue.jsonl, record 1"},
		"a record of two fields":       {replaced("data/issue.jsonl", `"title"`, `"colour":1,"title"`), "data/issue.jsonl, record 1: colour"},
		"a reference to nowhere":       {replaced("data/comment.jsonl", `"issue":"issue:`, `"issue":"issue:0198a0a0-0000-7000-8000-000000000000","x":"`), "data/comment.jsonl, record 1"},
		"a record that is there twice": {replaced("data/label.jsonl", "{", contents(t, whole)["data/label.jsonl"]+"{"), "is there twice"},
		"an issue below itself": {rewritten(t, whole, "data/issue.jsonl", func(content string) string {
			found := ownParent.FindStringSubmatchIndex(content)
			return content[:found[4]] + content[found[2]:found[3]] + content[found[5]:]
		}), "lies below itself"},
		"a parent of nowhere":      {replaced("data/issue.jsonl", `"parent":null`, `"parent":"issue:0198a0a0-0000-7000-8000-000000000000"`), "which is not there"},
		"a next number of no one":  {replaced("data/team.jsonl", `"next_number":`, `"next_number":-`), "next_number"},
		"a former key of nonsense": {replaced("data/issue.jsonl", `"former_keys":["`, `"former_keys":["x`), "former_keys"},
		"without a file":           {without(attached), "the file " + attached + " is missing"},
		"a file of another length": {rewritten(t, whole, attached, func(content string) string { return content + "!" }), "bytes"},
		"a record of another kind": {replaced("data/label.jsonl", `"record":"label:`, `"record":"cycle:`), "none of this kind"},
	} {
		got := tandem(t, on(other), "", "import", "workspace", c.path, "--workspace", "back")
		if got.code != exitFailed || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if n := number(t, other, "select (select count(*) from workspace) + (select count(*) from member) + (select count(*) from file)"); n != 0 {
		t.Errorf("%d records were made", n)
	}
	addAnn(t, on(other))
	for slug, says := range map[string]string{"acme": "another workspace acme", "Back": "--workspace Back", "setup": "--workspace setup"} {
		if got := tandem(t, on(other), "", "import", "workspace", path, "--workspace", slug); got.code == exitDone || !strings.Contains(got.stderr, says) {
			t.Errorf("%s: %+v", slug, got)
		}
	}
	for slug, says := range map[string]string{"acme": "here already, and not from this file", "back": "here already, as acme"} {
		if got := tandem(t, on(pool), "", "import", "workspace", path, "--workspace", slug); got.code != exitFailed || !strings.Contains(got.stderr, says) {
			t.Errorf("%s: %+v", slug, got)
		}
	}
}

// Broken off, it goes on when it is done again.
func TestImportWorkspace_GoesOnWhereItWasBrokenOff(t *testing.T) {
	t.Parallel()
	pool := querytest.DB(t)
	demoIn(t, pool)
	path := exported(t, pool, "acme")
	other := querytest.DB(t)
	engine := sync.New(sync.Options{Pool: other})
	defer engine.Stop()
	file, err := openArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.close()
	ctx, cancel := context.WithCancel(t.Context())
	r := &revival{program: &program{stderr: io.Discard}, database: &database{pool: other}, engine: engine, file: file, slug: "back", workspace: demoWorkspace}
	if err := r.adopt(ctx); err != nil {
		t.Fatal(err)
	}
	sent := 0
	r.advance = func() {
		if sent++; sent == 200 {
			cancel()
		}
	}
	if err := r.perform(ctx); err == nil {
		t.Fatal("it was not broken off")
	}
	if there := number(t, other, "select count(*) from issue"); there == 0 || there >= number(t, pool, "select count(*) from issue") {
		t.Fatalf("%d issues are there", there)
	}
	if got := tandem(t, on(other), "", "import", "workspace", path, "--workspace", "back"); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	if !bytes.Equal(bytesOf(t, path), bytesOf(t, exported(t, other, "back"))) {
		t.Error("another workspace came back")
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
