-- The work itself: issues, their comments, and what of them is shown elsewhere.

-- +goose Up
CREATE TABLE issue (
    workspace_id uuid     NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid     NOT NULL,
    team_id      uuid     NOT NULL,
    number       bigint   NOT NULL,
    title        text     NOT NULL,
    description  text     NOT NULL DEFAULT '',
    status_id    uuid     NOT NULL,
    priority     smallint NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 4),
    assignee_id  uuid,
    labels       uuid[]   NOT NULL DEFAULT '{}',
    subscribers  uuid[]   NOT NULL DEFAULT '{}',
    parent_id    uuid,
    due          date,
    estimate     integer,
    project_id   uuid,
    cycle_id     uuid,
    rank         text COLLATE "C" NOT NULL,
    author_id    uuid,
    version      bigint   NOT NULL,
    stamps       jsonb    NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    search       tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', description), 'B')) STORED,
    PRIMARY KEY (workspace_id, id),
    CONSTRAINT issue_number_unique UNIQUE (workspace_id, team_id, number),
    CONSTRAINT issue_rank_unique UNIQUE (workspace_id, team_id, rank) DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor = 80);
CREATE INDEX issue_group ON issue (workspace_id, team_id, status_id, rank) WHERE deleted_at IS NULL;
CREATE INDEX issue_assignee ON issue (workspace_id, assignee_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX issue_author ON issue (workspace_id, author_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX issue_trash ON issue (workspace_id, team_id, deleted_at DESC) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_parent ON issue (workspace_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX issue_version ON issue (workspace_id, version);
CREATE INDEX issue_search ON issue USING gin (search);

CREATE TABLE comment (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid NOT NULL,
    team_id      uuid NOT NULL, -- its issue's: what one may see hangs on the team alone
    issue_id     uuid NOT NULL,
    parent_id    uuid,
    author_id    uuid,
    body         text NOT NULL,
    version      bigint NOT NULL,
    stamps       jsonb  NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    search       tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english', body), 'C')) STORED,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX comment_issue ON comment (workspace_id, issue_id, created_at, id);
CREATE INDEX comment_version ON comment (workspace_id, version);
CREATE INDEX comment_search ON comment USING gin (search);

CREATE TABLE share (
    workspace_id    uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id              uuid   NOT NULL,
    token_hash      bytea  NOT NULL CONSTRAINT share_token_unique UNIQUE,
    team_id         uuid   NOT NULL,
    issue_id        uuid,                        -- null: a list of the team's issues
    filter          text   NOT NULL DEFAULT '',  -- the list's query string
    allowed_origins text[] NOT NULL DEFAULT '{}',
    author_id       uuid   NOT NULL,
    version         bigint NOT NULL,
    stamps          jsonb  NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    deleted_at      timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX share_issue ON share (workspace_id, issue_id);
CREATE INDEX share_version ON share (workspace_id, version);
