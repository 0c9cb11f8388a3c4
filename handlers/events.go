package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/r3labs/sse/v2"

	"tandem/sync"
)

// streamEvents tells a member what has become stale, never what it became: the browser asks for what it shows.
func (s *Server) streamEvents(c echo.Context) error {
	return s.stream(c, s.memberFeed)
}

func (s *Server) memberFeed(c echo.Context) (*feed, error) {
	v, err := s.visitOf(c)
	if err != nil {
		return nil, err
	}
	setMember(c, v)
	subscription, err := s.engine.Subscribe(c.Request().Context(), v.Actor, resumeAt(c))
	return &feed{subscription: subscription, token: v.token, build: string(s.build), words: toMember}, err
}

// streamEmbed tells a share's readers that what they see has changed, and nothing more.
func (s *Server) streamEmbed(c echo.Context) error {
	return s.stream(c, s.shareFeed)
}

func (s *Server) shareFeed(c echo.Context) (*feed, error) {
	token := sync.Token(c.Param("token"))
	subscription, origins, err := s.engine.WatchShare(c.Request().Context(), token)
	readableBy(c, origins)
	ended := func(ctx context.Context) bool {
		gone, _ := s.ends.do(ctx, token, func(ctx context.Context) (bool, error) {
			_, err := s.engine.Shared(ctx, token)
			told, ok := errors.AsType[*sync.Error](err)
			return ok && told.Kind == sync.NotFound, nil
		})
		return gone
	}
	return &feed{subscription: subscription, build: string(s.build), words: toStranger, ended: ended}, err
}

// stream opens a feed and writes it. The stack of a request is held as long as its stream, and idle streams are many:
// so what asks the database is done beside it, and what stays on it is little. Beyond 3 KiB it takes 16 instead of 8.
func (s *Server) stream(c echo.Context, open func(echo.Context) (*feed, error)) error {
	f, err := aside(func() (*feed, error) { return open(c) })
	if err != nil {
		return err
	}
	defer f.subscription.Close()
	return s.streams.serve(c, f)
}

// aside runs something on a stack of its own, and waits for it.
func aside[T any](run func() (T, error)) (value T, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		value, err = safely(run)
	}()
	<-done
	return value, err
}

// resumeAt is the V up to which the reader was told: what a reconnecting browser says, else what the URL does. What
// is no number counts as unknown: an error would make EventSource give up for good.
func resumeAt(c echo.Context) *int64 {
	for _, raw := range []string{c.Request().Header.Get("Last-Event-ID"), c.QueryParam("since")} {
		if since, err := strconv.ParseInt(raw, 10, 64); err == nil && since >= 0 {
			return &since
		}
	}
	return nil
}

// event is what is written: one line of JSON under a fixed name.
type event struct {
	name string
	id   int64
	data any
	wait time.Duration // before opening the stream again; 0 = as was said before
}

type (
	hello struct {
		Epoch   uuid.UUID `json:"epoch"`
		Version int64     `json:"version"`
		Build   string    `json:"build"`
	}
	access struct {
		Version int64 `json:"version"`
		Lost    bool  `json:"lost"`
	}
	bye struct {
		Reason string `json:"reason"`
	}
)

func (f *feed) hello() event {
	return event{"hello", f.subscription.Version(), hello{f.subscription.Epoch(), f.subscription.Head(), f.build}, f.comeBack}
}

// say words what the engine tells. Another epoch is told by the event that names it.
func (f *feed) say(e sync.Event) event {
	if e.Renewed {
		return event{"hello", e.From, hello{f.subscription.Epoch(), e.Version, f.build}, f.comeBack}
	}
	return f.words(e)
}

func (f *feed) bye(reason string) event {
	return event{"bye", f.subscription.Version(), bye{reason}, 0}
}

func toMember(e sync.Event) event {
	if e.Presence != nil {
		return event{"presence", e.Version, e.Presence, 0}
	}
	if e.Access {
		return event{"access", e.Version, access{e.Version, e.Lost}, 0}
	}
	return event{"bump", e.Version, e, 0}
}

// toStranger leaves out whatever names a thing.
func toStranger(e sync.Event) event {
	return event{"bump", e.Version, sync.Event{From: e.From, Version: e.Version, Topics: []string{"share"}, Spread: e.Spread}, 0}
}

// press prints events in the wire's format with the library, which has one subscriber for as long as the press runs: a
// piece of memory of ours. It never knows of a reader's connection, so none can freeze it, hang in it or leave anything
// behind, and what many are told alike is printed once. Safe for concurrent use.
type press struct {
	library *sse.Server
	begun   chan struct{} // closed when the subscriber is registered
	ended   chan struct{}

	mu      stdsync.Mutex
	printed chan []byte
}

// theStream is the name under which the press subscribes to its own events.
const theStream = "press"

func newPress() *press {
	library := sse.New()
	library.AutoStream, library.AutoReplay, library.BufferSize, library.EventTTL, library.EncodeBase64 = true, false, 1, 0, false
	return &press{library: library, begun: make(chan struct{}), ended: make(chan struct{}), printed: make(chan []byte, 1)}
}

// run prints until ctx ends, which is the only way in which the library lets go of a subscriber for good.
func (p *press) run(ctx context.Context) {
	defer close(p.ended)
	r := &http.Request{URL: &url.URL{RawQuery: "stream=" + theStream}}
	p.library.ServeHTTP(&sheet{press: p, header: http.Header{}}, r.WithContext(ctx))
}

// print returns the bytes of an event, or nil when the press has ended. Its data is never empty, which would end the
// library's subscriber, and is one line, since a second one would be a field.
func (p *press) print(e event) []byte {
	data, err := json.Marshal(e.data)
	if err != nil {
		return nil // of structs of ours: it does not happen
	}
	one := &sse.Event{ID: strconv.AppendInt(nil, e.id, 10), Event: []byte(e.name), Data: data}
	if e.wait > 0 {
		one.Retry = strconv.AppendInt(nil, e.wait.Milliseconds(), 10)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.begun:
	case <-p.ended:
		return nil
	}
	p.library.Publish(theStream, one)
	select {
	case bytes := <-p.printed:
		return bytes
	case <-p.ended:
		return nil
	}
}

// sheet is the response that the library writes to. Flush is called once when it is registered, and once for each event.
type sheet struct {
	press  *press
	header http.Header
	lines  bytes.Buffer
}

func (s *sheet) Header() http.Header { return s.header }

func (s *sheet) WriteHeader(int) { close(s.press.begun) }

func (s *sheet) Write(line []byte) (int, error) { return s.lines.Write(line) }

func (s *sheet) Flush() {
	if s.lines.Len() > 0 {
		s.press.printed <- bytes.Clone(s.lines.Bytes())
		s.lines.Reset()
	}
}
