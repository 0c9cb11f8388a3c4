-- What blocks the issues of many teams is asked for the latest first, one step for each team, however many the reader sees. Few pairs of teams
-- are still asked one by one, along relation_blocked.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS relation_latest;
CREATE INDEX CONCURRENTLY relation_latest ON relation (workspace_id, other_team_id, version, team_id) WHERE kind = 'blocks';
RESET lock_timeout;
