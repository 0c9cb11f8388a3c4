package sync

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// apply is the write road: one database transaction for a group. It locks and loads, works every transaction out in memory,
// writes all of it and commits: in two round trips, or in one when enough is known from the group before. On an error
// nothing of the group has happened, unless the commit's answer was lost; the stored results tell then, when the group is
// done again.
func (e *Engine) apply(ws uuid.UUID, jobs []*job, known *recent) (*world, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(e.background), groupDeadline)
	defer cancel()
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("take a connection: %w: %w", errBroken, err)
	}
	defer conn.Release()
	world, err := e.applyInTime(context.WithoutCancel(ctx), conn.Conn(), ws, jobs, known)
	if err == nil {
		e.learn(known, world)
		return world, nil
	}
	known.miss()
	if conn.Conn().IsClosed() {
		e.pool.Reset() // PostgreSQL was restarted, most likely: the others are dead too, and would use up the tries
		err = fmt.Errorf("%w: %w", errBroken, err)
	}
	rollBack(ctx, conn.Conn())
	return nil, err
}

// applyInTime sets the deadline on the connection rather than on the context, for which the driver would start a
// goroutine at each round trip.
func (e *Engine) applyInTime(ctx context.Context, conn *pgx.Conn, ws uuid.UUID, jobs []*job, known *recent) (done *world, err error) {
	defer func() {
		if found := recover(); found != nil { // else nobody would be told, and nobody could write here any more
			err = fmt.Errorf("panic: %v\n%s", found, debug.Stack())
		}
	}()
	wire := conn.PgConn().Conn()
	if err := wire.SetDeadline(time.Now().Add(groupDeadline)); err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	done, err = e.applyKnown(ctx, conn, ws, jobs, known)
	if done == nil && err == nil {
		done, err = e.applyOn(ctx, conn, ws, jobs)
	}
	_ = wire.SetDeadline(time.Time{}) // fails on a closed connection, which nobody uses again
	return done, err
}

// idle is what PostgreSQL calls a connection without a transaction.
const idle = 'I'

// rollBack leaves the connection clean for the next user; one that cannot be is closed.
func rollBack(ctx context.Context, conn *pgx.Conn) {
	if conn.PgConn().TxStatus() == idle {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := conn.Exec(ctx, "rollback"); err != nil {
		_ = conn.Close(ctx)
	}
}

func (e *Engine) applyOn(ctx context.Context, conn *pgx.Conn, ws uuid.UUID, jobs []*job) (*world, error) {
	world, err := e.load(ctx, conn, ws, jobs)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, notFound("This workspace")
	}
	if err != nil {
		return nil, err
	}
	failed := map[*countdown]error{}
	for _, job := range jobs {
		if job.err = failed[job.call]; job.err == nil {
			world.decideSafely(job)
		}
		if job.err != nil {
			failed[job.call] = job.err
		}
	}
	if err := e.fillBases(ctx, conn, world, jobs); err != nil {
		return nil, err
	}
	if err := e.write(ctx, conn, world); err != nil {
		return nil, err
	}
	return world, nil
}

// decideSafely keeps a bug that one transaction meets from ending the program, and the others of its group.
func (w *world) decideSafely(job *job) {
	defer func() {
		if found := recover(); found != nil {
			job.err = fmt.Errorf("transaction %s: panic: %v\n%s", job.transaction.ID, found, debug.Stack())
		}
	}()
	w.decide(job)
}

// decide works one transaction out and keeps its answer.
func (w *world) decide(job *job) {
	if !w.clientIsTheirs(job) {
		job.err = &Error{Kind: Forbidden, Code: CodeClientTaken, Text: "This client id belongs to somebody else; make a new one."}
		return
	}
	if job.epoch != uuid.Nil && job.epoch != w.epoch {
		job.err = &Error{Kind: Conflicted, Code: CodeEpoch, Text: w.epoch.String()}
		return
	}
	job.answered = w.epoch
	if result, done := w.replay(job); done && !fault("no_replay_check") {
		job.result = result
		if result.Replayed && result.Status != Applied {
			w.noteRefused(job) // what comes behind it in this group was not told yet
		}
		return
	}
	transaction := newWork(w, w.actorRights(job), job.client, job.transaction)
	transaction.mentioned, transaction.outside = job.mentioned, job.outside
	err := job.refusedAlready()
	if err == nil {
		err = transaction.run()
	}
	if err != nil {
		w.refuse(job, err)
		return
	}
	entries := w.take(transaction)
	job.result = Result{ID: job.transaction.ID, Status: Applied, Version: w.head, Notices: transaction.notices, changed: len(entries) > 0}
	w.keep(job, undoOnly(job.transaction.Ops))
}

