// Package migrations holds the schema as numbered SQL files, forward only, and runs them.
//
// # How to write one
//
// Nodes of the build before run on while a migration does and until they are replaced, and they are not allowed to
// fail. So a change of the schema takes three steps, the last in a later release than the first:
//
//  1. Expand: add what is new, and nothing that the old build's statements stumble over. A new column may be null or has
//     a constant default; a new constraint comes NOT VALID and is validated in a migration of its own; a new index on a
//     table that is written is made CONCURRENTLY.
//  2. Deploy: the new build fills and uses what is new. Old rows are filled in small steps, never in one statement.
//  3. Contract: when no node of the old build is left, take away what nobody uses any more.
//
// Never rename or retype a column, nor put one under NOT NULL that an old build leaves out. Queries name their columns, also
// behind RETURNING: a star would make the old build's prepared statements fail as soon as a column is added.
//
// A statement that waits for a lock makes everybody behind it wait too. So a migration waits for half a second at the most,
// is rolled back, lets the others through, and is tried again (see Apply). One file changes one table that is in use: with a
// second one it would hold the first while it waits. An index that is made or dropped CONCURRENTLY must not be broken off so: it
// waits without holding anybody up, and leaves half an index behind. A file makes one index and reads
//
//	-- +goose NO TRANSACTION
//	-- +goose Up
//	SET lock_timeout = 0;
//	DROP INDEX CONCURRENTLY IF EXISTS name;
//	CREATE INDEX CONCURRENTLY name ON ...;
//	RESET lock_timeout;
//
// for the files after it run on the same connection. VALIDATE CONSTRAINT holds nobody up either: its file, in a transaction, says
// SET LOCAL lock_timeout = 0.
//
// An index made CONCURRENTLY waits for every transaction that still reads the database as it was before. So beside a long backup
// the node that migrates starts when the backup has ended, however long that takes. The nodes that run work on; another one that
// is started meanwhile gives up after five minutes, and is started again.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

// ErrNewer says that the database was written by a later build than this one.
var ErrNewer = errors.New("the database has a newer schema than this build knows; start the newer build, or restore an older backup")

// A migration waits for a lock as long as writers may be held up, then lets them through before it tries again.
const (
	lockPatience = 500 * time.Millisecond // less than PostgreSQL's deadlock_timeout, so that it is the migration that gives way
	lockPause    = time.Second
	lockTries    = 200 // five minutes
)

// Files are the migrations of this build.
func Files() fs.FS { return files }

// Run brings the schema of the pool's database up to this build's, under an advisory lock, so that any number
// of nodes may start at once. It returns ErrNewer when the database is ahead, and changes nothing then.
func Run(ctx context.Context, pool *pgxpool.Pool) error {
	if err := Apply(ctx, pool, files); err != nil {
		return err
	}
	return stampIssues(ctx, pool)
}

// stampIssues fills the rows of before in small steps, a transaction each. Nodes of the build before leave those columns alone, and
// no node of this one writes before its Run has returned.
func stampIssues(ctx context.Context, pool *pgxpool.Pool) error {
	const atOnce = 500
	for more := true; more; {
		if err := pool.QueryRow(ctx, "SELECT stamp_issues($1)", atOnce).Scan(&more); err != nil {
			return fmt.Errorf("give the issues their times: %w", err)
		}
	}
	return nil
}

// Apply is Run for the migrations of another build. Nodes that run meanwhile are never held up for long: a
// migration whose locks are taken by somebody else, such as a backup, is done again later, for five minutes at the most.
func Apply(ctx context.Context, pool *pgxpool.Pool, files fs.FS) error {
	db := open(pool)
	defer db.Close()
	provider, err := newProvider(db, files)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	if err := upPatiently(ctx, provider); err != nil {
		return fmt.Errorf("migrate the database: %w", withAdvice(err))
	}
	return nil
}

// withAdvice says what to do where PostgreSQL came without what a migration needs.
func withAdvice(err error) error {
	told, ok := errors.AsType[*pgconn.PgError](err)
	if ok && strings.Contains(told.Message, "pg_trgm") {
		return fmt.Errorf("PostgreSQL's own extension pg_trgm is needed: install its package of additional modules (postgresql-contrib), or have a superuser run CREATE EXTENSION pg_trgm in this database: %w", err)
	}
	return err
}

// To brings the schema up to a version that is not this build's newest, as that of an older backup. It never goes back.
func To(ctx context.Context, pool *pgxpool.Pool, version int64) error {
	db := open(pool)
	defer db.Close()
	provider, err := newProvider(db, files)
	if err != nil {
		return err
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate the database to version %d: %w", version, err)
	}
	return nil
}

// Newest is the version of the schema that this build works with.
func Newest() (int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("find the migrations: %w", err)
	}
	version, err := goose.NumericComponent(names[len(names)-1]) // in the order of their names
	if err != nil {
		return 0, fmt.Errorf("read the number of a migration: %w", err)
	}
	return version, nil
}

// open makes connections beside the pool's, which wait for no lock for long.
func open(pool *pgxpool.Pool) *sql.DB {
	config := pool.Config().ConnConfig
	config.RuntimeParams["lock_timeout"] = fmt.Sprint(lockPatience.Milliseconds())
	return stdlib.OpenDB(*config)
}

func newProvider(db *sql.DB, files fs.FS) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("prepare the migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

func refuseNewer(ctx context.Context, provider *goose.Provider) error {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if current > target {
		return ErrNewer
	}
	return nil
}

// upPatiently goes on where it was when a lock could not be had: what was migrated before stays.
func upPatiently(ctx context.Context, provider *goose.Provider) error {
	for try := 1; ; try++ {
		_, err := provider.Up(ctx)
		if err == nil || !lacksLock(err) {
			return err
		}
		if try == lockTries {
			return fmt.Errorf("something holds the tables, perhaps a backup; start again when it has ended: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPause):
		}
	}
}

func lacksLock(err error) bool {
	told, ok := errors.AsType[*pgconn.PgError](err)
	return ok && told.Code == "55P03"
}
