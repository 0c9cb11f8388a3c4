//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"tandem/internal/postgres"
)

// cluster is the PostgreSQL that both sides write to, each in a database of its own, durably.
type cluster struct {
	server     *postgres.Server
	version    string
	postmaster int
}

func startCluster(ctx context.Context, folder string) (*cluster, error) {
	// More connections than `tandem serve` asks for, since both sides and pgbench want theirs.
	server, err := postgres.Start(ctx, postgres.Options{Folder: filepath.Join(folder, "data"), MaxConnections: 150})
	if err != nil {
		return nil, err
	}
	c := &cluster{server: server}
	err = c.with(ctx, "postgres", func(conn *pgx.Conn) error {
		c.version = conn.PgConn().ParameterStatus("server_version")
		c.postmaster, err = parentOf(int(conn.PgConn().PID()))
		return err
	})
	if err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

func (c *cluster) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.server.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}

// create makes an empty database and returns its address.
func (c *cluster) create(ctx context.Context, name string) (string, error) {
	err := c.with(ctx, "postgres", func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "create database "+name)
		return err
	})
	return c.server.URLFor(name), err
}

func (c *cluster) with(ctx context.Context, database string, work func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, c.server.URLFor(database))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return work(conn)
}

func (c *cluster) exec(ctx context.Context, database, sql string, args ...any) error {
	return c.with(ctx, database, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql, args...)
		return err
	})
}

// cpu is what all of PostgreSQL's processes have used, those that ended included.
func (c *cluster) cpu() (time.Duration, error) { return familyCPU(c.postmaster) }

// workFolder is a folder that PostgreSQL's user can enter, also when we are root.
func workFolder(wanted string) (folder string, remove func(), err error) {
	if wanted != "" {
		folder, err = filepath.Abs(wanted)
		if err == nil {
			err = os.MkdirAll(folder, 0o711)
		}
		return folder, func() {}, err
	}
	if folder, err = os.MkdirTemp("", "tandem-bench-"); err != nil {
		return "", nil, err
	}
	return folder, func() { os.RemoveAll(folder) }, os.Chmod(folder, 0o711)
}
