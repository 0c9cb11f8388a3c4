package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// run writes the file aside and renames it when it is whole, so that a backup of yesterday is never lost to a full disk.
func (c *backupCommand) run(ctx context.Context, p *program) error {
	db, err := existingDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer db.close(p)
	var made manifest
	if c.File == "-" {
		made, err = writeBackup(ctx, db, p.stdout)
	} else {
		made, err = writeBackupFile(ctx, db, c.File)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	fmt.Fprintf(p.stderr, "tandem: the backup holds %d rows of %d tables\n", made.rows(), len(made.Tables))
	return nil
}

func writeBackupFile(ctx context.Context, db *database, path string) (made manifest, err error) {
	err = writeAside(path, func(to io.Writer) error {
		made, err = writeBackup(ctx, db, to)
		return err
	})
	return made, err
}

// writeAside writes a file under another name and renames it when it is whole.
func writeAside(path string, write func(io.Writer) error) error {
	folder := filepath.Dir(path)
	aside, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*.partial") // for nobody else's eyes: it holds everything
	if err != nil {
		return err
	}
	defer os.Remove(aside.Name()) // of one that failed; after the rename there is none
	defer aside.Close()
	if err := write(aside); err != nil {
		return err
	}
	if err := aside.Sync(); err != nil {
		return err
	}
	if err := os.Rename(aside.Name(), path); err != nil {
		return err
	}
	return syncFolder(folder)
}

// syncFolder makes a rename survive a power cut.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// writeBackup copies every table in one snapshot. Writers go on meanwhile: they never update what a long snapshot would
// make slow.
func writeBackup(ctx context.Context, db *database, to io.Writer) (manifest, error) {
	file := newBackupWriter(to)
	made := manifest{Format: backupFormat}
	err := pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		q := queries.New()
		state, err := q.GetServerState(ctx, tx)
		if err != nil {
			return err
		}
		made.Made, made.Server = state.At.UTC(), state.ServerVersion
		if made.Schema, err = queries.SchemaVersion(ctx, tx); err != nil {
			return err
		}
		tables, err := q.ListTables(ctx, tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			copied, err := file.table(table, func(w io.Writer) (int64, error) { return queries.CopyOut(ctx, tx.Conn(), w, table.Name, table.Columns) })
			if err != nil {
				return err
			}
			made.Tables = append(made.Tables, copied)
		}
		return nil
	})
	if err != nil {
		return made, err
	}
	return made, file.close(made)
}
