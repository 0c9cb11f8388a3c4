package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answerMost bounds what is read of an answer.
const answerMost = 256 << 20

// ask makes a request and reads its answer. What is not an answer of ours is a *Problem; any other error means that
// nobody knows whether the request was heard.
func (c *Client) ask(ctx context.Context, method, path string, body []byte, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.Patience)
	defer cancel()
	response, err := c.open(ctx, method, path, body, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, answerMost))
	if err != nil {
		c.turn()
		return fmt.Errorf("read the answer to %s: %w", path, err)
	}
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if response.StatusCode != http.StatusOK || kind != "application/json" {
		return c.problem(response, kind, raw)
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("read the answer to %s: %w", path, err)
	}
	return nil
}

// open sends a request to the server whose turn it is. One that does not answer makes it the next one's.
func (c *Client) open(ctx context.Context, method, path string, body []byte, more http.Header) (*http.Response, error) {
	c.mu.Lock()
	server, header := c.options.Servers[c.server], c.header
	c.mu.Unlock()
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(server, "/")+"/"+c.options.Workspace+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for _, h := range []http.Header{header, more} {
		for name, values := range h {
			request.Header[name] = values
		}
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		c.turn()
	}
	return response, err
}

// turn goes on to the next server.
func (c *Client) turn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = (c.server + 1) % len(c.options.Servers)
}

// problem reads what a server, or something between it and us, had to say.
func (c *Client) problem(response *http.Response, kind string, raw []byte) error {
	p := &Problem{}
	if kind == "application/problem+json" {
		_ = json.Unmarshal(raw, p) // what cannot be read has no code, and so is not of ours
	}
	p.Status = response.StatusCode
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		p.After = time.Duration(seconds) * time.Second
	}
	if p.Status >= 500 {
		c.turn()
	}
	return p
}

// passing tells a problem that says nothing of the request itself: a busy, restarting or misplaced server, a proxy, a
// sign-in page of somebody's network.
func (p *Problem) passing() bool {
	switch p.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return p.Status < 400 || p.Status >= 500
}

// blamesWork tells a problem that may be of one transaction, in the words of the protocol.
func (p *Problem) blamesWork() bool {
	switch p.Code {
	case "malformed", "unknown_op":
		return p.Status == http.StatusBadRequest
	case "too_large":
		return p.Status == http.StatusRequestEntityTooLarge
	}
	return false
}

func (c *Client) tell(err error) {
	if c.options.Hooks.Problem != nil {
		c.options.Hooks.Problem(err)
	}
}

// renew signs in again, if the application can.
func (c *Client) renew(ctx context.Context) {
	if c.options.Renew == nil {
		return
	}
	header, err := c.options.Renew(ctx)
	if err != nil {
		c.tell(err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.header = header
}

// withoutRedirects sees a redirect as the answer that it is: to follow one would turn a push into a GET of some page.
func withoutRedirects(given *http.Client) *http.Client {
	if given == nil {
		given = http.DefaultClient
	}
	own := *given
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
