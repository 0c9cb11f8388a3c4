package handlers

import (
	"context"
	stdsync "sync"
	"sync/atomic"
	"testing"
)

// Everybody's answer was begun after they had asked, and a crowd costs two questions.
func TestGather_NobodyIsToldWhatWasTrueBefore(t *testing.T) {
	t.Parallel()
	g := newGather[string, int64]()
	var now, asked atomic.Int64
	held, begun := make(chan struct{}), make(chan struct{}, 1)
	first := make(chan int64, 1)
	go func() {
		value, _ := g.do(context.Background(), "x", func(context.Context) (int64, error) {
			value := now.Load()
			begun <- struct{}{}
			<-held
			return value, nil
		})
		first <- value
	}()
	<-begun
	now.Store(1) // a write that the first question does not see
	var waiting stdsync.WaitGroup
	replies := make([]*reply[int64], 100)
	for i := range replies {
		replies[i] = g.join(t.Context(), "x", func(context.Context) (int64, error) {
			asked.Add(1)
			return now.Load(), nil
		})
	}
	waiting.Go(func() {
		for _, r := range replies {
			<-r.done
			if r.value != 1 {
				t.Errorf("told %d", r.value)
			}
		}
	})
	close(held)
	waiting.Wait()
	if value := <-first; value != 0 || asked.Load() != 1 {
		t.Errorf("the first was told %d, the others asked %d times", value, asked.Load())
	}
	again, err := g.do(t.Context(), "x", func(context.Context) (int64, error) { return 2, nil })
	if again != 2 || err != nil {
		t.Errorf("%d %v", again, err)
	}
}

func TestGather_OutlivesWhoAskedFirst(t *testing.T) {
	t.Parallel()
	g := newGather[string, string]()
	ctx, cancel := context.WithCancel(t.Context())
	held := make(chan struct{})
	r := g.join(ctx, "x", func(ctx context.Context) (string, error) {
		<-held
		return "there", ctx.Err()
	})
	cancel()
	if _, err := g.do(ctx, "y", func(ctx context.Context) (string, error) { <-held; return "", nil }); err == nil {
		t.Error("who went away was kept waiting")
	}
	close(held)
	if <-r.done; r.value != "there" || r.err != nil {
		t.Errorf("%q %v", r.value, r.err)
	}
}
