package sync

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestS73_EightClientsReorderTheSameCards(t *testing.T) {
	t.Parallel()
	h := setup(t)
	nodes := []*Engine{h.Engine, h.secondNode(t)}
	var cards []Ref
	for range 20 {
		card, _ := h.issue(t, "card")
		cards = append(cards, card)
	}
	ctx, cancel := context.WithTimeout(t.Context(), stretch())
	defer cancel()
	replicas := make([]replica, 8)
	var clients stdsync.WaitGroup
	for i := range replicas {
		actor, tab := []Actor{h.ann, h.ben}[i%2], newID()
		clients.Go(func() {
			for ctx.Err() == nil {
				result, err := nodes[i%2].Apply(t.Context(), actor, tab, Transaction{ID: newID(), Ops: []Operation{anyMove(cards)}})
				if err != nil || result.Status != Applied {
					t.Errorf("%+v: %v", result, err)
					return
				}
				replicas[i].pull(t, h, actor, 500)
			}
		})
	}
	clients.Wait()
	h.awaitShortRanks(t)
	order := h.cardOrder(t)
	if len(order) != len(cards) {
		t.Errorf("%d cards of %d are left", len(order), len(cards))
	}
	for i := range replicas {
		replicas[i].pull(t, h, h.ann, 500)
		if diff := cmp.Diff(order, replicas[i].cardOrder(t)); diff != "" {
			t.Errorf("client %d shows another order: %s", i, diff)
		}
	}
	h.checkLog(t)
}

// anyMove moves a card to after or before another, or to the end.
func anyMove(cards []Ref) Operation {
	move := Operation{Op: Move, Record: cards[rand.IntN(len(cards))]}
	beside := cards[rand.IntN(len(cards))]
	switch rand.IntN(10) {
	case 0:
	case 1, 2, 3, 4:
		move.Before = beside
	default:
		move.After = beside
	}
	return move
}

// cardOrder are the team's issues as its list shows them.
func (h *house) cardOrder(t testing.TB) []uuid.UUID {
	t.Helper()
	list, err := h.TeamIssues(t.Context(), h.ann, "ENG", ListOptions{})
	must(t, err)
	var order []uuid.UUID
	for _, group := range list.Groups {
		for _, row := range group.Issues {
			order = append(order, row.ID)
		}
	}
	return order
}

// cardOrder are the issues as a client sorts them, by ranks that are all different and short.
func (r *replica) cardOrder(t testing.TB) []uuid.UUID {
	t.Helper()
	ranks := map[uuid.UUID]string{}
	var order []uuid.UUID
	taken := map[string]bool{}
	for ref, change := range r.records {
		if kind, id, _ := ref.Parse(); kind == "issue" {
			rank, _ := change.Fields["rank"].(string)
			if taken[rank] || rank == "" || len(rank) > maxRank {
				t.Errorf("%s has the rank %q, taken %v", ref, rank, taken[rank])
			}
			taken[rank], ranks[id] = true, rank
			order = append(order, id)
		}
	}
	slices.SortFunc(order, func(a, b uuid.UUID) int { return strings.Compare(ranks[a], ranks[b]) })
	return order
}
