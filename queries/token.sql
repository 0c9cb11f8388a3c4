-- name: InsertToken :exec
INSERT INTO token (id, token_hash, person_id, workspace_id, name, scope, expires_at)
VALUES (@id, @token_hash, @person_id, @workspace_id, @name, @scope, sqlc.narg(expires_at));

-- name: GetToken :one
SELECT t.person_id, p.name, p.email, w.slug, t.scope, t.last_used_at
FROM token t JOIN person p ON p.id = t.person_id JOIN workspace w ON w.id = t.workspace_id
WHERE t.token_hash = @token_hash AND (t.expires_at IS NULL OR t.expires_at > now());

-- name: TouchToken :exec
UPDATE token SET last_used_at = now() WHERE token_hash = @token_hash;

-- name: ListTokens :many
SELECT t.id, t.name, t.scope, t.created_at, t.last_used_at, t.expires_at, t.person_id, p.email
FROM token t JOIN person p ON p.id = t.person_id
WHERE t.workspace_id = @workspace_id AND (sqlc.narg(person_id)::uuid IS NULL OR t.person_id = sqlc.narg(person_id))
ORDER BY t.created_at, t.id LIMIT 1000;

-- name: DeleteToken :execrows
DELETE FROM token WHERE id = @id AND workspace_id = @workspace_id AND (sqlc.narg(person_id)::uuid IS NULL OR person_id = sqlc.narg(person_id));

-- name: DeleteExpiredTokens :exec
DELETE FROM token WHERE expires_at < now();

-- name: ListLiveSecrets :many
-- Which of these still open something: sessions and tokens, for all streams of a node at once.
SELECT s.token_hash FROM session s WHERE s.token_hash = ANY(@hashes::bytea[]) AND s.expires_at > now()
UNION ALL
SELECT t.token_hash FROM token t WHERE t.token_hash = ANY(@hashes::bytea[]) AND (t.expires_at IS NULL OR t.expires_at > now());
