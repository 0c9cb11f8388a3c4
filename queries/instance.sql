-- name: GetInstance :one
SELECT system_identifier, timeline, setup_token_hash FROM instance;

-- name: GetCluster :one
SELECT s.system_identifier::bigint AS system_identifier, c.timeline_id::integer AS timeline
FROM pg_control_system() AS s, pg_control_checkpoint() AS c;

-- name: InsertInstance :execrows
INSERT INTO instance (system_identifier, timeline, setup_token_hash)
VALUES (@system_identifier, @timeline, @setup_token_hash) ON CONFLICT DO NOTHING;

-- name: UpdateInstanceCluster :exec
UPDATE instance SET system_identifier = @system_identifier, timeline = @timeline;

-- name: UpdateInstanceSetup :exec
UPDATE instance SET setup_token_hash = @setup_token_hash;

-- name: LockInstance :one
SELECT setup_token_hash FROM instance FOR UPDATE;
