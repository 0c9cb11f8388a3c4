package handlers

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"tandem/sync"
)

// streamReader reads a stream as a browser does.
type streamReader struct {
	t      testing.TB
	header http.Header
	lines  *bufio.Scanner
	cancel context.CancelFunc
}

// told is one event.
type told struct {
	name  string
	id    int64
	data  map[string]any
	retry string
}

// serve runs the house's server until the test ends.
func (h *house) serve() string {
	h.t.Helper()
	server := httptest.NewServer(h)
	h.t.Cleanup(func() {
		h.Server.Close()
		server.Close()
	})
	return server.URL
}

// open begins a member's stream; query is such as "?since=3".
func (h *house) open(b *browser, query string, headers ...string) *streamReader {
	h.t.Helper()
	return b.stream(h.serve()+"/acme/sync/events"+query, headers...)
}

func (b *browser) stream(url string, headers ...string) *streamReader {
	t := b.house.t
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	must(t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	b.identify(r)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(r)
	must(t, err)
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", response.StatusCode, readAll(t, response.Body))
	}
	return &streamReader{t, response.Header, bufio.NewScanner(response.Body), cancel}
}

// next waits for an event.
func (s *streamReader) next() told {
	s.t.Helper()
	e, ok := s.read()
	if !ok {
		s.t.Fatalf("the stream ended: %v", s.lines.Err())
	}
	return e
}

func (s *streamReader) read() (e told, ok bool) {
	for s.lines.Scan() {
		name, value, _ := strings.Cut(s.lines.Text(), ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id, _ = strconv.ParseInt(value, 10, 64)
		case "retry":
			e.retry = value
		case "data":
			must(s.t, json.Unmarshal([]byte(value), &e.data))
		case "":
			return e, true
		}
	}
	return e, false
}

// ended waits for the end.
func (s *streamReader) ended() {
	s.t.Helper()
	if e, more := s.read(); more {
		s.t.Fatalf("the stream went on with %+v", e)
	}
}

func TestS30_AResumedStreamSaysAtOnceWhatWasMissed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	since := h.head()
	var refs []any
	for i := range 7 {
		refs = append(refs, string(h.issue(fmt.Sprint("Missed ", i)).ref))
	}
	stream := h.open(h.ben, "?since=1", "Last-Event-ID", fmt.Sprint(since))
	if e := stream.next(); e.name != "hello" || e.id != since {
		t.Errorf("%+v", e)
	}
	e := stream.next()
	if e.name != "bump" || e.id != since+7 || e.data["from"] != float64(since) || e.data["version"] != float64(since+7) || len(e.data["records"].([]any)) != len(refs) {
		t.Errorf("%+v", e)
	}
}

func TestStream_TellsWhatIsStale(t *testing.T) {
	t.Parallel()
	h := setup(t)
	stream := h.open(h.ben, "?since=nonsense", "Last-Event-ID", "w1:7")
	hello := stream.next()
	issue := h.issue("Fresh")
	e := stream.next()
	if e.name != "bump" || e.id != issue.version || e.data["from"] != hello.data["version"] {
		t.Errorf("%+v", e)
	}
	if got := fmt.Sprint(e.data["records"]); got != fmt.Sprintf("[%s]", issue.ref) {
		t.Errorf("records %s", got)
	}
	if got := fmt.Sprint(e.data["topics"]); !strings.Contains(got, "team:"+h.eng.String()) {
		t.Errorf("topics %s", got)
	}
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Encoding": ""} {
		if got := stream.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestS36_AnIdleStreamHasAHeartbeat(t *testing.T) {
	t.Parallel()
	h := setup(t)
	stream := h.open(h.ben, "")
	first := stream.next()
	h.issueIn(h.sec, "SEC", "Not for ben") // V goes on without a word to him
	head := h.head()
	for told := first.id; told != head; { // the hub is told after the commit
		h.beats <- time.Time{}
		e := stream.next()
		if e.name != "hello" || e.data["version"] != float64(e.id) || e.id < told {
			t.Fatalf("%+v", e)
		}
		told = e.id
	}
}

func TestS42_AStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	h := setup(t)
	url := h.serve() + "/acme/sync/events"
	again, err := h.engine.OpenSession(t.Context(), h.ben.person.ID, "other")
	must(t, err)
	other := h.ben.tab()
	other.token = again
	mine, others := h.ben.stream(url), other.stream(url)
	mine.next()
	others.next()
	h.ben.post("/sign-out", nil).to("/sign-in")
	if e := mine.next(); e.name != "bye" || e.data["reason"] != "signed-out" {
		t.Errorf("%+v", e)
	}
	mine.ended()
	h.checkSessions()
	h.beats <- time.Time{}
	if e := others.next(); e.name != "hello" {
		t.Errorf("the other session's stream says %+v", e)
	}
}

// The browser is back before its old connection is known to be dead: what ends later is the old one alone.
func TestS35_AnOldStreamThatEndsLeavesTheNewOne(t *testing.T) {
	t.Parallel()
	h := setup(t)
	url := h.serve() + "/acme/sync/events"
	old := h.ben.stream(url)
	old.next()
	anew := h.ben.stream(url)
	anew.next()
	old.cancel()
	h.awaitStreams(1)
	issue := h.issue("Fresh")
	if e := anew.next(); e.name != "bump" || e.id != issue.version {
		t.Errorf("%+v", e)
	}
	h.ben.post("/sign-out", nil).to("/sign-in")
	if e := anew.next(); e.name != "bye" || e.data["reason"] != "signed-out" {
		t.Errorf("%+v", e)
	}
	anew.ended()
}