// undoOnly keeps what an undo asked for: the list of steps tells by it what has been taken back.
func undoOnly(ops []Operation) []Operation {
	if ops[0].Op != Undo {
		return nil
	}
	return ops
}

func (w *world) clientIsTheirs(job *job) bool {
	owner, known := w.clients[job.client]
	if !known {
		w.clients[job.client] = job.actor.Member
		w.newcomers[job.client] = job.actor.Member
		return true
	}
	return owner == job.actor.Member
}

func (w *world) actorRights(job *job) rights {
	if job.program {
		return rights{program: true, member: job.actor.Member}
	}
	return w.rightsOf(job.actor.Member)
}

// refuse keeps the author's error as the result. A server's error is the job's own and is not kept.
func (w *world) refuse(job *job, err error) {
	result, mine := refusal(job.transaction.ID, w.head, err)
	if !mine {
		job.err = err
		return
	}
	job.result = result
	w.depends = append(w.depends, w.noteRefused(job)...)
	if job.nul {
		w.keep(job, nil) // JSON in PostgreSQL could not hold the operations
		return
	}
	w.keep(job, job.transaction.Ops)
}

// noteRefused lets those that build on a refused transaction's records know.
func (w *world) noteRefused(job *job) (keys []refusedKey) {
	for _, op := range job.transaction.Ops {
		if op.Op == Create {
			key := refusedKey{op.Record.ID(), job.client}
			w.refused[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

func (w *world) keep(job *job, request []Operation) {
	stored := storedResult{transaction: job.transaction.ID, client: job.client, member: job.actor.Member,
		fingerprint: job.sum, label: job.transaction.Label, at: w.at, request: request, result: job.result}
	w.results[job.transaction.ID] = append(w.results[job.transaction.ID], stored)
	w.answers = append(w.answers, stored)
}

// fillBases reads from the log what conflicting fields held at their authors' bases.
func (e *Engine) fillBases(ctx context.Context, conn *pgx.Conn, world *world, jobs []*job) error {
	var p queries.Pipeline
	type hole struct {
		who      rights
		conflict *Conflict
		answer   *[][]byte
	}
	var holes []hole
	for _, job := range jobs {
		for i := range job.result.Conflicts {
			conflict := &job.result.Conflicts[i]
			if conflict.askBase && !job.result.Replayed {
				key := valueKey{conflict.Record.ID(), conflict.Field, conflict.since}
				holes = append(holes, hole{world.actorRights(job), conflict, askValue(ctx, &p, e.queries, world.workspace, key)})
			}
		}
	}
	if len(holes) == 0 {
		return nil
	}
	if err := p.Send(ctx, conn); err != nil {
		return fmt.Errorf("read bases: %w", err)
	}
	for _, hole := range holes {
		found, err := valueAt(*hole.answer)
		if err != nil {
			return err
		}
		if found != nil {
			hole.conflict.Base = *found
		} else if stored := world.original(hole.conflict.Record); stored != nil && stored.stamps.unset(hole.conflict.Field, hole.conflict.since) {
			hole.conflict.Base = stored.fields[hole.conflict.Field] // only this group has changed it; else the log was cut
		}
		hole.conflict.Base = world.told(hole.who, hole.conflict.Record, hole.conflict.Field, hole.conflict.Base)
	}
	return nil
}

// write stores all that the group changed and commits, in one round trip. What was expected and is not there fails by
// itself, and takes the commit with it.
func (e *Engine) write(ctx context.Context, conn *pgx.Conn, world *world) error {
	var p queries.Pipeline
	world.queueWrites(ctx, &p, e.queries)
	p.Run(ctx, "commit")
	if err := p.Send(ctx, conn); err != nil {
		return fmt.Errorf("write and commit: %w", err)
	}
	return nil
}
