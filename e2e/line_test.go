package e2e

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"
)

// line is the wire between one person and the server: it can be cut, which ends open streams too (the browsers' own
// offline mode does not), and its streams or pushes can be held back.
type line struct {
	addr string
	far  func() string

	mu       sync.Mutex
	listener net.Listener // nil while cut
	calls    map[*call]bool
	delay    map[string]time.Duration // path -> how long its answers are held back
	wasCut   bool
}

// call is one connection; path is what was asked for on it last, of those that are told apart.
type call struct {
	near, far net.Conn
	path      string
}

var told = []string{"/sync/events", "/sync/push"}

// newLine lays a line to far, which is asked for at each call since a restarted server may be elsewhere.
func newLine(t *testing.T, far func() string) *line {
	t.Helper()
	l := &line{addr: "127.0.0.1:0", far: far, calls: map[*call]bool{}, delay: map[string]time.Duration{}}
	l.mend(t)
	t.Cleanup(l.cut)
	return l
}

func (l *line) url(path string) string { return "http://" + l.addr + path }

// mend lets calls through, at the same address as ever.
func (l *line) mend(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", l.addr)
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.addr, l.listener = listener.Addr().String(), listener
	l.mu.Unlock()
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(near)
		}
	}()
}

// cut ends every call and refuses new ones.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wasCut = true
	if l.listener != nil {
		l.listener.Close()
		l.listener = nil
	}
	for c := range l.calls {
		c.near.Close()
		c.far.Close()
	}
}

// hold keeps back what the server answers on a path.
func (l *line) hold(path string, delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay[path] = delay
}

// streams counts the open streams.
func (l *line) streams() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for c := range l.calls {
		if c.path == told[0] {
			n++
		}
	}
	return n
}

func (l *line) carry(near net.Conn) {
	defer near.Close()
	far, err := net.Dial("tcp", l.far())
	if err != nil {
		return
	}
	defer far.Close()
	c := &call{near: near, far: far}
	l.mu.Lock()
	if l.listener == nil {
		l.mu.Unlock()
		return
	}
	l.calls[c] = true
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		delete(l.calls, c)
		l.mu.Unlock()
	}()
	go func() {
		pass(near, far, func(b []byte) { l.overhear(c, b) })
		far.Close()
	}()
	pass(far, near, func([]byte) { l.wait(c) })
}

// overhear notes what a call is about: requests begin a chunk, since browsers do not pipeline.
func (l *line) overhear(c *call, b []byte) {
	first, _, _ := bytes.Cut(b, []byte("\r\n"))
	if !bytes.HasSuffix(first, []byte(" HTTP/1.1")) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c.path = ""
	for _, path := range told {
		if bytes.Contains(first, []byte(path)) {
			c.path = path
		}
	}
}

func (l *line) wait(c *call) {
	l.mu.Lock()
	delay := l.delay[c.path]
	l.mu.Unlock()
	if delay > 0 {
		<-time.After(delay)
	}
}

func pass(from, to net.Conn, before func([]byte)) {
	for b := make([]byte, 64<<10); ; {
		n, err := from.Read(b)
		if n > 0 {
			before(b[:n])
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
