-- E-mail: what each member wants of it, and what is on its way.

-- +goose Up
CREATE TABLE preference (
    workspace_id uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid   NOT NULL,
    author_id    uuid,
    mail         text[] NOT NULL, -- reasons to be told by e-mail
    digest       text   NOT NULL, -- how often the reasons that can wait are gathered into a letter
    version      bigint NOT NULL,
    stamps       jsonb  NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);

-- What members are to be told by e-mail. A row goes when its letter was taken, or is wanted no more.
CREATE TABLE mail (
    workspace_id uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    member_id    uuid   NOT NULL,
    issue_id     uuid   NOT NULL,
    version      bigint NOT NULL, -- of the row in the inbox
    reason       text   NOT NULL,
    actor_id     uuid,
    comment_id   uuid,
    at           timestamptz NOT NULL,
    send_at      timestamptz NOT NULL, -- when it is tried next
    tries        integer NOT NULL DEFAULT 0,
    claim        uuid,            -- of whoever tries
    PRIMARY KEY (workspace_id, member_id, issue_id, version, reason)
);
CREATE INDEX mail_send ON mail (send_at);

-- What links are signed with. It is made when it is first needed.
CREATE TABLE secret (
    name  text  PRIMARY KEY,
    value bytea NOT NULL
);
