-- What is due soon is looked for every minute, in all workspaces.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_due;
CREATE INDEX CONCURRENTLY issue_due ON issue (workspace_id, due) WHERE due IS NOT NULL AND assignee_id IS NOT NULL AND deleted_at IS NULL;
RESET lock_timeout;
