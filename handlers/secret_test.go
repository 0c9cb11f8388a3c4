package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/sync"
)

// tally counts what goes to PostgreSQL.
type tally struct{ trips, statements atomic.Int64 }

func (c *tally) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.trips.Add(1)
	c.statements.Add(1)
	return ctx
}
func (*tally) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (c *tally) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.trips.Add(1)
	return ctx
}
func (c *tally) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {
	c.statements.Add(1)
}
func (*tally) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// during is what something costs.
func (c *tally) during(do func()) string {
	trips, statements := c.trips.Load(), c.statements.Load()
	do()
	return fmt.Sprintf("%d round trips, %d statements", c.trips.Load()-trips, c.statements.Load()-statements)
}

// alike fails unless two things cost the same. They are tried thrice, since a session is read anew every two seconds, whatever is asked.
func (c *tally) alike(t *testing.T, name string, hidden, absent func()) {
	t.Helper()
	var seen, made string
	for range 3 {
		if seen, made = c.during(hidden), c.during(absent); seen == made {
			return
		}
	}
	t.Errorf("%s: %s for the hidden, %s for the absent", name, seen, made)
}

// counted puts the house behind another server, on a pool that counts. Nothing runs there in the background.
func (h *house) counted() *tally {
	h.t.Helper()
	config := h.pool.Config()
	counts := &tally{}
	config.ConnConfig.Tracer = counts
	config.MaxConns = 1 // another connection would prepare its statements anew
	pool, err := pgxpool.NewWithConfig(h.t.Context(), config)
	must(h.t, err)
	h.t.Cleanup(pool.Close)
	engine := sync.New(sync.Options{Pool: pool})
	h.t.Cleanup(engine.Stop)
	h.Server = New(Options{Engine: engine, Static: assets(), Heartbeat: h.beats, Check: h.checks})
	h.t.Cleanup(h.Server.Close)
	return counts
}

// Answers alike that cost differently could be told apart by the clock. So the same is asked of PostgreSQL for both.
func TestS44_TheHiddenCostsWhatTheAbsentCosts(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden, absent, warm := h.hide(), madeUp(), madeUp()
	counts := h.counted()
	ask := func(x hiddenThing, name string) func() {
		return func() {
			if strings.HasPrefix(name, http.MethodGet) {
				h.ben.get(x.routes()[name]).is(http.StatusNotFound)
			} else {
				h.ben.post(x.routes()[name], x.form()).is(http.StatusNotFound)
			}
		}
	}
	for name, path := range hidden.routes() {
		if path == "" {
			continue
		}
		ask(warm, name)()
		counts.alike(t, name, ask(hidden, name), ask(absent, name))
	}
	absents := h.opsOn(absent)
	for i, op := range h.opsOn(hidden) {
		h.ben.try(op)
		counts.alike(t, string(op.Op)+" "+string(op.Record), func() { h.ben.try(op) }, func() { h.ben.try(absents[i]) })
	}
	for name, query := range map[string][2]string{"search": {"/acme/f/search?q=treasure", "/acme/f/search?q=treasurx"}, "filter": {"/acme/f/team/ENG?f=label:classified", "/acme/f/team/ENG?f=label:imagined"}} {
		h.ben.get("/acme/f/search?q=warm")
		h.ben.get("/acme/f/team/ENG?f=label:warm")
		counts.alike(t, name, func() { h.ben.get(query[0]).ok() }, func() { h.ben.get(query[1]).ok() })
	}
}

