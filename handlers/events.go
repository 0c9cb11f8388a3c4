package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/r3labs/sse/v2"

	"tandem/sync"
)

// stalled is how long a reader may take for one write before its stream is closed; it resumes from its cursor.
const stalled = 5 * time.Second

// streamEvents tells a member what has become stale, never what it became: the browser asks for what it shows.
func (s *Server) streamEvents(c echo.Context, v visit) error {
	subscription, err := s.engine.Subscribe(c.Request().Context(), v.Actor, resumeAt(c))
	if err != nil {
		return err
	}
	defer subscription.Close()
	return s.streams.serve(c, &feed{subscription: subscription, token: v.token, build: string(s.build), epoch: subscription.Epoch, words: toMember})
}

// streamEmbed tells a share's readers that what they see has changed, and nothing more.
func (s *Server) streamEmbed(c echo.Context) error {
	token := sync.Token(c.Param("token"))
	subscription, err := s.engine.WatchShare(c.Request().Context(), token)
	if err != nil {
		return err
	}
	defer subscription.Close()
	ended := func(ctx context.Context) bool {
		_, err := s.engine.Shared(ctx, token)
		told, ok := errors.AsType[*sync.Error](err)
		return ok && told.Kind == sync.NotFound
	}
	return s.streams.serve(c, &feed{subscription: subscription, build: string(s.build), epoch: subscription.Epoch, words: toStranger, ended: ended})
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

// feed is what one stream tells.
type feed struct {
	subscription *sync.Subscription
	token        sync.Token // "": nobody is signed in
	build        string
	epoch        uuid.UUID
	words        func(sync.Event) event
	ended        func(context.Context) bool // asked after each event; nil = never
	over         chan struct{}              // closed when the session has ended
}

// event is what is written: one line of JSON under a fixed name.
type event struct {
	name string
	id   int64
	data any
}

type (
	hello struct {
		Epoch   uuid.UUID `json:"epoch"`
		Version int64     `json:"version"`
		Build   string    `json:"build"`
	}
	access struct {
		Version int64 `json:"version"`
	}
	bye struct {
		Reason string `json:"reason"`
	}
)

func (f *feed) hello(told, version int64) event {
	return event{"hello", told, hello{f.epoch, version, f.build}}
}

func (f *feed) bye(reason string) event {
	return event{"bye", f.subscription.Version(), bye{reason}}
}

func toMember(e sync.Event) event {
	if e.Access {
		return event{"access", e.Version, access{e.Version}}
	}
	return event{"bump", e.Version, e}
}

// toStranger leaves out whatever names a thing.
func toStranger(e sync.Event) event {
	return event{"bump", e.Version, sync.Event{From: e.From, Version: e.Version, Topics: []string{"share"}, Spread: e.Spread}}
}

// wire writes the events of one connection with the library, in the one way in which it neither blocks nor leaks: a
// server of ours that forgets, a stream for each connection under a name of ours, at most one event in flight, and an
// end only by the request's context. Flush is called once when the reader is registered and once for each event, in
// the handler's goroutine, and so tells exactly what was written.
type wire struct {
	library *sse.Server
	stream  string
	written chan struct{}
	cancel  context.CancelFunc
	out     http.ResponseWriter
	control *http.ResponseController
}

func newLibrary() *sse.Server {
	library := sse.New()
	library.AutoStream, library.AutoReplay, library.BufferSize, library.EventTTL, library.EncodeBase64 = true, false, 1, 0, false
	library.Headers = map[string]string{"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
	return library
}

// serve runs the library's handler until the context ends. Without Last-Event-ID, for resuming is ours.
func (w *wire) serve(r *http.Request) {
	r = r.Clone(r.Context())
	r.URL.RawQuery = "stream=" + w.stream
	r.Header.Del("Last-Event-ID")
	w.library.ServeHTTP(w, r)
}

// send hands an event over; it may be called again once written has fired.
func (w *wire) send(e event) error {
	data, err := json.Marshal(e.data)
	if err != nil {
		return err
	}
	one := &sse.Event{ID: strconv.AppendInt(nil, e.id, 10), Event: []byte(e.name), Data: data}
	if e.name == "hello" {
		one.Retry = []byte("2000")
	}
	if !w.library.TryPublish(w.stream, one) {
		return errors.New("the stream is gone")
	}
	return nil
}

// Header, Write, WriteHeader and Flush are what the library sees of the response.
func (w *wire) Header() http.Header { return w.out.Header() }

func (w *wire) WriteHeader(status int) { w.out.WriteHeader(status) }

func (w *wire) Write(p []byte) (int, error) {
	w.setDeadline(time.Now().Add(stalled))
	n, err := w.out.Write(p)
	if err != nil {
		w.cancel()
	}
	return n, err
}

func (w *wire) Flush() {
	w.setDeadline(time.Now().Add(stalled))
	if err := w.control.Flush(); err != nil {
		w.cancel()
	}
	w.setDeadline(time.Time{}) // one that passed while nothing was written would reset an HTTP/2 stream
	select {
	case w.written <- struct{}{}:
	default:
	}
}

// setDeadline fails on writers that know no deadlines, which are those of tests.
func (w *wire) setDeadline(at time.Time) { _ = w.control.SetWriteDeadline(at) }
