package sync

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
)

// An issue's title is a register that is written with the value its author saw. Each write's value is its own, so that
// seeing a value is seeing its version.

// registerInput is a read, or a write of a client's.
type registerInput struct {
	issue  Ref
	client uuid.UUID
	write  bool
	queued bool   // a write that cannot be a race
	saw    string // the value that the author of a write saw
	value  string
}

// registerOutput is what came back; the zero value of a write says that nobody knows.
type registerOutput struct {
	status string // Applied or InConflict
	value  string // read, or theirs of a conflict or a notice
}

type registerState struct {
	value  string
	client uuid.UUID // of the last write
}

// registerModel says what a linearizable engine may answer. A write whose answer was lost may have happened or not.
var registerModel = (&porcupine.NondeterministicModel{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byIssue := map[Ref][]porcupine.Operation{}
		for _, op := range history {
			issue := op.Input.(registerInput).issue
			byIssue[issue] = append(byIssue[issue], op)
		}
		var parts [][]porcupine.Operation
		for _, part := range byIssue {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() []any { return []any{registerState{value: "at first"}} },
	Step: func(state, input, output any) []any {
		return registerStep(state.(registerState), input.(registerInput), output.(registerOutput))
	},
}).ToModel

func registerStep(at registerState, in registerInput, out registerOutput) []any {
	written := registerState{in.value, in.client}
	current := at.value == in.saw || at.client == in.client
	switch {
	case !in.write && out.value == at.value:
		return []any{at}
	case !in.write:
		return nil
	case out.status == "" && (current || !in.queued):
		return []any{at, written}
	case out.status == "":
		return []any{at}
	case out.status == InConflict && !current && in.queued && out.value == at.value:
		return []any{at}
	case out.status == Applied && current && out.value == "":
		return []any{written}
	case out.status == Applied && !current && !in.queued && out.value == at.value: // a race, which tells whose value it replaced
		return []any{written}
	}
	return nil
}

// registers are issues and what has been done to their titles.
type registers struct {
	house  *house
	nodes  []*Engine
	issues []Ref
	began  time.Time
	count  atomic.Int64

	mu      stdsync.Mutex
	history []porcupine.Operation
}

func TestRegisters(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]int{"one node": 1, "two nodes on one database": 2} {
		t.Run("S80 64 clients see titles as if one after the other wrote them, lost answers included, on "+name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			r := &registers{house: h, nodes: []*Engine{h.Engine}, began: time.Now()}
			for len(r.nodes) < count {
				r.nodes = append(r.nodes, h.secondNode(t))
			}
			for range 24 {
				issue, _ := h.issue(t, "at first")
				r.issues = append(r.issues, issue)
			}
			r.use(t, 64, rounds(40, 400))
			result := porcupine.CheckOperationsTimeout(registerModel(), r.history, time.Minute)
			if result != porcupine.Ok {
				t.Errorf("%d operations: %s", len(r.history), result)
			}
			h.checkLog(t)
		})
	}
}