// awaitStreams waits until so many are open.
func (h *house) awaitStreams(want int) {
	h.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		if open := len(h.streams.all()); open == want {
			return
		} else if time.Now().After(deadline) {
			h.t.Fatalf("%d streams are open instead of %d", open, want)
		}
	}
}

// Another node signed the person out: the check finds it. A check that fails ends nothing.
func TestS42_AStreamEndsWhenItsSessionEndedElsewhere(t *testing.T) {
	t.Parallel()
	h := setup(t)
	failures := make(chan error, 1)
	h.streams.ended = func(_ context.Context, open []sync.Token) ([]sync.Token, error) { return open, <-failures }
	stream := h.open(h.ben, "")
	stream.next()
	failures <- fmt.Errorf("the database is away")
	h.checks <- time.Time{}
	failures <- nil
	h.checks <- time.Time{}
	if e := stream.next(); e.name != "bye" || e.data["reason"] != "signed-out" {
		t.Errorf("%+v", e)
	}
	stream.ended()
}

func TestStream_SaysGoodbyeWhenTheServerStops(t *testing.T) {
	t.Parallel()
	h := setup(t)
	stream := h.open(h.ben, "")
	stream.next()
	h.Server.Close()
	if e := stream.next(); e.name != "bye" || e.data["reason"] != "restart" {
		t.Errorf("%+v", e)
	}
	stream.ended()
	h.ben.get("/acme/sync/events").problem(http.StatusServiceUnavailable, "restart")
}

func TestStream_AsksForASession(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.stranger().get("/acme/sync/events").problem(http.StatusUnauthorized, sync.CodeSignedOut)
}

// The library, fault 1: a subscriber that does not read freezes its stream for all.
func TestLibrary_OneWhoDoesNotReadHoldsUpNobody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	url := h.serve()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	_, err = fmt.Fprintf(conn, "GET /acme/sync/events HTTP/1.1\r\nHost: x\r\nCookie: tandem=%s\r\n\r\n", h.ben.token)
	must(t, err)
	healthy := h.ann.stream(url + "/acme/sync/events")
	healthy.next()
	issue := h.issue("Busy")
	healthy.next()
	for i := range 200 {
		result := h.ann.apply(setField(issue.ref, issue.version, "priority", i%4+1))
		if e := healthy.next(); e.data["version"] != float64(result.Version) {
			t.Fatalf("%d: %+v", i, e)
		}
	}
}

// Fault 2: an event without data ends the handler and hangs who comes next. All of ours have data.
func TestLibrary_EveryEventHasData(t *testing.T) {
	t.Parallel()
	h := setup(t)
	subscription, err := h.engine.Subscribe(t.Context(), h.ben.actor, nil)
	must(t, err)
	defer subscription.Close()
	f := &feed{subscription: subscription}
	for _, e := range []event{f.hello(), f.bye("slow"), toMember(sync.Event{}), toMember(sync.Event{Access: true}), toStranger(sync.Event{})} {
		fields := strings.Split(string(h.streams.press.print(e)), "\n")
		if len(fields[1]) < len("data: {}") || fields[2] != "event: "+e.name {
			t.Errorf("%s: %q", e.name, fields)
		}
	}
}

// Faults 3 and 4: connections that come and go leave nothing behind, which goleak sees to, and none hangs. 10,000 with -long.
func TestLibrary_ConnectionsThatComeAndGoLeaveNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	address := strings.TrimPrefix(h.serve(), "http://")
	rounds := 4
	if *long {
		rounds = 100
	}
	for range rounds {
		var coming stdsync.WaitGroup
		for range 100 {
			coming.Go(func() { comeAndGo(t, address, h.ben.token) })
		}
		coming.Wait()
	}
	h.awaitStreams(0)
	h.Server.Close()
}

// comeAndGo hangs up after the first event.
func comeAndGo(t *testing.T, address string, token sync.Token) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	_, _ = fmt.Fprintf(conn, "GET /acme/sync/events HTTP/1.1\r\nHost: x\r\nCookie: tandem=%s\r\n\r\n", token)
	for lines := bufio.NewScanner(conn); ; {
		if !lines.Scan() {
			t.Errorf("no hello came: %v", lines.Err())
			return
		}
		if lines.Text() == "event: hello" {
			return
		}
	}
}

// A peer that stalls is closed, and resumes from its cursor.
func TestStream_AStalledReaderIsClosed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	stuck := &stuckWriter{header: http.Header{}}
	subscription, err := h.engine.Subscribe(t.Context(), h.ben.actor, nil)
	must(t, err)
	defer subscription.Close()
	f := &feed{subscription: subscription, words: toMember, wake: make(chan struct{}, 1)}
	f.write(t.Context(), &wire{stuck, http.NewResponseController(stuck), true}, h.streams.press) // it returns
	if stuck.deadlines == 0 || !stuck.cleared {
		t.Errorf("%d deadlines, cleared: %t", stuck.deadlines, stuck.cleared)
	}
}

// stuckWriter is a connection whose deadline has passed.
type stuckWriter struct {
	header    http.Header
	deadlines int
	cleared   bool // none holds while nothing is written
}

func (s *stuckWriter) Header() http.Header { return s.header }

func (s *stuckWriter) WriteHeader(int) {}

func (s *stuckWriter) Write([]byte) (int, error) { return 0, context.DeadlineExceeded }

func (s *stuckWriter) FlushError() error { return context.DeadlineExceeded }

func (s *stuckWriter) Flush() {}

func (s *stuckWriter) SetWriteDeadline(at time.Time) error {
	s.cleared = at.IsZero()
	if until := time.Until(at); !s.cleared && (until <= 0 || until > stalled) {
		return fmt.Errorf("a deadline in %s", until)
	}
	s.deadlines++
	return nil
}
