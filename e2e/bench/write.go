//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// writer sends one write after the other over one connection, each when the last was answered.
type writer struct {
	side      side
	workspace int
	number    int
	client    string
	record    string
	state
	transaction string // the last one's id

	conn          *connection
	request, body []byte
	took          []time.Duration
}

func newWriter(s side, workspace, number int) (*writer, error) {
	w := &writer{side: s, workspace: workspace, number: number, client: newID()}
	w.record, w.state = s.record(workspace, number)
	conn, err := dial(s.server().addr)
	w.conn = conn
	return w, err
}

func (w *writer) close() {
	w.side.leave(w.workspace, w.number, w.state)
	w.conn.Close()
}

// write returns when the write was acknowledged.
func (w *writer) write() error {
	w.request = w.side.write(w.request[:0], w)
	w.writes++
	began := time.Now()
	got, err := w.conn.roundTrip(w.request)
	if err != nil {
		return err
	}
	w.took = append(w.took, time.Since(began))
	_, after, _ := bytes.Cut(got.body, []byte(`"version":`))
	end := bytes.IndexFunc(after, func(r rune) bool { return r < '0' || r > '9' })
	version, err := strconv.ParseInt(string(after[:max(0, end)]), 10, 64)
	if err != nil || got.status != http.StatusOK || !bytes.Contains(got.body, []byte(`"applied"`)) || version <= w.version {
		return fmt.Errorf("not applied on %d: status %d, %s", w.version, got.status, got.body)
	}
	w.version = version
	return nil
}

// load is what writers that write as fast as they are answered came to.
type load struct {
	took             []time.Duration // sorted
	lasted           time.Duration
	server, database time.Duration // of CPU
}

// load lets all writers write for a while. What they did before the clock began warmed up both programs.
func (b *bench) load(ctx context.Context, s side, all []*writer) (load, error) {
	if err := writeFor(ctx, all, 500*time.Millisecond); err != nil {
		return load{}, err
	}
	for _, w := range all {
		w.took = w.took[:0]
	}
	var l load
	server, database, err := b.cpu(s)
	if err != nil {
		return l, err
	}
	began := time.Now()
	if err := writeFor(ctx, all, time.Duration(b.seconds*float64(time.Second))); err != nil {
		return l, err
	}
	l.lasted = time.Since(began)
	l.server, l.database, err = b.cpu(s)
	l.server, l.database = l.server-server, l.database-database
	for _, w := range all {
		l.took = append(l.took, w.took...)
	}
	slices.Sort(l.took)
	return l, err
}

func writeFor(ctx context.Context, all []*writer, long time.Duration) error {
	until := time.Now().Add(long)
	failed := make(chan error, len(all))
	var writing sync.WaitGroup
	for _, w := range all {
		writing.Go(func() {
			for time.Now().Before(until) && ctx.Err() == nil {
				if err := w.write(); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	writing.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return ctx.Err()
	}
}

func (l load) perSecond() float64 { return float64(len(l.took)) / l.lasted.Seconds() }

func (l load) percentile(p float64) float64 {
	return milliseconds(l.took[int(p*float64(len(l.took)-1))])
}

// each spreads what all writes cost over them, in microseconds.
func (l load) each(cost time.Duration) float64 {
	return float64(cost.Microseconds()) / float64(len(l.took))
}

// cpu is what a side's own process and PostgreSQL have used so far.
func (b *bench) cpu(s side) (server, database time.Duration, err error) {
	if server, err = s.server().cpu(); err != nil {
		return 0, 0, err
	}
	database, err = b.cluster.cpu()
	return server, database, err
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// writersOf is one writer for each pair of a workspace and a record.
func writersOf(s side, workspaces, each int) (all []*writer, closeAll func(), err error) {
	closeAll = func() {
		for _, w := range all {
			w.close()
		}
	}
	for workspace := range workspaces {
		for number := range each {
			w, err := newWriter(s, workspace, number)
			if err != nil {
				closeAll()
				return nil, nil, err
			}
			all = append(all, w)
		}
	}
	return all, closeAll, nil
}

func (b *bench) writeAlone(ctx context.Context, s side) error {
	l, err := b.loadOf(ctx, s, 1, 1)
	if err != nil {
		return err
	}
	b.table.add("one writer: acknowledged after, p50", "ms", "<= 1.6 ×", s, l.percentile(0.5))
	b.table.add("one writer: acknowledged after, p99", "ms", "", s, l.percentile(0.99))
	b.addCPU("one writer", "<= 1.8 ×", s, l)
	return nil
}

func (b *bench) writeHot(ctx context.Context, s side) error {
	l, err := b.loadOf(ctx, s, 1, writers)
	if err != nil {
		return err
	}
	b.table.add("64 writers, one workspace", "writes/s", ">= 5,000", s, l.perSecond())
	b.table.add("64 writers, one workspace: p50", "ms", "", s, l.percentile(0.5))
	b.table.add("64 writers, one workspace: p99", "ms", "", s, l.percentile(0.99))
	b.addCPU("64 writers, one workspace", "", s, l)
	return nil
}

// writeSpread is 64 writers who share no lock. What PostgreSQL does alone with the statements that Tandem sends is a row of its own.
func (b *bench) writeSpread(ctx context.Context, s side) error {
	l, err := b.loadOf(ctx, s, workspaces, 1)
	if err != nil {
		return err
	}
	const what = "64 writers, each in a workspace of its own"
	b.table.add(what, "writes/s", "", s, l.perSecond())
	b.addCPU(what, "", s, l)
	tandem, ours := s.(*tandemSide)
	if !ours {
		return nil
	}
	if b.pgbench == nil {
		if b.pgbench, err = b.newPgbench(ctx, tandem); err != nil {
			return err
		}
	}
	if b.pgbench == nil {
		b.table.note("pgbench is not installed: nothing to compare 64 workspaces with.")
		return nil
	}
	alone, cpu, err := b.pgbench.run(ctx, b)
	if err == nil && alone == 0 {
		b.table.note("pgbench came to nothing in one of its rounds, which is left out: give -seconds more.")
		return nil
	}
	const against = "the same against pgbench, in place of the limit"
	b.table.add(against, "writes/s", ">= 0.7 ×", s, l.perSecond())
	b.table.addTo("limit", against, "writes/s", "", alone)
	b.table.add(against+": CPU a write, PostgreSQL", "µs", "", s, l.each(l.database))
	b.table.addTo("limit", against+": CPU a write, PostgreSQL", "µs", "", cpu)
	return err
}

func (b *bench) loadOf(ctx context.Context, s side, workspaces, each int) (load, error) {
	all, closeAll, err := writersOf(s, workspaces, each)
	if err != nil {
		return load{}, err
	}
	defer closeAll()
	return b.load(ctx, s, all)
}

// addCPU adds three rows: the server's process, PostgreSQL's processes, and both.
func (b *bench) addCPU(what, reach string, s side, l load) {
	b.table.add(what+": CPU a write, server and PostgreSQL", "µs", reach, s, l.each(l.server+l.database))
	b.table.add(what+": of it the server", "µs", "", s, l.each(l.server))
	b.table.add(what+": of it PostgreSQL", "µs", "", s, l.each(l.database))
}
