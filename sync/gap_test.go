package sync

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	stdsync "sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/queries/querytest"
)

// TestGap is about readers beside writers who have their V and have not committed.
func TestGap(t *testing.T) {
	t.Parallel()

	t.Run("S16 a writer held between its V and its commit is missed by no pull", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		other := h.secondNode(t)
		h.slowDown(t, "if new.after ->> 'title' = 'held' then perform pg_advisory_xact_lock(7); end if;")
		release := h.hold(t, 7)
		reader, writers := &replica{}, stdsync.WaitGroup{}
		reader.pull(t, h, h.ben, 500)
		before := reader.cursor
		held, behind := NewRef("issue", newID()), NewRef("issue", newID())
		writers.Go(func() { h.applied(t, h.ann, h.annsTab, create(h, held, "held")) })
		h.awaitWaiting(t, 1)
		writers.Go(func() {
			_, err := other.Apply(t.Context(), h.ben, h.bensTab, Transaction{ID: newID(), Ops: []Operation{create(h, behind, "behind")}})
			must(t, err)
		})
		h.awaitWaiting(t, 2)
		reader.pull(t, h, h.ben, 500)
		if reader.cursor != before {
			t.Errorf("the cursor went from %d to %d while nothing was committed", before, reader.cursor)
		}
		release()
		writers.Wait()
		reader.pull(t, h, h.ben, 500)
		if reader.records[held].Version != before+1 || reader.records[behind].Version != before+2 {
			t.Errorf("V of the held %d, of the one behind %d, after %d", reader.records[held].Version, reader.records[behind].Version, before)
		}
	})

	t.Run("S16 nothing is missed beside sixteen writers who pause before their commits, and the log has no gap", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.slowDown(t, "perform pg_sleep(random() * 0.01);")
		h.raceReaderAgainstWriters(t, stretch())
	})

	t.Run("S17 an unrelated transaction that stays open holds up no pull", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		stranger := querytest.DB(t)
		open, err := stranger.Begin(t.Context())
		must(t, err)
		defer func() { must(t, open.Rollback(t.Context())) }()
		_, err = open.Exec(t.Context(), "select txid_current()")
		must(t, err)
		var reader replica
		for deadline := time.Now().Add(min(stretch(), 30*time.Second)); time.Now().Before(deadline); {
			issue, at := h.issue(t, "Fix login")
			reader.pull(t, h, h.ben, 500)
			if reader.records[issue].Version != at || reader.cursor < at {
				t.Fatalf("the write at %d is not in the pull at %d", at, reader.cursor)
			}
		}
	})

	t.Run("S18 a pull's version reaches a write exactly when it holds its effect", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		cursor := int64(0)
		for round := range rounds(500, 10000) {
			written := make(chan int64, 1)
			go func() {
				result, err := h.Apply(t.Context(), h.ann, h.annsTab, Transaction{ID: newID(), Ops: []Operation{
					{Op: Set, Record: issue, Base: new(int64), Set: map[string]any{"title": fmt.Sprint("round ", round)}}}})
				if err != nil {
					t.Error(err)
				}
				written <- result.Version
			}()
			cursor = h.pullBeside(t, issue, cursor, written)
		}
	})
}

// pullBeside pulls until a write is seen, and holds each answer against the write's V.
func (h *house) pullBeside(t testing.TB, issue Ref, cursor int64, written <-chan int64) int64 {
	t.Helper()
	var answers []PullResult
	var since []int64
	version := int64(0)
	for version == 0 || cursor < version {
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: cursor})
		must(t, err)
		answers, since = append(answers, answer), append(since, cursor)
		cursor = answer.Version
		select {
		case version = <-written:
		default:
		}
	}
	for i, answer := range answers {
		holds := slices.ContainsFunc(answer.Changes, func(c RecordChange) bool { return c.Record == issue && c.Version == version })
		if reaches := since[i] < version && version <= answer.Version; holds != reaches {
			t.Fatalf("an answer at %d holds the write at %d: %v", answer.Version, version, holds)
		}
	}
	return cursor
}

// raceReaderAgainstWriters lets sixteen writers on two nodes make issues while one reader pulls all the time.
func (h *house) raceReaderAgainstWriters(t testing.TB, stretch time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), stretch)
	defer cancel()
	nodes := []*Engine{h.Engine, h.secondNode(t)}
	made := make([][]Ref, 16)
	var writers stdsync.WaitGroup
	for writer := range made {
		writers.Go(func() {
			client := newID()
			for ctx.Err() == nil {
				ref := NewRef("issue", newID())
				_, err := nodes[writer%2].Apply(t.Context(), h.ann, client, Transaction{ID: newID(), Ops: []Operation{create(h, ref, fmt.Sprint("by writer ", writer))}})
				must(t, err)
				made[writer] = append(made[writer], ref)
				rest(ctx, time.Duration(rand.IntN(5))*time.Millisecond)
			}
		})
	}
	var reader replica
	for ctx.Err() == nil {
		reader.pull(t, h, h.ben, 50)
	}
	writers.Wait()
	reader.pull(t, h, h.ben, 50)
	for _, ref := range slices.Concat(made...) {
		if _, there := reader.records[ref]; !there {
			t.Errorf("%s was never seen", ref)
		}
	}
	if !slices.IsSorted(reader.seen) {
		t.Error("versions came out of order")
	}
	h.checkLog(t)
}

func rest(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}

// secondNode is another engine on the house's database.
func (h *house) secondNode(t testing.TB) *Engine {
	t.Helper()
	node := New(Options{Pool: h.pool, Clock: h.clock.now})
	node.Start()
	t.Cleanup(node.Stop)
	return node
}

// slowDown lets PostgreSQL do something for each entry of the log, when its writer has its V and has not committed.
func (h *house) slowDown(t testing.TB, do string) {
	t.Helper()
	_, err := h.pool.Exec(t.Context(), `create function slow_down() returns trigger language plpgsql as $$ begin `+do+` return new; end $$;
		create trigger slow_down after insert on change for each row execute function slow_down()`)
	must(t, err)
}

// hold takes an advisory lock on a connection of its own, and returns how to let it go.
func (h *house) hold(t testing.TB, key int64) (release func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), h.pool.Config().ConnString())
	must(t, err)
	_, err = conn.Exec(t.Context(), "select pg_advisory_lock($1)", key)
	must(t, err)
	return func() { must(t, conn.Close(t.Context())) }
}

// awaitWaiting returns when as many connections to the house's database wait for a lock.
func (h *house) awaitWaiting(t testing.TB, count int) {
	t.Helper()
	watch, err := pgxpool.New(t.Context(), h.pool.Config().ConnString())
	must(t, err)
	defer watch.Close()
	for deadline := time.Now().Add(patienceInTests); ; {
		var waiting int
		must(t, watch.QueryRow(t.Context(), "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'").Scan(&waiting))
		if waiting >= count {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections wait, not %d", waiting, count)
		}
		rest(t.Context(), 5*time.Millisecond)
	}
}
