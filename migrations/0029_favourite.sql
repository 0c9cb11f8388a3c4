-- What a member keeps at hand in the sidebar: of issue, view and team it leads to one.

-- +goose Up
CREATE TABLE favourite (
    workspace_id uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid    NOT NULL,
    member_id    uuid    NOT NULL,
    issue_id     uuid,
    view_id      uuid,
    team_id      uuid,
    folder       text    NOT NULL DEFAULT '',
    position     integer NOT NULL,
    version      bigint  NOT NULL,
    stamps       jsonb   NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX favourite_member ON favourite (workspace_id, member_id, position);
CREATE INDEX favourite_version ON favourite (workspace_id, member_id, version);
