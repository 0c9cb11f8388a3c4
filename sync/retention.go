package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

const (
	retentionBatch = 500                   // entries, or refusals, that are cut in one transaction
	retentionPause = 50 * time.Millisecond // between two, so that whoever works hardly notices
	retentionEvery = time.Hour
)

// errCuttingElsewhere ends this node's round: another node is at it.
var errCuttingElsewhere = errors.New("another node cuts the logs")

// Retention is how long the log and the stored results are kept; zero is for good.
func (e *Engine) Retention() time.Duration { return e.retention }

// keepRetention cuts what has become too old, every hour until the engine stops.
func (e *Engine) keepRetention() {
	for e.background.Err() == nil {
		err := e.cutLogs(e.background)
		if err != nil && !errors.Is(err, errCuttingElsewhere) && e.background.Err() == nil {
			e.logger.WarnContext(e.background, "cutting the logs failed; the next round tries again", "err", err)
		}
		pause(e.background, retentionEvery)
	}
}

// cutLogs goes through all workspaces in small steps. A step that fails leaves the earlier ones done, and the workspaces
// behind it are cut all the same.
func (e *Engine) cutLogs(ctx context.Context) error {
	const page = 500
	var failed error
	for after := uuid.Nil; ; {
		workspaces, err := e.queries.ListFloors(ctx, e.pool, queries.ListFloorsParams{After: after, Most: page})
		if err != nil {
			return errors.Join(failed, fmt.Errorf("list the workspaces: %w", err))
		}
		for _, workspace := range workspaces {
			err := e.cutLog(ctx, workspace.ID)
			if errors.Is(err, errCuttingElsewhere) || ctx.Err() != nil {
				return cmp.Or(failed, err)
			}
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("cut the log of %s: %w", workspace.ID, err))
			}
			after = workspace.ID
		}
		if len(workspaces) < page {
			return failed
		}
	}
}

func (e *Engine) cutLog(ctx context.Context, workspace uuid.UUID) error {
	for more := true; more; {
		err := pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) (err error) {
			more, err = e.cutStep(ctx, tx, workspace)
			return err
		})
		if err != nil {
			return err
		}
		if more {
			pause(ctx, retentionPause)
		}
	}
	return nil
}

// cutStep cuts one batch off the beginning of the log, with the results of what it cuts, and moves the floor in the same
// commit. Client ids and refused records stay: an id belongs to its first user for good, and what builds on a refused
// record is answered `depends` however late it comes.
func (e *Engine) cutStep(ctx context.Context, tx pgx.Tx, workspace uuid.UUID) (more bool, err error) {
	locked, err := e.queries.TryLockRetention(ctx, tx)
	if err == nil && !locked {
		err = errCuttingElsewhere
	}
	if err != nil {
		return false, err
	}
	head, err := e.queries.GetHead(ctx, tx, workspace)
	if err != nil {
		return false, err
	}
	before := e.clock(head.At).Add(-e.retention)
	more, err = e.cutChanges(ctx, tx, workspace, before)
	if err != nil {
		return false, err
	}
	refusals, err := e.queries.DeleteUnchangedResults(ctx, tx, queries.DeleteUnchangedResultsParams{WorkspaceID: workspace, Before: before, Most: retentionBatch})
	return more || refusals == retentionBatch, err
}

func (e *Engine) cutChanges(ctx context.Context, tx pgx.Tx, workspace uuid.UUID, before time.Time) (more bool, err error) {
	oldest, err := e.queries.ListOldestChanges(ctx, tx, queries.ListOldestChangesParams{WorkspaceID: workspace, Most: retentionBatch})
	if err != nil {
		return false, err
	}
	floor, more := floorBefore(oldest, before)
	if floor == 0 {
		return false, nil
	}
	// Results first: they are found by the entries.
	if _, err := e.queries.DeleteResultsOfChanges(ctx, tx, queries.DeleteResultsOfChangesParams{WorkspaceID: workspace, Floor: floor}); err != nil {
		return false, err
	}
	if _, err := e.queries.DeleteChanges(ctx, tx, queries.DeleteChangesParams{WorkspaceID: workspace, Floor: floor}); err != nil {
		return false, err
	}
	return more, e.queries.UpdateFloor(ctx, tx, queries.UpdateFloorParams{WorkspaceID: workspace, Floor: floor})
}

// floorBefore is the last V of those that are too old; the first that is not ends them, since only a beginning can be
// cut. A V that goes on behind the page is cut whole: its entries were written at one time.
func floorBefore(oldest []queries.ListOldestChangesRow, before time.Time) (floor int64, more bool) {
	for _, change := range oldest {
		if !change.WrittenAt.Before(before) {
			return floor, false
		}
		floor = change.Version
	}
	return floor, len(oldest) == retentionBatch
}
