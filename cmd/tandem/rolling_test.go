package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strconv"
	"strings"
	stdsync "sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/sync"
)

// long runs the timed scenarios for as long as SCENARIOS.md asks, instead of seconds.
var long = flag.Bool("long", false, "run timed scenarios in full")

// balancer sends requests to the nodes in turn, as load balancers do: to those whose /readyz answers, and again to another one when
// a node refused the connection or said 503. A request that may have been begun is never sent twice.
type balancer struct {
	transport *http.Transport
	mu        stdsync.Mutex
	nodes     map[string]bool // host -> ready
	turn      int
}

func newBalancer(t *testing.T) (*balancer, *process) {
	t.Helper()
	b := &balancer{transport: &http.Transport{MaxIdleConnsPerHost: 100}, nodes: map[string]bool{}}
	proxy := &httputil.ReverseProxy{Transport: b, FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme = "http" }}
	server := httptest.NewServer(proxy)
	ctx, stop := context.WithCancel(t.Context())
	var watching stdsync.WaitGroup
	watching.Go(func() { b.watch(ctx) })
	t.Cleanup(func() {
		stop()
		server.CloseClientConnections()
		server.Close()
		watching.Wait()
	})
	return b, &process{T: t, address: server.URL, client: newClient()}
}

func (b *balancer) add(p *process) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nodes[strings.TrimPrefix(p.address, "http://")] = true
}

func (b *balancer) remove(p *process) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.nodes, strings.TrimPrefix(p.address, "http://"))
}

// watch asks each node whether it is ready, several times in the time that a node drains.
func (b *balancer) watch(ctx context.Context) {
	for ticker := time.NewTicker(200 * time.Millisecond); ctx.Err() == nil; <-ticker.C {
		b.mu.Lock()
		hosts := make([]string, 0, len(b.nodes))
		for host := range b.nodes {
			hosts = append(hosts, host)
		}
		b.mu.Unlock()
		for _, host := range hosts {
			response, err := http.Get("http://" + host + "/readyz")
			if err == nil {
				response.Body.Close()
			}
			b.note(host, err == nil && response.StatusCode == http.StatusOK)
		}
	}
}

func (b *balancer) note(host string, ready bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.nodes[host]; known {
		b.nodes[host] = ready
	}
}

func (b *balancer) next() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var ready []string
	for host, is := range b.nodes {
		if is {
			ready = append(ready, host)
		}
	}
	if len(ready) == 0 {
		return ""
	}
	b.turn++
	return ready[b.turn%len(ready)]
}

// RoundTrip implements http.RoundTripper.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	for r.Context().Err() == nil {
		host := b.next()
		if host == "" {
			return nil, errors.New("no node is ready")
		}
		r.URL.Host, r.Body = host, io.NopCloser(bytes.NewReader(body))
		response, err := b.transport.RoundTrip(r)
		refused, isRefused := errors.AsType[*net.OpError](err)
		switch {
		case isRefused && refused.Op == "dial":
			b.note(host, false)
		case err == nil && response.StatusCode == http.StatusServiceUnavailable:
			response.Body.Close()
		default:
			return response, err
		}
	}
	return nil, r.Context().Err()
}

func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	return io.ReadAll(r.Body)
}

// writer creates one issue after the other until it is told to stop.
type writer struct {
	client uuid.UUID
	titles []string
	last   int64
}

func (w *writer) write(t *testing.T, through *process, team sync.Ref, stop <-chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		title := fmt.Sprint(w.client, " ", n)
		answer, err := through.push(w.client, []sync.Transaction{{ID: uuid.Must(uuid.NewV7()), Ops: []sync.Operation{{Op: sync.Create,
			Record: sync.NewRef("issue", uuid.Must(uuid.NewV7())), Set: map[string]any{"team": string(team), "title": title}}}}})
		if err != nil || len(answer.Results) != 1 || answer.Results[0].Status != sync.Applied {
			t.Errorf("a write failed: %v %+v", err, answer)
			return
		}
		w.titles, w.last = append(w.titles, title), answer.Version
	}
}

