package handlers

import (
	"context"
	"net/http"
	stdsync "sync"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
)

// turns lets something costly be done for a workspace once at a time. Safe for concurrent use.
type turns struct {
	patience    time.Duration // with the one before
	most        int           // of a node at once
	same, other string        // what is told to whom the one before, or those of other workspaces, take too long
	after       int           // seconds until they should try again

	mu    stdsync.Mutex
	under map[uuid.UUID]chan struct{} // by workspace; closed when it has ended
}

// begin counts one more until done is called, or refuses it.
func (t *turns) begin(ctx context.Context, workspace uuid.UUID) (done func(), err error) {
	timeout := time.NewTimer(t.patience)
	defer timeout.Stop()
	for {
		earlier, err := t.take(workspace)
		if earlier == nil {
			return func() { t.end(workspace) }, err
		}
		select {
		case <-earlier:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-timeout.C:
			return nil, t.busy(t.same)
		}
	}
}

// take counts one more, or returns the one that it must wait for.
func (t *turns) take(workspace uuid.UUID) (earlier chan struct{}, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if earlier = t.under[workspace]; earlier != nil {
		return earlier, nil
	}
	if len(t.under) == t.most {
		return nil, t.busy(t.other)
	}
	if t.under == nil {
		t.under = map[uuid.UUID]chan struct{}{}
	}
	t.under[workspace] = make(chan struct{})
	return nil, nil
}

func (t *turns) end(workspace uuid.UUID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.under[workspace])
	delete(t.under, workspace)
}

func (t *turns) busy(text string) error {
	p := newProblem(http.StatusTooManyRequests, sync.CodeRateLimited, text)
	p.after = t.after
	return &refusal{p}
}
