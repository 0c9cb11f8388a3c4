-- Whose sleep is over is looked for every few seconds, by each node, in all workspaces.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_snooze;
CREATE INDEX CONCURRENTLY issue_snooze ON issue (snoozed_until) WHERE snoozed_until IS NOT NULL AND deleted_at IS NULL;
RESET lock_timeout;
