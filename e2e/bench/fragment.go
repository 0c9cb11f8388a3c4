//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// viewer is somebody who has a fragment on the screen, and asks for it anew when it is stale.
type viewer struct {
	conn *connection
	etag []byte
}

// fetch asks by the ETag that the viewer has, and returns the version that the answer is true at.
func (v *viewer) fetch(s *tandemSide, view string) (int64, error) {
	headers := s.cookie + "Accept-Encoding: gzip\r\n"
	if v.etag != nil {
		headers += "If-None-Match: " + string(v.etag) + "\r\n"
	}
	got, err := v.conn.roundTrip(appendGet(nil, "/"+slug(0)+"/f/team/"+s.team+"?view="+view, s.program.addr, headers))
	if err != nil {
		return 0, err
	}
	if got.status != http.StatusOK {
		return 0, fmt.Errorf("fetch the %s: status %d", view, got.status)
	}
	v.etag = headerValue(got.header, "Etag")
	return strconv.ParseInt(string(headerValue(got.header, "Tandem-Version")), 10, 64)
}

// refetch is 1,000 viewers who all fetch the team's list when it has changed. The limit draws nothing.
func (b *bench) refetch(ctx context.Context, s side) error {
	tandem, draws := s.(*tandemSide)
	if !draws {
		return nil
	}
	const count = 1000
	viewers := make([]*viewer, count)
	for i := range viewers {
		conn, err := dial(tandem.program.addr)
		if err != nil {
			return err
		}
		defer conn.Close()
		viewers[i] = &viewer{conn: conn}
	}
	w, err := newWriter(s, 0, 0)
	if err != nil {
		return err
	}
	defer w.close()
	if _, err := fetchAfter(ctx, tandem, w, viewers, 3); err != nil {
		return err
	}
	before, err := tandem.program.cpu()
	if err != nil {
		return err
	}
	took, err := fetchAfter(ctx, tandem, w, viewers, pushes)
	if err != nil {
		return err
	}
	after, err := tandem.program.cpu()
	b.table.add("1,000 viewers fetch a list after a write: the last has it after, p50", "ms", "<= 150 ms", s, milliseconds(took[len(took)/2]))
	b.table.add("1,000 viewers fetch a list after a write: CPU of the server for each", "µs", "", s, float64((after-before).Microseconds())/(pushes*count))
	return err
}

// fetchAfter tells how long after each write was acknowledged the last viewer had what it changed.
func fetchAfter(ctx context.Context, s *tandemSide, w *writer, viewers []*viewer, count int) ([]time.Duration, error) {
	var took []time.Duration
	for range count {
		if err := w.write(); err != nil {
			return nil, err
		}
		began := time.Now()
		failed := make(chan error, len(viewers))
		var fetching sync.WaitGroup
		for _, v := range viewers {
			fetching.Go(func() {
				if version, err := v.fetch(s, "list"); err != nil || version < w.version {
					failed <- fmt.Errorf("a list of version %d after %d: %w", version, w.version, err)
				}
			})
		}
		fetching.Wait()
		took = append(took, time.Since(began))
		select {
		case err := <-failed:
			return nil, err
		default:
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	slices.Sort(took)
	return took, nil
}
