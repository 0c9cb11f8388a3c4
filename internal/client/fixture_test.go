package client

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tandem/handlers"
	"tandem/queries/querytest"
	"tandem/static"
	engine "tandem/sync"
)

// office is a real server behind real HTTP, with one person and one team.
type office struct {
	*testing.T
	url    string
	header http.Header
	team   string
}

const password = "correct horse"

func newOffice(t *testing.T) *office {
	t.Helper()
	pool := querytest.DB(t)
	_, err := pool.Exec(t.Context(), "insert into instance (system_identifier, timeline) values (1, 1)")
	must(t, err)
	e := engine.New(engine.Options{Pool: pool, Poll: 50 * time.Millisecond})
	e.Start()
	t.Cleanup(e.Stop)
	assets, err := static.New("test")
	must(t, err)
	server := handlers.New(handlers.Options{Engine: e, Static: assets})
	web := httptest.NewServer(server)
	t.Cleanup(func() {
		server.Close()
		web.Close()
	})
	o := &office{T: t, url: web.URL, team: string(engine.NewRef("team", uuid.New()))}
	o.found(e)
	o.header, err = SignIn(t.Context(), nil, o.url, "ann@example.com", password)
	must(t, err)
	return o
}

// found makes the workspace, its member and its team.
func (o *office) found(e *engine.Engine) {
	o.Helper()
	ctx := o.Context()
	workspace, err := e.CreateWorkspace(ctx, "acme", "Acme")
	must(o, err)
	person, err := e.AddPerson(ctx, engine.NewPerson{Name: "Ann", Email: "ann@example.com", Password: password})
	must(o, err)
	actor, err := e.AddMember(ctx, workspace, person, engine.Admin)
	must(o, err)
	_, id, _ := engine.Ref(o.team).Parse()
	ops := append([]engine.Operation{{Op: engine.Create, Record: engine.Ref(o.team), Set: map[string]any{"key": "ENG", "name": "Engineering"}}},
		engine.StarterOps(workspace, id, engine.Starter{Statuses: []engine.StarterStatus{{Name: "Todo", Category: "unstarted", Color: "#888888"}}})...)
	result, err := e.Apply(ctx, actor, uuid.New(), engine.Transaction{ID: uuid.New(), Ops: ops})
	must(o, err)
	must(o, result.Err())
}

// device runs a client until the test ends.
type device struct {
	*Client
	results chan Result
	steps   chan struct{}
}

func run(t *testing.T, options Options) *device {
	t.Helper()
	d := &device{results: make(chan Result, 1000), steps: make(chan struct{}, 1)}
	options.Workspace = "acme"
	options.Retry = Retry{First: time.Millisecond, Most: 20 * time.Millisecond}
	options.Hooks.Result = func(_ Transaction, result Result) { d.results <- result }
	options.Hooks.Replica = func(bool) {
		select {
		case d.steps <- struct{}{}:
		default:
		}
	}
	d.Client = New(options)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return d
}

// sees waits until the replica shows what is asked for.
func (d *device) sees(t *testing.T, what string, is func() bool) {
	t.Helper()
	late := time.After(time.Minute)
	for !is() {
		select {
		case <-d.steps:
		case <-late:
			t.Fatalf("never saw %s", what)
		}
	}
}

func (d *device) result(t *testing.T) Result {
	t.Helper()
	select {
	case result := <-d.results:
		return result
	case <-time.After(time.Minute):
		t.Fatal("no result came")
		return Result{}
	}
}

func (o *office) issue(title string) (ref string, op Operation) {
	ref = "issue:" + uuid.NewString()
	return ref, Operation{Op: "create", Record: ref, Set: map[string]any{"team": o.team, "title": title}}
}

// lossy breaks requests that its function picks: before they are sent, or behind, when only the answer is lost.
type lossy struct {
	mu     sync.Mutex
	before func(*http.Request) bool
	after  func(*http.Request) bool
	seen   []string
}

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/events") {
		return http.DefaultTransport.RoundTrip(r)
	}
	l.seen = append(l.seen, r.URL.RequestURI())
	if l.before != nil && l.before(r) {
		return nil, errors.New("cut")
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && l.after != nil && l.after(r) {
		response.Body.Close()
		return nil, errors.New("the answer was lost")
	}
	return response, err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
