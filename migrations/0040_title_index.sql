-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_title;
CREATE INDEX CONCURRENTLY issue_title ON issue USING gin (title gin_trgm_ops) WHERE deleted_at IS NULL;
RESET lock_timeout;
