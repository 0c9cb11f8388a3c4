package handlers

import (
	"math"
	"time"
)

// When a node goes, all of its streams want to be opened again, on the nodes that are left. Each is told another time to wait,
// early enough to hold when the node is killed, so that no more than a fifth of them come in any one second.
const (
	soonest = 500 * time.Millisecond
	spread  = 6 * time.Second
)

// comeBack is how long the nth stream waits. Steps of the golden ratio fill the time evenly, however many streams there are;
// chance would not.
func comeBack(n int) time.Duration {
	_, part := math.Modf(float64(n) * math.Phi)
	return soonest + time.Duration(part*float64(spread))
}
