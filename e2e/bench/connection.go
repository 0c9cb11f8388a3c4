//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
)

// connection is one kept-alive HTTP connection that does as little as it can, for it shares the machine with what it measures.
type connection struct {
	net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(addr string) (*connection, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &connection{Conn: conn, in: bufio.NewReaderSize(conn, 16<<10)}, nil
}

// answer is a response. Its body is good until the next round trip.
type answer struct {
	status       int
	header, body []byte
}

func (c *connection) roundTrip(request []byte) (answer, error) {
	if _, err := c.Write(request); err != nil {
		return answer{}, err
	}
	a, err := c.readHead()
	if err != nil {
		return a, err
	}
	c.body = c.body[:0]
	switch length := headerValue(a.header, "Content-Length"); {
	case length != nil:
		n, err := strconv.Atoi(string(length))
		if err != nil {
			return a, err
		}
		err = c.readBody(n)
		a.body = c.body
		return a, err
	case headerValue(a.header, "Transfer-Encoding") != nil:
		err = c.readChunks()
	}
	a.body = c.body
	return a, err
}

// readHead reads up to the empty line.
func (c *connection) readHead() (a answer, err error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		if len(line) <= 2 {
			break
		}
		a.header = append(a.header, line...)
	}
	if len(a.header) < len("HTTP/1.1 200") {
		return a, fmt.Errorf("no HTTP: %q", a.header)
	}
	a.status, err = strconv.Atoi(string(a.header[9:12]))
	return a, err
}

func (c *connection) readBody(n int) error {
	start := len(c.body)
	c.body = append(c.body, make([]byte, n)...)
	_, err := io.ReadFull(c.in, c.body[start:])
	return err
}

func (c *connection) readChunks() error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if err := c.readBody(int(n)); err != nil {
			return err
		}
		if _, err := c.in.Discard(2); n == 0 || err != nil {
			return err
		}
	}
}

// headerValue finds a header by the name that Go's servers write it with.
func headerValue(header []byte, name string) []byte {
	_, after, found := bytes.Cut(header, []byte("\r\n"+name+": "))
	if !found {
		return nil
	}
	value, _, _ := bytes.Cut(after, []byte("\r\n"))
	return value
}

func appendGet(request []byte, path, host, headers string) []byte {
	return fmt.Appendf(request, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path, host, headers)
}

func appendPost(request []byte, path, host, headers string, body []byte) []byte {
	request = fmt.Appendf(request, "POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
		path, host, headers, len(body))
	return append(request, body...)
}
