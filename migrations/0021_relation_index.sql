-- The history of a relation is told on the pages of both its issues; the log's lines name one.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS change_relation;
CREATE INDEX CONCURRENTLY change_relation ON change (workspace_id, record_id) WHERE kind = 'relation';
RESET lock_timeout;
