//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// herd is many streams that one goroutine reads by epoll, so that reading costs the least that it can. Linux only.
type herd struct {
	poll    int
	readers map[int32]*reader
	reading sync.WaitGroup

	mu      sync.Mutex
	wanted  int64
	missing int
	broken  error
	last    time.Time
	arrived chan struct{} // closed when all have the version that is wanted
	closed  bool
}

// reader is one stream: the version that it was told, and the begin of a line that is not complete.
type reader struct {
	version int64
	partial []byte
}

const streamPatience = 30 * time.Second

// gather opens so many streams at an address, and returns when each has answered.
func gather(ctx context.Context, addr string, request []byte, count int) (*herd, error) {
	to, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return nil, err
	}
	at := &syscall.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}
	poll, err := syscall.EpollCreate1(0)
	if err != nil {
		return nil, err
	}
	h := &herd{poll: poll, readers: map[int32]*reader{}}
	for range count {
		if err := h.open(at, request); err != nil {
			h.close()
			return nil, err
		}
	}
	h.expect(0) // what is told first is its hello or the like
	h.reading.Go(h.read)
	if _, err := h.wait(ctx); err != nil {
		h.close()
		return nil, fmt.Errorf("open %d streams: %w", count, err)
	}
	return h, nil
}

func (h *herd) open(at syscall.Sockaddr, request []byte) error {
	fd, err := connect(at, 0)
	if err != nil {
		return err
	}
	if _, err := syscall.Write(fd, request); err != nil {
		syscall.Close(fd)
		return err
	}
	h.readers[int32(fd)] = &reader{version: -1}
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
	return syscall.EpollCtl(h.poll, syscall.EPOLL_CTL_ADD, fd, &event)
}

// connect opens a connection that is reset when it is closed: thousands that wait for their time would use up the ports.
func connect(at syscall.Sockaddr, buffer int) (int, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	err = syscall.SetsockoptLinger(fd, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
	if err == nil && buffer > 0 {
		err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, buffer)
	}
	if err == nil {
		err = syscall.Connect(fd, at)
	}
	if err != nil {
		syscall.Close(fd)
	}
	return fd, err
}

// expect makes wait wait until each stream was told a version, or a later one.
func (h *herd) expect(version int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wanted, h.missing, h.arrived = version, 0, make(chan struct{})
	for _, r := range h.readers {
		if r.version < version {
			h.missing++
		}
	}
	if h.missing == 0 {
		close(h.arrived)
	}
}

// wait returns when the last stream was told what is expected.
func (h *herd) wait(ctx context.Context) (time.Time, error) {
	late := time.NewTimer(streamPatience)
	defer late.Stop()
	select {
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	case <-late.C:
		h.mu.Lock()
		defer h.mu.Unlock()
		return time.Time{}, fmt.Errorf("%d of %d streams were not told version %d", h.missing, len(h.readers), h.wanted)
	case <-h.arrived:
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.last, h.broken
	}
}

func (h *herd) read() {
	events := make([]syscall.EpollEvent, 512)
	buffer := make([]byte, 4096)
	for {
		n, err := syscall.EpollWait(h.poll, events, 100)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return
		}
		h.mu.Lock()
		if h.closed {
			h.mu.Unlock()
			return
		}
		for _, event := range events[:max(0, n)] {
			h.readOne(event.Fd, buffer)
		}
		h.mu.Unlock()
	}
}

func (h *herd) readOne(fd int32, buffer []byte) {
	n, err := syscall.Read(int(fd), buffer)
	if n <= 0 {
		h.broken = fmt.Errorf("a stream ended: %v", err)
		syscall.EpollCtl(h.poll, syscall.EPOLL_CTL_DEL, int(fd), nil)
		return
	}
	r := h.readers[fd]
	before := r.version
	r.take(buffer[:n])
	if before < h.wanted && r.version >= h.wanted {
		if h.missing--; h.missing == 0 {
			h.last = time.Now()
			close(h.arrived)
		}
	}
}

// take reads the version off the lines that begin with "id:"; the first event needs none.
func (r *reader) take(text []byte) {
	if len(r.partial) > 0 {
		text = append(r.partial, text...)
	}
	for {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			r.partial = append(r.partial[:0], line...)
			return
		}
		if id, found := bytes.CutPrefix(line, []byte("id:")); found {
			version, err := strconv.ParseInt(string(bytes.TrimSpace(id)), 10, 64)
			if err == nil {
				r.version = max(r.version, version)
			}
		} else if bytes.HasPrefix(line, []byte("event:")) {
			r.version = max(r.version, 0)
		}
		text = rest
	}
}

// close ends all streams, and returns when nothing reads them any more.
func (h *herd) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.reading.Wait()
	for fd := range h.readers {
		syscall.Close(int(fd))
	}
	syscall.Close(h.poll)
}
