-- name: ListMembers :many
SELECT id, person_id, name, handle, email, role, placeholder, version, stamps, created_at, updated_at, deleted_at
FROM member WHERE workspace_id = @workspace_id ORDER BY name, id LIMIT 100000;

-- name: InsertMembers :exec
INSERT INTO member (workspace_id, id, person_id, name, handle, email, role, placeholder, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.person_id, r.name, r.handle, r.email, r.role, r.placeholder, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, person_id uuid, name text, handle text, email text, role text, placeholder boolean,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateMembers :exec
WITH written AS (
    UPDATE member SET person_id = r.person_id, name = r.name, handle = r.handle, email = r.email, role = r.role, placeholder = r.placeholder,
        version = r.version, stamps = member.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, person_id uuid, name text, handle text, email text, role text, placeholder boolean,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE member.workspace_id = @workspace_id AND member.id = r.id AND member.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;
