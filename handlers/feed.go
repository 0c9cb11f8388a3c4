package handlers

import (
	"context"
	"net/http"
	"slices"
	stdsync "sync"
	"time"

	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// feed is what one stream tells. What comes while an event is on its way to the reader waits in the subscription, which
// coalesces it. The only goroutine is the request's own.
type feed struct {
	subscription *sync.Subscription
	token        sync.Token // "": nobody is signed in
	build        string
	words        func(sync.Event) event
	ended        func(context.Context) bool // asked after each event; nil = never
	wake         chan struct{}
	comeBack     time.Duration // after which a browser shall open it again

	mu     stdsync.Mutex
	beat   bool   // a heartbeat is due
	reason string // why the stream ends; "" = it goes on
}

// rouse makes the feed look for what is next. It never waits.
func (f *feed) rouse() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// end makes the feed say goodbye when it has written what it is at.
func (f *feed) end(reason string) {
	f.mu.Lock()
	if f.reason == "" {
		f.reason = reason
	}
	f.mu.Unlock()
	f.rouse()
}

// beatNow makes the feed say hello again.
func (f *feed) beatNow() {
	f.mu.Lock()
	f.beat = true
	f.mu.Unlock()
	f.rouse()
}

// due tells whether a heartbeat is due, which is then done, and why the stream ends.
func (f *feed) due() (beat bool, reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	beat, f.beat = f.beat, false
	return beat, f.reason
}

// write tells the reader one event after the other, until they go, stall, or are said goodbye to.
func (f *feed) write(ctx context.Context, w *wire, p *press) {
	going := w.write(p.print(f.hello()))
	for going && ctx.Err() == nil {
		line, last := f.next(p)
		switch {
		case line == nil:
			f.wait(ctx)
		case last:
			w.write(line)
			return
		default:
			going = w.write(line)
			if going && f.ended != nil && f.ended(ctx) {
				f.end("signed-out")
			}
		}
	}
}

func (f *feed) wait(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-f.wake:
	}
}

// next is what to write now, nil for nothing; last says that nothing comes after it.
func (f *feed) next(p *press) (line []byte, last bool) {
	beat, reason := f.due()
	if reason != "" {
		return p.print(f.bye(reason)), true
	}
	if e, waits := f.subscription.Take(); waits {
		return e.Form(func(e sync.Event) any { return p.print(f.say(e)) }).([]byte), false
	}
	if beat {
		return p.print(f.hello()), false
	}
	return nil, false
}

// stalled is how long a reader may take for one write before its stream is closed; it resumes from its cursor. No bye
// tells it why: what does not take an event takes no farewell either.
const stalled = 5 * time.Second

// pieceBytes is how much of an event is one such write: who is slow but goes on is not closed.
const pieceBytes = 4 << 10

// wire is the response of one stream.
type wire struct {
	out     http.ResponseWriter
	control *http.ResponseController
	shared  bool // with other requests, as in HTTP/2: there a deadline that passes while nothing is written resets the stream
}

// newWire begins the response.
func newWire(c echo.Context) *wire {
	response := c.Response()
	response.Header().Set("Content-Type", "text/event-stream")
	response.Header().Set("Cache-Control", "no-store")
	response.Header().Set("X-Accel-Buffering", "no")
	response.WriteHeader(http.StatusOK)
	out := response.Writer // below echo, whose Flush tells of no error
	return &wire{out, http.NewResponseController(out), c.Request().ProtoMajor > 1}
}

// write returns when the reader's system has the event; false when it does not take it.
func (w *wire) write(line []byte) bool {
	if w.shared {
		defer w.setDeadline(time.Time{})
	}
	for piece := range slices.Chunk(line, pieceBytes) {
		w.setDeadline(time.Now().Add(stalled))
		if _, err := w.out.Write(piece); err != nil {
			return false
		}
	}
	return len(line) > 0 && w.control.Flush() == nil
}

// setDeadline fails on writers that know no deadlines, which are those of tests.
func (w *wire) setDeadline(at time.Time) { _ = w.control.SetWriteDeadline(at) }
