-- A workspace and its log. workspace_id stands first in every key, so that a distributed PostgreSQL can shard by it.

-- +goose Up
CREATE TABLE workspace (
    id           uuid PRIMARY KEY,
    slug         text   NOT NULL CONSTRAINT workspace_slug_unique UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,30}$'),
    name         text   NOT NULL,
    epoch        uuid   NOT NULL,
    base_version bigint NOT NULL DEFAULT 0, -- where V began in this epoch; the head of a log without entries
    version      bigint NOT NULL,
    stamps       jsonb  NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);

-- The writer's first statement locks this row. It is never updated: an updated counter bloats under a long snapshot.
CREATE TABLE workspace_lock (
    workspace_id uuid PRIMARY KEY REFERENCES workspace ON DELETE CASCADE
);

CREATE TABLE change (
    workspace_id   uuid    NOT NULL,
    version        bigint  NOT NULL,
    ordinal        integer NOT NULL,
    kind           text    NOT NULL,
    record_id      uuid    NOT NULL,
    op             text    NOT NULL CHECK (op IN ('create', 'set', 'delete', 'restore')),
    before         jsonb   NOT NULL DEFAULT '{}', -- the changed fields alone
    after          jsonb   NOT NULL DEFAULT '{}',
    overwrote      jsonb,                         -- field -> whose value was replaced in a race
    team_id        uuid,                          -- what one may see hangs on it; null = the whole workspace
    issue_id       uuid,                          -- the issue it belongs to, for its activity
    topics         text[]  NOT NULL,
    access         uuid[],                        -- members whose rights it changed
    member_id      uuid,                          -- who did it; null = the program
    client_id      uuid,
    transaction_id uuid    NOT NULL,
    imported       boolean NOT NULL DEFAULT false,
    at             timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, version, ordinal)
);
CREATE INDEX change_issue ON change (workspace_id, issue_id, version) WHERE issue_id IS NOT NULL;

-- The last V for each thing that a screen depends on.
CREATE TABLE topic (
    workspace_id uuid   NOT NULL,
    name         text   NOT NULL,
    version      bigint NOT NULL,
    PRIMARY KEY (workspace_id, name)
) WITH (fillfactor = 70);

-- A client id belongs to the member who used it first.
CREATE TABLE client (
    workspace_id uuid NOT NULL,
    id           uuid NOT NULL,
    member_id    uuid NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- What each transaction was answered. Stored in the same commit as its effect, so a replay can be told from a new one.
CREATE TABLE result (
    workspace_id   uuid    NOT NULL,
    transaction_id uuid    NOT NULL,
    client_id      uuid    NOT NULL,
    member_id      uuid    NOT NULL,
    fingerprint    bytea   NOT NULL, -- of its operations
    label          text    NOT NULL,
    status         text    NOT NULL CHECK (status IN ('applied', 'conflict', 'rejected')),
    version        bigint  NOT NULL,
    changed        boolean NOT NULL,
    body           jsonb   NOT NULL, -- notices, conflicts, error
    request        jsonb,            -- the operations of a refused one, for its card
    at             timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, transaction_id, client_id)
);
CREATE INDEX result_member ON result (workspace_id, member_id, version DESC) WHERE changed;

-- Records that a refused transaction would have created: what builds on them is refused as 'depends'.
CREATE TABLE refused_record (
    workspace_id uuid NOT NULL,
    record_id    uuid NOT NULL,
    client_id    uuid NOT NULL,
    PRIMARY KEY (workspace_id, record_id, client_id)
);

-- The V at which a member's rights last changed; a cursor from before it must start over.
CREATE TABLE member_access (
    workspace_id uuid   NOT NULL,
    member_id    uuid   NOT NULL,
    version      bigint NOT NULL,
    PRIMARY KEY (workspace_id, member_id)
);
