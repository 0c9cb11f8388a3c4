-- name: InsertPasskey :execrows
-- A person has so many at the most; of two at once both may still come in.
INSERT INTO passkey (id, person_id, credential_id, public_key, sign_count, backup_eligible, name)
SELECT @id, @person_id, @credential_id, @public_key, @sign_count, @backup_eligible, @name
WHERE (SELECT count(*) FROM passkey k WHERE k.person_id = @person_id) < @most::bigint;

-- name: ListPasskeys :many
SELECT id, person_id, credential_id, public_key, sign_count, backup_eligible, name, created_at, last_used_at
FROM passkey WHERE person_id = @person_id ORDER BY created_at, id;

-- name: GetPasskey :one
SELECT id, person_id, credential_id, public_key, sign_count, backup_eligible, name, created_at, last_used_at
FROM passkey WHERE credential_id = @credential_id AND person_id = @person_id;

-- name: UsePasskey :execrows
-- A count that does not grow is a copy's, unless the authenticator does not count at all.
UPDATE passkey SET sign_count = @sign_count, last_used_at = now()
WHERE id = @id AND (sign_count < @sign_count OR sign_count = 0 AND @sign_count = 0);

-- name: SetPasskeyName :execrows
UPDATE passkey SET name = @name WHERE id = @id AND person_id = @person_id;

-- name: DeletePasskey :execrows
DELETE FROM passkey WHERE id = @id AND person_id = @person_id;

-- name: InsertPasskeyChallenge :exec
INSERT INTO passkey_challenge (token_hash, value, person_id, expires_at) VALUES (@token_hash, @value, sqlc.narg(person_id), @expires_at);

-- name: DeleteOlderPasskeyChallenges :exec
-- All but the newest of a browser, or of a person.
DELETE FROM passkey_challenge c USING (
    SELECT o.token_hash, o.value FROM passkey_challenge o WHERE o.token_hash = @token_hash OR o.person_id = sqlc.narg(person_id)
    ORDER BY o.expires_at DESC OFFSET @kept::bigint) older
WHERE c.token_hash = older.token_hash AND c.value = older.value;

-- name: TakePasskeyChallenge :one
-- Once: whoever comes second finds nothing.
DELETE FROM passkey_challenge WHERE token_hash = @token_hash AND value = @value RETURNING person_id, (expires_at > now())::boolean AS fresh;

-- name: DeleteExpiredPasskeyChallenges :exec
DELETE FROM passkey_challenge WHERE expires_at < now();
