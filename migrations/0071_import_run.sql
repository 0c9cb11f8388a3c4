-- Tables of issues that somebody uploaded to import, and the imports of them.

-- +goose Up
CREATE TABLE import_file (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid NOT NULL,
    member_id    uuid NOT NULL, -- whoever uploaded it, who alone sees it
    file_id      uuid NOT NULL, -- its content; no attachment names it, so it goes after a day
    name         text NOT NULL,
    uploaded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE import_run (
    workspace_id uuid    NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid    NOT NULL,
    member_id    uuid    NOT NULL,
    team_id      uuid    NOT NULL,
    upload_id    uuid    NOT NULL, -- of the table, while it is kept
    choice       text    NOT NULL, -- how it was read, as the address of its preview says it
    name         text    NOT NULL, -- of the file
    state        text    NOT NULL,
    total        integer NOT NULL, -- issues
    done         integer NOT NULL DEFAULT 0,
    report       jsonb   NOT NULL DEFAULT '{}',
    begun_at     timestamptz NOT NULL DEFAULT now(),
    seen_at      timestamptz NOT NULL DEFAULT now(), -- when the node that is at it last said so
    ended_at     timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX import_run_one ON import_run (workspace_id) WHERE ended_at IS NULL; -- at a time
CREATE INDEX import_run_begun ON import_run (begun_at);

-- The issues that an import made, or was about to make when it was broken off.
CREATE TABLE import_run_issue (
    workspace_id uuid NOT NULL,
    run_id       uuid NOT NULL,
    issue_id     uuid NOT NULL,
    PRIMARY KEY (workspace_id, run_id, issue_id),
    FOREIGN KEY (workspace_id, run_id) REFERENCES import_run ON DELETE CASCADE
);
