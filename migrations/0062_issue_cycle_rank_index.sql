-- A list by cycles asks for the first issues of each, and for those of none.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_cycle_rank;
CREATE INDEX CONCURRENTLY issue_cycle_rank ON issue (workspace_id, team_id, COALESCE(cycle_id, '00000000-0000-0000-0000-000000000000'), rank) WHERE deleted_at IS NULL;
RESET lock_timeout;
