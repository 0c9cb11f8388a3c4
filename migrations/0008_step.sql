-- What the list of one's own steps is read by. An undo that was refused takes its step off the list, so refusals are found
-- beside what changed something.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS result_step;
CREATE INDEX CONCURRENTLY result_step ON result (workspace_id, member_id, version DESC) WHERE changed OR request IS NOT NULL;
RESET lock_timeout;
