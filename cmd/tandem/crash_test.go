package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/queries"
	"tandem/sync"
)

// forty are transactions that make an issue each.
func forty(t *testing.T, team sync.Ref) []sync.Transaction {
	t.Helper()
	transactions := make([]sync.Transaction, 40)
	for i := range transactions {
		transactions[i] = sync.Transaction{ID: uuid.Must(uuid.NewV7()), Ops: []sync.Operation{{Op: sync.Create,
			Record: sync.NewRef("issue", uuid.Must(uuid.NewV7())), Set: map[string]any{"team": string(team), "title": fmt.Sprintf("issue %d", i)}}}}
	}
	return transactions
}

func eachOnce(t *testing.T, p *process) {
	t.Helper()
	titles := p.titles()
	for i := range 40 {
		title := fmt.Sprintf("issue %d", i)
		if titles[title] != 1 {
			t.Errorf("%q is there %d times", title, titles[title])
		}
	}
}

func TestCrash_S12_KilledInsideAPushEachIsAppliedOnce(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	p := start(t, on(pool))
	p.signIn()
	client, transactions := uuid.New(), forty(t, engTeam(t, pool))

	lock := holdWorkspace(t, pool)
	answered, killed := make(chan error, 1), p
	go func() {
		_, err := killed.push(client, transactions)
		answered <- err
	}()
	awaitWaiter(t, pool)
	killed.stop(syscall.SIGKILL)
	if err := <-answered; err == nil {
		t.Error("the push was answered although the server was killed inside it")
	}
	lock()

	p = start(t, on(pool))
	p.signIn()
	for range 2 {
		result, err := p.push(client, transactions)
		if err != nil || len(result.Results) != 40 {
			t.Fatalf("%d results, %v", len(result.Results), err)
		}
		for _, one := range result.Results {
			if err := one.Err(); err != nil {
				t.Error(err)
			}
		}
	}
	eachOnce(t, p)
	if n := number(t, pool, "select count(*) from result where client_id = $1 and status = 'applied'", client); n != 40 {
		t.Errorf("%d results are stored", n)
	}
}

// holdWorkspace keeps every writer waiting until the function that it returns is called.
func holdWorkspace(t *testing.T, pool *pgxpool.Pool) (release func()) {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	q := queries.New()
	workspace, err := q.GetWorkspaceIDBySlug(t.Context(), tx, "acme")
	if err == nil {
		_, err = q.LockWorkspace(t.Context(), tx, workspace)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback(t.Context()) }
}

// awaitWaiter returns when somebody waits for a lock in the test's database.
func awaitWaiter(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	for number(t, pool, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0 {
		if t.Context().Err() != nil {
			t.Fatal("nobody waits")
		}
	}
}

func engTeam(t *testing.T, pool *pgxpool.Pool) sync.Ref {
	t.Helper()
	var team uuid.UUID
	if err := pool.QueryRow(t.Context(), "select id from team where key = 'ENG'").Scan(&team); err != nil {
		t.Fatal(err)
	}
	return sync.NewRef("team", team)
}

func TestCrash_WhatWasAcknowledgedSurvivesAKillOfEither(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	addAnn(t, nil, "--data", folder)
	p := start(t, nil, "--data", folder)
	p.signIn()
	client := uuid.New()
	transactions := forty(t, p.team())

	// The server is killed while the fourth push is under way.
	parts := slices.Collect(slices.Chunk(transactions, 5))
	for _, part := range parts[:3] {
		if _, err := p.push(client, part); err != nil {
			t.Fatal(err)
		}
	}
	killed := p
	go func() { _, _ = killed.push(client, parts[3]) }() // its answer is not waited for
	killed.stop(syscall.SIGKILL)

	p = start(t, nil, "--data", folder)
	p.signIn()
	result, err := p.push(client, transactions)
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range result.Results {
		if one.Status != sync.Applied || i < 15 && !one.Replayed {
			t.Errorf("result %d: %+v", i, one)
		}
	}
	eachOnce(t, p)

	// PostgreSQL is killed: the program says so and ends, and all is there at the next start.
	if err := syscall.Kill(serverPID(t, folder), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(); code != exitFailed || !strings.Contains(p.stderr.String(), "\ntandem: PostgreSQL ended unexpectedly") {
		t.Errorf("exit %d:\n%s", code, p.stderr)
	}
	p = start(t, nil, "--data", folder)
	p.signIn()
	eachOnce(t, p)
}

// serverPID is the process of the embedded PostgreSQL.
func serverPID(t *testing.T, folder string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}
