-- Whether what others report is looked at before it becomes a team's work.

-- +goose Up
ALTER TABLE team ADD COLUMN triage boolean NOT NULL DEFAULT false;
