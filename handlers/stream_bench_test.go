package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	stdsync "sync"
	"syscall"
	"testing"
	"time"

	"tandem/sync"
)

// BenchmarkStreams measures the fan-out against a limit, in turn in one run: a server without rights and sessions that
// commits one statement and hands the same bytes to a channel and a goroutine per stream. The readers are another process.
//
//	go test -run '^$' -bench BenchmarkStreams -benchtime 30x ./handlers
func BenchmarkStreams(b *testing.B) {
	for _, streams := range []int{1, 1000, 5000} {
		b.Run(fmt.Sprint(streams), func(b *testing.B) { benchmarkStreams(b, streams) })
	}
}

func benchmarkStreams(b *testing.B, streams int) {
	sides := []*benchSide{limitSide(b), tandemSide(b)}
	for _, side := range sides {
		before := residentMemory()
		side.crowd = newCrowd(b, crowdOrder{Address: side.address, Path: side.path, Tokens: side.tokens, Streams: streams})
		side.kib = (residentMemory() - before) / float64(streams) / 1024
		side.push(b) // the first one warms up
	}
	b.ResetTimer()
	for range b.N {
		for _, side := range sides {
			side.measure(b)
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, side := range sides {
		b.ReportMetric(median(side.milliseconds), side.name+"-ms")
		b.ReportMetric(median(side.microseconds)/float64(streams), side.name+"-us/stream")
		if streams > 1 {
			b.ReportMetric(side.kib, side.name+"-KiB/stream")
		}
	}
	b.ReportMetric(median(sides[1].milliseconds)/median(sides[0].milliseconds), "x-ms")
	b.ReportMetric(median(sides[1].microseconds)/median(sides[0].microseconds), "x-us")
}

// BenchmarkStreams_Refetch is 1,000 readers of ten members who each fetch the board when a bump comes: the time until the
// last has it, and how often the database was asked for anything in all.
func BenchmarkStreams_Refetch(b *testing.B) {
	side := tandemSide(b)
	side.crowd = newCrowd(b, crowdOrder{Address: side.address, Path: side.path, Tokens: side.tokens, Streams: 1000, Fetch: "/acme/f/team/ENG?view=board"})
	side.push(b)
	before := side.house.pool.Stat().AcquireCount()
	b.ResetTimer()
	for range b.N {
		side.measure(b)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(side.milliseconds), "ms-to-last")
	b.ReportMetric(median(side.microseconds)/1000, "us/reader")
	b.ReportMetric(float64(side.house.pool.Stat().AcquireCount()-before)/float64(b.N), "questions")
}

// BenchmarkStreams_Held opens 10,000 streams, tells all of them something, and looks at what is left when they are gone.
func BenchmarkStreams_Held(b *testing.B) {
	const streams = 10000
	side := tandemSide(b)
	goroutines, before := runtime.NumGoroutine(), residentMemory()
	for b.Loop() {
		side.crowd = newCrowd(b, crowdOrder{Address: side.address, Path: side.path, Tokens: side.tokens, Streams: streams})
		b.ReportMetric((residentMemory()-before)/streams/1024, "KiB/stream")
		side.measure(b)
		side.crowd.end()
		side.house.awaitStreams(0)
	}
	b.ReportMetric(median(side.milliseconds), "ms-to-last")
	b.ReportMetric(float64(runtime.NumGoroutine()-goroutines), "goroutines-left")
}

// benchSide is one of two servers that are compared.
type benchSide struct {
	name, address, path string
	tokens              []string
	write               func() int64 // posts a change and returns its V
	crowd               *crowd
	house               *house

	milliseconds, microseconds []float64
	kib                        float64
}

func (s *benchSide) push(b *testing.B) time.Duration {
	b.Helper()
	began := time.Now()
	version := s.write()
	return s.crowd.await(version).Sub(began)
}

func (s *benchSide) measure(b *testing.B) {
	b.Helper()
	before := processorTime()
	took := s.push(b)
	s.microseconds = append(s.microseconds, float64(processorTime()-before)/float64(time.Microsecond))
	s.milliseconds = append(s.milliseconds, float64(took)/float64(time.Millisecond))
}

func tandemSide(b *testing.B) *benchSide {
	h := setup(b)
	url := h.serve()
	issue := h.issue("Busy")
	side := &benchSide{name: "tandem", house: h, address: strings.TrimPrefix(url, "http://"), path: "/acme/sync/events"}
	for i := range 10 {
		side.tokens = append(side.tokens, string(h.join(fmt.Sprint("reader", i), sync.Member).token))
	}
	version, priority := issue.version, 0
	side.write = func() int64 {
		priority = priority%4 + 1
		body, err := json.Marshal(sync.Push{Client: h.ann.client, Transactions: []sync.Transaction{{ID: newID(), Ops: []sync.Operation{setField(issue.ref, version, "priority", priority)}}}})
		must(b, err)
		var answer sync.PushResult
		must(b, json.Unmarshal(postAs(b, h.ann.token, url+"/acme/sync/push", body), &answer))
		version = answer.Results[0].Version
		return version
	}
	return side
}

func postAs(b *testing.B, token sync.Token, url string, body []byte) []byte {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, bytes.NewReader(body))
	must(b, err)
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: "tandem", Value: string(token)})
	response, err := http.DefaultClient.Do(r)
	must(b, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(b, err)
	if response.StatusCode != http.StatusOK {
		b.Fatalf("status %d: %s", response.StatusCode, answer)
	}
	return answer
}

