-- The issues of a cycle: counted for its progress, and moved on when it ends.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_cycle;
CREATE INDEX CONCURRENTLY issue_cycle ON issue (workspace_id, cycle_id, rank) WHERE cycle_id IS NOT NULL AND deleted_at IS NULL;
RESET lock_timeout;
