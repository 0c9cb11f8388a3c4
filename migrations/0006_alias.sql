-- The keys that issues had before they changed teams.

-- +goose Up
-- An earlier number of an issue still names it: its old URL, its key in texts and in the search lead to it for ever.
CREATE TABLE alias (
    workspace_id uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    team_id      uuid   NOT NULL,
    number       bigint NOT NULL,
    issue_id     uuid   NOT NULL,
    PRIMARY KEY (workspace_id, team_id, number)
);
CREATE INDEX alias_issue ON alias (workspace_id, issue_id);
