//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// boardReader is somebody who has a board on the screen: they hold a stream and, when a bump comes, fetch the fragment anew, by
// the ETag that they have and within the time that the bump says (spread), as a tab does. One fetch is under way and one waits.
type boardReader struct {
	*viewer
	side   *tandemSide
	stream *connection
	bumps  chan bump // the last that was not yet followed
	told   []sighting
	shown  []sighting
	broken error
}

// bump is what a reader needs of the event.
type bump struct {
	version int64
	spread  time.Duration
}

// sighting is when a reader first knew of a version, or saw it.
type sighting struct {
	version int64
	at      time.Time
}

// readers are of one board; the fewer ones tell what the crowd costs. The limit draws nothing.
func (b *bench) readers(ctx context.Context, s side) error {
	tandem, draws := s.(*tandemSide)
	if !draws {
		return nil
	}
	for _, count := range []int{200, 50, 10} {
		if err := b.readersOf(ctx, tandem, count); err != nil {
			return fmt.Errorf("%d readers: %w", count, err)
		}
	}
	return nil
}

// How often the writer writes, and how often before it counts.
const (
	writesPerSecond = 10
	warmWrites      = 5
)

func (b *bench) readersOf(ctx context.Context, s *tandemSide, count int) error {
	if _, err := b.watchBoard(ctx, s, count, warmWrites); err != nil {
		return err
	}
	writes := max(2*writesPerSecond, int(b.seconds*writesPerSecond))
	got, err := b.watchBoard(ctx, s, count, writes)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%d readers of a board, 10 writes a second", count)
	for _, d := range []struct {
		name string
		took []time.Duration
	}{{"bump", got.told}, {"fresh board", got.shown}} {
		b.table.add(what+": "+d.name+" after, p50", "ms", "", s, milliseconds(d.took[len(d.took)/2]))
		b.table.add(what+": "+d.name+" after, p99", "ms", "", s, milliseconds(d.took[len(d.took)*99/100]))
	}
	b.table.add(what+": CPU a write, server", "ms", "", s, milliseconds(got.server)/float64(writes))
	b.table.add(what+": CPU a write, PostgreSQL", "ms", "", s, milliseconds(got.database)/float64(writes))
	b.table.note("Readers of a board wait as a bump asks them to (up to 40 ms when they are 200, not at all up to 100), and that is in their figures.")
	return b.countStatements(ctx, s, what, count)
}

// countStatements does the same at a node beside, whose statements are recorded: it takes time, so nothing else is measured.
func (b *bench) countStatements(ctx context.Context, s *tandemSide, what string, count int) error {
	return b.recorded(s, s.database(), func(second *tandemSide, r *recorder) error {
		defer func() { s.leave(0, 0, second.states[0][0]) }()
		if _, err := b.watchBoard(ctx, second, count, warmWrites); err != nil {
			return err
		}
		boards, err := second.openBoards(count)
		if err != nil {
			return err
		}
		defer closeBoards(boards)
		before := r.count()
		if _, err := b.writeTo(ctx, second, boards, 2*writesPerSecond); err != nil {
			return err
		}
		b.table.add(what+": statements a write", "", "", s, float64(r.count()-before)/(2*writesPerSecond))
		return nil
	})
}

// watched is what came of a while. Each delay is one reader's, from the POST of one write; they are sorted.
type watched struct {
	told, shown      []time.Duration
	server, database time.Duration // of CPU
}

// watchBoard opens boards and lets one writer write so often.
func (b *bench) watchBoard(ctx context.Context, s *tandemSide, count, writes int) (watched, error) {
	boards, err := s.openBoards(count)
	if err != nil {
		return watched{}, err
	}
	defer closeBoards(boards)
	return b.writeTo(ctx, s, boards, writes)
}

// writeTo returns when each reader shows the last write.
func (b *bench) writeTo(ctx context.Context, s *tandemSide, boards []*boardReader, writes int) (got watched, err error) {
	w, err := newWriter(s, 0, 0)
	if err != nil {
		return got, err
	}
	defer w.close()
	if err := w.write(); err != nil { // its record may lie behind the head
		return got, err
	}
	server, database, err := b.cpu(s)
	if err != nil {
		return got, err
	}
	first := w.version + 1
	var reading sync.WaitGroup
	for _, r := range boards {
		reading.Go(func() { r.read(first + int64(writes) - 1) })
	}
	began, err := writeSteadily(ctx, w, writes)
	if err != nil {
		return got, err
	}
	reading.Wait()
	if got.server, got.database, err = b.cpu(s); err != nil {
		return got, err
	}
	got.server, got.database = got.server-server, got.database-database
	return got, got.gather(boards, first, began)
}

