package nemesis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/client"
)

// round is one workspace, ten clients and a time of faults.
type round struct {
	*stage
	strikes
	world  *world
	actors []*actor
	log    *timeline

	seed        uint64
	span        time.Duration // how long there are faults
	perSecond   float64
	patience    time.Duration // how long after the healing all must have come together
	lostCommits atomic.Int64

	fragments int // of the group's list, seen whole
	phases    []phase
}

// phase is how long a part of the round took.
type phase struct {
	name string
	took time.Duration
}

// passed ends a phase.
func (r *round) passed(name string) {
	sum := time.Duration(0)
	for _, earlier := range r.phases {
		sum += earlier.took
	}
	r.phases = append(r.phases, phase{name, time.Since(r.log.began) - sum})
}

// healing is how long it may take until all outboxes are empty, and then until all replicas are the same (S80).
const healing = 30 * time.Second

// play runs a round and returns it; its failures stand in its timeline.
func (s *stage) play(ctx context.Context, seed uint64, span time.Duration, perSecond float64, patience time.Duration) *round {
	r := &round{stage: s, seed: seed, span: span, perSecond: perSecond, patience: patience, log: &timeline{began: time.Now()}}
	if err := r.run(ctx); err != nil {
		r.log.fail(nil, "%v", err)
	}
	return r
}

func (r *round) run(ctx context.Context) error {
	var err error
	if r.world, err = r.furnish(ctx); err != nil {
		return fmt.Errorf("furnish: %w", err)
	}
	r.passed("furnish")
	for i := range actors {
		r.actors = append(r.actors, newActor(i, r.world, r.people[i], r.servers(i), r.log))
		r.actors[i].start(ctx, nil)
		defer r.actors[i].leave()
	}
	admin := r.newAdmin(ctx)
	defer admin.stop()
	r.rage(ctx, admin)
	if err := r.heal(ctx); err != nil {
		return fmt.Errorf("heal: %w", err)
	}
	r.passed("faults")
	if !r.drained(ctx) {
		return nil // what has no result cannot be judged
	}
	r.passed("drain")
	head, err := r.mark(ctx, admin)
	if err != nil {
		return err
	}
	together := r.together(ctx, head)
	r.passed("converge")
	err = r.check(ctx, head, together)
	r.passed("check")
	return err
}

// rage lets everybody work while both hands break things, and returns when they have ended and mended.
func (r *round) rage(ctx context.Context, admin *admin) {
	faults, end := context.WithTimeout(ctx, r.span)
	defer end()
	var all sync.WaitGroup
	for i, actor := range r.actors {
		all.Go(func() { actor.write(faults, rand.New(rand.NewPCG(r.seed, uint64(i))), r.perSecond) })
	}
	for i, faultsOf := range [][]fault{lineFaults, processFaults} {
		hand := &hand{Rand: rand.New(rand.NewPCG(r.seed, uint64(1000+i))), round: r, ctx: ctx}
		all.Go(func() { hand.work(faults, faultsOf) })
	}
	all.Go(func() { admin.work(faults) })
	all.Go(func() { r.watchFragments(faults) })
	all.Wait()
	for _, actor := range r.actors {
		actor.transport.echoes.Wait()
	}
	r.log.note(nemesis, "rests")
}

// drained waits until every transaction has its result.
func (r *round) drained(ctx context.Context) bool {
	for _, actor := range r.actors {
		if !r.eventually(ctx, func() bool { return actor.unsent() == 0 }) {
			unsent := actor.client.Unsent()
			r.log.fail([]string{actor.history.who}, "%s: %d transactions are still unsent, first %s; PostgreSQL is at\n%s", actor.history.who, len(unsent), unsent[0].ID, r.sessions(ctx))
			return false
		}
	}
	return true
}

// mark makes the last write of the round while half of the clients are cut off: those must learn of it from what their
// next stream says they missed, the others from the one that they have. It returns its version.
func (r *round) mark(ctx context.Context, admin *admin) (int64, error) {
	var lines []*line
	for i := range actors / 2 {
		lines = append(lines, r.lines[i][:]...)
	}
	mend := cut(lines...)
	head, err := admin.set(ctx, r.world.mark, "the end")
	if wrong := mend(); err == nil {
		err = wrong
	}
	r.log.note(nemesis, "set the mark at %d", head)
	return head, err
}

// together waits until every replica has reached a version. Nobody polls: only streams can tell them.
func (r *round) together(ctx context.Context, version int64) bool {
	for _, actor := range r.actors {
		if !r.eventually(ctx, func() bool { return actor.version() >= version }) {
			r.log.fail([]string{actor.history.who}, "%s: stays at version %d of %d; PostgreSQL is at\n%s", actor.history.who, actor.version(), version, r.sessions(ctx))
			return false
		}
	}
	return true
}

// eventually looks again and again, for other processes give no signal.
func (r *round) eventually(ctx context.Context, is func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	for !is() {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(2 * time.Millisecond):
		}
	}
	return true
}

// acknowledged is how many transactions were applied.
func (r *round) acknowledged() (applied, refused int) {
	for _, actor := range r.actors {
		for _, e := range actor.history.entries {
			switch {
			case e.result == nil:
			case e.result.Status == client.Applied:
				applied++
			default:
				refused++
			}
		}
	}
	return applied, refused
}
