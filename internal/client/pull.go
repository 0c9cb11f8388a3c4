package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// resetsMost is how often one pull may be told to start over before it is given up for now.
const resetsMost = 3

// follow notes that the log has reached a version. Version 0 means: whatever the head is, look.
func (c *Client) follow(version int64, spread time.Duration) {
	if spread > 0 { // of many watchers, not all at once
		time.AfterFunc(rand.N(spread), func() { c.follow(version, 0) })
		return
	}
	c.mu.Lock()
	c.wanted, c.forced = max(c.wanted, version), c.forced || version == 0
	c.mu.Unlock()
	select {
	case c.awake <- struct{}{}:
	default:
	}
}

// keepUp pulls whenever the replica is behind what it was told of, and at the start.
func (c *Client) keepUp(ctx context.Context) {
	pace := c.options.Retry.pace()
	for ctx.Err() == nil {
		if !c.behind() {
			pace.reset()
			select {
			case <-ctx.Done():
			case <-c.awake:
			}
			continue
		}
		err := c.pull(ctx)
		if err == nil && !c.behind() || ctx.Err() != nil {
			continue
		}
		if err != nil {
			c.tell(err)
		}
		if problem, answered := errors.AsType[*Problem](err); answered && problem.Status == http.StatusUnauthorized {
			c.renew(ctx)
		}
		pace.wait(ctx, err)
	}
}

func (c *Client) behind() bool {
	at := c.replica.at()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.forced || at < c.wanted
}

// pull brings the replica to the head of the log. Pages that came before a failure are kept, and the next call goes on
// behind the last of them.
func (c *Client) pull(ctx context.Context) error {
	c.pulling.Lock()
	defer c.pulling.Unlock()
	c.mu.Lock()
	c.forced = false
	c.mu.Unlock()
	err := c.pullPages(ctx)
	if err != nil {
		c.mu.Lock()
		c.forced = true
		c.mu.Unlock()
	}
	return err
}

func (c *Client) pullPages(ctx context.Context) error {
	if c.stage == nil {
		c.stage = c.replica.begin()
	}
	for resets := 0; resets <= resetsMost; {
		page, err := c.page(ctx, c.stage)
		if err != nil {
			return err
		}
		if page.Reset != "" {
			resets++
			c.stage = &stage{fresh: true, epoch: page.Epoch}
			continue
		}
		c.stage.add(page)
		if page.More {
			continue
		}
		whole := c.stage
		c.stage = nil
		c.replica.step(whole)
		if c.options.Hooks.Replica != nil {
			c.options.Hooks.Replica(whole.fresh)
		}
		return nil
	}
	return errors.New("the server keeps telling this client to start over")
}

// page asks for what follows a stage.
func (c *Client) page(ctx context.Context, s *stage) (page Page, err error) {
	query := url.Values{"since": {strconv.FormatInt(s.version, 10)}}
	if s.epoch != "" {
		query.Set("epoch", s.epoch)
	}
	if c.options.Limit > 0 {
		query.Set("limit", strconv.Itoa(c.options.Limit))
	}
	if err := c.ask(ctx, http.MethodGet, "/sync/pull?"+query.Encode(), nil, &page); err != nil {
		return page, err
	}
	if page.Epoch == "" {
		return page, fmt.Errorf("an answer without an epoch is not one to a pull")
	}
	if c.options.Hooks.Page != nil {
		c.options.Hooks.Page(s.version, page)
	}
	return page, nil
}
