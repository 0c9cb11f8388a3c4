package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/migrations"
	"tandem/queries/querytest"
)

// findings are the lines of what is wrong, without those of the test's PostgreSQL, which saves nothing to the disk.
func findings(t *testing.T, got answer) []string {
	t.Helper()
	var found []string
	for line := range strings.Lines(got.stdout) {
		if strings.HasPrefix(line, "wrong") && !strings.Contains(line, "can be lost with the power") {
			found = append(found, line)
		}
	}
	if got.code != exitFailed || !strings.HasPrefix(lastLine(got.stderr), "tandem: wrong: ") {
		t.Errorf("%+v", got)
	}
	return found
}

func TestDoctor_FindsNothingInAnImportedWorkspace(t *testing.T) {
	t.Parallel()
	pool := imported(t)
	got := tandem(t, on(pool), "", "doctor", "--deep")
	if found := findings(t, got); len(found) != 0 {
		t.Errorf("%q", found)
	}
	for _, line := range []string{"ok     the schema is ", "ok     the data lies in the cluster", "ok     the clocks are ", "ok     acme: the log reaches from V 0 to ", "entries of the log give the"} {
		if !strings.Contains(got.stdout, line) {
			t.Errorf("%q is not in\n%s", line, got.stdout)
		}
	}
	if strings.Count(got.stdout, "can be lost with the power") != 3 {
		t.Errorf("fsync, full_page_writes and synchronous_commit are off:\n%s", got.stdout)
	}
}

func TestS90_DoctorNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil string
		args  []string
		says  []string
	}{
		"a title":              {"update issue set title = 'Olden' where title = 'Older'", []string{"--deep"}, []string{"acme: issue:", "title, V ", `the log says "Older"`, `the table says "Olden"`}},
		"an entry":             {"delete from change where version = 3", []string{"--deep"}, []string{"acme: V 3: ", "no such entry"}},
		"the head":             {"delete from change where version > 4", nil, []string{"acme: the log ends at V 4, but V "}},
		"the lock":             {"delete from workspace_lock", nil, []string{"acme: ", "workspace_lock", "nobody can write"}},
		"the cluster":          {"update instance set timeline = timeline + 1", nil, []string{"another cluster", "a new epoch"}},
		"the clock":            {"update change set at = now() + interval '1 hour', imported = false where version = (select max(version) from change)", nil, []string{"in the future"}},
		"a newer schema":       {"insert into goose_db_version (version_id, is_applied) values (9999, true)", nil, []string{"newer", "9999"}},
		"an older schema":      {"delete from goose_db_version where version_id > 4", nil, []string{"`tandem migrate`"}},
		"a database of no one": {"drop schema public cascade; create schema public", nil, []string{"no tables", "`tandem migrate`"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := imported(t)
			spoil(t, pool, c.spoil)
			found := findings(t, tandem(t, on(pool), "", append([]string{"doctor"}, c.args...)...))
			if len(found) != 1 {
				t.Errorf("%q", found)
			}
			for _, part := range c.says {
				if !strings.Contains(strings.Join(found, ""), part) {
					t.Errorf("%q is not in %q", part, found)
				}
			}
		})
	}
}

func spoil(t *testing.T, pool *pgxpool.Pool, sql string) {
	t.Helper()
	for statement := range strings.SplitSeq(sql, "; ") {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDoctor_ChangesNothing(t *testing.T) {
	t.Parallel()
	url := emptyDB(t)
	pool := querytest.Pool(t, url)
	if err := migrations.To(t.Context(), pool, 4); err != nil {
		t.Fatal(err)
	}
	found := findings(t, tandem(t, []string{"DATABASE_URL=" + url}, "", "doctor"))
	if len(found) != 1 || number(t, pool, "select max(version_id) from goose_db_version") != 4 || number(t, pool, "select count(*) from instance") != 0 {
		t.Errorf("%q", found)
	}
	folder := t.TempDir()
	if got := tandem(t, nil, "", "doctor", "--data", folder); got.code != exitFailed || !strings.Contains(got.stderr, "there is no data in "+folder) {
		t.Errorf("%+v", got)
	}
}

func TestS22_AServerCutsItsLog(t *testing.T) {
	t.Parallel()
	pool := imported(t)
	head := number(t, pool, "select max(version) from change")
	spoil(t, pool, "update change set at = at - interval '91 days'; update result set at = at - interval '91 days'")
	p := start(t, append(on(pool), "TANDEM_RETENTION=90d"))
	deadline := time.After(patience)
	for number(t, pool, "select floor from workspace") < head {
		select {
		case <-deadline:
			t.Fatalf("the floor is %d of %d:\n%s", number(t, pool, "select floor from workspace"), head, p.stderr)
		case <-time.After(10 * time.Millisecond):
		}
	}
	p.signIn()
	var below, at pulledState
	p.get(fmt.Sprintf("/acme/sync/pull?since=%d", head-1), &below)
	p.get(fmt.Sprintf("/acme/sync/pull?since=%d", head), &at)
	if below.Reset != "truncated" || below.Version != int64(head) || at.Reset != "" || at.Version != int64(head) || len(at.Changes) != 0 {
		t.Errorf("below the floor %+v, at it %+v", below, at)
	}
	if n := number(t, pool, "select count(*) from change"); n != 0 {
		t.Errorf("%d entries are left", n)
	}
	if found := findings(t, tandem(t, on(pool), "", "doctor", "--deep")); len(found) != 0 {
		t.Errorf("%q", found)
	}
}
