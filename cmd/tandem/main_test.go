package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/queries/querytest"
)

// binary is the program, built once for the tests that need a process to kill.
var binary string

func TestMain(m *testing.M) {
	os.Exit(buildAndTest(m))
}

func buildAndTest(m *testing.M) int {
	folder, err := os.MkdirTemp("", "tandem-binary-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	binary = filepath.Join(folder, "tandem")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return querytest.Main(m)
}

// answer is how a command that ends by itself ended.
type answer struct {
	code           int
	stdout, stderr string
}

// tandem runs a command within the test's process. env is "NAME=value", stdin what is typed.
func tandem(t *testing.T, env []string, stdin string, args ...string) answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	getenv := func(name string) string {
		for _, pair := range env {
			if value, found := strings.CutPrefix(pair, name+"="); found {
				return value
			}
		}
		return ""
	}
	code := run(t.Context(), args, getenv, strings.NewReader(stdin), &stdout, &stderr)
	return answer{code, stdout.String(), stderr.String()}
}

// on is the environment that points at a pool's database.
func on(pool *pgxpool.Pool) []string { return []string{"DATABASE_URL=" + pool.Config().ConnString()} }

// furnished is a database with the workspace acme, in which ann is an admin.
func furnished(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := querytest.DB(t)
	addAnn(t, on(pool))
	return pool
}

const annsPassword = "correct horse"

func addAnn(t *testing.T, env []string, more ...string) {
	t.Helper()
	args := append([]string{"user", "add", "ann@example.com", "--name", "Ann", "--workspace", "acme", "--role", "admin", "--team", "ENG", "--password-stdin"}, more...)
	if got := tandem(t, env, annsPassword+"\n", args...); got.code != exitDone {
		t.Fatalf("exit %d: %s", got.code, got.stderr)
	}
}

// number reads one number from the database.
func number(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// dataFolder is one that PostgreSQL's user can enter, unlike those of t.TempDir when the tests run as root.
func dataFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "tandem-data-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}
