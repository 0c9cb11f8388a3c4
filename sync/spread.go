package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// spreadStretch is how many issues on each side of a crowded place get new ranks.
const spreadStretch = 50

// spreadTries bounds how often a spread is begun anew because somebody moved a card meanwhile.
const spreadTries = 5

// spreadCrowded looks for ranks that have grown too long and, in the background, gives their neighbourhood new ones.
func (e *Engine) spreadCrowded(workspace uuid.UUID, log []entry) {
	crowded := map[uuid.UUID]string{}
	for _, entry := range log {
		if rank, _ := entry.After["rank"].(string); len(rank) > maxRank && entry.Team != nil {
			crowded[*entry.Team] = rank
		}
	}
	for team, rank := range crowded {
		e.running.Go(func() {
			if err := e.spread(e.background, workspace, team, rank); err != nil && e.background.Err() == nil {
				e.logger.WarnContext(e.background, "ranks stay long until the next move", "team_id", team, "err", err)
			}
		})
	}
}

// spread gives the issues around a rank new ones in the same order, evenly between the neighbours of the stretch. It
// counts as queued, so that a move made meanwhile is a conflict and wins.
func (e *Engine) spread(ctx context.Context, workspace, team uuid.UUID, rank string) error {
	actor, client := Program(workspace)
	for range spreadTries {
		head, err := e.queries.GetHead(ctx, e.pool, workspace)
		if err != nil {
			return fmt.Errorf("read the head: %w", err)
		}
		rows, err := e.queries.ListRanksAround(ctx, e.pool, queries.ListRanksAroundParams{WorkspaceID: workspace, TeamID: team, Rank: rank, Most: spreadStretch})
		if err != nil {
			return fmt.Errorf("read ranks: %w", err)
		}
		slices.SortFunc(rows, func(a, b queries.ListRanksAroundRow) int { return cmp.Compare(a.Rank, b.Rank) })
		ops := spreadOps(rows, rank, head.Version)
		if len(ops) == 0 {
			return nil // all have left the team meanwhile
		}
		results, err := e.Import(ctx, actor, client, []Transaction{{ID: uuid.Must(uuid.NewV7()), Label: "Spread ranks", Queued: true, Ops: ops}})
		if err != nil {
			return err
		}
		if results[0].Status == Applied {
			return nil
		}
	}
	return errors.New("somebody kept moving cards")
}

func spreadOps(rows []queries.ListRanksAroundRow, rank string, base int64) []Operation {
	low, high, inner := stretchOf(rows, rank)
	ranks := evenRanks(low, high, len(inner))
	ops := make([]Operation, len(inner))
	for i, row := range inner {
		ops[i] = Operation{Op: Set, Record: NewRef("issue", row.ID), Base: &base, Set: map[string]any{"rank": ranks[i]}}
	}
	return ops
}

// stretchOf parts the outer neighbours, which stay, from the issues between. Where the stretch reaches the team's first
// or last issue there is none, and all of that side gets new ranks.
func stretchOf(rows []queries.ListRanksAroundRow, rank string) (low, high string, inner []queries.ListRanksAroundRow) {
	below := 0
	for _, row := range rows {
		if row.Rank <= rank {
			below++
		}
	}
	inner = rows
	if len(rows)-below == spreadStretch {
		high, inner = inner[len(inner)-1].Rank, inner[:len(inner)-1]
	}
	if below == spreadStretch {
		low, inner = inner[0].Rank, inner[1:]
	}
	return low, high, inner
}

// evenRanks makes ranks between two others by halving, so that their length grows with the logarithm of their number.
func evenRanks(low, high string, count int) []string {
	if count == 0 {
		return nil
	}
	half := count / 2
	middle := rankBetween(low, high)
	return slices.Concat(evenRanks(low, middle, half), []string{middle}, evenRanks(middle, high, count-half-1))
}
