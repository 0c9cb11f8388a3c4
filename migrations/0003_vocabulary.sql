-- Who and what an issue's fields refer to: members, teams, statuses, labels. Small tables, kept in memory by every node.

-- +goose Up
CREATE TABLE member (
    workspace_id uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid    NOT NULL,
    person_id    uuid REFERENCES person, -- null: a placeholder for somebody who has not come yet
    name         text    NOT NULL,
    handle       text    NOT NULL,
    email        text    NOT NULL DEFAULT '',
    role         text    NOT NULL CHECK (role IN ('admin', 'member', 'guest')),
    placeholder  boolean NOT NULL DEFAULT false,
    version      bigint  NOT NULL,
    stamps       jsonb   NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX member_handle_unique ON member (workspace_id, handle) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX member_person_unique ON member (workspace_id, person_id) WHERE deleted_at IS NULL;
CREATE INDEX member_person ON member (person_id);

CREATE TABLE team (
    workspace_id uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid    NOT NULL,
    key          text    NOT NULL CHECK (key ~ '^[A-Z][A-Z0-9]{1,6}$'),
    name         text    NOT NULL,
    private      boolean NOT NULL DEFAULT false,
    timezone     text    NOT NULL DEFAULT 'UTC',
    members      uuid[]  NOT NULL DEFAULT '{}',
    version      bigint  NOT NULL,
    stamps       jsonb   NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id),
    CONSTRAINT team_key_unique UNIQUE (workspace_id, key)
);

-- The next number of each team's issues; part of the write road, never reused.
CREATE TABLE team_number (
    workspace_id uuid   NOT NULL,
    team_id      uuid   NOT NULL,
    next         bigint NOT NULL,
    PRIMARY KEY (workspace_id, team_id)
) WITH (fillfactor = 50);

CREATE TABLE status (
    workspace_id uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid    NOT NULL,
    team_id      uuid    NOT NULL,
    name         text    NOT NULL,
    category     text    NOT NULL CHECK (category IN ('triage', 'backlog', 'unstarted', 'started', 'completed', 'canceled')),
    position     integer NOT NULL,
    color        text    NOT NULL,
    version      bigint  NOT NULL,
    stamps       jsonb   NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE label (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid NOT NULL,
    team_id      uuid, -- null: of the whole workspace
    name         text NOT NULL,
    color        text NOT NULL,
    group_name   text NOT NULL DEFAULT '', -- labels of one group exclude each other
    version      bigint NOT NULL,
    stamps       jsonb  NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE invite (
    token_hash   bytea PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    team_id      uuid, -- the team that a guest joins
    role         text NOT NULL CHECK (role IN ('admin', 'member', 'guest')),
    created_by   uuid NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    uses_left    integer NOT NULL
);
