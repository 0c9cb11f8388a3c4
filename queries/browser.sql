-- name: DeleteBrowserBefore :exec
-- What the session or the address was told of before goes, whoever it was of, with what was on its way.
DELETE FROM browser WHERE token_hash = @token_hash OR endpoint = @endpoint;

-- name: LockSession :execrows
-- One browser of a session is told of at a time.
SELECT 1 FROM session WHERE token_hash = @token_hash AND expires_at > now() FOR NO KEY UPDATE;

-- name: InsertBrowser :exec
INSERT INTO browser (id, person_id, token_hash, endpoint, p256dh, auth)
SELECT @id, s.person_id, s.token_hash, @endpoint, @p256dh, @auth FROM session s WHERE s.token_hash = @token_hash AND s.expires_at > now();

-- name: DeleteBrowsersBeyond :exec
-- Of each person the newest stay.
DELETE FROM browser b USING session s
WHERE s.token_hash = @token_hash AND b.person_id = s.person_id AND b.id IN (
    SELECT k.id FROM browser k WHERE k.person_id = s.person_id ORDER BY k.id DESC OFFSET (@most::integer));

-- name: GetBrowser :one
-- A browser as long as its session lasts.
SELECT b.endpoint, b.p256dh, b.auth FROM browser b JOIN session s ON s.token_hash = b.token_hash AND s.expires_at > now()
WHERE b.id = @id;

-- name: GetBrowserOfSession :one
SELECT endpoint FROM browser WHERE token_hash = @token_hash;

-- name: DeleteBrowser :exec
DELETE FROM browser WHERE id = @id;

-- name: DeleteBrowserOfSession :exec
DELETE FROM browser WHERE token_hash = @token_hash;
