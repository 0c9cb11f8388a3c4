-- What the base of a conflict is read by. Labels, statuses, teams and members change seldom and belong to no issue: their
-- history costs other writes nothing.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS change_vocabulary;
CREATE INDEX CONCURRENTLY change_vocabulary ON change (workspace_id, record_id, version) WHERE issue_id IS NULL;
RESET lock_timeout;
