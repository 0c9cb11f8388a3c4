package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// listen holds a stream open and follows what it tells. A stream brings no content, so losing one loses nothing: the
// next one is told from where the last ended, and begins with what was missed.
func (c *Client) listen(ctx context.Context) {
	pace, last := c.options.Retry.pace(), ""
	for ctx.Err() == nil {
		err := c.stream(ctx, &last, pace)
		if ctx.Err() != nil {
			return
		}
		c.tell(err)
		if problem, answered := errors.AsType[*Problem](err); answered && problem.Status == http.StatusUnauthorized || errors.Is(err, errSignedOut) {
			c.renew(ctx)
		}
		pace.wait(ctx, err)
	}
}

var errSignedOut = errors.New("the stream ended: signed out")

// stream reads one stream to its end, which always is an error. last is the id of the last event.
func (c *Client) stream(ctx context.Context, last *string, pace *pace) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := time.AfterFunc(c.options.Silence, func() { cancel(errors.New("the stream fell silent")) })
	defer silent.Stop()
	path, header := "/sync/events?since="+strconv.FormatInt(c.replica.at(), 10), http.Header{"Accept": {"text/event-stream"}}
	if *last != "" {
		path = "/sync/events"
		header.Set("Last-Event-ID", *last)
	}
	response, err := c.open(ctx, http.MethodGet, path, nil, header)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); response.StatusCode != http.StatusOK || kind != "text/event-stream" {
		return c.problem(response, "", nil)
	}
	lines := bufio.NewReader(response.Body)
	for {
		event, err := readEvent(lines, func() { silent.Reset(c.options.Silence) })
		if err != nil {
			c.turn()
			return fmt.Errorf("read the stream: %w", errors.Join(err, context.Cause(ctx)))
		}
		pace.reset()
		if event.retry > 0 {
			pace.told = event.retry
		}
		if c.options.Hooks.Event != nil {
			c.options.Hooks.Event(event.name, event.data)
		}
		if err := c.heed(event); err != nil {
			return err
		}
		if event.id != "" {
			*last = event.id
		}
	}
}

// told is what the data of any event may hold.
type told struct {
	Epoch   string `json:"epoch"`
	Version int64  `json:"version"`
	Spread  int64  `json:"spread"` // milliseconds
	Reason  string `json:"reason"`
}

// heed acts on an event. One of an unknown name is passed over; one that cannot be read ends the stream, since nobody
// knows what it said.
func (c *Client) heed(event event) error {
	var told told
	switch event.name {
	case "hello", "bump", "access", "bye":
		if err := json.Unmarshal(event.data, &told); err != nil {
			c.follow(0, 0)
			return fmt.Errorf("read the event %s: %w", event.name, err)
		}
	default:
		return nil
	}
	switch event.name {
	case "hello":
		if epoch := c.replica.ofEpoch(); epoch != "" && epoch != told.Epoch {
			c.follow(0, 0) // the pull is told to start over
		}
		c.follow(told.Version, 0)
	case "bump":
		c.follow(told.Version, time.Duration(told.Spread)*time.Millisecond)
	case "access":
		c.follow(0, 0) // rights changed: the pull says what comes and goes
	case "bye":
		return farewell(told.Reason)
	}
	return nil
}

func farewell(reason string) error {
	if reason == "signed-out" {
		return errSignedOut
	}
	return fmt.Errorf("the stream ended: %s", reason)
}
