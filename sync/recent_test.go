package sync

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/queries"
)

func TestRecent(t *testing.T) {
	t.Parallel()
	t.Run("what names nothing new is written in one round trip", func(t *testing.T) {
		t.Parallel()
		h, trips := setup(t).counted(t)
		issue, version := h.issue(t, "Fix login")
		comment := Operation{Op: Create, Record: NewRef("comment", newID()), Set: map[string]any{"issue": string(issue), "body": "Seen."}}
		for name, op := range map[string]Operation{
			"a field": setField(issue, version, "priority", 2), "the same once more": setField(issue, version, "priority", 2),
			"a label": {Op: Add, Record: issue, Field: "subscribers", Value: string(NewRef("member", h.ben.Member))},
			"a text":  textOp(issue, version, new(string), "Open the page."), "a comment": comment,
		} {
			before := trips.Load()
			h.applied(t, h.ann, h.annsTab, op)
			if took := trips.Load() - before; took != 1 {
				t.Errorf("%s took %d round trips", name, took)
			}
		}
	})
	t.Run("a change of another node is met like any other", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 1))
		other := h.other(t)
		theirs := other.applied(t, h.ben, h.bensTab, setField(issue, version, "status", string(h.doing)))
		queued := Transaction{ID: newID(), Queued: true, Ops: []Operation{setField(issue, version, "status", string(h.done))}}
		if mine := h.send(t, h.ann, h.annsTab, queued); mine.Status != InConflict || mine.Conflicts[0].Theirs != string(h.doing) {
			t.Errorf("not seen: %+v", mine)
		}
		if mine := h.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 3)); mine.Version != theirs.Version+1 {
			t.Errorf("V %d after %d", mine.Version, theirs.Version)
		}
	})
	t.Run("what was committed while the lock was waited for is seen", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		before := h.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 1))
		tx, err := h.pool.Begin(t.Context())
		must(t, err)
		_, err = queries.New().LockWorkspace(t.Context(), tx, h.ann.Workspace)
		must(t, err)
		mine := make(chan Result)
		go func() {
			push := Push{Client: h.annsTab, Transactions: []Transaction{{ID: newID(), Ops: []Operation{setField(issue, before.Version, "priority", 3)}}}}
			answer, err := h.Push(t.Context(), h.ann, push)
			if err != nil {
				t.Error(err)
			}
			mine <- append(answer.Results, Result{})[0]
		}()
		h.awaitWaiting(t, 1)
		_, err = tx.Exec(t.Context(), "update workspace set epoch = gen_random_uuid(), base_version = $1 where id = $2", before.Version+1000000000, h.ann.Workspace)
		must(t, err)
		must(t, tx.Commit(t.Context()))
		if got := <-mine; got.Version != before.Version+1000000001 {
			t.Errorf("V %d after %d", got.Version, before.Version+1000000000)
		}
	})
	t.Run("S3 a transaction sent again is answered from what was stored", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		one := Transaction{ID: newID(), Ops: []Operation{setField(issue, version, "priority", 1)}}
		first := h.send(t, h.ann, h.annsTab, one)
		h.applied(t, h.ann, h.annsTab, setField(issue, first.Version, "priority", 4))
		if again := h.send(t, h.ann, h.annsTab, one); !again.Replayed || again.Version != first.Version {
			t.Errorf("%+v after %+v", again, first)
		}
		if now := h.page(t, issue); now.Priority != 4 {
			t.Errorf("done twice: priority %d", now.Priority)
		}
	})
	t.Run("what is there already is not created again", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		create := Operation{Op: Create, Record: NewRef("comment", newID()), Set: map[string]any{"issue": string(issue), "body": "Seen."}}
		h.applied(t, h.ann, h.annsTab, create)
		if again := h.push(t, h.ann, h.annsTab, create); again.Status != Rejected {
			t.Errorf("created twice: %+v", again)
		}
	})
	t.Run("what was sent twice keeps nobody off the short road", func(t *testing.T) {
		t.Parallel()
		h, trips := setup(t).counted(t)
		issue, version := h.issue(t, "Fix login")
		one := Transaction{ID: newID(), Ops: []Operation{{Op: Create, Record: NewRef("comment", newID()), Set: map[string]any{"issue": string(issue), "body": "Seen."}}}}
		h.send(t, h.ann, h.annsTab, one)
		if again := h.send(t, h.ann, h.annsTab, one); !again.Replayed {
			t.Fatalf("not a replay: %+v", again)
		}
		if again := h.push(t, h.ann, h.annsTab, one.Ops...); again.Status != Rejected {
			t.Fatalf("created twice: %+v", again)
		}
		before := trips.Load()
		h.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 2))
		if took := trips.Load() - before; took != 1 {
			t.Errorf("the next write took %d round trips", took)
		}
	})
	t.Run("rights that ended since are not remembered", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		first := h.applied(t, h.ben, h.bensTab, setField(issue, version, "priority", 1))
		other := h.other(t)
		other.applied(t, h.ann, newID(), Operation{Op: Set, Record: NewRef("team", h.team), Set: map[string]any{"private": true}, Base: &first.Version},
			Operation{Op: Remove, Record: NewRef("team", h.team), Field: "members", Value: string(NewRef("member", h.ben.Member))})
		if result := h.push(t, h.ben, h.bensTab, setField(issue, first.Version, "priority", 2)); result.Status != Rejected || result.Error.Code != CodeNotFound {
			t.Errorf("still let in: %+v", result)
		}
	})
	t.Run("stamps of earlier groups count", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 1))
		h.applied(t, h.ann, h.annsTab, setField(issue, version, "title", "Fix the login"))
		late := Transaction{ID: newID(), Queued: true, Ops: []Operation{setField(issue, version, "priority", 2)}}
		if result := h.send(t, h.ben, h.bensTab, late); result.Status != InConflict {
			t.Errorf("overwritten: %+v", result)
		}
	})
	t.Run("an update that misses its row takes the commit with it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		update := func(expected int64) error {
			var rows []byte
			const as = `select jsonb_agg(to_jsonb(i) || jsonb_build_object('expected', $2::bigint, 'stamps', '{}'::jsonb)) from issue i where id = $1`
			must(t, h.pool.QueryRow(t.Context(), as, issue.ID(), expected).Scan(&rows))
			return h.queries.UpdateIssues(t.Context(), h.pool, queries.UpdateIssuesParams{WorkspaceID: h.ws, IDs: []uuid.UUID{issue.ID()}, Rows: rows, Expected: 1})
		}
		if failure, ok := errors.AsType[*pgconn.PgError](update(version + 7)); !ok || failure.Code != "TD002" {
			t.Error("passed over:", failure)
		}
		must(t, update(version))
	})
}

// other is the same house on a second node, which hears nothing of the first.
func (h *house) other(t testing.TB) *house {
	t.Helper()
	second := *h
	second.Engine = New(Options{Pool: h.pool, Clock: h.clock.now}) // not started: nothing asks in the background
	t.Cleanup(second.Stop)
	return &second
}

// counted is the same house on a node whose round trips are counted.
func (h *house) counted(t testing.TB) (*house, *atomic.Int64) {
	t.Helper()
	config, trips := h.pool.Config(), new(atomic.Int64)
	config.ConnConfig.Tracer = tripCounter{trips}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	must(t, err)
	t.Cleanup(pool.Close)
	second := *h
	second.Engine = New(Options{Pool: pool, Clock: h.clock.now})
	t.Cleanup(second.Stop)
	return &second, trips
}

// tripCounter counts what goes to PostgreSQL.
type tripCounter struct{ trips *atomic.Int64 }

func (c tripCounter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.trips.Add(1)
	return ctx
}

func (tripCounter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (c tripCounter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.trips.Add(1)
	return ctx
}

func (tripCounter) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (tripCounter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
