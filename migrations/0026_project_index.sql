-- The issues of a project are counted, listed and filtered by; those of none are a group too.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_project;
CREATE INDEX CONCURRENTLY issue_project ON issue (workspace_id, team_id, COALESCE(project_id, '00000000-0000-0000-0000-000000000000'), rank) WHERE deleted_at IS NULL;
RESET lock_timeout;
