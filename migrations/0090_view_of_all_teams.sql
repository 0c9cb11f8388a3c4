-- A saved view without a team is one of the list over all teams. A build that does not know of it leaves it out of every team's.

-- +goose Up
ALTER TABLE view ALTER COLUMN team_id DROP NOT NULL;
