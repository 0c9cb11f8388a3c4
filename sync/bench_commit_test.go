package sync

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/postgres"
	"tandem/migrations"
	"tandem/queries/querytest"
)

// BenchmarkSlowCommit is what groups are for: 64 writers on one workspace where a commit takes a millisecond or more, and
// the same on the same road where each transaction is committed by itself.
func BenchmarkSlowCommit(b *testing.B) {
	address := durable(b)
	for _, delay := range []time.Duration{time.Millisecond, 4 * time.Millisecond} {
		pool := querytest.Pool(b, fmt.Sprintf("%s&commit_siblings=0&commit_delay=%d", address, delay.Microseconds()))
		must(b, migrations.Run(b.Context(), pool))
		together := slowHouse(b, pool, fmt.Sprintf("together-%d", delay.Milliseconds()), groupTransactions)
		single := slowHouse(b, pool, fmt.Sprintf("single-%d", delay.Milliseconds()), 1)
		benchmarkGroups(b, fmt.Sprintf("64 writers, a commit waits %v", delay), together, single, delay)
	}
}

func benchmarkGroups(b *testing.B, name string, together, single *house, delay time.Duration) {
	commit := commitTime(b, together)
	if commit < delay {
		b.Fatalf("a commit takes %v: PostgreSQL did not wait", commit)
	}
	grouped, alone := benchWriters(b, 64, together), benchWriters(b, 64, single)
	b.Run(name, func(b *testing.B) {
		count := max(64, b.N/8) // so that both take about as long
		writeAll(b, alone, count)
		byThemselves := float64(count) / b.Elapsed().Seconds()
		b.ResetTimer()
		writeAll(b, grouped, b.N)
		inGroups := float64(b.N) / b.Elapsed().Seconds()
		b.ReportMetric(inGroups, "writes/s")
		b.ReportMetric(byThemselves, "alone-writes/s")
		b.ReportMetric(inGroups/byThemselves, "times")
		b.ReportMetric(float64(commit.Microseconds())/1000, "commit-ms")
	})
}

// durable is a database in a cluster of its own, which writes to the disk at each commit. Who connects says how long a commit waits
// before: that is PostgreSQL's wait for others to commit with, and like that for a slow disk it is one for all who commit meanwhile.
func durable(b *testing.B) (address string) {
	b.Helper()
	folder, err := os.MkdirTemp("", "tandem-bench-")
	must(b, err)
	b.Cleanup(func() { os.RemoveAll(folder) })
	must(b, os.Chmod(folder, 0o711)) // PostgreSQL may run as another user
	server, err := postgres.Start(b.Context(), postgres.Options{Folder: folder})
	must(b, err)
	b.Cleanup(func() { must(b, server.Stop(context.WithoutCancel(b.Context()))) })
	return server.URL()
}

// slowHouse has an engine of its own, whose groups are so large at the most.
func slowHouse(b *testing.B, pool *pgxpool.Pool, slug string, most int) *house {
	b.Helper()
	engine := New(Options{Pool: pool})
	engine.most = most
	engine.Start()
	b.Cleanup(engine.Stop)
	return benchHouse(b, engine, slug)
}

// commitTime is the median of the least that a write can take: one row is updated, and that is committed.
func commitTime(b *testing.B, h *house) time.Duration {
	b.Helper()
	took := make([]time.Duration, 201)
	for i := range took {
		began := time.Now()
		_, err := h.pool.Exec(b.Context(), "update workspace set name = name where id = $1", h.ws)
		must(b, err)
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took[len(took)/2]
}
