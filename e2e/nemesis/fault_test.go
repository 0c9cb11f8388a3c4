package nemesis

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// fault breaks something and returns what mends it.
type fault struct {
	name   string
	weight int
	strike func(*hand) (mend func() error, err error)
}

// Faults of the lines, and of the processes at their ends. One of each kind may be going on at a time, so that they meet.
var (
	lineFaults = []fault{
		{"cut a client's lines", 3, (*hand).cutClient},
		{"cut a node's lines", 1, (*hand).cutNode},
		{"black-hole requests", 2, func(h *hand) (func() error, error) { return h.poisonClients("timeout", "upstream") }},
		{"black-hole answers", 3, func(h *hand) (func() error, error) { return h.poisonClients("timeout", "downstream") }},
		{"delay a client", 2, func(h *hand) (func() error, error) {
			return h.poisonClients("latency", pickOf(h.Rand, "upstream", "downstream"))
		}},
		{"duplicate pushes", 3, func(h *hand) (func() error, error) {
			return h.echo(func(t *transport, on bool) { t.twice.Store(on) }), nil
		}},
		{"send pushes again later", 3, func(h *hand) (func() error, error) {
			return h.echo(func(t *transport, on bool) { t.again.Store(on) }), nil
		}},
		{"cut a node from PostgreSQL", 2, (*hand).cutWire},
		{"black-hole PostgreSQL's answers", 1, func(h *hand) (func() error, error) { return h.poisonWire("timeout", "downstream") }},
		{"delay PostgreSQL", 1, func(h *hand) (func() error, error) { return h.poisonWire("latency", "downstream") }},
	}
	processFaults = []fault{
		{"pause a node", 3, (*hand).pauseNode},
		{"kill a node", 3, (*hand).killNode},
		{"kill PostgreSQL", 1, (*hand).killPostgres},
		{"lose answers to COMMIT", 5, (*hand).loseCommits},
		{"kill the listeners", 2, (*hand).killListeners},
		{"crash a client", 4, (*hand).crashClient},
	}
)

// hand is what does faults, one after the other.
type hand struct {
	*rand.Rand
	round *round
	ctx   context.Context // of the round, not of the time of faults: what is broken is mended in any case
}

// work does faults of a list until ctx ends. Each lasts for a moment; what it broke is mended before the next.
func (h *hand) work(ctx context.Context, faults []fault) {
	for ctx.Err() == nil {
		chosen := draw(h.Rand, faults)
		h.round.log.note(nemesis, "begins to %s", chosen.name)
		h.round.struck(chosen.name)
		mend, err := chosen.strike(h)
		select {
		case <-ctx.Done():
		case <-time.After(h.moment(h.round.span / 4)):
		}
		if mend != nil {
			err = errors.Join(err, mend())
		}
		if err != nil {
			h.round.log.fail(nil, "%s: %v", chosen.name, err)
		}
		h.round.log.note(nemesis, "has done: %s", chosen.name)
		select {
		case <-ctx.Done():
		case <-time.After(h.moment(h.round.span / 20)):
		}
	}
}

func draw(random *rand.Rand, faults []fault) fault {
	sum := 0
	for _, one := range faults {
		sum += one.weight
	}
	n := random.IntN(sum)
	for _, one := range faults {
		if n -= one.weight; n < 0 {
			return one
		}
	}
	return faults[0]
}

// moment is a random time up to a limit, and up to three seconds.
func (h *hand) moment(most time.Duration) time.Duration {
	most = min(most, 3*time.Second)
	return most/10 + time.Duration(h.Int64N(int64(most)))
}

