-- Browsers that show notifications, and one queue of what is told beyond the inbox: by e-mail, and in browsers.

-- +goose Up
CREATE TABLE browser (
    id         uuid  PRIMARY KEY,
    person_id  uuid  NOT NULL REFERENCES person ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE REFERENCES session ON DELETE CASCADE, -- who signs out is told nothing more
    endpoint   text  NOT NULL UNIQUE, -- where its push service takes messages
    p256dh     bytea NOT NULL,        -- what they are encrypted for
    auth       bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX browser_person ON browser (person_id);

-- What members are to be told. A row goes when it was taken, or is wanted no more.
CREATE TABLE dispatch (
    workspace_id uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    member_id    uuid   NOT NULL,
    issue_id     uuid   NOT NULL,
    version      bigint NOT NULL, -- of the row in the inbox
    reason       text   NOT NULL,
    browser_id   uuid,            -- null: by e-mail; one that is gone by then is told nothing
    actor_id     uuid,
    comment_id   uuid,
    at           timestamptz NOT NULL,
    send_at      timestamptz NOT NULL, -- when it is tried next
    tries        integer NOT NULL DEFAULT 0,
    claim        uuid,            -- of whoever tries
    UNIQUE NULLS NOT DISTINCT (workspace_id, member_id, issue_id, version, reason, browser_id)
);
CREATE INDEX dispatch_send ON dispatch ((browser_id IS NOT NULL), send_at); -- of the one way and the other

LOCK TABLE mail IN ACCESS EXCLUSIVE MODE; -- what an older node writes waits for the view
INSERT INTO dispatch (workspace_id, member_id, issue_id, version, reason, actor_id, comment_id, at, send_at, tries, claim)
SELECT workspace_id, member_id, issue_id, version, reason, actor_id, comment_id, at, send_at, tries, claim FROM mail;

-- Nodes of the build before this one see the mail in it, and nothing else, until they are replaced.
DROP TABLE mail;
CREATE VIEW mail AS
SELECT workspace_id, member_id, issue_id, version, reason, actor_id, comment_id, at, send_at, tries, claim FROM dispatch WHERE browser_id IS NULL;
