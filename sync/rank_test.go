package sync

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRankBetween(t *testing.T) {
	t.Parallel()

	t.Run("is between its neighbours wherever a card is put", func(t *testing.T) {
		t.Parallel()
		random := rand.New(rand.NewPCG(1, 2))
		var line []string
		for range 5000 {
			at := random.IntN(len(line) + 1)
			low, high := "", ""
			if at > 0 {
				low = line[at-1]
			}
			if at < len(line) {
				high = line[at]
			}
			rank := rankBetween(low, high)
			if low != "" && rank <= low || high != "" && rank >= high {
				t.Fatalf("%q is not between %q and %q", rank, low, high)
			}
			line = slices.Insert(line, at, rank)
		}
	})

	t.Run("stays short when cards are always put at one end", func(t *testing.T) {
		t.Parallel()
		top, end := rankBetween("", ""), rankBetween("", "")
		for range 100_000 {
			above, below := rankBetween("", top), rankBetween(end, "")
			if above >= top || below <= end {
				t.Fatalf("%q is not before %q, or %q not after %q", above, top, below, end)
			}
			top, end = above, below
		}
		if len(top) > 6 || len(end) > 6 {
			t.Errorf("after 100,000 cards: %q and %q", top, end)
		}
	})
}
