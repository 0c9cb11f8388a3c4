-- What each member is told of: one row for each issue, made from the log by whoever follows it, and how they marked it.
-- None of it is a record of the workspace: it is nobody else's, and can be forgotten without anything being lost.

-- +goose Up
CREATE TABLE inbox (
    workspace_id  uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    member_id     uuid    NOT NULL,
    issue_id      uuid    NOT NULL,
    version       bigint  NOT NULL, -- the V of the newest; older lines of the log change nothing
    reason        text    NOT NULL CHECK (reason IN ('mentioned', 'assigned', 'commented', 'closed')),
    actor_id      uuid,
    comment_id    uuid,             -- where the newest stands
    at            timestamptz NOT NULL,
    unread        integer NOT NULL,
    done          boolean NOT NULL DEFAULT false,
    snoozed_until timestamptz,
    PRIMARY KEY (workspace_id, member_id, issue_id)
);
CREATE INDEX inbox_list ON inbox (workspace_id, member_id, done, version DESC);
CREATE INDEX inbox_unread ON inbox (workspace_id, member_id, version DESC) WHERE NOT done AND unread > 0; -- each page counts these

-- How often a member's rows have changed: their inbox is stale by it, beside what it shows of the issues.
CREATE TABLE inbox_revision (
    workspace_id uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    member_id    uuid   NOT NULL,
    revision     bigint NOT NULL,
    PRIMARY KEY (workspace_id, member_id)
) WITH (fillfactor = 70);

-- Up to where the log has been followed. Who follows it locks the row, so that of several nodes one does.
CREATE TABLE inbox_cursor (
    workspace_id uuid   PRIMARY KEY REFERENCES workspace ON DELETE CASCADE,
    version      bigint NOT NULL
);

-- What happened before there were inboxes is no news.
INSERT INTO inbox_cursor (workspace_id, version)
SELECT w.id, GREATEST((SELECT max(c.version) FROM change c WHERE c.workspace_id = w.id), w.base_version) FROM workspace w;
