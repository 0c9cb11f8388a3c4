package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tandem/queries/querytest"
	"tandem/sync"
)

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
	r.advance = func(records int) {
		if sent += records; sent >= 200 {
			cancel()
		}
	}
	if err := r.perform(ctx); err == nil {
		t.Fatal("it was not broken off")
	}
	if there := number(t, other, "select count(*) from issue"); there == 0 || there >= number(t, pool, "select count(*) from issue") {
		t.Fatalf("%d issues are there", there)
	}
	if number(t, other, "select count(*) from workspace where arriving") != 1 {
		t.Error("its cycles go on without their issues")
	}
	if got := tandem(t, on(other), "", "import", "workspace", path, "--workspace", "back"); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	if !bytes.Equal(bytesOf(t, path), bytesOf(t, exported(t, other, "back"))) {
		t.Error("another workspace came back")
	}
	if number(t, other, "select count(*) from workspace where arriving") != 0 {
		t.Error("its cycles stand still")
	}
}
