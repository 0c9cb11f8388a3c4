package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/queries"
)

// recognise compares the cluster with the one that the data was last used in. In another one (a copy, a restored backup, a promoted
// standby) the log may have ended earlier than some browsers remember, so every workspace begins a new epoch.
func recognise(ctx context.Context, pool *pgxpool.Pool, logger *slog.Logger) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		q := queries.New()
		cluster, err := q.GetCluster(ctx, tx)
		if err != nil {
			return fmt.Errorf("identify the cluster: %w", err)
		}
		made, err := q.InsertInstance(ctx, tx, queries.InsertInstanceParams{
			SystemIdentifier: cluster.SystemIdentifier, Timeline: cluster.Timeline, SetupTokenHash: nobodysToken()})
		if err != nil || made > 0 {
			return err
		}
		return compare(ctx, tx, q, cluster, logger)
	})
}

func compare(ctx context.Context, tx pgx.Tx, q *queries.Queries, cluster queries.GetClusterRow, logger *slog.Logger) error {
	if _, err := q.LockInstance(ctx, tx); err != nil { // another node may be comparing too
		return err
	}
	known, err := q.GetInstance(ctx, tx)
	if err != nil {
		return err
	}
	if known.SystemIdentifier == cluster.SystemIdentifier && known.Timeline == cluster.Timeline {
		return nil
	}
	logger.WarnContext(ctx, "the data lies in another cluster than before: every workspace begins a new epoch",
		"timeline_was", known.Timeline, "timeline", cluster.Timeline)
	if err := q.MintEpochs(ctx, tx); err != nil {
		return err
	}
	return q.UpdateInstanceCluster(ctx, tx, queries.UpdateInstanceClusterParams(cluster))
}

// nobodysToken says that the instance is to be set up, by a link that is still to be made.
func nobodysToken() []byte {
	hash := make([]byte, 32)
	_, _ = rand.Read(hash) // never fails: crypto/rand ends the program instead
	return hash
}

// endSetup makes the setup link useless: somebody was let in by other means.
func endSetup(ctx context.Context, pool *pgxpool.Pool) error {
	if err := queries.New().UpdateInstanceSetup(ctx, pool, nil); err != nil {
		return fmt.Errorf("end the setup: %w", err)
	}
	return nil
}
