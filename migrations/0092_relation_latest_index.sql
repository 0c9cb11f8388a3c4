-- What blocks a team's issues is asked for the latest first, one step for each team, however many the reader sees. Index relation_blocked, a
-- step for each pair of teams, is of the build before, and may go when no node of it is left.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS relation_latest;
CREATE INDEX CONCURRENTLY relation_latest ON relation (workspace_id, other_team_id, version, team_id) WHERE kind = 'blocks';
RESET lock_timeout;
