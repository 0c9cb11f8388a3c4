package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"tandem/internal/postgres"
	"tandem/migrations"
	"tandem/queries"
)

// run loads a backup where there is nothing yet. What it loads is marked as of no cluster, in the same transaction: so whoever
// opens the database next, this command at its end or a server after a crash of it, begins a new epoch, and no browser takes
// the restored log for the one that it knew.
func (c *restoreCommand) run(ctx context.Context, p *program) error {
	backup, err := openBackup(c.File)
	if err != nil {
		return err
	}
	defer backup.close()
	db, err := emptyDatabase(ctx, p, backup)
	if err != nil {
		return err
	}
	defer db.close(p)
	if err := migrations.To(ctx, db.pool, backup.Schema); err != nil {
		return err
	}
	if err := pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error { return backup.load(ctx, tx) }); err != nil {
		return fmt.Errorf("restore, nothing was loaded: %w", err)
	}
	if err := c.finish(ctx, p, db); err != nil {
		return fmt.Errorf("all was loaded, but not made ready; the next start goes on: %w", err)
	}
	fmt.Fprintf(p.stderr, "tandem: restored %d rows of %d tables, as they were at %s\n", backup.rows(), len(backup.Tables), backup.Made.Format("2006-01-02 15:04:05 MST"))
	return nil
}

// finish brings the restored data to this build and this cluster, as every start does.
func (c *restoreCommand) finish(ctx context.Context, p *program, db *database) error {
	if err := migrations.Run(ctx, db.pool); err != nil {
		return err
	}
	if err := recognise(ctx, db.pool, p.logger); err != nil {
		return err
	}
	return queries.Analyze(ctx, db.pool)
}

// emptyDatabase opens a database that holds nothing, or refuses: what somebody wrote is never replaced.
func emptyDatabase(ctx context.Context, p *program, backup *backup) (*database, error) {
	if p.Database != "" {
		return emptyOwnDatabase(ctx, p, backup)
	}
	if _, running := postgres.Running(p.Data); running {
		return nil, fmt.Errorf("a server runs on the data folder %s: stop it, or restore into another folder with --data", p.Data)
	}
	db, err := startServer(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := db.emptyEmbedded(ctx, p); err != nil {
		db.close(p)
		return nil, err
	}
	return db, nil
}

// emptyEmbedded leaves a database of no tables, since those of a newer build would be in the way.
func (db *database) emptyEmbedded(ctx context.Context, p *program) error {
	if err := db.makeDatabase(ctx, false); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	if err := db.connect(ctx, &guard{}); err != nil {
		return err
	}
	tables, err := queries.New().ListTables(ctx, db.pool)
	if err == nil {
		err = refuseRows(ctx, db.pool, tables)
	}
	if errors.Is(err, errHoldsData) {
		return fmt.Errorf("the folder %s %w: restore into another one with --data, or move this one away", p.Data, err)
	}
	if err != nil || len(tables) == 0 {
		return err
	}
	db.pool.Close()
	if err := db.makeDatabase(ctx, true); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return db.connect(ctx, &guard{})
}

func emptyOwnDatabase(ctx context.Context, p *program, backup *backup) (*database, error) {
	db := &database{url: p.Database}
	err := db.connect(ctx, &guard{})
	if err == nil {
		err = db.checkEmpty(ctx, backup)
	}
	if err != nil {
		db.close(p)
		return nil, err
	}
	return db, nil
}

func (db *database) checkEmpty(ctx context.Context, backup *backup) error {
	const another = "make a new database with createdb and name it in DATABASE_URL"
	q := queries.New()
	others, err := q.CountOtherConnections(ctx, db.pool)
	if err != nil {
		return err
	}
	if others > 0 {
		return fmt.Errorf("%d other connections to the database are open: stop tandem and whatever else uses it first", others)
	}
	tables, err := q.ListTables(ctx, db.pool)
	if err == nil {
		err = refuseRows(ctx, db.pool, tables)
	}
	if errors.Is(err, errHoldsData) {
		return fmt.Errorf("the database %w: %s", err, another)
	}
	if err != nil || len(tables) == 0 {
		return err
	}
	version, err := queries.SchemaVersion(ctx, db.pool)
	if err == nil && version > backup.Schema {
		err = fmt.Errorf("the database is empty, but has a newer schema than the backup: %s", another)
	}
	return err
}

var errHoldsData = errors.New("holds data already, which a restore never replaces")

// refuseRows returns errHoldsData when anything was written. That a server has looked at the database does not count.
func refuseRows(ctx context.Context, db queries.DBTX, tables []queries.ListTablesRow) error {
	for _, table := range tables {
		if table.Name == "instance" {
			continue
		}
		has, err := queries.HasRows(ctx, db, table.Name)
		if err != nil {
			return err
		}
		if has {
			return errHoldsData
		}
	}
	return nil
}

// load fills the tables. Nobody else can reach them meanwhile.
func (b *backup) load(ctx context.Context, tx pgx.Tx) error {
	q := queries.New()
	tables, err := q.ListTables(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.fits(tables); err != nil {
		return err
	}
	var names []string
	for _, table := range tables {
		names = append(names, table.Name)
	}
	if err := queries.LockTables(ctx, tx, names); err != nil {
		return err
	}
	if err := refuseRows(ctx, tx, tables); err != nil { // written since the first look
		return err
	}
	if err := q.DeleteInstance(ctx, tx); err != nil {
		return err
	}
	for _, name := range inOrder(tables) {
		if err := b.loadTable(ctx, tx, name); err != nil {
			return err
		}
	}
	marked, err := q.ForgetCluster(ctx, tx)
	if err == nil && marked != 1 {
		err = errors.New("the backup does not say which cluster it was made in")
	}
	return err
}

// fits refuses a file whose tables are not those of its schema.
func (b *backup) fits(tables []queries.ListTablesRow) error {
	for _, table := range tables {
		if copied, has := b.table(table.Name); !has || !slices.Equal(copied.Columns, table.Columns) {
			return fmt.Errorf("the backup's table %s is not that of schema %d", table.Name, b.Schema)
		}
	}
	if len(tables) != len(b.Tables) {
		return fmt.Errorf("the backup holds tables that schema %d does not have", b.Schema)
	}
	return nil
}

func (b *backup) loadTable(ctx context.Context, tx pgx.Tx, name string) error {
	copied, _ := b.table(name)
	from, err := b.zip.Open(tableFolder + name)
	if err != nil {
		return damaged(err)
	}
	defer from.Close()
	rows, err := queries.CopyIn(ctx, tx.Conn(), from, name, copied.Columns)
	if err == nil && rows != copied.Rows {
		err = fmt.Errorf("table %s has %d rows in the file, not %d", name, rows, copied.Rows)
	}
	return err
}

// inOrder puts what others refer to before them.
func inOrder(tables []queries.ListTablesRow) []string {
	var order []string
	for len(order) < len(tables) {
		before := len(order)
		for _, table := range tables {
			ready := !slices.ContainsFunc(table.Refers, func(name string) bool { return !slices.Contains(order, name) })
			if ready && !slices.Contains(order, table.Name) {
				order = append(order, table.Name)
			}
		}
		if len(order) == before { // a circle: the constraints will say which
			for _, table := range tables {
				if !slices.Contains(order, table.Name) {
					order = append(order, table.Name)
				}
			}
		}
	}
	return order
}
