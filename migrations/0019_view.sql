-- The lists that were saved under a name, for a team or for their author alone.

-- +goose Up
CREATE TABLE view (
    workspace_id uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid    NOT NULL,
    team_id      uuid    NOT NULL,
    name         text    NOT NULL,
    icon         text    NOT NULL,
    query        text    NOT NULL DEFAULT '', -- of the list's URL
    private      boolean NOT NULL,
    author_id    uuid,
    version      bigint  NOT NULL,
    stamps       jsonb   NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);