func pickOf[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

func (h *hand) cutClient() (func() error, error) {
	return cut(h.round.stage.lines[h.IntN(actors)][:]...), nil
}

func (h *hand) cutNode() (func() error, error) {
	node := h.IntN(2)
	var lines []*line
	for i := range actors {
		lines = append(lines, h.round.stage.lines[i][node])
	}
	return cut(lines...), nil
}

func (h *hand) cutWire() (func() error, error) { return cut(h.round.stage.wires[h.IntN(2)]), nil }

func cut(lines ...*line) (mend func() error) {
	for _, line := range lines {
		line.cut()
	}
	return func() error {
		var err error
		for _, line := range lines {
			err = errors.Join(err, line.mend())
		}
		return err
	}
}

// poisonClients does the same to all lines of some clients.
func (h *hand) poisonClients(kind, direction string) (func() error, error) {
	var lines []*line
	for _, i := range h.Perm(actors)[:1+h.IntN(4)] {
		lines = append(lines, h.round.stage.lines[i][:]...)
	}
	return h.poison(kind, direction, lines)
}

func (h *hand) poisonWire(kind, direction string) (func() error, error) {
	return h.poison(kind, direction, []*line{h.round.stage.wires[h.IntN(2)]})
}

func (h *hand) poison(kind, direction string, lines []*line) (func() error, error) {
	attributes := map[string]int{}
	if kind == "latency" {
		half := int(h.moment(h.round.span/4).Milliseconds()) / 2
		attributes = map[string]int{"latency": half, "jitter": half}
	}
	var mends []func() error
	mend := func() error {
		var err error
		for _, one := range mends {
			err = errors.Join(err, one())
		}
		return err
	}
	for _, line := range lines {
		_, one, err := line.poison(kind, direction, attributes)
		if err != nil {
			return mend, err
		}
		mends = append(mends, one)
	}
	return mend, nil
}

func (h *hand) echo(turn func(*transport, bool)) (mend func() error) {
	var chosen []*transport
	for _, i := range h.Perm(actors)[:1+h.IntN(5)] {
		chosen = append(chosen, h.round.actors[i].transport)
		turn(h.round.actors[i].transport, true)
	}
	return func() error {
		for _, one := range chosen {
			turn(one, false)
		}
		return nil
	}
}

func (h *hand) pauseNode() (func() error, error) {
	node := h.round.stage.nodes[h.IntN(2)]
	return func() error { return node.signal(syscall.SIGCONT) }, node.signal(syscall.SIGSTOP)
}

func (h *hand) killNode() (func() error, error) {
	node := h.round.stage.nodes[h.IntN(2)]
	return func() error { return node.revive(h.ctx) }, node.kill()
}

func (h *hand) killPostgres() (func() error, error) {
	cluster := h.round.stage.cluster
	return func() error { return cluster.start(h.ctx) }, cluster.kill()
}

func (h *hand) loseCommits() (func() error, error) {
	toxic, take, err := h.round.stage.wires[h.IntN(2)].poison("lose_commit", "downstream", nil)
	if err != nil {
		return nil, err
	}
	return func() error {
		h.round.lostCommits.Add(toxic.(*loseCommit).lost.Load())
		return take()
	}, nil
}

// killListeners ends the connections over which the nodes hear of each other's writes.
func (h *hand) killListeners() (func() error, error) {
	conn, err := pgx.Connect(h.ctx, h.round.stage.cluster.url())
	if err != nil {
		return nil, err
	}
	defer conn.Close(h.ctx)
	_, err = conn.Exec(h.ctx, "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and pid <> pg_backend_pid()")
	return nil, err
}

func (h *hand) crashClient() (func() error, error) {
	actor := h.round.actors[h.IntN(actors)]
	kept := actor.crash()
	return func() error {
		actor.rise(h.ctx, kept)
		return nil
	}, nil
}

// strikes counts faults by their names. Safe for concurrent use.
type strikes struct {
	mu    sync.Mutex
	count map[string]int
}

func (s *strikes) struck(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count = map[string]int{}
	}
	s.count[name]++
}

func (s *strikes) names() []string { return slices.Sorted(maps.Keys(s.count)) }
