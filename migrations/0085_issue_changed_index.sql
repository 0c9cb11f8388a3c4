-- A board shows of what is closed the issues that changed within so many days, which are few out of many.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_changed;
CREATE INDEX CONCURRENTLY issue_changed ON issue (workspace_id, team_id, status_id, updated_at) WHERE deleted_at IS NULL;
RESET lock_timeout;
