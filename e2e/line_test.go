package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// line is the wire between one person and the server: it can be cut, which ends open streams too (the browsers' own
// offline mode does not), and its streams or pushes can be held back.
type line struct {
	addr string
	host string // what the browser calls the address, "" by its number
	far  func() string

	mu       sync.Mutex
	listener net.Listener // nil while cut
	calls    map[*call]bool
	delay    map[string]time.Duration // path -> how long its answers are held back
	asked    map[string]int           // path -> how often it was asked for
	dead     chan struct{}            // nothing passes until it is closed; nil = all does
	status   int                      // what every request is answered with, by a proxy whose server is away; 0 = by the server
	refused  int                      // how many were
	barred   string                   // calls that ask for this path are ended
	eaten    string                   // calls that ask for this path are never answered
	wasCut   bool
}

// call is one connection; path is what was asked for on it last, of those that are told apart.
type call struct {
	near, far net.Conn
	path      string
}

var told = []string{"/sync/events", "/sync/push", "/f/team/", "/comment"}

// newLine lays a line to far, which is asked for at each call since a restarted server may be elsewhere.
func newLine(t *testing.T, far func() string) *line {
	t.Helper()
	l := &line{addr: "127.0.0.1:0", far: far, calls: map[*call]bool{}, delay: map[string]time.Duration{}, asked: map[string]int{}}
	l.mend(t)
	t.Cleanup(l.cut)
	return l
}

func (l *line) url(path string) string {
	_, port, _ := net.SplitHostPort(l.addr)
	if l.host == "" {
		return "http://" + l.addr + path
	}
	return "http://" + net.JoinHostPort(l.host, port) + path
}

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

// leadsTo lays the line elsewhere, from the next call on.
func (l *line) leadsTo(far func() string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.far = far
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
	l.hangUp()
}

// hangUp ends every call. It is called with the lock held.
func (l *line) hangUp() {
	for c := range l.calls {
		c.near.Close()
		c.far.Close()
	}
}

// goesDead lets nothing through any more without ending a call, until the function that it returns is called.
func (l *line) goesDead() (heal func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	dead := make(chan struct{})
	l.dead = dead
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		close(dead)
		l.dead = nil
	}
}

// answers ends every call and has a proxy answer what is asked from now on; 0 lets the server answer again.
func (l *line) answers(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status, l.refused = status, 0
	l.hangUp()
}

// wasRefused counts what the proxy has answered.
func (l *line) wasRefused() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}

// wasAsked counts the requests for a path.
func (l *line) wasAsked(path string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked[path]
}

// slips puts something into the open streams that the server never said.
func (l *line) slips(event string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.calls {
		if c.path == told[0] {
			fmt.Fprintf(c.near, "%x\r\n%s\r\n", len(event), event) // as a chunk of its own
		}
	}
}

// bar ends calls that ask for a path, "" none.
func (l *line) bar(path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.barred = path
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
	l.mu.Lock()
	to := l.far
	l.mu.Unlock()
	far, err := net.Dial("tcp", to())
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
		pass(near, far, func(b []byte) bool { return l.overhear(c, b) })
		far.Close()
	}()
	pass(far, near, func([]byte) bool { return l.wait(c) })
}

// overhear notes what a call is about: requests begin a chunk, since browsers do not pipeline. It is false when the
// request went no further.
func (l *line) overhear(c *call, b []byte) bool {
	first, _, _ := bytes.Cut(b, []byte("\r\n"))
	if !bytes.HasSuffix(first, []byte(" HTTP/1.1")) {
		return l.wait(nil)
	}
	l.mu.Lock()
	c.path = ""
	if l.barred != "" && bytes.Contains(first, []byte(l.barred)) {
		c.near.Close()
		c.far.Close()
	}
	for _, path := range told {
		if bytes.Contains(first, []byte(path)) {
			c.path = path
			l.asked[path]++
		}
	}
	status, eaten := l.status, l.eaten != "" && bytes.Contains(first, []byte(l.eaten))
	if status != 0 {
		l.refused++
	}
	l.mu.Unlock()
	if eaten {
		_, _ = io.Copy(io.Discard, c.near) // until the browser gives up
		return false
	}
	if status != 0 {
		fmt.Fprintf(c.near, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status, http.StatusText(status))
		return false
	}
	return l.wait(nil)
}

// swallows leaves what is asked of a path without an answer, until the function that it returns is called.
func (l *line) swallows(path string) (heal func()) {
	set := func(to string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.eaten = to
	}
	set(path)
	return func() { set("") }
}

// wait holds back what a call is answered, or anything while the line is dead.
func (l *line) wait(c *call) bool {
	l.mu.Lock()
	delay, dead := time.Duration(0), l.dead
	if c != nil {
		delay = l.delay[c.path]
	}
	l.mu.Unlock()
	if dead != nil {
		<-dead
	}
	if delay > 0 {
		<-time.After(delay)
	}
	return true
}

// awaits looks until something holds that no page can tell.
func awaits(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for: %s", patience, what)
		}
	}
}

func pass(from, to net.Conn, before func([]byte) bool) {
	for b := make([]byte, 64<<10); ; {
		n, err := from.Read(b)
		if n > 0 {
			if !before(b[:n]) {
				return
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
