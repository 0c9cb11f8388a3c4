package handlers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"
)

// crowd is many readers of streams in a process of their own, so that what the server's costs is the server's alone.
type crowd struct {
	t     testing.TB
	lines *bufio.Scanner
	end   func() // may be called more than once
}

// crowdOrder is what the process is told: to open as many streams, and to say when each of them has been told a V.
type crowdOrder struct {
	Address string
	Path    string
	Tokens  []string // of the readers, in turn
	Streams int
	Fetch   string // what each of them asks for when it is told something, before it counts; "" = nothing
}

// newCrowd starts one and returns when each of its streams has had its first event.
func newCrowd(t testing.TB, order crowdOrder) *crowd {
	t.Helper()
	told, err := json.Marshal(order)
	must(t, err)
	command := exec.Command(os.Args[0], "-crowd", string(told))
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	must(t, err)
	stdout, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	c := &crowd{t, bufio.NewScanner(stdout), stdsync.OnceFunc(func() {
		stdin.Close()
		_ = command.Wait() // it ends with its input
	})}
	t.Cleanup(c.end)
	c.await(0)
	return c
}

// await returns when the last stream has been told a V; zero stands for the first event.
func (c *crowd) await(version int64) time.Time {
	c.t.Helper()
	for c.lines.Scan() {
		var told, at int64
		if _, err := fmt.Sscan(c.lines.Text(), &told, &at); err != nil {
			c.t.Fatalf("%q: %v", c.lines.Text(), err)
		}
		if told == version {
			return time.Unix(0, at)
		}
	}
	c.t.Fatalf("the crowd went away: %v", c.lines.Err())
	return time.Time{}
}

// runCrowd is the whole of the crowd's process.
func runCrowd(told string) error {
	var order crowdOrder
	if err := json.Unmarshal([]byte(told), &order); err != nil {
		return err
	}
	failed := make(chan error, order.Streams)
	seen := newArrivals(order.Streams)
	for i := range order.Streams {
		go func() { failed <- readStream(order, order.Tokens[i%len(order.Tokens)], seen) }()
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		failed <- nil
	}()
	return <-failed
}

// arrivals counts how many streams have been told a V, and prints the time at which the last of them was.
type arrivals struct {
	streams int64
	counts  [1 << 16]atomic.Int64
}

func newArrivals(streams int) *arrivals { return &arrivals{streams: int64(streams)} }

func (y *arrivals) told(version int64) {
	if y.counts[version%int64(len(y.counts))].Add(1) == y.streams {
		fmt.Println(version, time.Now().UnixNano())
	}
}

func readStream(order crowdOrder, token string, seen *arrivals) error {
	conn, err := net.Dial("tcp", order.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nCookie: tandem=%s\r\n\r\n", order.Path, token); err != nil {
		return err
	}
	var version int64
	greeted := false
	fetch := newFetcher(order, token)
	for lines := bufio.NewReaderSize(conn, 512); ; {
		line, err := lines.ReadSlice('\n')
		switch {
		case err != nil && err != bufio.ErrBufferFull:
			return err
		case bytes.HasPrefix(line, []byte("id: ")):
			if version, err = strconv.ParseInt(string(bytes.TrimSpace(line[4:])), 10, 64); err != nil {
				return err
			}
		case !greeted && bytes.HasPrefix(line, []byte("event: ")):
			greeted = true
			seen.told(0)
		case bytes.HasPrefix(line, []byte("event: bump")):
			if err := fetch(); err != nil {
				return err
			}
			seen.told(version)
		}
	}
}

// newFetcher returns what gets a page over a connection that is kept.
func newFetcher(order crowdOrder, token string) func() error {
	if order.Fetch == "" {
		return func() error { return nil }
	}
	var conn net.Conn
	var lines *bufio.Reader
	return func() (err error) {
		if conn == nil {
			if conn, err = net.Dial("tcp", order.Address); err != nil {
				return err
			}
			lines = bufio.NewReader(conn)
		}
		if _, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nCookie: tandem=%s\r\n\r\n", order.Fetch, token); err != nil {
			return err
		}
		answer, err := http.ReadResponse(lines, nil)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", order.Fetch, answer.Status)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
}
