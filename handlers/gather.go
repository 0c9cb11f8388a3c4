package handlers

import (
	"context"
	"errors"
	"strings"
	stdsync "sync"

	"github.com/google/uuid"

	"tandem/sync"
)

// gather lets all who ask the same share one answer, which was begun after each of them had asked: a bump makes a crowd
// ask at once, and nobody may be told what was true before they came. So those who come while a question is on its way
// wait for the next one. Safe for concurrent use.
type gather[K comparable, V any] struct {
	mu     stdsync.Mutex
	asking map[K]*question[V]
}

// question is what is asked now, and what those wait for who came later.
type question[V any] struct {
	later *reply[V]
}

type reply[V any] struct {
	done  chan struct{}
	ask   func(context.Context) (V, error)
	value V
	err   error
}

func newGather[K comparable, V any]() *gather[K, V] {
	return &gather[K, V]{asking: map[K]*question[V]{}}
}

// do answers with what ask, or that of another who asks the same, returns.
func (g *gather[K, V]) do(ctx context.Context, key K, ask func(context.Context) (V, error)) (V, error) {
	r := g.join(ctx, key, ask)
	select {
	case <-r.done:
		return r.value, r.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

func (g *gather[K, V]) join(ctx context.Context, key K, ask func(context.Context) (V, error)) *reply[V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := g.asking[key]
	if q == nil {
		first := &reply[V]{done: make(chan struct{}), ask: ask}
		g.asking[key] = &question[V]{}
		go g.run(context.WithoutCancel(ctx), key, first)
		return first
	}
	if q.later == nil {
		q.later = &reply[V]{done: make(chan struct{}), ask: ask}
	}
	return q.later
}

// run asks, and asks again as long as somebody came meanwhile. It does not end with the one who asked first.
func (g *gather[K, V]) run(ctx context.Context, key K, r *reply[V]) {
	for r != nil {
		bounded, cancel := context.WithTimeout(ctx, drawTime)
		r.value, r.err = safely(func() (V, error) { return r.ask(bounded) })
		cancel()
		close(r.done)
		r = g.next(key)
	}
}

func (g *gather[K, V]) next(key K) *reply[V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.asking[key].later
	if r == nil {
		delete(g.asking, key)
		return nil
	}
	g.asking[key].later = nil
	return r
}

// looked is when a region last changed, and of an issue's which one it is.
type looked struct {
	title sync.IssueTitle
	fresh sync.Freshness
}

// freshness tells when topics last changed.
func (s *Server) freshness(ctx context.Context, v visit, topics ...string) (sync.Freshness, error) {
	found, err := s.lookTogether(ctx, v, strings.Join(topics, " "), func(ctx context.Context) (looked, error) {
		fresh, err := s.engine.Freshness(ctx, v.Actor, topics...)
		return looked{fresh: fresh}, err
	})
	return found.fresh, err
}

// issueFreshness tells which issue is meant, and when its page last changed, or what it shows beside the issue's own.
func (s *Server) issueFreshness(ctx context.Context, v visit, id sync.IssueID, beside []string) (sync.IssueTitle, sync.Freshness, error) {
	what := issueLook{id, strings.Join(beside, " ")}
	found, err := s.lookTogether(ctx, v, what, func(ctx context.Context) (looked, error) {
		title, fresh, err := s.engine.IssueFreshness(ctx, v.Actor, id, beside...)
		return looked{title, fresh}, err
	})
	return found.title, found.fresh, err
}

// issueLook is what an issue's look asks for.
type issueLook struct {
	id     sync.IssueID
	beside string
}

// lookTogether shares an answer with all who have the same rights. Whose rights turn out to be others at that very moment asks
// for themselves.
func (s *Server) lookTogether(ctx context.Context, v visit, what any, ask func(context.Context) (looked, error)) (looked, error) {
	class := s.engine.RightsClass(v.Actor)
	if class == "" {
		return ask(ctx)
	}
	found, err := s.looks.do(ctx, lookKey{v.Workspace, class, what}, ask)
	if told, ok := errors.AsType[*sync.Error](err); ok && told.Kind == sync.NotFound {
		return ask(ctx) // the one who asked may have lost what the others still see
	}
	if err != nil {
		return found, err
	}
	snapshot, same := found.fresh.As(v.Member)
	if !same {
		return ask(ctx)
	}
	found.fresh.Snapshot = snapshot
	return found, nil
}

// lookKey is who looks at what: an issue's name, or the names of topics.
type lookKey struct {
	workspace uuid.UUID
	class     string
	what      any
}

func (k lookKey) size() int {
	what, _ := k.what.(string)
	return len(k.class) + len(what)
}
