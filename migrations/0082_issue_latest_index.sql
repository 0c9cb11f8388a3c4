-- A list over all teams begins with the latest changed of each status: as many as are shown are read, however many there are.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_latest;
CREATE INDEX CONCURRENTLY issue_latest ON issue (workspace_id, status_id, version, id) WHERE deleted_at IS NULL;
RESET lock_timeout;
