package sync

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"
)

// Push is a batch of transactions of one client, to be done in order.
type Push struct {
	Client       uuid.UUID     `json:"client"`
	Epoch        uuid.UUID     `json:"epoch,omitzero"` // may be left out
	Transactions []Transaction `json:"transactions"`
	Outside      bool          `json:"-"` // sent by a program, with its user's token: what it reports waits in triage
}

// PushResult answers a push: one result for each transaction, in order.
type PushResult struct {
	Epoch   uuid.UUID `json:"epoch"`
	Version int64     `json:"version"`
	Results []Result  `json:"results"`
}

// Push applies a client's transactions in order. Each is all or nothing by itself and is answered with its own result;
// an error is the whole request's: it cannot be read, the client id is somebody else's, the epoch is another one, or
// the server failed, after which the same push may be sent again without doing anything twice.
func (e *Engine) Push(ctx context.Context, actor Actor, push Push) (PushResult, error) {
	if err := push.Check(); err != nil {
		return PushResult{}, err
	}
	jobs, err := e.do(ctx, jobsOf(actor, push), false)
	if err != nil {
		return PushResult{}, err
	}
	answer := PushResult{Results: make([]Result, len(jobs))}
	for i, job := range jobs {
		answer.Results[i] = job.result
		answer.Version = max(answer.Version, job.result.Version)
		answer.Epoch = job.answered
	}
	return answer, nil
}

// Check reports what of a push cannot be taken as a whole.
func (p Push) Check() error {
	switch {
	case p.Client == uuid.Nil:
		return &Error{Kind: Invalid, Code: CodeMalformed, Text: "Name the client that sends."}
	case len(p.Transactions) == 0:
		return &Error{Kind: Invalid, Code: CodeMalformed, Text: "Send at least one transaction."}
	case len(p.Transactions) > MaxTransactions:
		return &Error{Kind: Invalid, Code: CodeTooLarge, Text: fmt.Sprintf("At most %d transactions at once.", MaxTransactions)}
	}
	for _, transaction := range p.Transactions {
		if err := transaction.Check(); err != nil {
			return err
		}
	}
	return nil
}

func jobsOf(actor Actor, push Push) []*job {
	jobs := make([]*job, len(push.Transactions))
	for i, transaction := range push.Transactions {
		jobs[i] = &job{actor: actor, client: push.Client, epoch: push.Epoch, outside: push.Outside, transaction: transaction}
	}
	return jobs
}

// Apply does one transaction, as forms do. A refusal comes as an *Error, beside the result that was stored. An id that
// was used for something else (the Back button, then another comment) is replaced by a new one.
func (e *Engine) Apply(ctx context.Context, actor Actor, client uuid.UUID, transaction Transaction) (Result, error) {
	return e.applyAs(ctx, &job{actor: actor, client: client, transaction: transaction})
}

func (e *Engine) applyAs(ctx context.Context, one *job) (Result, error) {
	if err := one.transaction.check(one.program); err != nil {
		return Result{}, err
	}
	jobs, err := e.do(ctx, []*job{one}, false)
	if err != nil {
		return Result{}, err
	}
	result := jobs[0].result
	if result.Error != nil && result.Error.Code == CodeReused {
		one.transaction.ID = uuid.NewSHA1(one.transaction.ID, one.sum) // the same form twice is a replay again
		return e.applyAs(ctx, one)
	}
	return result, result.Err()
}

// Import does transactions of an importer, in its queue behind everybody's own writes, as the program's: their
// operations may carry the source's numbers, people and times.
func (e *Engine) Import(ctx context.Context, actor Actor, client uuid.UUID, transactions []Transaction) ([]Result, error) {
	if len(transactions) == 0 {
		return nil, nil
	}
	jobs := make([]*job, len(transactions))
	for i, transaction := range transactions {
		jobs[i] = &job{actor: actor, client: client, transaction: transaction, program: true}
	}
	jobs, err := e.do(ctx, jobs, true)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(jobs))
	for i, job := range jobs {
		results[i] = job.result
	}
	return results, nil
}

// do queues jobs and waits for all of them. When the caller goes away first, the work is done all the same.
func (e *Engine) do(ctx context.Context, jobs []*job, bulk bool) ([]*job, error) {
	all := &countdown{done: make(chan struct{})}
	all.left.Store(int64(len(jobs)))
	for _, job := range jobs {
		if len(job.transaction.Ops) == 0 {
			return nil, &Error{Kind: Invalid, Code: CodeMalformed, Text: "A transaction needs at least one operation."}
		}
		imprint, err := job.transaction.imprint()
		if err != nil {
			return nil, &Error{Kind: Invalid, Code: CodeMalformed, Text: "The operations cannot be read.", Err: err}
		}
		job.imprint, job.call = imprint, all
		if !job.program {
			job.mentioned = e.mentionsIn(job.transaction)
		}
	}
	committer := e.committerOf(jobs[0].actor.Workspace)
	if committer == nil {
		return nil, errStopped
	}
	committer.submit(jobs, bulk)
	select {
	case <-all.done:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the commit: %w", ctx.Err())
	}
	if failed := slices.IndexFunc(jobs, func(j *job) bool { return j.err != nil }); failed >= 0 {
		return nil, jobs[failed].err
	}
	return jobs, nil
}

// countdown tells a caller that all of its jobs are done. Once one has failed, those behind it are not tried: they will be
// sent again together, and must not be in the log before it.
type countdown struct {
	left   atomic.Int64
	done   chan struct{}
	failed error // of the committer's goroutine, which does a call's jobs one after the other
}

func (c *countdown) one() {
	if c.left.Add(-1) == 0 {
		close(c.done)
	}
}
