//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"syscall"
	"time"
)

// bumps writes so many times, and tells how long after each POST the last stream of the herd had its bump. The version that a
// write takes is known before: there is no other writer.
func bumps(ctx context.Context, w *writer, h *herd, count int) ([]time.Duration, error) {
	if err := w.write(); err != nil { // its record may lie behind the head
		return nil, err
	}
	var took []time.Duration
	for range count {
		h.expect(w.version + 1)
		began := time.Now()
		if err := w.write(); err != nil {
			return nil, err
		}
		last, err := h.wait(ctx)
		if err != nil {
			return nil, err
		}
		took = append(took, last.Sub(began))
	}
	slices.Sort(took)
	return took, nil
}

// bumpOne is one writer and one other reader.
func (b *bench) bumpOne(ctx context.Context, s side) error {
	took, err := b.bumpsAt(ctx, s, 1, 500)
	if err != nil {
		return err
	}
	b.table.add("one writer, one stream: bump after, p50", "ms", "<= 2 ×", s, milliseconds(took[len(took)/2]))
	b.table.add("one writer, one stream: bump after, p99", "ms", "", s, milliseconds(took[len(took)*99/100]))
	return nil
}

func (b *bench) bumpsAt(ctx context.Context, s side, streams, count int) ([]time.Duration, error) {
	h, err := gather(ctx, s.server().addr, s.stream(0), streams)
	if err != nil {
		return nil, err
	}
	defer h.close()
	w, err := newWriter(s, 0, 0)
	if err != nil {
		return nil, err
	}
	defer w.close()
	return bumps(ctx, w, h, count)
}

// fanOut is for programs that were just started, so that memory shows what the streams take.
func (b *bench) fanOut(ctx context.Context, s side) error {
	for _, streams := range []int{1000, 5000} {
		if err := b.fanOutTo(ctx, s, streams); err != nil {
			return fmt.Errorf("%d streams: %w", streams, err)
		}
	}
	return nil
}

// What a fan-out is measured by: pushes to warm up, then those that count.
const (
	firstPushes = 5
	pushes      = 20
)

func (b *bench) fanOutTo(ctx context.Context, s side, streams int) error {
	if err := s.server().restart(); err != nil {
		return err
	}
	if _, err := b.bumpsAt(ctx, s, 1, firstPushes); err != nil {
		return err
	}
	pid := s.server().pid()
	empty, err := memoryOf(pid)
	if err != nil {
		return err
	}
	h, err := gather(ctx, s.server().addr, s.stream(0), streams)
	if err != nil {
		return err
	}
	defer h.close()
	pause(ctx, time.Second)
	full, err := memoryOf(pid)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s streams", thousands(streams))
	b.table.add(what+": memory of an idle one", "KiB", "<= 40 KiB", s, float64(full-empty)/1024/float64(streams))
	return b.pushTo(ctx, s, h, what, streams)
}

func (b *bench) pushTo(ctx context.Context, s side, h *herd, what string, streams int) error {
	w, err := newWriter(s, 0, 0)
	if err != nil {
		return err
	}
	defer w.close()
	if _, err := bumps(ctx, w, h, firstPushes); err != nil {
		return err
	}
	before, err := s.server().cpu()
	if err != nil {
		return err
	}
	took, err := bumps(ctx, w, h, pushes)
	if err != nil {
		return err
	}
	after, err := s.server().cpu()
	if err != nil {
		return err
	}
	b.table.add(what+": the last has its bump after, p50", "ms", "<= 1.4 ×", s, milliseconds(took[len(took)/2]))
	b.table.add(what+": CPU of the server for each, a push", "µs", "<= 1.3 ×", s, float64((after-before).Microseconds())/float64((pushes+1)*streams))
	return nil
}

// hold opens 10,000 streams three times and tells what is left when they have gone.
func (b *bench) hold(ctx context.Context, s side) error {
	const streams, times = 10000, 3
	if err := s.server().restart(); err != nil {
		return err
	}
	pid := s.server().pid()
	var left []int64
	for range times {
		h, err := gather(ctx, s.server().addr, s.stream(0), streams)
		if err != nil {
			return err
		}
		full, err := memoryOf(pid)
		if err != nil {
			h.close()
			return err
		}
		b.table.add("10,000 streams held: memory of the server", "MiB", "", s, float64(full)/(1<<20))
		h.close()
		if err := allGone(ctx, pid); err != nil {
			return err
		}
		empty, err := memoryOf(pid)
		if err != nil {
			return err
		}
		left = append(left, empty)
	}
	files, err := filesOf(pid)
	b.table.add("10,000 streams gone: open files left", "", "about 30", s, float64(files))
	b.table.add("10,000 streams gone again and again: growth from the first to the third time", "MiB", "about 0", s, float64(left[times-1]-left[0])/(1<<20))
	return err
}

// allGone waits until a server has closed what its readers left.
func allGone(ctx context.Context, pid int) error {
	for until := time.Now().Add(streamPatience); ; pause(ctx, 100*time.Millisecond) {
		files, err := filesOf(pid)
		if err != nil || files < 100 {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("%d files are still open", files)
		}
	}
}

// stall is what one reader that does not read costs another.
func (b *bench) stall(ctx context.Context, s side) error {
	alone, err := b.bumpsAt(ctx, s, 1, 1000)
	if err != nil {
		return err
	}
	to, err := net.ResolveTCPAddr("tcp4", s.server().addr)
	if err != nil {
		return err
	}
	fd, err := connect(&syscall.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}, 2048)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	if _, err := syscall.Write(fd, s.stream(0)); err != nil {
		return err
	}
	beside, err := b.bumpsAt(ctx, s, 1, 1000)
	if err != nil {
		return err
	}
	middle, tail := len(alone)/2, len(alone)*99/100
	b.table.add("bump beside a stalled reader against without, p50", "×", "about 1", s, float64(beside[middle])/float64(alone[middle]))
	b.table.add("bump beside a stalled reader against without, p99", "×", "about 1", s, float64(beside[tail])/float64(alone[tail]))
	return nil
}

func pause(ctx context.Context, long time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(long):
	}
}
