package handlers

import (
	"context"
	"maps"
	"net/http"
	"slices"
	stdsync "sync"
	"time"

	"github.com/labstack/echo/v4"

	"tandem/sync"
)

const (
	heartbeat  = 20 * time.Second
	checkEvery = 1500 * time.Millisecond // a stream outlives its session by two seconds at most, the query included
)

// streams are the open streams of this node. Its clock ticks for all of them at once. Safe for concurrent use.
type streams struct {
	press   *press
	ended   func(context.Context, []sync.Token) ([]sync.Token, error)
	stop    context.CancelFunc
	ticking stdsync.WaitGroup
	serving stdsync.WaitGroup

	mu     stdsync.Mutex
	closed bool
	open   map[*feed]bool
	feeds  map[sync.Token]map[*feed]bool

	entered int // streams, ever
}

func newStreams(options Options, ended func(context.Context, []sync.Token) ([]sync.Token, error)) *streams {
	ctx, stop := context.WithCancel(context.Background())
	s := &streams{press: newPress(), ended: ended, stop: stop, open: map[*feed]bool{}, feeds: map[sync.Token]map[*feed]bool{}}
	s.ticking.Go(func() { s.press.run(ctx) })
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
	for _, f := range s.all() {
		f.beatNow()
	}
}

func (s *streams) all() []*feed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.open))
}

// check ends the streams of sessions and access tokens that have ended elsewhere, however many there are in one query. A
// check that fails ends none.
func (s *streams) check(ctx context.Context) {
	open := s.secrets()
	if len(open) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkEvery)
	defer cancel()
	ended, err := s.ended(ctx, open)
	if err != nil {
		return
	}
	for _, token := range ended {
		s.signOut(token)
	}
}

// secrets are those that streams are open with.
func (s *streams) secrets() []sync.Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.feeds))
}

// signOut ends the streams of one session, and only those.
func (s *streams) signOut(token sync.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.feeds[token] {
		f.end("signed-out")
	}
	delete(s.feeds, token)
}

// close tells all streams that the server goes away, and waits until they have ended.
func (s *streams) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	for _, f := range s.all() {
		f.end("restart")
	}
	s.serving.Wait()
	s.stop() // the press last: it prints the goodbyes
	s.ticking.Wait()
}

// enter counts a stream in; false when the server is going away.
func (s *streams) enter(f *feed) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.open[f] = true
	f.comeBack = comeBack(s.entered)
	s.entered++
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
	delete(s.open, f)
	delete(s.feeds[f.token], f)
	if len(s.feeds[f.token]) == 0 {
		delete(s.feeds, f.token)
	}
	s.mu.Unlock()
	s.serving.Done()
}

// serve writes a feed until its reader goes, stalls, is signed out, or the server goes away.
func (s *streams) serve(c echo.Context, f *feed) error {
	f.wake = make(chan struct{}, 1)
	if !s.enter(f) {
		return refuse(http.StatusServiceUnavailable, "restart", "The server is about to restart.")
	}
	defer s.leave(f)
	f.subscription.Listen(f.rouse)
	f.write(c.Request().Context(), newWire(c), s.press)
	return nil
}
