package sync

import (
	"context"
	"fmt"
	"slices"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/queries/querytest"
)

// benchCrowd is how many write, and how many watch, in BenchmarkWorkspaces.
const benchCrowd = 16

// BenchmarkWorkspaces is S84: 16 writers in one workspace, and going round 1,000, with and without 16 who watch.
func BenchmarkWorkspaces(b *testing.B) {
	engine := New(Options{Pool: querytest.DB(b)})
	engine.Start()
	b.Cleanup(engine.Stop)
	ben := Person{ID: newID(), Name: "ben", Email: "ben@example.com"}
	_, err := engine.pool.Exec(b.Context(), "insert into person (id, email, name, password_hash) values ($1, $2, $3, '')", ben.ID, ben.Email, ben.Name)
	must(b, err)
	one := benchRounds(b, engine, ben, 1)
	many := benchRounds(b, engine, ben, 1000)
	writeRounds(b, one, benchCrowd)
	writeRounds(b, many, 1000) // the first write in a workspace reads its names
	_, err = engine.pool.Exec(b.Context(), "vacuum analyze")
	must(b, err)
	for _, c := range []struct {
		name    string
		rounds  []*benchRound
		viewers int
	}{
		{"S84 one workspace", one, 0},
		{"S84 one workspace, watched", one, benchCrowd},
		{"S84 1,000 workspaces", many, 0},
		{"S84 1,000 workspaces, watched", many, benchCrowd},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkRounds(b, engine, c.rounds, c.viewers) })
	}
}

// benchRound is a writer who goes round their workspaces, and how long each write took.
type benchRound struct {
	stops  []*benchWriter
	writes int
	took   []time.Duration
}

// benchRounds gives each writer an issue in each of their workspaces: all in the one, or a part of the many.
func benchRounds(b *testing.B, engine *Engine, person Person, workspaces int) []*benchRound {
	b.Helper()
	issues := max(1, benchCrowd/workspaces)
	made := make([][]*benchWriter, workspaces)
	var furnishing stdsync.WaitGroup
	for first := range min(workspaces, benchCrowd) {
		furnishing.Go(func() {
			for n := first; n < workspaces; n += benchCrowd {
				var err error
				if made[n], err = spareHouse(b.Context(), engine, person, fmt.Sprintf("of-%d-%d", workspaces, n), issues); err != nil {
					b.Error(err)
				}
			}
		})
	}
	furnishing.Wait()
	rounds := make([]*benchRound, benchCrowd)
	for i := range rounds {
		rounds[i] = &benchRound{}
		for n := i % workspaces; n < workspaces; n += benchCrowd {
			rounds[i].stops = append(rounds[i].stops, made[n][i%issues])
		}
	}
	return rounds
}

// spareHouse is a workspace with no more in it than writes need: a member, a team, a status, and an issue for each writer.
func spareHouse(ctx context.Context, engine *Engine, person Person, slug string, issues int) ([]*benchWriter, error) {
	h := &house{Engine: engine, team: newID()}
	var err error
	if h.ws, err = engine.CreateWorkspace(ctx, slug, "Acme"); err != nil {
		return nil, err
	}
	ops := append([]Operation{{Op: Create, Record: NewRef("team", h.team), Set: map[string]any{"key": "ENG", "name": "Engineering"}}},
		StarterOps(h.ws, h.team, Starter{Statuses: []StarterStatus{{"Todo", "unstarted", "#888888"}}})...)
	all := make([]*benchWriter, issues)
	for i := range all {
		all[i] = &benchWriter{h: h, issue: NewRef("issue", newID()), tab: newID()}
		ops = append(ops, create(h, all[i].issue, fmt.Sprint("issue ", i)))
	}
	actor, client := Program(h.ws)
	results, err := engine.Import(ctx, actor, client, []Transaction{{ID: newID(), Ops: ops}})
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		w.version = results[0].Version
	}
	h.ben, err = engine.AddMember(ctx, h.ws, person, Member, h.team)
	return all, err
}

// benchmarkRounds lets all write, and tells what they and the locks came to.
func benchmarkRounds(b *testing.B, engine *Engine, rounds []*benchRound, viewers int) {
	all := watchAll(b, rounds, viewers)
	waits := countLockWaits(b, engine)
	for _, r := range rounds {
		r.took = r.took[:0]
	}
	b.ResetTimer()
	writeRounds(b, rounds, b.N)
	b.StopTimer()
	b.ReportMetric(waits(), "waiting-for-locks")
	var took []time.Duration
	for _, r := range rounds {
		took = append(took, r.took...)
	}
	slices.Sort(took)
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "writes/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	for _, v := range all {
		v.leave(b)
	}
}

// writeRounds returns when all together have written so often.
func writeRounds(b *testing.B, rounds []*benchRound, count int) {
	var left atomic.Int64
	left.Store(int64(count))
	var writing stdsync.WaitGroup
	for _, r := range rounds {
		writing.Go(func() {
			for left.Add(-1) >= 0 {
				r.write(b)
			}
		})
	}
	writing.Wait()
}

func (r *benchRound) write(b *testing.B) {
	began := time.Now()
	r.stops[r.writes%len(r.stops)].write(b)
	r.writes++
	r.took = append(r.took, time.Since(began))
}

// benchViewer reads a stream as it comes.
type benchViewer struct {
	*Subscription
	writer  *benchWriter
	done    chan struct{}
	reading stdsync.WaitGroup
}

// watchAll puts viewers where the writers write: all in the one workspace, or each in another of the many.
func watchAll(b *testing.B, rounds []*benchRound, count int) []*benchViewer {
	b.Helper()
	all := make([]*benchViewer, count)
	for i := range all {
		v := &benchViewer{writer: rounds[i].stops[0], done: make(chan struct{})}
		var err error
		v.Subscription, err = v.writer.h.Subscribe(b.Context(), v.writer.h.ben, &v.writer.version)
		must(b, err)
		v.reading.Go(v.read)
		all[i] = v
	}
	return all
}

func (v *benchViewer) read() {
	ready := v.Ready()
	for {
		for _, some := v.Take(); some; _, some = v.Take() {
		}
		select {
		case <-ready:
		case <-v.done:
			return
		}
	}
}

// leave returns when the viewer was told what their writer wrote last.
func (v *benchViewer) leave(b *testing.B) {
	b.Helper()
	close(v.done)
	v.reading.Wait()
	for v.Version() < v.writer.version {
		next(b, v.Subscription)
	}
	v.Close()
}

// countLockWaits looks again and again how many connections wait for a lock of PostgreSQL. The function that it returns ends
// that, and tells the mean.
func countLockWaits(b *testing.B, engine *Engine) (mean func() float64) {
	b.Helper()
	const sql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
	watch := querytest.Pool(b, engine.pool.Config().ConnString())
	ending, looks, waiting := make(chan struct{}), 0, 0
	var looking stdsync.WaitGroup
	looking.Go(func() {
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			var now int
			if err := watch.QueryRow(b.Context(), sql).Scan(&now); err != nil {
				b.Error(err)
				return
			}
			looks, waiting = looks+1, waiting+now
			select {
			case <-tick.C:
			case <-ending:
				tick.Stop()
				return
			}
		}
	})
	return func() float64 {
		close(ending)
		looking.Wait()
		return float64(waiting) / float64(max(1, looks))
	}
}
