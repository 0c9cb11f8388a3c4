-- What somebody's programs sign in with. A token opens one workspace; only its hash is stored, and revoking deletes it.

-- +goose Up
CREATE TABLE token (
    id           uuid PRIMARY KEY,
    token_hash   bytea NOT NULL CONSTRAINT token_hash_unique UNIQUE,
    person_id    uuid  NOT NULL REFERENCES person ON DELETE CASCADE,
    workspace_id uuid  NOT NULL REFERENCES workspace ON DELETE CASCADE,
    name         text  NOT NULL,
    scope        text  NOT NULL CONSTRAINT token_scope_check CHECK (scope IN ('read', 'write')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    expires_at   timestamptz -- null: until it is revoked
);
CREATE INDEX token_person ON token (person_id);
CREATE INDEX token_workspace ON token (workspace_id);
