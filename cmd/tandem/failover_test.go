package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/queries/querytest"
	"tandem/sync"
)

// event is what a stream says.
type event struct {
	name string
	data struct {
		Epoch   uuid.UUID
		Version int64
		Reason  string
	}
}

// listen opens a stream that must last as long as the test.
func (p *process) listen() <-chan event {
	p.Helper()
	ctx, cancel := context.WithCancel(p.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address+"/acme/sync/events", nil)
	if err != nil {
		p.Fatal(err)
	}
	response, err := p.client.Do(r)
	if err != nil || response.StatusCode != http.StatusOK {
		p.Fatalf("open a stream: %v %v", response, err)
	}
	events := make(chan event, 1000)
	p.Cleanup(func() {
		cancel()
		response.Body.Close()
	})
	go func() {
		defer close(events)
		var e event
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				e.name = value
			case "data":
				_ = json.Unmarshal([]byte(value), &e.data) // what is missing is noticed
			case "":
				events <- e
				e = event{}
			}
		}
	}()
	return events
}

// hear waits for the first event that will do.
func hear(t *testing.T, events <-chan event, what string, will func(event) bool) event {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e, more := <-events:
			if !more || e.name == "bye" {
				t.Fatalf("the stream ended before %s: %+v", what, e)
			}
			if will(e) {
				return e
			}
		case <-deadline:
			t.Fatalf("never heard: %s", what)
		}
	}
}

// outage takes the pool's database away from everybody, does what happens meanwhile, and gives it back.
func outage(t *testing.T, pool *pgxpool.Pool, meanwhile func()) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, querytest.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	name := pgx.Identifier{pool.Config().ConnConfig.Database}.Sanitize()
	for _, sql := range []string{"alter database " + name + " allow_connections false",
		"select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + pool.Config().ConnConfig.Database + "'"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	meanwhile()
	if _, err := conn.Exec(ctx, "alter database "+name+" allow_connections true"); err != nil {
		t.Fatal(err)
	}
	pool.Reset()
}

// write makes an issue, and sends it again while the database is away, as a client does.
func (p *process) write(team sync.Ref) sync.PushResult {
	p.Helper()
	client, transactions := uuid.New(), forty(p.T, team)[:1]
	deadline := time.After(patience)
	for {
		answer, err := p.push(client, transactions)
		if err == nil && len(answer.Results) == 1 {
			return answer
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-deadline:
			p.Fatalf("nothing can be written: %v\n%s", err, p.stderr)
		}
	}
}

func TestServe_NodesOutliveARestartOfPostgreSQL(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	team := engTeam(t, pool)
	one, two := start(t, on(pool)), start(t, on(pool))
	one.signIn()
	two.signIn()
	events := two.listen()
	hello := hear(t, events, "hello", func(e event) bool { return e.name == "hello" })
	outage(t, pool, func() {
		if response, err := two.client.Get(two.address + "/readyz"); err != nil || response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("/readyz without a database: %v %v", response, err)
		}
	})
	written := one.write(team)
	if written.Epoch != hello.data.Epoch {
		t.Error("a restart began a new epoch")
	}
	hear(t, events, "the write after the restart", func(e event) bool { return e.data.Version >= written.Version })
}

// The standby took over: the same rows, another timeline. The first connection of any node sees it, before the first write.
func TestServe_NodesMeetANewPrimaryWithANewEpoch(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	team := engTeam(t, pool)
	one, two := start(t, on(pool)), start(t, on(pool))
	one.signIn()
	two.signIn()
	before := one.write(team)
	ones, twos := one.listen(), two.listen()
	hear(t, ones, "hello", func(e event) bool { return e.name == "hello" })
	hear(t, twos, "hello", func(e event) bool { return e.name == "hello" })
	if _, err := pool.Exec(t.Context(), "update instance set timeline = timeline + 1"); err != nil {
		t.Fatal(err)
	}
	outage(t, pool, func() {})
	after := two.write(team)
	if after.Epoch == before.Epoch || after.Version != before.Version+1_000_000_001 { // once, although two nodes saw it
		t.Errorf("written at %d of %s, before at %d of %s", after.Version, after.Epoch, before.Version, before.Epoch)
	}
	for _, events := range []<-chan event{ones, twos} {
		hear(t, events, "the new epoch", func(e event) bool { return e.name == "hello" && e.data.Epoch == after.Epoch })
	}
	again := one.write(team)
	for _, events := range []<-chan event{ones, twos} {
		hear(t, events, "the write after it", func(e event) bool { return e.data.Version >= again.Version })
	}
	if n := number(t, pool, "select count(*) from change where version between $1 and $2", before.Version+1, before.Version+1_000_000_000); n != 0 {
		t.Errorf("%d entries under the old epoch", n)
	}
}
