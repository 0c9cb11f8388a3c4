-- What a passkey opened ends with it.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS session_passkey;
CREATE INDEX CONCURRENTLY session_passkey ON session (passkey_id) WHERE passkey_id IS NOT NULL;
RESET lock_timeout;
