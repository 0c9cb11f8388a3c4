package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Retry says how long to wait before something is tried again: First after the first failure, twice as long after each
// further one, never more than Most, and each time some random part of it, so that many clients do not come at once.
type Retry struct {
	First time.Duration // 0 is 500 ms
	Most  time.Duration // 0 is 30 s
}

func (r Retry) pace() *pace {
	if r.First == 0 {
		r.First = 500 * time.Millisecond
	}
	if r.Most == 0 {
		r.Most = 30 * time.Second
	}
	return &pace{Retry: r}
}

// pace counts the failures of one loop.
type pace struct {
	Retry
	next time.Duration
	told time.Duration // by a stream: the first wait after it, no longer than Most; 0 = nothing was said
}

func (p *pace) reset() { p.next = 0 }

// wait lasts as long as the pace, or as the server, asks for; it ends with ctx.
func (p *pace) wait(ctx context.Context, err error) {
	p.next = min(max(2*p.next, p.First), p.Most)
	length := p.next/2 + rand.N(p.next/2+1)
	length, p.told = max(length, min(p.told, p.Most)), 0
	if problem, answered := errors.AsType[*Problem](err); answered {
		length = max(length, problem.After)
	}
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}
