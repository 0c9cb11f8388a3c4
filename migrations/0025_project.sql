-- Projects, to which issues of one team or of all belong, and the milestones on their way.

-- +goose Up
CREATE TABLE project (
    workspace_id uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid   NOT NULL,
    team_id      uuid,                      -- null: of the whole workspace
    name         text   NOT NULL,
    description  text   NOT NULL DEFAULT '',
    state        text   NOT NULL,
    health       text   NOT NULL,
    lead_id      uuid,
    members      uuid[] NOT NULL DEFAULT '{}',
    start_day    date,
    target_day   date,
    author_id    uuid,
    version      bigint NOT NULL,
    stamps       jsonb  NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE milestone (
    workspace_id uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid    NOT NULL,
    project_id   uuid    NOT NULL,
    team_id      uuid,                      -- its project's
    name         text    NOT NULL,
    day          date,
    position     integer NOT NULL,
    version      bigint  NOT NULL,
    stamps       jsonb   NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);

ALTER TABLE issue ADD COLUMN milestone_id uuid;