// What a rule looks at to decide stays with the rule: an answer is the same whether or not it met something hidden.
func TestS50_WhatARuleReadsStaysInside(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden, absent := h.hide(), madeUp()
	issue, other := h.issue("Touched"), h.issue("Its neighbour")
	secrets := []string{"Hidden treasure", "Sesame", "Security", "classified", "SEC-"}
	type probe func(x hiddenThing) sync.Operation
	set := func(field string, value func(x hiddenThing) any) probe {
		return func(x hiddenThing) sync.Operation { return setField(issue.ref, h.head(), field, value(x)) }
	}
	create := func(kind string, fields func(x hiddenThing) map[string]any) probe {
		return func(x hiddenThing) sync.Operation {
			return sync.Operation{Op: sync.Create, Record: sync.NewRef(kind, newID()), Set: fields(x)}
		}
	}
	for name, probe := range map[string]probe{
		"a parent": set("parent", func(x hiddenThing) any { return "issue:" + x.issue }),
		"a status": set("status", func(x hiddenThing) any { return "status:" + x.status }),
		"a label": func(x hiddenThing) sync.Operation {
			return sync.Operation{Op: sync.Add, Record: issue.ref, Field: "labels", Value: "label:" + x.label}
		},
		"a neighbour after": func(x hiddenThing) sync.Operation {
			return sync.Operation{Op: sync.Move, Record: issue.ref, After: sync.Ref("issue:" + x.issue)}
		},
		"a neighbour before": func(x hiddenThing) sync.Operation {
			return sync.Operation{Op: sync.Move, Record: other.ref, Before: sync.Ref("issue:" + x.issue)}
		},
		"a new issue's parent": create("issue", func(x hiddenThing) map[string]any {
			return map[string]any{"team": "team:" + h.eng.String(), "title": "Child", "parent": "issue:" + x.issue}
		}),
		"a new issue's label": create("issue", func(x hiddenThing) map[string]any {
			return map[string]any{"team": "team:" + h.eng.String(), "title": "Labelled", "labels": []string{"label:" + x.label}}
		}),
		"a reply": create("comment", func(x hiddenThing) map[string]any {
			return map[string]any{"issue": string(issue.ref), "body": "Reply", "parent": "comment:" + x.comment}
		}),
		"a relation": create("relation", func(x hiddenThing) map[string]any {
			return map[string]any{"issue": string(issue.ref), "kind": "blocks", "other": "issue:" + x.issue}
		}),
		"a relation of its own": create("relation", func(x hiddenThing) map[string]any {
			return map[string]any{"issue": "issue:" + x.issue, "kind": "duplicate", "other": string(issue.ref)}
		}),
		"a label of its name": create("label", func(hiddenThing) map[string]any { return map[string]any{"name": newID().String()} }),
		"an undo": func(x hiddenThing) sync.Operation {
			return sync.Operation{Op: sync.Undo, Transaction: mustID(x.transaction)}
		},
	} {
		seen, made := h.ben.try(probe(hidden)), h.ben.try(probe(absent))
		if diff := cmp.Diff(made.Error, seen.Error); diff != "" || seen.Status != made.Status || len(seen.Conflicts)+len(seen.Notices) > 0 {
			t.Errorf("%s: %s for the hidden, %s for the absent\n%s", name, seen.Status, made.Status, diff)
		}
		raw, err := json.Marshal(seen)
		must(t, err)
		for _, secret := range secrets {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%s tells %q: %s", name, secret, raw)
			}
		}
	}
	h.ben.get("/acme/issue/" + issue.key).ok().lacks(secrets...)
}

// moving is what changes with every write, wherever it was.
var moving = regexp.MustCompile(`(data-version|Tandem-Version|_tx|name="_base" value)="?[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}`)

func TestS51_CountsAndOrderAreThoseOfWhatOneSees(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for i := range 5 {
		h.issue(fmt.Sprint("Visible ", i), func(set map[string]any) { set["priority"] = i % 3; set["labels"] = []string{string(h.bug)} })
	}
	paths := []string{"/acme/f", "/acme/f?view=created", "/acme/f?view=subscribed", "/acme/f?view=activity", "/acme/f/member/" + h.ben.actor.Member.String()}
	for _, query := range []string{"", "view=board", "f=label:bug", "f=-label:classified", "f=priority:1", "f=-priority:1", "f=creator:ann", "f=assignee:none", "text=visible",
		"f=text:treasure", "f=status:todo&f=label:bug"} {
		paths = append(paths, "/acme/f/team/ENG?"+query)
	}
	for _, words := range []string{"visible", "treasure", "sesame", "classified", "sec", "1", "SEC-1"} {
		paths = append(paths, "/acme/f/search?q="+words)
	}
	look := func() map[string]string {
		seen := map[string]string{}
		for _, path := range paths {
			seen[path] = moving.ReplaceAllString(h.ben.get(path).ok().body, "…")
		}
		return seen
	}
	before := look()
	for range 3 {
		h.hide()
	}
	h.issueIn(h.sec, "SEC", "Visible too, but not for ben", func(set map[string]any) { set["priority"] = 1 })
	if diff := cmp.Diff(before, look()); diff != "" {
		t.Errorf("what is hidden shows (-without +with):\n%s", diff)
	}
}
