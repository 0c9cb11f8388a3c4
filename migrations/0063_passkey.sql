-- Passkeys, which people sign in with beside their password, what each has opened, and the challenges that browsers answer.

-- +goose Up
CREATE TABLE passkey (
    id              uuid   PRIMARY KEY,
    person_id       uuid   NOT NULL REFERENCES person ON DELETE CASCADE,
    credential_id   bytea  NOT NULL CONSTRAINT passkey_credential_unique UNIQUE, -- the authenticator's own name of it
    public_key      bytea  NOT NULL, -- COSE
    sign_count      bigint NOT NULL, -- zero where the authenticator does not count
    backup_eligible boolean NOT NULL, -- may be on several devices; never changes
    name            text   NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    last_used_at    timestamptz
);
CREATE INDEX passkey_person ON passkey (person_id);

CREATE TABLE passkey_challenge (
    token_hash bytea NOT NULL, -- of what the browser holds that asked for it
    value      bytea NOT NULL, -- what its authenticator signs
    person_id  uuid  REFERENCES person ON DELETE CASCADE, -- who adds a passkey; null: whoever signs in
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (token_hash, value)
);
CREATE INDEX passkey_challenge_person ON passkey_challenge (person_id);

ALTER TABLE session ADD passkey_id uuid REFERENCES passkey ON DELETE CASCADE; -- what opened it, if a passkey did
