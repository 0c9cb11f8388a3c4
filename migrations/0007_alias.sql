-- Issues that change teams: the keys they had, and from whose sight they went.

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

-- That an issue left a team is a line of the log with that team as its own: whoever follows the log tells the team's
-- readers as they tell of any change, and learns nothing of where the issue went.
ALTER TABLE change DROP CONSTRAINT change_op_check;
ALTER TABLE change ADD CONSTRAINT change_op_check CHECK (op IN ('create', 'set', 'delete', 'restore', 'leave'));
CREATE INDEX change_leave ON change (workspace_id, version) WHERE op = 'leave';
