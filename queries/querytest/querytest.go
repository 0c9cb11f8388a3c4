// Package querytest gives tests a real PostgreSQL: one cluster for a test binary, and for each test a database of its
// own, copied from a migrated template. Without PostgreSQL tests fail; they never skip.
package querytest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"tandem/internal/postgres"
	"tandem/migrations"
)

const template = "tandem_template"

// cluster is what Main has started for the tests of one binary.
var cluster struct {
	url string
}

// Main runs a package's tests and takes the cluster down afterwards. Call it from TestMain.
func Main(m *testing.M) int {
	folder, err := os.MkdirTemp("", "tandem-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o711); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	server, err := start(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if server != nil {
		defer func() { _ = server.Stop(context.Background()) }()
	}
	return m.Run()
}

// start brings a cluster up, or takes the one that TANDEM_TEST_DATABASE_URL names, and migrates the template.
func start(folder string) (*postgres.Server, error) {
	cluster.url = os.Getenv("TANDEM_TEST_DATABASE_URL")
	var server *postgres.Server
	if cluster.url == "" {
		started, err := postgres.Start(context.Background(), postgres.Options{Folder: folder, Fast: true, MaxConnections: 400})
		if err != nil {
			return nil, fmt.Errorf("start PostgreSQL for tests: %w", err)
		}
		server, cluster.url = started, started.URL()
	}
	if err := makeTemplate(context.Background()); err != nil {
		return server, fmt.Errorf("make the template database: %w", err)
	}
	return server, nil
}

func makeTemplate(ctx context.Context) error {
	if err := run(ctx, "drop database if exists "+template, "create database "+template); err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, URL(template))
	if err != nil {
		return err
	}
	defer pool.Close()
	return migrations.Run(ctx, pool)
}

func run(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, cluster.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// URL names a database of the test's cluster.
func URL(database string) string {
	parsed, err := url.Parse(cluster.url)
	if err != nil {
		panic(err)
	}
	parsed.Path = "/" + database
	return parsed.String()
}

// DB makes a migrated database of the test's own and drops it afterwards. It returns a pool on it.
func DB(t testing.TB) *pgxpool.Pool {
	t.Helper()
	name := "t_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if err := run(t.Context(), "create database "+name+" template "+template+" strategy file_copy"); err != nil {
		t.Fatalf("make a database (start the package's tests through querytest.Main): %v", err)
	}
	t.Cleanup(func() {
		if err := run(context.WithoutCancel(t.Context()), "drop database "+name+" with (force)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return Pool(t, URL(name))
}

// Pool opens a pool as the program does and closes it after the test.
func Pool(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 16
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		pgxuuid.Register(conn.TypeMap())
		return nil
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
