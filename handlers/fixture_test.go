package handlers

import (
	"log/slog"
	"net/netip"
	"strconv"
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/markdown"
	"tandem/queries/querytest"
	"tandem/static"
	"tandem/sync"
)

// house is a workspace behind a server: ann is an admin and in all teams, ben a member who does not see SEC, cleo a
// guest of ENG.
type house struct {
	*Server
	t      testing.TB
	clock  *testClock
	beats  chan time.Time
	checks chan time.Time
	pool   *pgxpool.Pool
	url    string // of the database
	exec   func(sql string, arguments ...any)

	ws, eng, sec    uuid.UUID
	ann, ben, cleo  *browser
	todo, doing     sync.Ref
	secTodo         sync.Ref
	bug, secretMark sync.Ref // a label of the workspace, and one of SEC
}

// testClock stands still until it is moved.
type testClock struct {
	mu stdsync.Mutex
	at time.Time
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testClock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

// assets are compressed once for all tests.
var assets = stdsync.OnceValue(func() *static.Assets {
	made, err := static.New("test")
	if err != nil {
		panic(err)
	}
	return made
})

func setup(t testing.TB, change ...func(*Options)) *house {
	t.Helper()
	h := bareHouse(t, change...)
	h.exec("update instance set setup_token_hash = null")
	var err error
	h.ws, err = h.engine.CreateWorkspace(t.Context(), "acme", "Acme")
	must(t, err)
	h.ann = h.join("ann", sync.Admin)
	h.eng, h.sec = h.team("ENG", "Engineering", false), h.team("SEC", "Security", true)
	h.ben, h.cleo = h.join("ben", sync.Member), h.join("cleo", sync.Guest, h.eng)
	h.todo, h.doing, h.secTodo = h.status("Todo"), h.status("Doing"), sync.NewRef("status", sync.StatusID(h.sec, "Todo"))
	h.bug, h.secretMark = sync.NewRef("label", newID()), sync.NewRef("label", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: h.bug, Set: map[string]any{"name": "bug", "color": "#dd3333"}},
		sync.Operation{Op: sync.Create, Record: h.secretMark, Set: map[string]any{"name": "classified", "team": sync.NewRef("team", h.sec)}})
	return h
}

// bareHouse is a server that nobody has set up.
func bareHouse(t testing.TB, change ...func(*Options)) *house {
	t.Helper()
	h := &house{t: t, clock: &testClock{at: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}, beats: make(chan time.Time), checks: make(chan time.Time)}
	pool := querytest.DB(t)
	h.pool, h.url = pool, pool.Config().ConnString()
	h.exec = func(sql string, arguments ...any) {
		t.Helper()
		_, err := pool.Exec(t.Context(), sql, arguments...)
		must(t, err)
	}
	h.exec(`insert into instance (system_identifier, timeline, setup_token_hash) values (1, 1, '\x01')`)
	options := Options{Static: assets(), Demo: true, Clock: h.clock.now, Heartbeat: h.beats, Check: h.checks,
		Trusted: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Starter: sync.Starter{Statuses: starterStatuses, Issues: []sync.StarterIssue{{Title: "Look around", Status: "Todo"}}}}
	for _, f := range change {
		f(&options)
	}
	options.Engine = sync.New(sync.Options{Pool: pool, Mentions: markdown.New().Mentions, Mail: options.Mail != nil, Poll: 50 * time.Millisecond, Clock: func(time.Time) time.Time { return h.clock.now() }})
	options.Engine.Start()
	t.Cleanup(options.Engine.Stop)
	h.Server = New(options)
	t.Cleanup(h.Server.Close)
	return h
}

var starterStatuses = []sync.StarterStatus{{Name: "Todo", Category: "unstarted", Color: "#888888"}, {Name: "Doing", Category: "started", Color: "#ddaa00"},
	{Name: "Done", Category: "completed", Color: "#5555ff"}}

// join makes a member, without the cost of a password, and signs them in.
func (h *house) join(name, role string, teams ...uuid.UUID) *browser {
	h.t.Helper()
	person := sync.Person{ID: newID(), Name: name, Email: name + "@example.com"}
	h.exec("insert into person (id, email, name, password_hash) values ($1, $2, $3, '')", person.ID, person.Email, name)
	actor, err := h.engine.AddMember(h.t.Context(), h.ws, person, role, teams...)
	must(h.t, err)
	token, err := h.engine.OpenSession(h.t.Context(), person.ID, "test")
	must(h.t, err)
	return &browser{house: h, actor: actor, person: person, token: token, client: newID()}
}

func (h *house) team(key, name string, private bool) uuid.UUID {
	h.t.Helper()
	id := newID()
	ops := []sync.Operation{{Op: sync.Create, Record: sync.NewRef("team", id), Set: map[string]any{"key": key, "name": name, "private": private}}}
	h.ann.apply(append(ops, sync.StarterOps(h.ws, id, sync.Starter{Statuses: starterStatuses})...)...)
	return id
}

func (h *house) status(name string) sync.Ref {
	return sync.NewRef("status", sync.StatusID(h.eng, name))
}

// issue makes one in ENG as ann.
func (h *house) issue(title string, change ...func(map[string]any)) madeIssue {
	h.t.Helper()
	return h.issueIn(h.eng, "ENG", title, change...)
}

// madeIssue is an issue of the fixture: its key in URLs, and the version that it was made at.
type madeIssue struct {
	ref     sync.Ref
	key     string
	version int64
}

func (m madeIssue) base() string { return strconv.FormatInt(m.version, 10) }

func (h *house) issueIn(team uuid.UUID, key, title string, change ...func(map[string]any)) madeIssue {
	h.t.Helper()
	made := madeIssue{ref: sync.NewRef("issue", newID())}
	set := map[string]any{"team": string(sync.NewRef("team", team)), "title": title}
	for _, f := range change {
		f(set)
	}
	made.version = h.ann.apply(sync.Operation{Op: sync.Create, Record: made.ref, Set: set}).Version
	titles, err := h.engine.IssueTitles(h.t.Context(), h.ann.actor, []uuid.UUID{made.ref.ID()})
	must(h.t, err)
	made.key = key + "-" + strconv.FormatInt(titles[0].Number, 10)
	return made
}

func (h *house) head() int64 {
	h.t.Helper()
	snapshot, err := h.engine.Look(h.t.Context(), h.ann.actor)
	must(h.t, err)
	return snapshot.Version
}

func setField(ref sync.Ref, base int64, field string, value any) sync.Operation {
	return sync.Operation{Op: sync.Set, Record: ref, Base: &base, Set: map[string]any{field: value}}
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustID(id string) uuid.UUID { return uuid.MustParse(id) }
