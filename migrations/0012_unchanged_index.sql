-- What --retention finds refused transactions by: they wrote nothing into the log that could be found with it.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS result_unchanged;
CREATE INDEX CONCURRENTLY result_unchanged ON result (workspace_id, at) WHERE NOT changed;
RESET lock_timeout;
