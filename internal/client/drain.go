package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// drain sends the outbox, in order, one push at a time. Only a result ends a transaction; whatever else is answered,
// or not answered, it is sent again under its id.
func (c *Client) drain(ctx context.Context) {
	d := &drainer{client: c, most: pushMost, pace: c.options.Retry.pace()}
	for {
		batch := c.outbox.next(ctx, d.most)
		if len(batch) == 0 {
			return
		}
		if err := d.push(ctx, batch); err != nil && ctx.Err() == nil {
			c.tell(err)
			d.cope(ctx, err, batch)
		}
	}
}

// drainer remembers how the last pushes went.
type drainer struct {
	client  *Client
	pace    *pace
	most    int // transactions in a push
	refused int // how many times in a row a push was refused as a whole
}

func (d *drainer) push(ctx context.Context, batch []Transaction) error {
	c := d.client
	body, err := json.Marshal(push{Client: c.ID(), Epoch: c.replica.ofEpoch(), Transactions: batch})
	if err != nil {
		return err
	}
	var answer pushed
	if err := c.ask(ctx, http.MethodPost, "/sync/push", body, &answer); err != nil {
		return err
	}
	if answer.Epoch == "" {
		return errors.New("an answer without an epoch is not one to a push")
	}
	d.pace.reset()
	d.refused, d.most = 0, min(2*d.most, pushMost)
	c.settle(batch, answer.Results)
	c.follow(answer.Version, 0) // one's own writes are to be seen, also when the stream is down
	return nil
}

// settle ends the transactions that have a result.
func (c *Client) settle(batch []Transaction, results []Result) {
	sent := make(map[string]Transaction, len(batch))
	for _, transaction := range batch {
		sent[transaction.ID] = transaction
	}
	for _, result := range results {
		if transaction, asked := sent[result.ID]; asked && c.outbox.end(result.ID) && c.options.Hooks.Result != nil {
			c.options.Hooks.Result(transaction, result)
		}
	}
}

// cope decides when and how what was not answered is sent again.
func (d *drainer) cope(ctx context.Context, err error, batch []Transaction) {
	problem, answered := errors.AsType[*Problem](err)
	switch {
	case !answered || problem.passing():
		d.pace.wait(ctx, err)
	case problem.Status == http.StatusUnauthorized:
		d.client.renew(ctx)
		d.pace.wait(ctx, err)
	case problem.Status == http.StatusConflict: // another epoch: what the replica shows is not of this log
		d.client.follow(0, 0)
		_ = d.client.pull(ctx) // if it fails now, the next 409 asks for it again
		d.pace.wait(ctx, err)
	case problem.Status == http.StatusRequestEntityTooLarge && len(batch) > 1:
		d.most = len(batch) / 2
	case problem.blamesWork():
		d.blame(ctx, problem, batch)
	default: // it is about who sends, or where to: the queue waits until somebody has seen to that
		d.pace.wait(ctx, err)
	}
}

// blame finds which transaction a push is refused for. The first time it may be the server's mistake; then they go one
// by one, and what is refused by itself, in the words of the protocol, has failed for good.
func (d *drainer) blame(ctx context.Context, problem *Problem, batch []Transaction) {
	d.refused++
	if d.refused > 1 && len(batch) == 1 {
		d.client.settle(batch, []Result{{ID: batch[0].ID, Status: Rejected,
			Error: &Refusal{Code: problem.Code, Text: problem.Detail, Fields: problem.Fields}}})
		d.refused = 0
		return
	}
	if d.refused > 1 {
		d.most = 1
	}
	d.pace.wait(ctx, problem)
}