// use lets clients read and write at random, each one thing after the other.
func (r *registers) use(t *testing.T, clients, times int) {
	var all stdsync.WaitGroup
	for i := range clients {
		actor := []Actor{r.house.ann, r.house.ben}[i%2]
		c := &registerClient{registers: r, number: i, engine: r.nodes[i%len(r.nodes)], actor: actor, client: newID(), seen: map[Ref]registerSight{}}
		all.Go(func() {
			for range times {
				if err := c.step(t.Context()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

type registerSight struct {
	value   string
	version int64
}

type registerClient struct {
	*registers
	number int
	engine *Engine
	actor  Actor
	client uuid.UUID
	cursor int64
	seen   map[Ref]registerSight
}

func (c *registerClient) step(ctx context.Context) error {
	issue := c.issues[rand.IntN(len(c.issues))]
	switch _, known := c.seen[issue]; {
	case !known || rand.IntN(4) == 0:
		return c.readPage(ctx, issue)
	case rand.IntN(3) == 0:
		return c.pull(ctx, issue)
	}
	return c.write(ctx, issue)
}

func (c *registerClient) now() int64 { return time.Since(c.began).Nanoseconds() }

func (c *registerClient) note(from int64, in registerInput, out registerOutput, to int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.history = append(c.history, porcupine.Operation{ClientId: c.number, Input: in, Call: from, Output: out, Return: to})
}

func (c *registerClient) readPage(ctx context.Context, issue Ref) error {
	from := c.now()
	page, err := c.engine.Issue(ctx, c.actor, IssueID{ID: issue.ID()})
	if err != nil {
		return err
	}
	c.seen[issue] = registerSight{page.Title, page.IssueRow.Version}
	c.note(from, registerInput{issue: issue}, registerOutput{value: page.Title}, c.now())
	return nil
}

// pull brings what the client holds up to date; what it then holds of an issue has been read.
func (c *registerClient) pull(ctx context.Context, issue Ref) error {
	from := c.now()
	answer, err := c.engine.Pull(ctx, c.actor, Pull{Since: c.cursor, Limit: PullMost})
	if err != nil {
		return err
	}
	for _, change := range answer.Changes {
		if title, is := change.Fields["title"].(string); is && change.Version > c.seen[change.Record].version {
			c.seen[change.Record] = registerSight{title, change.Version}
		}
	}
	c.cursor = answer.Version
	c.note(from, registerInput{issue: issue}, registerOutput{value: c.seen[issue].value}, c.now())
	return nil
}

// write sets a title with the version last seen as base. Some clients hang up: then the answer is lost, and the write
// may still be done at any later time.
func (c *registerClient) write(ctx context.Context, issue Ref) error {
	saw := c.seen[issue]
	in := registerInput{issue: issue, client: c.client, write: true, queued: rand.IntN(4) > 0, saw: saw.value, value: fmt.Sprint("value ", c.count.Add(1))}
	ctx, hangUp := context.WithCancel(ctx)
	defer hangUp()
	if rand.IntN(20) == 0 {
		time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, hangUp)
	}
	from := c.now()
	answer, err := c.engine.Push(ctx, c.actor, Push{Client: c.client, Transactions: []Transaction{
		{ID: newID(), Queued: in.queued, Ops: []Operation{setField(issue, saw.version, "title", in.value)}}}})
	if errors.Is(err, context.Canceled) {
		delete(c.seen, issue)
		c.note(from, in, registerOutput{}, math.MaxInt64)
		return nil
	}
	if err != nil {
		return err
	}
	result, to := answer.Results[0], c.now()
	out := registerOutput{status: result.Status}
	switch {
	case result.Status == InConflict:
		out.value = result.Conflicts[0].Theirs.(string)
	case len(result.Notices) > 0:
		out.value = result.Notices[0].Theirs.(string)
	}
	c.note(from, in, out, to)
	if result.Status == Applied && rand.IntN(3) > 0 { // else its next write has a base from before its own last one
		c.seen[issue] = registerSight{in.value, result.Version}
	}
	return nil
}

// The check can fail: each history here has something that no linearizable engine would answer.
func TestRegisterModelRefusesBrokenHistories(t *testing.T) {
	t.Parallel()
	ann, ben := newID(), newID()
	read := func(value string) (registerInput, registerOutput) {
		return registerInput{}, registerOutput{value: value}
	}
	write := func(client uuid.UUID, saw, value string, out registerOutput) (registerInput, registerOutput) {
		return registerInput{client: client, write: true, queued: true, saw: saw, value: value}, out
	}
	type step struct {
		in  registerInput
		out registerOutput
	}
	of := func(in registerInput, out registerOutput) step { return step{in, out} }
	done, lost := registerOutput{status: Applied}, registerOutput{}
	cases := map[string]struct {
		history []step
		want    bool
	}{
		"one after the other":        {[]step{of(write(ann, "at first", "a", done)), of(write(ben, "a", "b", done)), of(read("b"))}, true},
		"a lost update":              {[]step{of(write(ann, "at first", "a", done)), of(write(ben, "at first", "b", done))}, false},
		"an acknowledged write lost": {[]step{of(write(ann, "at first", "a", done)), of(read("at first"))}, false},
		"a stale read":               {[]step{of(write(ann, "at first", "a", done)), of(read("a")), of(read("at first"))}, false},
		"a conflict for nothing":     {[]step{of(write(ann, "at first", "a", registerOutput{InConflict, "x"}))}, false},
		"a lost answer, done later":  {[]step{of(write(ann, "at first", "a", lost)), of(read("at first")), of(read("a"))}, true},
		"a lost answer, never done":  {[]step{of(write(ann, "at first", "a", lost)), of(read("at first"))}, true},
		"a lost answer, taken back":  {[]step{of(write(ann, "at first", "a", lost)), of(read("a")), of(read("at first"))}, false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var history []porcupine.Operation
			for i, step := range test.history {
				op := porcupine.Operation{ClientId: i, Input: step.in, Output: step.out, Call: int64(10 * i), Return: int64(10*i + 5)}
				if step.in.write && step.out.status == "" {
					op.Return = math.MaxInt64
				}
				history = append(history, op)
			}
			if got := porcupine.CheckOperations(registerModel(), history); got != test.want {
				t.Errorf("legal: %v", got)
			}
		})
	}
}
