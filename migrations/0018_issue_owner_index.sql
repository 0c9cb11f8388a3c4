-- What a list by assignees is read by, in the order that is made by hand; nobody is one of them.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_owner;
CREATE INDEX CONCURRENTLY issue_owner ON issue (workspace_id, team_id, COALESCE(assignee_id, '00000000-0000-0000-0000-000000000000'), rank) WHERE deleted_at IS NULL;
RESET lock_timeout;
