package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/queries"
)

// guard looks at every new connection of a pool before it is used. The server behind an address may be replaced while we run, by its
// standby or by a restored copy, and not one write may enter another server's log under the old epoch.
type guard struct {
	logger *slog.Logger
	armed  atomic.Bool // once the schema is there and the instance is known
	// readsOnly lets a standby through, for commands that look at a database or copy it.
	readsOnly bool
}

// check refuses a server that takes no writes, and compares the others' clusters with the one that the data was last used in.
func (g *guard) check(ctx context.Context, conn *pgx.Conn) error {
	if !g.readsOnly {
		if err := refuseStandby(conn); err != nil {
			return err
		}
	}
	if !g.armed.Load() {
		return nil
	}
	var p queries.Pipeline
	q := queries.New()
	cluster := queries.Ask(&p, func(db queries.DBTX) (queries.GetClusterRow, error) { return q.GetCluster(ctx, db) })
	known := queries.Ask(&p, func(db queries.DBTX) (queries.GetInstanceRow, error) { return q.GetInstance(ctx, db) })
	if err := p.Send(ctx, conn); err != nil {
		return fmt.Errorf("identify the cluster: %w", err)
	}
	if isOf(*known, *cluster) {
		return nil
	}
	return recognise(ctx, conn, g.logger)
}

// refuseStandby also keeps stale reads away: a standby that has not been promoted yet lags behind.
func refuseStandby(conn *pgx.Conn) error {
	if conn.PgConn().ParameterStatus("in_hot_standby") == "on" {
		return errors.New("the database server is a standby, which takes no writes: point DATABASE_URL at the primary")
	}
	return nil
}

// beginner is a pool, or one connection.
type beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// recognise compares the cluster with the one that the data was last used in. In another one (a copy, a restored backup, a promoted
// standby) the log may have ended earlier than some browsers remember, so every workspace begins a new epoch.
func recognise(ctx context.Context, db beginner, logger *slog.Logger) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
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
	if isOf(known, cluster) {
		return nil
	}
	logger.WarnContext(ctx, "the data lies in another cluster than before: every workspace begins a new epoch",
		"timeline_was", known.Timeline, "timeline", cluster.Timeline)
	if err := q.MintEpochs(ctx, tx); err != nil {
		return err
	}
	return q.UpdateInstanceCluster(ctx, tx, queries.UpdateInstanceClusterParams(cluster))
}

func isOf(known queries.GetInstanceRow, cluster queries.GetClusterRow) bool {
	return known.SystemIdentifier == cluster.SystemIdentifier && known.Timeline == cluster.Timeline
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
