package sync

import (
	"errors"
	"slices"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
)

// What one group takes at the most. A larger transaction goes alone.
const (
	groupTransactions = 64
	groupOperations   = 1000
	groupBytes        = 1 << 20
)

// groupDeadline bounds one try at a group. It is the committer's own, never a client's: who hangs up has not undone
// their write.
const groupDeadline = 30 * time.Second

// errStopped is told to writers that come when the engine ends; they may send again.
var errStopped = errors.New("the engine is stopping")

// job is one transaction that waits for its answer.
type job struct {
	actor       Actor
	program     bool
	outside     bool // sent with a token
	client      uuid.UUID
	epoch       uuid.UUID // that the author knows; may be left out
	transaction Transaction
	mentioned   [][]string // handles, by operation
	imprint
	culprit error // what PostgreSQL's constraints said of it: it is refused for that

	result   Result
	answered uuid.UUID // the epoch in which it was
	err      error     // of the server, or of the whole push
	call     *countdown
}

// fail ends a job, and those of its call that come behind it.
func (j *job) fail(err error) {
	j.err = err
	if j.call.failed == nil {
		j.call.failed = err
	}
}

// refusedAlready says why a transaction need not be tried.
func (j *job) refusedAlready() error {
	if j.nul {
		return &Error{Kind: Invalid, Code: CodeInvalid, Text: "The character NUL cannot be stored."}
	}
	return j.culprit
}

// committer writes for one workspace on this node: it takes what is waiting as one group, since a commit costs the
// same for one and for many.
type committer struct {
	engine    *Engine
	workspace uuid.UUID
	recent    recent

	mu      stdsync.Mutex
	idle    *stdsync.Cond
	waiting []*job
	bulk    []*job
	running bool
	turn    int
}

func newCommitter(e *Engine, workspace uuid.UUID) *committer {
	c := &committer{engine: e, workspace: workspace}
	c.idle = stdsync.NewCond(&c.mu)
	return c
}

// submit queues jobs in order. Who finds nobody at work commits the first group itself, so that a lone writer waits for
// no goroutine to wake; everybody else returns at once.
func (c *committer) submit(jobs []*job, bulk bool) {
	c.mu.Lock()
	if bulk {
		c.bulk = append(c.bulk, jobs...)
	} else {
		c.waiting = append(c.waiting, jobs...)
	}
	lead := !c.running
	c.running = true
	c.mu.Unlock()
	if lead {
		c.see(c.take())
		if gathered := c.take(); gathered != nil {
			go c.run(gathered)
		}
	}
}

// drain returns when nothing waits any more.
func (c *committer) drain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.running {
		c.idle.Wait()
	}
}

// run goes on until nothing waits.
func (c *committer) run(group []*job) {
	for ; group != nil; group = c.take() {
		c.see(group)
	}
}

// see commits a group and tells its callers.
func (c *committer) see(group []*job) {
	c.commitUnlessFailed(group)
	for _, job := range group {
		if job.err != nil {
			job.fail(job.err)
		}
		job.call.one()
	}
}

// take returns the next group, or nil after marking the committer idle. Bulk work gets every second turn at the most.
func (c *committer) take() []*job {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	queue := &c.waiting
	if len(c.waiting) == 0 || c.turn%2 == 0 && len(c.bulk) > 0 {
		queue = &c.bulk
	}
	count := groupSize(*queue, c.engine.most)
	if count == 0 {
		c.running = false
		c.idle.Broadcast()
		return nil
	}
	group := (*queue)[:count:count]
	*queue = (*queue)[count:]
	return group
}

// groupSize is how many of the waiting jobs make the next group.
func groupSize(queue []*job, most int) int {
	operations, bytes := 0, 0
	for i, job := range queue {
		operations += weight(job.transaction)
		bytes += job.length
		full := i == most || operations > groupOperations || bytes > groupBytes
		if i > 0 && full {
			return i
		}
	}
	return len(queue)
}

// weight is what a transaction counts for in its group. An undo names one operation and may stand for a thousand, and so may
// a cycle that ends.
func weight(transaction Transaction) int {
	if verb := transaction.Ops[0].Op; verb == Undo || verb == Advance {
		return groupOperations
	}
	return len(transaction.Ops)
}

// commit sees a group through: what PostgreSQL asks to repeat, and what may or may not have been committed, is done
// again; a group that an SQL error broke is done one by one.
func (c *committer) commit(group []*job) {
	world, err := c.applyPatiently(group)
	switch {
	case err == nil:
		c.engine.published(c.workspace, world)
	case len(group) > 1 && !errors.Is(err, errBroken):
		for i := range group {
			c.commitUnlessFailed(group[i : i+1])
		}
	case len(group) == 1 && group[0].culprit == nil && culprit(err) != nil:
		c.engine.logger.Error("refused by PostgreSQL alone; a rule is missing", "err", err)
		group[0].culprit = culprit(err)
		c.commit(group)
	default:
		for _, job := range group {
			job.fail(err)
		}
	}
}

// commitUnlessFailed leaves out the jobs of calls that have failed already.
func (c *committer) commitUnlessFailed(group []*job) {
	live := slices.DeleteFunc(slices.Clone(group), func(j *job) bool {
		j.err = j.call.failed
		return j.err != nil
	})
	if len(live) > 0 {
		c.commit(live)
	}
}

// patience are the pauses before a group is tried again.
var patience = []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond}

func (c *committer) applyPatiently(group []*job) (world *world, err error) {
	for _, pause := range patience {
		if pause > 0 {
			time.Sleep(pause)
		}
		forgetAnswers(group)
		world, err = c.engine.apply(c.workspace, group, &c.recent)
		if err == nil || !mustRetry(err) && !errors.Is(err, errBroken) {
			return world, err
		}
		c.engine.logger.Warn("group done again", "workspace_id", c.workspace, "err", err)
	}
	return nil, err
}

// forgetAnswers makes jobs as they were before they were tried.
func forgetAnswers(jobs []*job) {
	for _, job := range jobs {
		job.result, job.err = Result{}, nil
	}
}

// culprit is what the author of a transaction that PostgreSQL refused is told, or nil when it is not theirs.
func culprit(err error) error {
	if told := domainError(err); told != nil {
		return told
	}
	if told := unstorable(err); told != nil {
		return told
	}
	return nil
}
