-- What stands between two issues: one blocks the other, is related to it, or says the same again.

-- +goose Up
CREATE TABLE relation (
    workspace_id  uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id            uuid NOT NULL,
    issue_id      uuid NOT NULL,
    kind          text NOT NULL,
    other_id      uuid NOT NULL,
    team_id       uuid NOT NULL, -- the issue's
    other_team_id uuid NOT NULL, -- the other's: only who sees both teams sees the relation
    version       bigint NOT NULL,
    stamps        jsonb  NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    deleted_at    timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX relation_issue ON relation (workspace_id, issue_id);
CREATE INDEX relation_other ON relation (workspace_id, other_id);
CREATE INDEX relation_version ON relation (workspace_id, version);

-- What a line of the log shows hangs on a second team where its record joins two issues.
ALTER TABLE change ADD COLUMN other_team_id uuid;
