package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/migrations"
	"tandem/queries/querytest"
	"tandem/sync"
)

// pulledState is an answer of pull in short.
type pulledState struct {
	Epoch, Reset string
	Version      int64
	Changes      []pulled
}

func (p *process) get(path string, into any) {
	p.Helper()
	response, err := p.client.Get(p.address + path)
	if err != nil {
		p.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		p.Fatalf("%s: %s: %v", path, response.Status, err)
	}
}

func TestS21_ARestoredServerBeginsANewEpoch(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	addAnn(t, nil, "--data", folder)
	p := start(t, nil, "--data", folder)
	p.signIn()
	client := uuid.New()
	if _, err := p.push(client, forty(t, p.team())); err != nil {
		t.Fatal(err)
	}
	file, more := filepath.Join(t.TempDir(), "tandem.backup"), forty(t, p.team())
	written := make(chan error, 1)
	go func() { _, err := p.push(client, more); written <- err }() // writes go on meanwhile
	if got := tandem(t, nil, "", "backup", file, "--data", folder); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	// What comes after the backup is lost with the old life.
	lost, err := p.push(client, forty(t, p.team()))
	if err != nil {
		t.Fatal(err)
	}
	var old pulledState
	p.get("/acme/sync/pull?since=0&limit=5000", &old)

	if got := tandem(t, nil, "", "restore", file, "--data", folder); got.code != exitFailed || !strings.Contains(lastLine(got.stderr), "a server runs on the data folder") {
		t.Errorf("beside a server: %+v", got)
	}
	p.stop(syscall.SIGTERM)
	if got := tandem(t, nil, "", "restore", file, "--data", folder); got.code != exitFailed || !strings.Contains(lastLine(got.stderr), "holds data already") {
		t.Errorf("over data: %+v", got)
	}
	other := dataFolder(t)
	if got := tandem(t, nil, "", "restore", file, "--data", other); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	if got := tandem(t, nil, "", "doctor", "--deep", "--data", other); got.code != exitDone || !strings.Contains(got.stdout, "ok     acme: ") {
		t.Errorf("%+v", got)
	}

	p = start(t, nil, "--data", other)
	p.signIn()
	var now, pull pulledState
	p.get("/acme/sync/pull?since=0&limit=5000", &now)
	p.get(fmt.Sprintf("/acme/sync/pull?since=%d&epoch=%s", old.Version, old.Epoch), &pull)
	if pull.Reset != "epoch" || pull.Epoch == old.Epoch || pull.Epoch != now.Epoch || pull.Version < old.Version+999_999_000 || len(pull.Changes) != 0 {
		t.Errorf("an old client's pull: %+v", pull)
	}
	titles := p.titles()
	for i := range 40 {
		if n := titles[fmt.Sprintf("issue %d", i)]; n != 1 && n != 2 {
			t.Errorf("issue %d is there %d times", i, n)
		}
	}
	if code, answer := p.pushIn(old.Epoch, client, forty(t, p.team())); code != http.StatusConflict || !strings.Contains(answer, `"code":"epoch"`) || !strings.Contains(answer, now.Epoch) {
		t.Errorf("an old client's push: %d %s", code, answer)
	}
	if diff := cmp.Diff(titles, p.titles()); diff != "" {
		t.Errorf("it was applied:\n%s", diff)
	}
	code, answer := p.pushIn(now.Epoch, client, forty(t, p.team())[:1])
	var fresh sync.PushResult
	if err := json.Unmarshal([]byte(answer), &fresh); err != nil || code != http.StatusOK || fresh.Version != now.Version+1 || fresh.Version <= lost.Version+999_999_000 {
		t.Errorf("the first write of the new life: %d %s", code, answer)
	}
	if got := tandem(t, nil, "", "doctor", "--deep", "--data", other); got.code != exitDone {
		t.Errorf("beside the running server: %+v", got)
	}
}

