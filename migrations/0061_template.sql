-- What new issues may start from, of a team or of the whole workspace.

-- +goose Up
CREATE TABLE template (
    workspace_id uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid    NOT NULL,
    team_id      uuid,
    name         text    NOT NULL,
    title        text    NOT NULL DEFAULT '',
    description  text    NOT NULL DEFAULT '', -- Markdown
    status_id    uuid,
    priority     smallint NOT NULL DEFAULT 0,
    assignee_id  uuid,
    labels       uuid[]  NOT NULL DEFAULT '{}',
    estimate     integer,
    project_id   uuid,
    is_default   boolean NOT NULL DEFAULT false,
    version      bigint  NOT NULL,
    stamps       jsonb   NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);
