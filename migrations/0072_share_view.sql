-- +goose Up
-- How often a share was looked at. It lies beside the log: strangers' looks are no changes.
CREATE TABLE share_view (
    workspace_id uuid        NOT NULL,
    share_id     uuid        NOT NULL,
    views        bigint      NOT NULL DEFAULT 0,
    last_origin  text        NOT NULL DEFAULT '', -- the site that framed it last
    seen_at      timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, share_id),
    FOREIGN KEY (workspace_id, share_id) REFERENCES share (workspace_id, id) ON DELETE CASCADE
);
