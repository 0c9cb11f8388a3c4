package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"tandem/migrations"
	"tandem/queries"
)

// A backup is a zip file: each table as PostgreSQL's COPY writes it, in "table/NAME", and at the end "manifest.json". A file
// without its end has no manifest, and every byte that is loaded counts in a checksum there.
const (
	backupFormat = 1
	manifestName = "manifest.json"
	tableFolder  = "table/"
)

// manifest says what a backup holds.
type manifest struct {
	Format int         `json:"format"`
	Schema int64       `json:"schema"` // the last migration of the database that it was made of
	Server string      `json:"server"`
	Made   time.Time   `json:"made"`
	Tables []tableCopy `json:"tables"`
}

type tableCopy struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	SHA256  string   `json:"sha256"`
}

func (m manifest) rows() (sum int64) {
	for _, table := range m.Tables {
		sum += table.Rows
	}
	return sum
}

func (m manifest) table(name string) (tableCopy, bool) {
	for _, table := range m.Tables {
		if table.Name == name {
			return table, true
		}
	}
	return tableCopy{}, false
}

type backupWriter struct{ zip *zip.Writer }

func newBackupWriter(to io.Writer) backupWriter { return backupWriter{zip.NewWriter(to)} }

func (b backupWriter) table(table queries.ListTablesRow, write func(io.Writer) (int64, error)) (tableCopy, error) {
	copied := tableCopy{Name: table.Name, Columns: table.Columns}
	to, err := b.zip.Create(tableFolder + table.Name)
	if err != nil {
		return copied, err
	}
	sum := sha256.New()
	copied.Rows, err = write(io.MultiWriter(to, sum))
	copied.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return copied, err
}

func (b backupWriter) close(made manifest) error {
	to, err := b.zip.Create(manifestName)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(made, "", "\t")
	if err == nil {
		_, err = to.Write(text)
	}
	if err != nil {
		return err
	}
	return b.zip.Close()
}

// backup is an open file, of which all has been read once and found whole.
type backup struct {
	manifest
	zip *zip.ReadCloser
}

// openBackup reads the file from end to end before anybody builds on it.
func openBackup(path string) (*backup, error) {
	opened, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("%s is no backup, or only a part of one: %w", path, err)
	}
	b := &backup{zip: opened}
	if err := b.check(); err != nil {
		opened.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

func (b *backup) close() { b.zip.Close() }

func (b *backup) check() error {
	text, err := b.read(manifestName)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &b.manifest); err != nil {
		return damaged(err)
	}
	newest, err := migrations.Newest()
	if err != nil {
		return err
	}
	if b.Format > backupFormat || b.Schema > newest {
		return errors.New("the backup was written by a newer build than this one; restore it with that build")
	}
	if b.Format != backupFormat || b.Schema < 1 || len(b.Tables) == 0 {
		return damaged(errors.New("the manifest names no format, schema or tables"))
	}
	for _, table := range b.Tables {
		if err := b.checkTable(table); err != nil {
			return err
		}
	}
	return nil
}

func (b *backup) checkTable(table tableCopy) error {
	from, err := b.zip.Open(tableFolder + table.Name)
	if err != nil {
		return damaged(err)
	}
	defer from.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, from); err != nil {
		return damaged(fmt.Errorf("table %s: %w", table.Name, err))
	}
	if hex.EncodeToString(sum.Sum(nil)) != table.SHA256 {
		return damaged(fmt.Errorf("table %s is not what was written", table.Name))
	}
	return nil
}

func (b *backup) read(name string) ([]byte, error) {
	from, err := b.zip.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the file is no backup of tandem: %w", err)
	}
	defer from.Close()
	text, err := io.ReadAll(from)
	if err != nil {
		return nil, damaged(err)
	}
	return text, nil
}

func damaged(err error) error {
	return fmt.Errorf("the backup is damaged, nothing was changed; take another one: %w", err)
}