// viewer holds a stream as a browser does, and opens it again when it ends.
type viewer struct {
	mu   stdsync.Mutex
	told int64
	byes int
	lost int // streams that ended without a goodbye
}

func (v *viewer) watch(ctx context.Context, through *process) {
	for ctx.Err() == nil {
		said, err := v.stream(ctx, through)
		v.mu.Lock()
		if said == "restart" {
			v.byes++
		} else if ctx.Err() == nil {
			v.lost++
			through.Logf("a stream ended with %q, %v", said, err)
		}
		v.mu.Unlock()
	}
}

// stream reads until the end, and returns the reason that was given.
func (v *viewer) stream(ctx context.Context, through *process) (reason string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, through.address+"/acme/sync/events", nil)
	if err != nil {
		return "", err
	}
	if at := v.at(); at > 0 {
		r.Header.Set("Last-Event-ID", strconv.FormatInt(at, 10))
	}
	response, err := through.client.Do(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			id, _ := strconv.ParseInt(value, 10, 64)
			v.mu.Lock()
			v.told = max(v.told, id)
			v.mu.Unlock()
		case "data":
			var said struct{ Reason string }
			if json.Unmarshal([]byte(value), &said) == nil && said.Reason != "" {
				reason = said.Reason
			}
		}
	}
	return reason, lines.Err()
}

func (v *viewer) at() int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.told
}

func TestS86_ARollingRestartFailsNoWriteAndLosesNoStream(t *testing.T) {
	t.Parallel()
	rounds := 1
	if *long {
		rounds = 3
	}
	pool := furnished(t)
	balancer, through := newBalancer(t)
	nodes := make([]*process, 2)
	for i := range nodes {
		nodes[i] = start(t, on(pool), "--rate", "0")
		balancer.add(nodes[i])
	}
	through.signIn()
	team := engTeam(t, pool)

	var writing, watching stdsync.WaitGroup
	writers, viewers, stop := make([]*writer, 4), make([]*viewer, 6), make(chan struct{})
	for i := range writers {
		writers[i] = &writer{client: uuid.New()}
		writing.Go(func() { writers[i].write(t, through, team, stop) })
	}
	ctx, leave := context.WithCancel(t.Context())
	for i := range viewers {
		viewers[i] = &viewer{}
		watching.Go(func() { viewers[i].watch(ctx, through) })
	}
	for range rounds {
		for i, old := range nodes {
			if code := old.stop(syscall.SIGTERM); code != exitDone {
				t.Errorf("exit %d:\n%s", code, old.stderr)
			}
			balancer.remove(old)
			nodes[i] = start(t, on(pool), "--rate", "0")
			balancer.add(nodes[i])
		}
	}
	close(stop)
	writing.Wait()
	allToldAndWritten(t, pool, writers, viewers)
	leave()
	watching.Wait()
	t.Logf("%d restarts, %d writes", 2*rounds, number(t, pool, "select count(*) from issue"))
}

func allToldAndWritten(t *testing.T, pool *pgxpool.Pool, writers []*writer, viewers []*viewer) {
	t.Helper()
	deadline := time.After(patience)
	for i, v := range viewers {
		for _, w := range writers {
			for v.at() < w.last {
				select {
				case <-time.After(10 * time.Millisecond):
				case <-deadline:
					t.Fatalf("viewer %d was told up to %d, not %d", i, v.at(), w.last)
				}
			}
		}
		if v.byes == 0 || v.lost > 0 {
			t.Errorf("viewer %d: %d goodbyes, %d streams lost", i, v.byes, v.lost)
		}
	}
	written := 0
	for _, w := range writers {
		if len(w.titles) == 0 {
			t.Error("a writer wrote nothing")
		}
		written += len(w.titles)
		for _, title := range w.titles {
			if n := number(t, pool, "select count(*) from issue where title = $1", title); n != 1 {
				t.Errorf("%q is there %d times", title, n)
			}
		}
	}
	if n := number(t, pool, "select count(*) from issue"); n != written {
		t.Errorf("%d issues are there, %d were acknowledged", n, written)
	}
}