// pushIn sends transactions as a client of an epoch.
func (p *process) pushIn(epoch string, client uuid.UUID, transactions []sync.Transaction) (int, string) {
	p.Helper()
	body, err := json.Marshal(map[string]any{"client": client, "epoch": epoch, "transactions": transactions})
	if err != nil {
		p.Fatal(err)
	}
	response, err := p.client.Post(p.address+"/acme/sync/push", "application/json", bytes.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		p.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

// imported is a database with a workspace of one's own making and of a source's.
func imported(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := furnished(t)
	if got := importInto(t, pool, "REP", lines(t, issueOne+issueOneComment+issueOneEnd, issueTwo, pullThree), "--pulls"); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	return pool
}

// keepFile stores a file of several pieces.
func keepFile(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	engine := sync.New(sync.Options{Pool: pool})
	t.Cleanup(engine.Stop)
	var workspace uuid.UUID
	if err := pool.QueryRow(t.Context(), "select id from workspace").Scan(&workspace); err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("tab\t, \\., zero \x00 and more\r\n"), 40_000)
	if _, err := engine.KeepFile(t.Context(), sync.Actor{Workspace: workspace}, sync.NewFile{Content: bytes.NewReader(content), Type: "application/octet-stream"}); err != nil {
		t.Fatal(err)
	}
	if n := number(t, pool, "select count(*) from file_piece"); n < 2 {
		t.Errorf("the file is kept in %d pieces", n)
	}
}

func TestRestore_BringsBackEveryRow(t *testing.T) {
	t.Parallel()
	pool := imported(t)
	keepFile(t, pool)
	url := emptyDB(t)
	if got := tandem(t, []string{"DATABASE_URL=" + url}, "", "restore", backupOf(t, on(pool))); got.code != exitDone || !strings.Contains(got.stderr, "restored ") {
		t.Fatalf("%+v", got)
	}
	restored := querytest.Pool(t, url)
	for _, table := range texts(t, pool, "select tablename::text from pg_tables where schemaname = 'public' and tablename <> 'instance' order by 1") {
		columns := "x"
		if table == "workspace" {
			columns = "(x.id, x.slug, x.name, x.version, x.stamps, x.created_at, x.updated_at, x.floor)"
		}
		if table == "goose_db_version" {
			columns = "x.version_id"
		}
		sql := "select " + columns + "::text from " + table + " x order by 1"
		if diff := cmp.Diff(texts(t, pool, sql), texts(t, restored, sql)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", table, diff)
		}
	}
	if number(t, restored, "select count(*) from change") < 10 || number(t, restored, "select base_version from workspace") < 1_000_000_000 {
		t.Error("the log or the new epoch is missing")
	}
	if n := number(t, pool, "select count(*) from pg_sequences where sequencename not like 'goose%'"); n != 0 {
		t.Errorf("a backup does not keep where the %d sequences of the schema stand", n)
	}
}

func TestRestore_OfAnOlderSchemaGoesOnToThisBuilds(t *testing.T) {
	t.Parallel()
	oldURL, url := emptyDB(t), emptyDB(t)
	old := querytest.Pool(t, oldURL)
	if err := migrations.To(t.Context(), old, 4); err != nil {
		t.Fatal(err)
	}
	recogniseIn(t, old)
	if _, err := old.Exec(t.Context(), "insert into workspace (id, slug, name, epoch, version, created_at, updated_at) values (gen_random_uuid(), 'acme', 'Acme', gen_random_uuid(), 0, now(), now())"); err != nil {
		t.Fatal(err)
	}
	file := backupOf(t, []string{"DATABASE_URL=" + oldURL})
	if n := number(t, old, "select max(version_id) from goose_db_version"); n != 4 {
		t.Errorf("the backup migrated its database to %d", n)
	}
	old.Close()
	if got := tandem(t, []string{"DATABASE_URL=" + url}, "", "restore", file); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	newest, err := migrations.Newest()
	if err != nil {
		t.Fatal(err)
	}
	restored := querytest.Pool(t, url)
	if n := number(t, restored, "select max(version_id) from goose_db_version"); n != int(newest) {
		t.Errorf("the schema is %d of %d", n, newest)
	}
	if n := number(t, restored, "select count(*) from workspace where slug = 'acme' and base_version = 1000000000"); n != 1 {
		t.Error("the workspace is not there, or in its old epoch")
	}
}

func TestRestore_RefusesWhatItCannotTrust(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	good := backupOf(t, on(pool))
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	newest, err := migrations.Newest()
	if err != nil {
		t.Fatal(err)
	}
	changed := func(t *testing.T, change func(*manifest)) []byte {
		b, err := openBackup(good)
		if err != nil {
			t.Fatal(err)
		}
		defer b.close()
		change(&b.manifest)
		var out bytes.Buffer
		if err := newBackupWriter(&out).close(b.manifest); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"half of it":              {whole[:len(whole)/2], "only a part of one"},
		"all but its last byte":   {whole[:len(whole)-1], "only a part of one"},
		"nothing":                 {nil, "is no backup"},
		"something else":          {[]byte(strings.Repeat("CREATE TABLE x ();\n", 1000)), "is no backup"},
		"a newer format":          {changed(t, func(m *manifest) { m.Format = 2 }), "newer build"},
		"a newer schema":          {changed(t, func(m *manifest) { m.Schema = newest + 1 }), "newer build"},
		"no tables":               {changed(t, func(m *manifest) { m.Tables = nil }), "damaged"},
		"a table that is missing": {changed(t, func(*manifest) {}), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			// Nobody answers there: the file is read to its end before the database is touched.
			got := tandem(t, []string{"DATABASE_URL=postgres://ann@127.0.0.1:1/tandem"}, "", "restore", path)
			if got.code != exitFailed || !strings.Contains(got.stderr, c.says) || strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("no file", func(t *testing.T) {
		t.Parallel()
		if got := tandem(t, on(pool), "", "restore", "/no/such/file"); got.code != exitFailed || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("over data", func(t *testing.T) {
		t.Parallel()
		url := emptyDB(t)
		for range 2 {
			if got := tandem(t, []string{"DATABASE_URL=" + url}, "", "restore", good); strings.Contains(got.stderr, "restored ") {
				continue
			} else if got.code != exitFailed || !strings.Contains(lastLine(got.stderr), "holds data already") {
				t.Errorf("%+v", got)
			}
		}
		if n := number(t, querytest.Pool(t, url), "select count(*) from person"); n != 1 {
			t.Errorf("%d people", n)
		}
	})
	t.Run("beside whoever uses the database", func(t *testing.T) {
		t.Parallel()
		url := emptyDB(t)
		user := querytest.Pool(t, url)
		number(t, user, "select 1")
		if got := tandem(t, []string{"DATABASE_URL=" + url}, "", "restore", good); got.code != exitFailed || !strings.Contains(lastLine(got.stderr), "other connections") {
			t.Errorf("%+v", got)
		}
	})
}
