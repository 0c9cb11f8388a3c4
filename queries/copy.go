package queries

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// What works on tables by their names, which no parameter of a statement can hold.

// SchemaVersion is the number of the last migration, in the snapshot of db.
func SchemaVersion(ctx context.Context, db DBTX) (version int64, err error) {
	err = db.QueryRow(ctx, "SELECT COALESCE(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return version, nil
}

// CopyOut writes columns of a table as text, which every version of PostgreSQL reads, and returns how many rows.
func CopyOut(ctx context.Context, conn *pgx.Conn, to io.Writer, table string, columns []string) (int64, error) {
	tag, err := conn.PgConn().CopyTo(ctx, to, fmt.Sprintf("COPY %s (%s) TO STDOUT", quoted(table), quoted(columns...)))
	if err != nil {
		return 0, fmt.Errorf("copy %s out: %w", table, err)
	}
	return tag.RowsAffected(), nil
}

// CopyIn reads what CopyOut has written.
func CopyIn(ctx context.Context, conn *pgx.Conn, from io.Reader, table string, columns []string) (int64, error) {
	tag, err := conn.PgConn().CopyFrom(ctx, from, fmt.Sprintf("COPY %s (%s) FROM STDIN", quoted(table), quoted(columns...)))
	if err != nil {
		return 0, fmt.Errorf("copy %s in: %w", table, err)
	}
	return tag.RowsAffected(), nil
}

// LockTables keeps everybody else from tables until the transaction ends.
func LockTables(ctx context.Context, db DBTX, tables []string) error {
	_, err := db.Exec(ctx, fmt.Sprintf("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", quoted(tables...)))
	return err
}

// HasRows tells whether anything is in a table.
func HasRows(ctx context.Context, db DBTX, table string) (has bool, err error) {
	err = db.QueryRow(ctx, fmt.Sprintf("SELECT EXISTS (SELECT FROM %s)", quoted(table))).Scan(&has)
	return has, err
}

// Analyze lets the planner know what a load has put into the tables.
func Analyze(ctx context.Context, db DBTX) error {
	_, err := db.Exec(ctx, "ANALYZE")
	return err
}

func quoted(names ...string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = pgx.Identifier{name}.Sanitize()
	}
	return strings.Join(all, ", ")
}
