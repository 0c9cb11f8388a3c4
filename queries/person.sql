-- name: InsertPerson :exec
INSERT INTO person (id, email, name, password_hash) VALUES (@id, lower(@email::text), @name, @password_hash);

-- name: GetPersonByEmail :one
SELECT id, email, name, password_hash FROM person WHERE email = lower(@email::text);

-- name: SetSingleKeys :exec
UPDATE person SET single_keys = @single_keys WHERE id = @id;

-- name: InsertSession :exec
INSERT INTO session (token_hash, person_id, passkey_id, user_agent, expires_at) VALUES (@token_hash, @person_id, sqlc.narg(passkey_id), @user_agent, @expires_at);

-- name: GetSession :one
SELECT s.person_id, p.name, p.email, p.single_keys, s.last_seen_at, s.expires_at
FROM session s JOIN person p ON p.id = s.person_id
WHERE s.token_hash = @token_hash AND s.expires_at > now();

-- name: GetSessionStart :one
SELECT created_at FROM session WHERE token_hash = @token_hash;

-- name: TouchSession :exec
UPDATE session SET last_seen_at = now() WHERE token_hash = @token_hash;

-- name: DeleteSession :exec
DELETE FROM session WHERE token_hash = @token_hash;

-- name: DeleteExpiredSessions :exec
DELETE FROM session WHERE expires_at < now();

-- name: InsertInvite :exec
INSERT INTO invite (token_hash, workspace_id, team_id, role, created_by, expires_at, uses_left)
VALUES (@token_hash, @workspace_id, sqlc.narg(team_id), @role, @created_by, @expires_at, @uses_left);

-- name: GetInvite :one
SELECT i.workspace_id, i.team_id, i.role, i.created_by, w.name AS workspace_name, w.slug
FROM invite i JOIN workspace w ON w.id = i.workspace_id
WHERE i.token_hash = @token_hash AND i.expires_at > now() AND i.uses_left > 0;

-- name: UseInvite :execrows
UPDATE invite SET uses_left = uses_left - 1 WHERE token_hash = @token_hash AND expires_at > now() AND uses_left > 0;

-- name: GetActor :one
SELECT w.id AS workspace_id, m.id AS member_id FROM workspace w
JOIN member m ON m.workspace_id = w.id AND m.person_id = @person_id AND m.deleted_at IS NULL
WHERE w.slug = @slug;

-- name: UpsertPerson :one
-- Setting up may be done again after a crash; then the same address is the same person.
INSERT INTO person (id, email, name, password_hash) VALUES (@id, lower(@email::text), @name, @password_hash)
ON CONFLICT (email) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash RETURNING id;
