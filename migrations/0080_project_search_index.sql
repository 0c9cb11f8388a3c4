-- Projects are found by the words of their names and descriptions.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS project_search;
CREATE INDEX CONCURRENTLY project_search ON project USING gin ((setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', description), 'B')));
RESET lock_timeout;
