-- More reasons to be told of an issue: it was made urgent, it is due soon, what blocked it was closed. The list of them stands
-- in the engine alone from now on, so that another one need not wait for a migration.

-- +goose Up
ALTER TABLE inbox DROP CONSTRAINT inbox_reason_check;

-- The days of which it was told already that an issue is due then.
CREATE TABLE due_notice (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    issue_id     uuid NOT NULL,
    due          date NOT NULL,
    PRIMARY KEY (workspace_id, issue_id, due)
);
