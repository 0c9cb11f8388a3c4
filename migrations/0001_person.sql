-- People, sessions and what lets somebody in: global, never part of a workspace's write transaction.

-- +goose Up
CREATE TABLE instance (
    one               boolean PRIMARY KEY DEFAULT true CHECK (one),
    system_identifier bigint  NOT NULL, -- of the PostgreSQL cluster these rows were written in
    timeline          integer NOT NULL,
    setup_token_hash  bytea             -- null once somebody is set up
);

CREATE TABLE person (
    id            uuid PRIMARY KEY,
    email         text NOT NULL CONSTRAINT person_email_unique UNIQUE CHECK (email = lower(email)),
    name          text NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE session (
    token_hash   bytea PRIMARY KEY,
    person_id    uuid NOT NULL REFERENCES person ON DELETE CASCADE,
    user_agent   text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX session_person ON session (person_id);
