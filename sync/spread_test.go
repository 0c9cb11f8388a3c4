package sync

import (
	"testing"
	"time"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	h := setup(t)
	low, _ := h.issue(t, "low")
	var cards []Ref
	for _, title := range []string{"a", "b"} {
		card, _ := h.issue(t, title)
		cards = append(cards, card)
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Move, Record: low, Before: cards[0]})
	for n := range 500 { // two cards leapfrog into the same gap, which halves it each time
		h.applied(t, h.ann, h.annsTab, Operation{Op: Move, Record: cards[n%2], After: low})
	}
	h.awaitShortRanks(t)
	h.checkLog(t)
}

// awaitShortRanks returns when every rank is within its bound: crowded ones are spread in the background.
func (h *house) awaitShortRanks(t testing.TB) {
	t.Helper()
	deadline := time.After(patienceInTests)
	for h.longestRank(t) > maxRank {
		select {
		case <-deadline:
			t.Fatalf("a rank of %d characters stays", h.longestRank(t))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (h *house) longestRank(t testing.TB) int {
	t.Helper()
	var longest int
	must(t, h.pool.QueryRow(t.Context(), "select max(length(rank)) from issue where workspace_id = $1", h.ws).Scan(&longest))
	return longest
}
