package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"tandem/internal/postgres"
	"tandem/migrations"
)

const (
	databaseName    = "tandem" // in the embedded server
	oldestServer    = 15
	poolSize        = 20 // of the embedded server's 50 connections; commands beside the server need some too
	connectPatience = 15 * time.Second
	poolPatience    = 2 * time.Second // for connections to be given back when all work has been told to end
	stopPatience    = 4 * time.Second // for the embedded server, those included
)

// database is PostgreSQL, migrated and ready for use.
type database struct {
	pool   *pgxpool.Pool
	url    string
	server *postgres.Server // nil unless this program started it
}

// ownDatabase opens the database for a command that owns the data folder. fresh throws away what an embedded server held.
func ownDatabase(ctx context.Context, p *program, fresh bool) (*database, error) {
	if p.Database != "" {
		return openDatabase(ctx, p, &database{url: p.Database})
	}
	db, err := startServer(ctx, p)
	if err != nil {
		return nil, err
	}
	return db.prepare(ctx, p, fresh)
}

// sharedDatabase opens the database for a command that others may run beside: through the running server if there is one.
func sharedDatabase(ctx context.Context, p *program) (*database, error) {
	if address, running := postgres.Running(p.Data); running && p.Database == "" {
		return openDatabase(ctx, p, &database{url: withDatabase(address, databaseName)})
	}
	return ownDatabase(ctx, p, false)
}

// existingDatabase opens the database as it is, neither migrated nor compared with its cluster, for commands that look at it.
func existingDatabase(ctx context.Context, p *program) (*database, error) {
	db := &database{url: p.Database}
	address, running := postgres.Running(p.Data)
	switch {
	case p.Database != "":
	case running:
		db.url = withDatabase(address, databaseName)
	default:
		if err := thereIsData(p); err != nil {
			return nil, err
		}
		started, err := startServer(ctx, p)
		if err != nil {
			return nil, err
		}
		db = started
		if err := db.makeDatabase(ctx, false); err != nil {
			db.close(p)
			return nil, fmt.Errorf("make the database: %w", err)
		}
	}
	if err := db.connect(ctx, &guard{readsOnly: true}); err != nil {
		db.close(p)
		return nil, err
	}
	return db, nil
}

// thereIsData refuses an embedded server's folder that is empty: whoever looks for something there has named the wrong one.
func thereIsData(p *program) error {
	if p.Database != "" || postgres.Exists(p.Data) {
		return nil
	}
	return fmt.Errorf("there is no data in %s: name the folder with --data, or the database with DATABASE_URL", p.Data)
}

func startServer(ctx context.Context, p *program) (*database, error) {
	server, err := postgres.Start(ctx, postgres.Options{Folder: p.Data, Logger: p.logger, Getenv: p.getenv})
	if err != nil {
		return nil, err
	}
	return &database{url: server.URLFor(databaseName), server: server}, nil
}

// prepare makes sure that the server holds our database.
func (db *database) prepare(ctx context.Context, p *program, fresh bool) (*database, error) {
	if err := db.makeDatabase(ctx, fresh); err != nil {
		db.close(p)
		return nil, fmt.Errorf("make the database: %w", err)
	}
	return openDatabase(ctx, p, db)
}

// makeDatabase runs what cannot run in the database that it is about.
func (db *database) makeDatabase(ctx context.Context, fresh bool) error {
	conn, err := pgx.Connect(ctx, db.server.URL())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if fresh {
		if _, err := conn.Exec(ctx, "drop database if exists "+databaseName+" with (force)"); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, "create database "+databaseName)
	if told, ok := errors.AsType[*pgconn.PgError](err); ok && told.Code == "42P04" { // it is there already
		return nil
	}
	return err
}

// openDatabase connects, migrates and compares the cluster with the one that was written in before. On an error all is closed.
func openDatabase(ctx context.Context, p *program, db *database) (*database, error) {
	guard := &guard{logger: p.logger}
	err := db.connect(ctx, guard)
	if err == nil {
		err = migrations.Run(ctx, db.pool)
	}
	if err == nil {
		err = recognise(ctx, db.pool, p.logger)
	}
	if err != nil {
		db.close(p)
		return nil, err
	}
	guard.armed.Store(true)
	return db, nil
}

func (db *database) connect(ctx context.Context, guard *guard) error {
	config, err := pgxpool.ParseConfig(db.url)
	if err != nil {
		return fmt.Errorf("the database's URL cannot be read, write it as postgres://user:password@host:5432/name: %s", oneLine(err))
	}
	if !strings.Contains(db.url, "pool_max_conns") {
		config.MaxConns = poolSize
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		pgxuuid.Register(conn.TypeMap())
		return guard.check(ctx, conn)
	}
	if db.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return fmt.Errorf("prepare the connections: %w", err)
	}
	return checkServer(ctx, db.pool)
}

// checkServer tries a connection and looks at what is at its other end.
func checkServer(ctx context.Context, pool *pgxpool.Pool) error {
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("the database cannot be reached, check DATABASE_URL and that the server runs: %s", oneLine(err))
	}
	defer conn.Release()
	if encoding := conn.Conn().PgConn().ParameterStatus("server_encoding"); encoding != "UTF8" {
		return fmt.Errorf("the database's encoding is %s, but UTF8 is needed: make it with `createdb --encoding UTF8 --template template0`", encoding)
	}
	version := conn.Conn().PgConn().ParameterStatus("server_version")
	if major := majorOf(version); major < oldestServer {
		return fmt.Errorf("the database server is PostgreSQL %s, but %d or newer is needed", version, oldestServer)
	}
	return nil
}

// majorOf reads "15.4 (Debian 15.4-1)" and "18beta1".
func majorOf(version string) int {
	end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(version)
	}
	major, _ := strconv.Atoi(version[:end]) // no number is 0, which is too old
	return major
}

// oneLine is an error of pgx's without the line for each address that was tried.
func oneLine(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(slices.Compact(lines), " ")
}

// close gives everything back, PostgreSQL last.
func (db *database) close(p *program) {
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	if db.pool != nil {
		closing, cancel := context.WithTimeout(ctx, poolPatience)
		defer cancel()
		within(closing, db.pool.Close)
	}
	if db.server == nil {
		return
	}
	if err := db.server.Stop(ctx); err != nil {
		p.logger.Error("stop postgresql", "err", err)
	}
}

// within waits for work to end, but no longer than ctx: the program ends next, and takes the rest with it.
func within(ctx context.Context, work func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// died is closed when a server that this program started has ended by itself; never otherwise.
func (db *database) died() <-chan struct{} {
	if db.server == nil {
		return nil
	}
	return db.server.Done()
}

// withDatabase is an address with another database.
func withDatabase(address, name string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return address // the driver will say what is wrong with it
	}
	parsed.Path = "/" + name
	return parsed.String()
}
