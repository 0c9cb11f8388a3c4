-- Files that were uploaded, each content once a workspace, and what of them hangs on issues.

-- +goose Up
CREATE TABLE file (
    workspace_id uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid   NOT NULL, -- random: only who had the content, or sees an attachment of it, knows how it is called
    sha256       bytea  NOT NULL,
    size         bigint NOT NULL,
    type         text   NOT NULL, -- as the content looks, whatever its name says
    width        integer,         -- of an image whose size is known
    height       integer,
    uploaded_at  timestamptz NOT NULL DEFAULT now(), -- the last time
    PRIMARY KEY (workspace_id, id),
    CONSTRAINT file_content_unique UNIQUE (workspace_id, sha256)
);

-- The content in pieces: one is all that the program, and a line of a backup, has to hold at once. Those of a file that was deleted go
-- after it, so that nobody has to wait for it.
CREATE TABLE file_piece (
    workspace_id uuid    NOT NULL,
    file_id      uuid    NOT NULL,
    ordinal      integer NOT NULL,
    content      bytea   NOT NULL,
    PRIMARY KEY (workspace_id, file_id, ordinal)
);
ALTER TABLE file_piece ALTER COLUMN content SET STORAGE EXTERNAL; -- images and archives are compressed already

CREATE TABLE attachment (
    workspace_id uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid   NOT NULL,
    team_id      uuid   NOT NULL, -- its issue's: what one may see hangs on the team alone
    issue_id     uuid   NOT NULL,
    name         text   NOT NULL,
    file_id      uuid   NOT NULL,
    type         text   NOT NULL, -- these four are the file's
    size         bigint NOT NULL,
    width        integer,
    height       integer,
    author_id    uuid,
    version      bigint NOT NULL,
    stamps       jsonb  NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX attachment_issue ON attachment (workspace_id, issue_id, created_at, id);
CREATE INDEX attachment_file ON attachment (workspace_id, file_id);
CREATE INDEX attachment_version ON attachment (workspace_id, version);