// gather tells what each reader saw of the writes that began at these times.
func (w *watched) gather(boards []*boardReader, first int64, began []time.Time) error {
	for _, r := range boards {
		if r.broken != nil {
			return r.broken
		}
		for i, at := range began {
			w.told = append(w.told, after(r.told, first+int64(i)).Sub(at))
			w.shown = append(w.shown, after(r.shown, first+int64(i)).Sub(at))
		}
	}
	slices.Sort(w.told)
	slices.Sort(w.shown)
	return nil
}

// writeSteadily returns when each write began. The version that it takes is known before: there is no other writer.
func writeSteadily(ctx context.Context, w *writer, count int) (began []time.Time, err error) {
	tick := time.NewTicker(time.Second / writesPerSecond)
	defer tick.Stop()
	for range count {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
		began = append(began, time.Now())
		if err := w.write(); err != nil {
			return nil, err
		}
	}
	return began, nil
}

// after is the first sighting of a version, or of one that came in its place.
func after(seen []sighting, version int64) time.Time {
	at := slices.IndexFunc(seen, func(s sighting) bool { return s.version >= version })
	return seen[at].at
}

func (s *tandemSide) openBoards(count int) (all []*boardReader, _ error) {
	for range count {
		r, err := s.openBoard()
		if err != nil {
			closeBoards(all)
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func closeBoards(all []*boardReader) {
	for _, r := range all {
		r.close()
	}
}

// openBoard returns when the reader has the board, and their stream has answered.
func (s *tandemSide) openBoard() (r *boardReader, err error) {
	r = &boardReader{viewer: &viewer{}, side: s, bumps: make(chan bump, 1)}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	if r.stream, err = dial(s.program.addr); err != nil {
		return nil, err
	}
	if _, err = r.stream.Write(s.stream(0)); err != nil {
		return nil, err
	}
	got, err := r.stream.readHead()
	if err == nil && got.status != http.StatusOK {
		err = fmt.Errorf("open a stream: status %d", got.status)
	}
	if err != nil {
		return nil, err
	}
	if r.conn, err = dial(s.program.addr); err != nil {
		return nil, err
	}
	_, err = r.fetch(s, "board")
	return r, err
}

func (r *boardReader) close() {
	for _, conn := range []*connection{r.stream, r.conn} {
		if conn != nil {
			conn.Close()
		}
	}
}

// read returns when the reader shows a version, or when something broke.
func (r *boardReader) read(last int64) {
	late := time.AfterFunc(streamPatience+time.Minute, r.close)
	defer late.Stop()
	var following sync.WaitGroup
	var unfresh error
	following.Go(func() {
		if unfresh = r.follow(last); unfresh != nil {
			r.close()
		}
	})
	r.broken = r.listen(last)
	close(r.bumps)
	following.Wait()
	if unfresh != nil {
		r.broken = unfresh
	}
}

// listen notes when versions are told.
func (r *boardReader) listen(last int64) error {
	lines := bufio.NewScanner(httputil.NewChunkedReader(r.stream.in))
	bumped := false
	for lines.Scan() {
		line := lines.Bytes()
		if name, found := bytes.CutPrefix(line, []byte("event: ")); found {
			bumped = bytes.Equal(name, []byte("bump"))
		}
		data, found := bytes.CutPrefix(line, []byte("data: "))
		if !found || !bumped {
			continue
		}
		at, version := time.Now(), number(data, `"version":`)
		r.told = append(r.told, sighting{version, at})
		select {
		case <-r.bumps: // a later one stands in its place
		default:
		}
		r.bumps <- bump{version, time.Duration(number(data, `"spread":`)) * time.Millisecond}
		if version >= last {
			return nil
		}
	}
	return fmt.Errorf("a stream ended: %v", lines.Err())
}

// follow fetches what the bumps made stale.
func (r *boardReader) follow(last int64) error {
	var version int64
	for b := range r.bumps {
		if b.version <= version {
			continue
		}
		if b.spread > 0 {
			time.Sleep(rand.N(b.spread))
		}
		var err error
		if version, err = r.fetch(r.side, "board"); err != nil {
			return err
		}
		if version < b.version {
			return fmt.Errorf("a board of version %d after a bump to %d", version, b.version)
		}
		r.shown = append(r.shown, sighting{version, time.Now()})
	}
	if version < last {
		return fmt.Errorf("a reader shows version %d of %d", version, last)
	}
	return nil
}

// number is the number that follows a name in JSON; 0 when it is not there.
func number(data []byte, name string) int64 {
	_, rest, _ := strings.Cut(string(data), name)
	rest = strings.TrimSpace(rest)
	end := strings.IndexFunc(rest, func(c rune) bool { return c < '0' || c > '9' })
	n, _ := strconv.ParseInt(rest[:max(0, end)], 10, 64)
	return n
}
