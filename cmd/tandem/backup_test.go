package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"tandem/queries/querytest"
)

// emptyDB makes a database without any table and returns its URL.
func emptyDB(t *testing.T) string {
	t.Helper()
	name := "e_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	admin := querytest.Pool(t, querytest.URL("postgres"))
	if _, err := admin.Exec(t.Context(), "create database "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := querytest.Pool(t, querytest.URL("postgres")).Exec(t.Context(), "drop database "+name+" with (force)"); err != nil {
			t.Log(err)
		}
	})
	return querytest.URL(name)
}

func backupOf(t *testing.T, env []string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tandem.backup")
	if got := tandem(t, env, "", append([]string{"backup", path}, args...)...); got.code != exitDone || got.stdout != "" {
		t.Fatalf("%+v", got)
	}
	return path
}

func TestBackup_AnyChangedByteIsFoundOrMeansNothing(t *testing.T) {
	t.Parallel()
	good := backupOf(t, on(furnished(t)))
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	original, err := openBackup(good)
	if err != nil {
		t.Fatal(err)
	}
	defer original.close()
	path, found := filepath.Join(t.TempDir(), "file"), 0
	for at := 0; at < len(whole); at += 1 + len(whole)/400 {
		spoiled := bytes.Clone(whole)
		spoiled[at] ^= 0x10
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := openBackup(path) // which compares the contents of every table with its checksum
		if err != nil {
			found++
			continue
		}
		if diff := cmp.Diff(original.manifest, b.manifest); diff != "" {
			t.Errorf("byte %d:\n%s", at, diff)
		}
		b.close()
	}
	if found < 200 {
		t.Errorf("only %d changes were found", found)
	}
}

// gate lets the first bytes pass when it is opened.
type gate struct {
	bytes.Buffer
	reached, opened chan struct{}
	passed          bool
}

func (g *gate) Write(p []byte) (int, error) {
	if !g.passed {
		g.passed = true
		close(g.reached)
		<-g.opened
	}
	return g.Buffer.Write(p)
}

func TestBackup_IsOfOneMomentAndHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	p := start(t, on(pool))
	p.signIn()
	team := p.team()
	g := &gate{reached: make(chan struct{}), opened: make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		_, err := writeBackup(t.Context(), &database{pool: pool}, g)
		ended <- err
	}()
	<-g.reached // the snapshot is taken, and the backup goes on only when the push is answered
	if _, err := p.push(uuid.New(), forty(t, team)); err != nil {
		t.Fatal(err)
	}
	eachOnce(t, p)
	close(g.opened)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, g.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := openBackup(path)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	if issues, _ := b.table("issue"); issues.Rows != 0 {
		t.Errorf("%d issues were written after the backup began", issues.Rows)
	}
}

func TestBackup_AFailureLeavesTheOldFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "tandem.backup")
	if err := os.WriteFile(path, []byte("of yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := tandem(t, on(querytest.Pool(t, emptyDB(t))), "", "backup", path) // there is nothing to write
	text, err := os.ReadFile(path)
	if got.code != exitFailed || err != nil || string(text) != "of yesterday" {
		t.Errorf("%+v, %q, %v", got, text, err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	if got := tandem(t, nil, "", "backup", path, "--data", folder); got.code != exitFailed || !strings.Contains(got.stderr, "there is no data in "+folder) {
		t.Errorf("%+v", got)
	}
}
