package handlers

import (
	"math"
	"net/http"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/golang-lru/v2/simplelru"

	"tandem/sync"
)

const (
	limitWindow = time.Minute
	limitPeople = 10_000 // whose windows are remembered: those who sent last
)

// limiter lets a person send so many transactions in any minute, wherever that minute begins. It keeps the time of each
// batch of the last minute, so a person costs at most as many entries as the limit. Safe for concurrent use.
type limiter struct {
	most  int
	clock func() time.Time

	mu     stdsync.Mutex
	people *simplelru.LRU[uuid.UUID, *window]
}

// window are the batches of the last minute, oldest first.
type window struct {
	batches []batch
	sum     int
}

type batch struct {
	at    time.Time
	count int
}

// newLimiter makes a limiter; zero means no limit.
func newLimiter(most int, clock func() time.Time) *limiter {
	if clock == nil {
		clock = time.Now
	}
	people, _ := simplelru.NewLRU[uuid.UUID, *window](limitPeople, nil) // the length is above zero
	return &limiter{most: most, clock: clock, people: people}
}

// take counts transactions of a person, or refuses all of them and says when to come again.
func (l *limiter) take(person uuid.UUID, count int) error {
	if l.most == 0 {
		return nil
	}
	if count > l.most {
		return &sync.Error{Kind: sync.Invalid, Code: sync.CodeTooLarge, Text: "Send fewer transactions at once."}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w, known := l.people.Get(person)
	if !known {
		w = &window{}
		l.people.Add(person, w)
	}
	now := l.clock()
	w.forget(now)
	if over := w.sum + count - l.most; over > 0 {
		return tooMany(w.free(over).Sub(now))
	}
	w.batches = append(w.batches, batch{now, count})
	w.sum += count
	return nil
}

// forget drops what left the window.
func (w *window) forget(now time.Time) {
	for len(w.batches) > 0 && now.Sub(w.batches[0].at) >= limitWindow {
		w.sum -= w.batches[0].count
		w.batches = w.batches[1:]
	}
}

// free is when so many more will fit.
func (w *window) free(count int) time.Time {
	for _, b := range w.batches {
		if count -= b.count; count <= 0 {
			return b.at.Add(limitWindow)
		}
	}
	return time.Time{}
}

func tooMany(wait time.Duration) error {
	p := newProblem(http.StatusTooManyRequests, sync.CodeRateLimited, "Too much at once. Wait a moment; what waits is sent then.")
	p.after = max(1, int(math.Ceil(wait.Seconds())))
	return &refusal{p}
}
