package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// counter is a server that answers pushes as it is told, and then well.
type counter struct {
	mu     sync.Mutex
	script []answer
	pushes [][]string // the ids in each push
	pulls  int
	epoch  string
}

type answer struct {
	status int
	kind   string
	body   string
	header http.Header
}

const problemKind = "application/problem+json"

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch r.URL.Path {
	case "/acme/sync/pull":
		c.pulls++
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"epoch": %q, "version": 7, "more": false, "changes": []}`, c.epoch)
	case "/acme/sync/push":
		c.push(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (c *counter) push(w http.ResponseWriter, r *http.Request) {
	var body push
	_ = json.NewDecoder(r.Body).Decode(&body)
	var ids []string
	results := []Result{}
	for _, transaction := range body.Transactions {
		ids = append(ids, transaction.ID)
		results = append(results, Result{ID: transaction.ID, Status: Applied, Version: 7})
	}
	c.pushes = append(c.pushes, ids)
	if len(c.script) == 0 {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(pushed{"e", 7, results})
		return
	}
	next := c.script[0]
	c.script = c.script[1:]
	for name, values := range next.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", next.kind)
	w.WriteHeader(next.status)
	fmt.Fprint(w, next.body)
}

func times(n int, one answer) (all []answer) {
	for range n {
		all = append(all, one)
	}
	return all
}

// TestDrain_OnlyAResultEndsATransaction: whatever else is answered, all are sent again under their ids, in order.
func TestDrain_OnlyAResultEndsATransaction(t *testing.T) {
	t.Parallel()
	cases := map[string][]answer{
		"408":               times(2, answer{408, "text/plain", "slow", nil}),
		"429":               times(1, answer{429, problemKind, `{"code": "rate_limited"}`, http.Header{"Retry-After": {"1"}}}),
		"500":               times(3, answer{500, problemKind, `{"code": "internal"}`, nil}),
		"502 of a proxy":    times(3, answer{502, "text/html", "<p>Bad Gateway", nil}),
		"a redirect":        times(2, answer{302, "text/html", "", http.Header{"Location": {"/sign-in"}}}),
		"a page":            times(2, answer{200, "text/html", "<p>Sign in to the hotel's network", nil}),
		"no epoch":          times(2, answer{200, "application/json", `{"results": []}`, nil}),
		"half an answer":    times(2, answer{200, "application/json", `{"epoch": "e", "res`, nil}),
		"no results":        times(2, answer{200, "application/json", `{"epoch": "e", "version": 7, "results": []}`, nil}),
		"401":               times(2, answer{401, problemKind, `{"code": "signed_out"}`, nil}),
		"409":               times(2, answer{409, problemKind, `{"code": "epoch"}`, nil}),
		"413":               times(2, answer{413, problemKind, `{"code": "too_large"}`, nil}),
		"404 of a proxy":    times(9, answer{404, "text/html", "<p>Not found", nil}),
		"403 once":          times(1, answer{403, problemKind, `{"code": "forbidden"}`, nil}),
		"all of them":       {{500, "", "", nil}, {409, problemKind, `{"code": "epoch"}`, nil}, {200, "text/html", "", nil}, {401, problemKind, `{"code": "signed_out"}`, nil}},
		"nothing to matter": nil,
	}
	for name, script := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &counter{script: script, epoch: "e"}
			web := httptest.NewServer(server)
			defer web.Close()
			ids := []string{"a", "b", "c", "d"}
			var left []Transaction
			for _, id := range ids {
				left = append(left, Transaction{ID: id})
			}
			d := run(t, Options{Servers: []string{web.URL}, Outbox: left, Silence: time.Minute,
				Renew: func(context.Context) (http.Header, error) { return http.Header{}, nil }})
			for _, id := range ids {
				if result := d.result(t); result.ID != id || result.Status != Applied {
					t.Fatalf("%s: %+v", id, result)
				}
			}
			if left := d.Unsent(); len(left) != 0 {
				t.Errorf("left are %+v", left)
			}
		})
	}
}

func TestDrain_ATransactionThatIsRefusedAloneFailsAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	refused := answer{400, problemKind, `{"code": "malformed", "detail": "Each transaction needs an id."}`, nil}
	server := &counter{script: times(3, refused), epoch: "e"}
	web := httptest.NewServer(server)
	defer web.Close()
	d := run(t, Options{Servers: []string{web.URL}, Outbox: []Transaction{{ID: "bad"}, {ID: "good"}}})
	if result := d.result(t); result.ID != "bad" || result.Status != Rejected || result.Error.Code != "malformed" {
		t.Errorf("%+v", result)
	}
	if result := d.result(t); result.ID != "good" || result.Status != Applied {
		t.Errorf("%+v", result)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if got := fmt.Sprint(server.pushes); got != "[[bad good] [bad good] [bad] [good]]" {
		t.Errorf("the pushes were %s", got)
	}
}

// TestDrain_ARefusalOfTheClientKeepsTheQueue: what is refused for who asks, or where, is no transaction's fault.
func TestDrain_ARefusalOfTheClientKeepsTheQueue(t *testing.T) {
	t.Parallel()
	const refusals = 3 // one more than what blames a transaction
	for code, status := range map[string]int{"client_taken": 403, "read_only": 403, "cross_site": 403, "not_found": 404, "refused": 405} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			server := &counter{script: times(refusals, answer{status, problemKind, fmt.Sprintf(`{"code": %q}`, code), nil}), epoch: "e"}
			web := httptest.NewServer(server)
			defer web.Close()
			told := make(chan string, 100)
			d := run(t, Options{Servers: []string{web.URL}, Outbox: []Transaction{{ID: "only"}}, Silence: time.Minute, Hooks: Hooks{Problem: func(err error) {
				if problem, answered := errors.AsType[*Problem](err); answered {
					told <- problem.Code
				}
			}}})
			if result := d.result(t); result.Status != Applied {
				t.Fatalf("%+v", result)
			}
			hits := 0
			for range len(told) {
				if <-told == code {
					hits++
				}
			}
			if hits < refusals {
				t.Errorf("the application was told %d times of %d", hits, refusals)
			}
		})
	}
}

func TestDrain_AnotherEpochPullsFirst(t *testing.T) {
	t.Parallel()
	server := &counter{script: times(1, answer{409, problemKind, `{"code": "epoch"}`, nil}), epoch: "e"}
	web := httptest.NewServer(server)
	defer web.Close()
	d := run(t, Options{Servers: []string{web.URL}})
	d.sees(t, "the first pull", func() bool { return d.Version() == 7 })
	server.mu.Lock()
	pulled := server.pulls
	server.mu.Unlock()
	d.Send("")
	d.result(t)
	server.mu.Lock()
	defer server.mu.Unlock()
	if server.pulls <= pulled {
		t.Error("sent again without a pull")
	}
}
