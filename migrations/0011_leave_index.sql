-- What issues left a team since a V.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS change_leave;
CREATE INDEX CONCURRENTLY change_leave ON change (workspace_id, version) WHERE op = 'leave';
RESET lock_timeout;
