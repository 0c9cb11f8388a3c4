package handlers

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	stdsync "sync"
	"testing"
	"testing/fstest"
	"time"

	"tandem/migrations"
	"tandem/sync"
)

// What a later build might bring: a column in a table that every write touches, an index made beside the writers, a table.
var expandFiles = fstest.MapFS{
	"9001_size.sql": {Data: []byte(`-- +goose Up
ALTER TABLE issue ADD COLUMN size integer;
ALTER TABLE comment ADD COLUMN mood text NOT NULL DEFAULT 'calm';
ALTER TABLE change ADD COLUMN reason text;
ALTER TABLE result ADD COLUMN node text;
ALTER TABLE session ADD COLUMN device text;
CREATE TABLE reaction (workspace_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (workspace_id, id));
`)},
	"9002_size_index.sql": {Data: []byte(`-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_size;
CREATE INDEX CONCURRENTLY issue_size ON issue (workspace_id, size);
RESET lock_timeout;
`)},
}

// And what it takes away again when nobody uses it any more.
var contractFiles = fstest.MapFS{
	"9003_no_size.sql": {Data: []byte(`-- +goose Up
ALTER TABLE issue DROP COLUMN size;
ALTER TABLE change DROP COLUMN reason;
ALTER TABLE result DROP COLUMN node;
DROP TABLE reaction;
`)},
}

// build is the migrations of a later one.
func build(t testing.TB, later ...fstest.MapFS) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	ours, err := fs.Glob(migrations.Files(), "*.sql")
	must(t, err)
	for _, name := range ours {
		text, err := fs.ReadFile(migrations.Files(), name)
		must(t, err)
		all[name] = &fstest.MapFile{Data: text}
	}
	for _, files := range later {
		for name, file := range files {
			all[name] = file
		}
	}
	return all
}

// load is three people at work on a node: each writes, pulls, lists and searches.
type load struct {
	stop    chan struct{}
	working stdsync.WaitGroup
	mu      stdsync.Mutex
	written []string
	came    chan struct{} // a write was acknowledged
}

func newLoad(h *house) *load {
	l := &load{stop: make(chan struct{}), came: make(chan struct{}, 1)}
	for range 3 {
		l.working.Go(func() { l.work(h, h.ann.tab()) })
	}
	return l
}

func (l *load) work(h *house, tab *browser) {
	for n := 0; ; n++ {
		select {
		case <-l.stop:
			return
		default:
		}
		title := fmt.Sprintf("issue %d of %s", n, tab.client)
		made := sync.NewRef("issue", newID())
		answer := tab.send(sync.Transaction{ID: newID(), Ops: []sync.Operation{{Op: sync.Create, Record: made, Set: map[string]any{"team": sync.NewRef("team", h.eng), "title": title}},
			{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": made, "body": "Why?"}}}})
		answers := []asked{{"push", answer}, {"pull", tab.get("/acme/sync/pull?since=0&limit=50")}, {"list", tab.get("/acme/team/ENG")}, {"search", tab.get("/acme/search?q=issue")}}
		for _, a := range answers {
			if a.code != http.StatusOK {
				h.t.Errorf("%s: %s answers %d: %.300s", title, a.what, a.code, a.body)
				return
			}
		}
		l.note(title)
	}
}

// asked is an answer and what was asked.
type asked struct {
	what string
	answer
}

func (l *load) note(title string) {
	l.mu.Lock()
	l.written = append(l.written, title)
	l.mu.Unlock()
	select {
	case l.came <- struct{}{}:
	default:
	}
}

// more waits for so many further writes.
func (l *load) more(t testing.TB, count int) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for range count {
		select {
		case <-l.came:
		case <-deadline:
			t.Fatal("nobody can write any more")
		}
	}
}

func (l *load) end(h *house) {
	h.t.Helper()
	close(l.stop)
	l.working.Wait()
	for _, title := range l.written {
		var n int
		must(h.t, h.pool.QueryRow(h.t.Context(), "select count(*) from issue where title = $1", title).Scan(&n))
		if n != 1 {
			h.t.Errorf("%q is there %d times", title, n)
		}
	}
	h.t.Logf("%d writes", len(l.written))
}

func TestS88_AMigrationInThreeStepsUnderLoad(t *testing.T) {
	t.Parallel()
	h := setup(t)
	old, young := h.node(), h.node()
	working := newLoad(old)
	working.more(t, 5) // every statement is prepared on some connection
	must(t, migrations.Apply(t.Context(), h.pool, build(t, expandFiles)))
	working.more(t, 5) // the old build's writes still land
	deployed := newLoad(young)
	deployed.more(t, 5)
	working.more(t, 5)
	working.end(h)
	must(t, migrations.Apply(t.Context(), h.pool, build(t, expandFiles, contractFiles)))
	deployed.more(t, 5)
	deployed.end(h)
	if n := h.count("select count(*) from pg_index where not indisvalid"); n > 0 {
		t.Errorf("%d half indexes are left", n)
	}
	if err := migrations.Run(t.Context(), h.pool); err != migrations.ErrNewer {
		t.Errorf("the old build would start: %v", err)
	}
}

// A backup reads every table for as long as it takes. A migration that must wait for it holds nobody else up.
func TestS88_AMigrationThatWaitsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	h := setup(t)
	node := h.node()
	backup, err := h.pool.Begin(t.Context())
	must(t, err)
	_, err = backup.Exec(t.Context(), "select from issue, comment, change, result limit 1")
	must(t, err)
	migrated := make(chan error, 1)
	one := fstest.MapFS{"9001_size.sql": {Data: []byte("-- +goose Up\nALTER TABLE issue ADD COLUMN size integer;\n")}}
	go func() { migrated <- migrations.Apply(t.Context(), h.pool, build(t, one)) }()
	h.await("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%ALTER TABLE issue%'")
	working := newLoad(node)
	working.more(t, 5)
	select {
	case err := <-migrated:
		t.Errorf("migrated beside the backup: %v", err)
	default:
	}
	must(t, backup.Rollback(context.WithoutCancel(t.Context())))
	must(t, <-migrated)
	working.more(t, 3)
	working.end(h)
}

// await returns when a count is above zero.
func (h *house) await(sql string) {
	h.t.Helper()
	deadline := time.After(30 * time.Second)
	for h.count(sql) == 0 {
		select {
		case <-time.After(time.Millisecond):
		case <-deadline:
			h.t.Fatalf("never seen: %s", sql)
		}
	}
}
