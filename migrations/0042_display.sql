-- How a list is laid out when its URL does not say: for one member, or for all who see it.

-- +goose Up
CREATE TABLE display (
    workspace_id uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid    NOT NULL,
    team_id      uuid    NOT NULL,
    view_id      uuid, -- of a list that was saved; null: of the team's own
    query        text    NOT NULL DEFAULT '', -- what of the list's URL lays it out
    private      boolean NOT NULL,
    author_id    uuid,
    version      bigint  NOT NULL,
    stamps       jsonb   NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX display_version ON display (workspace_id, version);
