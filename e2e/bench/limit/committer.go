package main

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	lock = `SELECT FROM workspace_lock WHERE workspace = $1 FOR NO KEY UPDATE`

	// One write: the record if it is as its author saw it, the log, and what was answered. No row: it was not.
	statement = `
WITH head AS (SELECT COALESCE(max(version), 0) + 1 AS version FROM log WHERE workspace = $1),
	changed AS (UPDATE record SET status = $4, version = head.version FROM head
		WHERE workspace = $1 AND id = $2 AND record.version = $3 RETURNING record.version),
	logged AS (INSERT INTO log (workspace, version, record, status) SELECT $1, version, $2, $4 FROM changed)
INSERT INTO result (workspace, transaction, version) SELECT $1, $5, version FROM changed RETURNING version`

	mostAtOnce = 64
)

// write is one change of a record that waits for its commit.
type write struct {
	Workspace   string `json:"workspace"`
	Transaction string `json:"transaction"`
	Record      string `json:"record"`
	Base        int64  `json:"base"`
	Status      string `json:"status"`

	version int64
	err     error
	done    chan struct{}
}

// committers are one for each workspace that was written in. Safe for concurrent use.
type committers struct {
	pool *pgxpool.Pool
	told func(workspace string, version int64)

	mu   sync.Mutex
	byID map[string]*committer
}

func (c *committers) of(workspace string) *committer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID[workspace] == nil {
		c.byID[workspace] = &committer{pool: c.pool, told: c.told, workspace: workspace}
	}
	return c.byID[workspace]
}

// committer commits what waits together: one goroutine while there is something to do.
type committer struct {
	pool      *pgxpool.Pool
	told      func(workspace string, version int64)
	workspace string

	mu      sync.Mutex
	waiting []*write
	running bool
}

func (c *committer) submit(w *write) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, w)
	if !c.running {
		c.running = true
		go c.run()
	}
}

func (c *committer) run() {
	for group := c.take(); len(group) > 0; group = c.take() {
		c.commit(group)
		for _, w := range group {
			close(w.done)
		}
		if last := group[len(group)-1]; last.err == nil {
			c.told(c.workspace, last.version)
		}
	}
}

func (c *committer) take() []*write {
	c.mu.Lock()
	defer c.mu.Unlock()
	count := min(len(c.waiting), mostAtOnce)
	group := c.waiting[:count:count]
	c.waiting = c.waiting[count:]
	c.running = count > 0
	return group
}

// commit does a group in one transaction and one round trip. A stale write undoes its whole group: the load has none.
func (c *committer) commit(group []*write) {
	var batch pgx.Batch
	batch.Queue("begin")
	batch.Queue(lock, c.workspace)
	for _, w := range group {
		batch.Queue(statement, w.Workspace, w.Record, w.Base, w.Status, w.Transaction).QueryRow(func(row pgx.Row) error {
			return row.Scan(&w.version)
		})
	}
	batch.Queue("commit")
	ctx := context.Background()
	conn, err := c.pool.Acquire(ctx)
	if err == nil {
		err = conn.SendBatch(ctx, &batch).Close()
		conn.Release() // the pool closes one that was left in a transaction
	}
	for _, w := range group {
		w.err = err
	}
}
