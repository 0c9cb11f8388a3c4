package handlers

import (
	"context"
	"errors"
	"net/http"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

const (
	heartbeat   = 20 * time.Second
	checkEvery  = 2 * time.Second
	checkAtOnce = 500 // sessions looked at in one check, so that ten thousand streams do not become as many queries
)

// streams are the open streams of this node. Its clock ticks for all of them at once. Safe for concurrent use.
type streams struct {
	wires    func() *wire
	signedIn func(context.Context, sync.Token) (sync.Person, error)
	stop     context.CancelFunc
	ticking  stdsync.WaitGroup
	serving  stdsync.WaitGroup
	closing  chan struct{}

	mu     stdsync.Mutex
	beat   chan struct{} // closed at the next heartbeat
	closed bool
	feeds  map[sync.Token]map[*feed]bool
	queue  []sync.Token // sessions still to be looked at in this round
}

func newStreams(options Options, signedIn func(context.Context, sync.Token) (sync.Person, error)) *streams {
	library := newLibrary()
	ctx, stop := context.WithCancel(context.Background())
	s := &streams{
		wires: func() *wire {
			return &wire{library: library, stream: uuid.NewString(), written: make(chan struct{}, 1)}
		},
		signedIn: signedIn, stop: stop, closing: make(chan struct{}), beat: make(chan struct{}), feeds: map[sync.Token]map[*feed]bool{},
	}
	s.ticking.Go(func() { tick(ctx, options.Heartbeat, heartbeat, func() { s.beatAll() }) })
	s.ticking.Go(func() { tick(ctx, options.Check, checkEvery, func() { s.check(ctx) }) })
	return s
}

// tick calls run at each tick of a channel, or of a ticker where there is none, until ctx ends.
func tick(ctx context.Context, ticks <-chan time.Time, every time.Duration, run func()) {
	if ticks == nil {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		ticks = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			run()
		}
	}
}

func (s *streams) beatAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.beat)
	s.beat = make(chan struct{})
}

func (s *streams) nextBeat() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.beat
}

// check ends the streams of sessions that have ended elsewhere. A check that fails ends none.
func (s *streams) check(ctx context.Context) {
	for _, token := range s.due() {
		ctx, cancel := context.WithTimeout(ctx, checkEvery)
		_, err := s.signedIn(ctx, token)
		cancel()
		if told, ok := errors.AsType[*sync.Error](err); ok && told.Kind == sync.SignedOut {
			s.signOut(token)
		}
	}
}

// due are the next sessions to look at, going round all of them.
func (s *streams) due() []sync.Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		for token := range s.feeds {
			s.queue = append(s.queue, token)
		}
	}
	due := s.queue[:min(len(s.queue), checkAtOnce)]
	s.queue = s.queue[len(due):]
	return due
}

// signOut ends the streams of one session, and only those.
func (s *streams) signOut(token sync.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.feeds[token] {
		close(f.over)
	}
	delete(s.feeds, token)
}

// close tells all streams that the server goes away, and waits until they have ended.
func (s *streams) close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	s.stop()
	s.ticking.Wait()
	s.serving.Wait()
}

// enter counts a stream in; false when the server is going away.
func (s *streams) enter(f *feed) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	f.over = make(chan struct{})
	if f.token != "" {
		if s.feeds[f.token] == nil {
			s.feeds[f.token] = map[*feed]bool{}
		}
		s.feeds[f.token][f] = true
	}
	s.serving.Add(1)
	return true
}

func (s *streams) leave(f *feed) {
	s.mu.Lock()
	delete(s.feeds[f.token], f)
	if len(s.feeds[f.token]) == 0 {
		delete(s.feeds, f.token)
	}
	s.mu.Unlock()
	s.serving.Done()
}

// serve writes a feed until its reader goes, stalls, is signed out, or the server goes away.
func (s *streams) serve(c echo.Context, f *feed) error {
	if !s.enter(f) {
		return refuse(http.StatusServiceUnavailable, "restart", "The server is about to restart.")
	}
	defer s.leave(f)
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	w := s.wires()
	w.cancel, w.out, w.control = cancel, c.Response(), http.NewResponseController(c.Response().Writer)
	var pumping stdsync.WaitGroup
	pumping.Go(func() {
		defer cancel()
		s.pump(ctx, f, w)
	})
	w.serve(c.Request().WithContext(ctx))
	cancel()
	pumping.Wait()
	return nil
}

// pump hands one event after the other to the wire, the next when the last was written.
func (s *streams) pump(ctx context.Context, f *feed, w *wire) {
	beat := s.nextBeat()
	if !flushed(ctx, w) { // the reader is registered
		return
	}
	told := f.subscription.Version()
	missed, any := f.subscription.Take()
	if !w.tell(ctx, f.hello(told, f.subscription.Version())) || any && !w.tell(ctx, f.words(missed)) {
		return
	}
	for {
		next, last := s.next(ctx, f, &beat)
		if ctx.Err() != nil || next != nil && !w.tell(ctx, *next) || last {
			return
		}
		if next != nil && f.ended != nil && f.ended(ctx) {
			w.tell(ctx, f.bye("signed-out"))
			return
		}
	}
}

// next waits for something to tell; last says that nothing comes after it.
func (s *streams) next(ctx context.Context, f *feed, beat *<-chan struct{}) (next *event, last bool) {
	var e event
	select {
	case <-ctx.Done():
		return nil, true
	case <-f.over:
		e, last = f.bye("signed-out"), true
	case <-s.closing:
		e, last = f.bye("restart"), true
	case <-*beat:
		*beat = s.nextBeat()
		version := f.subscription.Version()
		e = f.hello(version, version)
	case <-f.subscription.Ready():
		taken, any := f.subscription.Take()
		if !any {
			return nil, false
		}
		e = f.words(taken)
	}
	return &e, last
}

// tell writes one event and waits until it is written.
func (w *wire) tell(ctx context.Context, e event) bool {
	return w.send(e) == nil && flushed(ctx, w)
}

func flushed(ctx context.Context, w *wire) bool {
	select {
	case <-ctx.Done():
		return false
	case <-w.written:
		return true
	}
}
