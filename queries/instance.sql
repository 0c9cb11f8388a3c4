-- name: GetInstance :one
SELECT system_identifier, timeline, setup_token_hash FROM instance;

-- name: GetCluster :one
-- The timeline is the one that is being written: the last checkpoint's is still the old one for a while after a promotion.
SELECT s.system_identifier::bigint AS system_identifier,
    ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer AS timeline
FROM pg_control_system() AS s;

-- name: InsertInstance :execrows
INSERT INTO instance (system_identifier, timeline, setup_token_hash)
VALUES (@system_identifier, @timeline, @setup_token_hash) ON CONFLICT DO NOTHING;

-- name: UpdateInstanceCluster :exec
UPDATE instance SET system_identifier = @system_identifier, timeline = @timeline;

-- name: UpdateInstanceSetup :exec
UPDATE instance SET setup_token_hash = @setup_token_hash;

-- name: LockInstance :one
SELECT setup_token_hash FROM instance FOR UPDATE;
