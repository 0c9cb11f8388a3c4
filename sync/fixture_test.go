package sync

import (
	"fmt"
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"tandem/queries/querytest"
)

// house is a workspace with a team, two members who see it and one who does not, on a database of its own.
type house struct {
	*Engine
	clock    *testClock
	ws, team uuid.UUID
	private  uuid.UUID
	ann, ben Actor // ann is an admin and in both teams, ben a member and only in the public one
	cleo     Actor // a guest of the public team
	annsTab  uuid.UUID
	bensTab  uuid.UUID
	todo     Ref
	doing    Ref
	done     Ref
}

// testClock stands still until it is moved.
type testClock struct {
	mu stdsync.Mutex
	at time.Time
}

func (c *testClock) now(time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testClock) set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = to
}

func (c *testClock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

func setup(t testing.TB) *house {
	t.Helper()
	return setupWith(t, Options{})
}

func setupWith(t testing.TB, options Options) *house {
	t.Helper()
	clock := &testClock{at: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	options.Pool, options.Clock = querytest.DB(t), clock.now
	h := &house{Engine: New(options), clock: clock, annsTab: newID(), bensTab: newID()}
	h.Start()
	t.Cleanup(h.Stop)
	t.Cleanup(func() { h.checkIntegrity(t) })
	h.furnish(t)
	return h
}

func (h *house) furnish(t testing.TB) {
	t.Helper()
	h.furnishAs(t, "acme")
}

func (h *house) furnishAs(t testing.TB, slug string) {
	t.Helper()
	var err error
	h.ws, err = h.CreateWorkspace(t.Context(), slug, "Acme")
	must(t, err)
	h.team, h.private = newID(), newID()
	ops := []Operation{
		{Op: Create, Record: NewRef("team", h.team), Set: map[string]any{"key": "ENG", "name": "Engineering"}},
		{Op: Create, Record: NewRef("team", h.private), Set: map[string]any{"key": "SEC", "name": "Security", "private": true}},
	}
	starter := Starter{Statuses: []StarterStatus{{"Todo", "unstarted", "#888888"}, {"Doing", "started", "#ddaa00"}, {"Done", "completed", "#5555ff"}}}
	for _, team := range []uuid.UUID{h.team, h.private} {
		ops = append(ops, StarterOps(h.ws, team, starter)...)
	}
	must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: ops}))
	h.ann = h.member(t, "ann", Admin, h.team, h.private)
	h.ben = h.member(t, "ben", Member, h.team)
	h.cleo = h.member(t, "cleo", Guest, h.team)
	h.todo, h.doing, h.done = h.status("Todo"), h.status("Doing"), h.status("Done")
}

func (h *house) member(t testing.TB, name, role string, teams ...uuid.UUID) Actor {
	t.Helper()
	person := Person{ID: newID(), Name: name, Email: fmt.Sprintf("%s+%s@example.com", name, h.ws)}
	_, err := h.pool.Exec(t.Context(), "insert into person (id, email, name, password_hash) values ($1, $2, $3, '')", person.ID, person.Email, name)
	must(t, err)
	actor, err := h.AddMember(t.Context(), h.ws, person, role, teams...)
	must(t, err)
	return actor
}

func (h *house) status(name string) Ref { return NewRef("status", StatusID(h.team, name)) }

// push sends one transaction of an actor's tab and returns its result.
func (h *house) push(t testing.TB, actor Actor, tab uuid.UUID, ops ...Operation) Result {
	t.Helper()
	return h.send(t, actor, tab, Transaction{ID: newID(), Ops: ops})
}

func (h *house) send(t testing.TB, actor Actor, tab uuid.UUID, transactions ...Transaction) Result {
	t.Helper()
	answer, err := h.Push(t.Context(), actor, Push{Client: tab, Transactions: transactions})
	must(t, err)
	return answer.Results[len(answer.Results)-1]
}

// applied is push for what must go through.
func (h *house) applied(t testing.TB, actor Actor, tab uuid.UUID, ops ...Operation) Result {
	t.Helper()
	result := h.push(t, actor, tab, ops...)
	if result.Status != Applied {
		t.Fatalf("transaction %s: %+v %+v", result.Status, result.Error, result.Conflicts)
	}
	return result
}

// issue makes one as ann and returns it with its version.
func (h *house) issue(t testing.TB, title string, change ...func(map[string]any)) (Ref, int64) {
	t.Helper()
	return h.issueIn(t, h.team, title, change...)
}

func (h *house) issueIn(t testing.TB, team uuid.UUID, title string, change ...func(map[string]any)) (Ref, int64) {
	t.Helper()
	ref := NewRef("issue", newID())
	set := map[string]any{"team": string(NewRef("team", team)), "title": title}
	for _, f := range change {
		f(set)
	}
	result := h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: ref, Set: set})
	return ref, result.Version
}

func setField(ref Ref, base int64, field string, v any) Operation {
	return Operation{Op: Set, Record: ref, Base: &base, Set: map[string]any{field: v}}
}

// page returns an issue as ann sees it.
func (h *house) page(t testing.TB, ref Ref) IssuePage {
	t.Helper()
	page, err := h.Issue(t.Context(), h.ann, IssueID{ID: ref.ID()})
	must(t, err)
	return page
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
