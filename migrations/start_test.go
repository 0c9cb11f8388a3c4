package migrations_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/migrations"
	"tandem/queries/querytest"
)

// Two nodes of this build start on the first schema beside a backup, after one that was broken off while it made an index.
func TestS88_TwoNodesMigrateBesideABackup(t *testing.T) {
	t.Parallel()
	pool := querytest.DB(t)
	run(t, pool, "drop schema public cascade", "create schema public")
	must(t, migrations.To(t.Context(), pool, 4))
	backup, err := pool.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	must(t, err)
	defer func() { _ = backup.Rollback(context.WithoutCancel(t.Context())) }() // a pool with a transaction in it does not close
	_, err = backup.Exec(t.Context(), "select from person limit 1")
	must(t, err)
	leaveHalfAnIndex(t, pool)

	done := make(chan error, 2)
	for range cap(done) {
		go func() { done <- migrations.Run(t.Context(), pool) }()
	}
	await(t, pool, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'CREATE INDEX CONCURRENTLY result_step%' and query_start < clock_timestamp() - interval '1 second'")
	run(t, pool, "set lock_timeout = '200ms'; insert into client values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid()); "+
		"insert into result values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '', '', 'applied', 1, true, '{}', null, now()); reset lock_timeout")
	must(t, backup.Rollback(t.Context()))
	for range cap(done) {
		must(t, <-done)
	}

	newest, err := migrations.Newest()
	must(t, err)
	for sql, want := range map[string]int64{
		"select max(version_id) from goose_db_version":                                                                            newest,
		"select count(*) from pg_index where not indisvalid":                                                                      0,
		"select count(*) from pg_constraint where not convalidated":                                                               0,
		"select count(*) from pg_class where relname = 'result_member'":                                                           0,
		"select count(*) from pg_class where relname in ('result_step', 'result_unchanged', 'change_leave', 'change_vocabulary')": 4,
	} {
		if got := count(t, pool, sql); got != want {
			t.Errorf("%s: %d, not %d", sql, got, want)
		}
	}
}

// leaveHalfAnIndex breaks off the making of one, which waits for a transaction that the caller has open.
func leaveHalfAnIndex(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	conn, err := pool.Acquire(t.Context())
	must(t, err)
	defer conn.Release()
	_, err = conn.Exec(t.Context(), "set lock_timeout = '50ms'")
	must(t, err)
	if _, err := conn.Exec(t.Context(), "create index concurrently result_step on result (at)"); err == nil {
		t.Fatal("the index was made")
	}
	_, err = conn.Exec(t.Context(), "reset lock_timeout")
	must(t, err)
	if n := count(t, pool, "select count(*) from pg_index where not indisvalid"); n != 1 {
		t.Fatalf("%d half indexes", n)
	}
}

func await(t *testing.T, pool *pgxpool.Pool, sql string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for count(t, pool, sql) == 0 {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatalf("never seen: %s", sql)
		}
	}
}

func count(t *testing.T, pool *pgxpool.Pool, sql string) int64 {
	t.Helper()
	var n int64
	must(t, pool.QueryRow(t.Context(), sql).Scan(&n))
	return n
}

func run(t *testing.T, pool *pgxpool.Pool, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		_, err := pool.Exec(t.Context(), statement)
		must(t, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
