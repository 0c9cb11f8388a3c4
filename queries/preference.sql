-- name: ListPreferences :many
SELECT id, author_id, mail, push, digest, version, stamps, created_at, updated_at, deleted_at
FROM preference WHERE workspace_id = @workspace_id ORDER BY id LIMIT 100000;

-- name: InsertPreferences :exec
INSERT INTO preference (workspace_id, id, author_id, mail, push, digest, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.author_id, r.mail, r.push, r.digest, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, author_id uuid, mail text[], push text[], digest text,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdatePreferences :exec
WITH written AS (
    UPDATE preference SET mail = r.mail, push = r.push, digest = r.digest,
        version = r.version, stamps = preference.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, mail text[], push text[], digest text,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE preference.workspace_id = @workspace_id AND preference.id = r.id AND preference.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;
