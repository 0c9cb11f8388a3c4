package client

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// The server's limits for a push, with some room for what stands around the transactions.
const (
	pushMost  = 200
	pushBytes = 1<<20 - 4096
)

// lay is how long after it was made a transaction counts as one that lay in the outbox.
const lay = 2 * time.Second

// outbox holds what has no result yet, in the order in which it was made.
type outbox struct {
	mu     sync.Mutex
	unsent []unsent
	filled chan struct{}
}

type unsent struct {
	Transaction
	made time.Time
	size int
}

// newOutbox goes on with what an earlier run left. All of that lay.
func newOutbox(left []Transaction) *outbox {
	o := &outbox{filled: make(chan struct{}, 1)}
	for _, transaction := range left {
		transaction.Queued = true
		o.put(transaction)
	}
	return o
}

func (o *outbox) put(transaction Transaction) {
	body, _ := json.Marshal(transaction) // what cannot be written fails in the push, where it is told
	o.mu.Lock()
	o.unsent = append(o.unsent, unsent{transaction, time.Now(), len(body)})
	o.mu.Unlock()
	select {
	case o.filled <- struct{}{}:
	default:
	}
}

func (o *outbox) all() []Transaction {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]Transaction, len(o.unsent))
	for i, one := range o.unsent {
		all[i] = one.Transaction
	}
	return all
}

// next returns the first transactions, as many as one push may hold. It waits for one; none means that ctx has ended.
func (o *outbox) next(ctx context.Context, most int) []Transaction {
	for ctx.Err() == nil {
		if batch := o.first(most); len(batch) > 0 {
			return batch
		}
		select {
		case <-ctx.Done():
		case <-o.filled:
		}
	}
	return nil
}

func (o *outbox) first(most int) []Transaction {
	o.mu.Lock()
	defer o.mu.Unlock()
	var batch []Transaction
	bytes := 0
	for i := range o.unsent {
		one := &o.unsent[i]
		if bytes += one.size; len(batch) == most || len(batch) > 0 && bytes > pushBytes {
			break
		}
		one.Queued = one.Queued || time.Since(one.made) > lay
		batch = append(batch, one.Transaction)
	}
	return batch
}

// end takes a transaction out; false when it was not there any more.
func (o *outbox) end(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := slices.IndexFunc(o.unsent, func(one unsent) bool { return one.ID == id })
	if at >= 0 {
		o.unsent = slices.Delete(o.unsent, at, at+1)
	}
	return at >= 0
}
