-- A list is stale when one of its issues becomes blocked or free: the latest change of what blocks a team's issues.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS relation_blocked;
CREATE INDEX CONCURRENTLY relation_blocked ON relation (workspace_id, other_team_id, team_id, version) WHERE kind = 'blocks';
RESET lock_timeout;