func limitSide(b *testing.B) *benchSide {
	h := bareHouse(b)
	h.exec("create table written (version bigint primary key, body text not null)")
	limit := &limitServer{house: h, streams: map[chan []byte]bool{}}
	server := httptest.NewServer(limit)
	b.Cleanup(func() {
		limit.close()
		server.Close()
	})
	side := &benchSide{name: "limit", address: strings.TrimPrefix(server.URL, "http://"), path: "/events", tokens: []string{""}}
	var version int64
	side.write = func() int64 {
		version++
		postAs(b, "", server.URL+"/push", fmt.Appendf(nil, `{"from": %d, "version": %d, "records": ["issue:%s"], "topics": ["issue:%s"], "spread": 0}`,
			version-1, version, newID(), newID()))
		return version
	}
	return side
}

// limitServer is what is compared with: the least that a broadcast over server-sent events can do with net/http.
type limitServer struct {
	house *house

	mu      stdsync.Mutex
	version int64
	streams map[chan []byte]bool
}

func (l *limitServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		l.stream(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.version++
	l.house.exec("insert into written values ($1, $2)", l.version, string(body))
	line := fmt.Appendf(nil, "id: %d\ndata: %s\nevent: bump\n\n", l.version, body)
	for stream := range l.streams {
		stream <- line
	}
}

func (l *limitServer) stream(w http.ResponseWriter, r *http.Request) {
	events := make(chan []byte, 16)
	events <- []byte("id: 0\ndata: {}\nevent: hello\n\n")
	l.mu.Lock()
	l.streams[events] = true
	l.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	for {
		select {
		case <-r.Context().Done():
			l.mu.Lock()
			delete(l.streams, events)
			l.mu.Unlock()
			return
		case event, more := <-events:
			if !more {
				return
			}
			_, _ = w.Write(event)
			_ = control.Flush()
		}
	}
}

func (l *limitServer) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for stream := range l.streams {
		close(stream)
	}
	clear(l.streams)
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// residentMemory is what this process holds, without garbage.
func residentMemory() float64 {
	debug.FreeOSMemory()
	var size, resident int
	if stat, err := os.ReadFile("/proc/self/statm"); err == nil {
		_, _ = fmt.Sscan(string(stat), &size, &resident)
	} else {
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		return float64(memory.Sys - memory.HeapReleased)
	}
	return float64(resident * os.Getpagesize())
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
