-- A display without a team lays out the list over all teams.

-- +goose Up
ALTER TABLE display ALTER COLUMN team_id DROP NOT NULL;
