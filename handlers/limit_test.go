package handlers

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Whatever somebody sends whenever, no minute has more than the limit, and what is refused fits when it is said to.
func TestLimiter_HoldsInAnyMinute(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 11))
	clock := &testClock{at: time.Unix(1_800_000_000, 0)}
	l, person := newLimiter(20, clock.now), newID()
	type passed struct {
		at    time.Time
		count int
	}
	var all []passed
	for range 5000 {
		clock.advance(time.Duration(random.Int64N(int64(8 * time.Second))))
		count := 1 + random.IntN(12)
		err := l.take(person, count)
		if err != nil {
			clock.advance(time.Duration(problemOf(err).after) * time.Second)
			if err := l.take(person, count); err != nil {
				t.Fatalf("refused after waiting: %v", err)
			}
		}
		all = append(all, passed{clock.now(), count})
		sum := 0
		for i := len(all) - 1; i >= 0 && all[len(all)-1].at.Sub(all[i].at) < time.Minute; i-- {
			sum += all[i].count
		}
		if sum > 20 {
			t.Fatalf("%d in a minute", sum)
		}
	}
	if w, _ := l.people.Get(person); len(w.batches) > 20 {
		t.Errorf("%d batches are kept", len(w.batches))
	}
}
