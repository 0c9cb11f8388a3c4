package sync

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

const (
	uploadLife  = 24 * time.Hour      // how long an upload waits for an attachment that names it
	trashedLife = 30 * 24 * time.Hour // how long a removed attachment can come back; from then on its file is nobody's
	orphanBatch = 50                  // files that are looked for at once, and deleted under the locks of their workspaces
	pieceBatch  = 40                  // pieces in one statement: 10 MiB
	orphanEvery = time.Hour
	orphanPause = 100 * time.Millisecond // for writers, who wait in between
)

// sweepFiles deletes the files that are nobody's, and imports of long ago, until the engine stops.
func (e *Engine) sweepFiles() {
	for e.background.Err() == nil {
		if err := e.deleteNobodys(e.background, uploadLife, trashedLife); err != nil && e.background.Err() == nil {
			e.logger.WarnContext(e.background, "files that are nobody's stay for another hour", "err", err)
		}
		if err := e.sweepImports(e.background); err != nil && e.background.Err() == nil {
			e.logger.WarnContext(e.background, "imports of long ago stay for another hour", "err", err)
		}
		pause(e.background, orphanEvery)
	}
}

// deleteNobodys deletes the files that were uploaded longer ago than uploaded, and that no attachment names but those removed longer ago than trashed.
func (e *Engine) deleteNobodys(ctx context.Context, uploaded, trashed time.Duration) error {
	orphans := func() (int64, error) { return e.deleteSomeOrphans(ctx, uploaded, trashed) }
	if err := inBatches(ctx, orphanBatch, orphans); err != nil {
		return err
	}
	return inBatches(ctx, pieceBatch, func() (int64, error) { return e.queries.DeleteLoosePieces(ctx, e.pool, pieceBatch) })
}

// deleteSomeOrphans looks for them without a lock, which takes a while where there are many files.
func (e *Engine) deleteSomeOrphans(ctx context.Context, uploaded, trashed time.Duration) (deleted int64, err error) {
	rows, err := e.queries.ListOrphans(ctx, e.pool, queries.ListOrphansParams{Uploaded: uploaded.Seconds(), Trashed: trashed.Seconds(), Most: orphanBatch})
	if err != nil {
		return 0, err
	}
	of := map[uuid.UUID][]uuid.UUID{}
	for _, row := range rows {
		of[row.WorkspaceID] = append(of[row.WorkspaceID], row.ID)
	}
	for workspace, files := range of {
		count, err := e.deleteOrphans(ctx, queries.DeleteOrphansParams{WorkspaceID: workspace, IDs: files, Uploaded: uploaded.Seconds(), Trashed: trashed.Seconds()})
		if err != nil {
			return deleted, err
		}
		deleted += count
	}
	return deleted, nil
}

// inBatches goes on until less than a whole batch was left.
func inBatches(ctx context.Context, batch int64, run func() (int64, error)) error {
	for {
		done, err := run()
		if err != nil || done < batch {
			return err
		}
		pause(ctx, orphanPause)
	}
}

// deleteOrphans locks the workspace first, as whoever makes an attachment or brings one back does: none can come to name a file
// meanwhile. The pieces, which take longer, go later and without the lock.
func (e *Engine) deleteOrphans(ctx context.Context, orphans queries.DeleteOrphansParams) (deleted int64, err error) {
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		if _, err := e.queries.LockWorkspace(ctx, tx, orphans.WorkspaceID); err != nil {
			return err
		}
		deleted, err = e.queries.DeleteOrphans(ctx, tx, orphans)
		return err
	})
	return deleted, err
}
