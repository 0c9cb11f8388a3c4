-- name: ListViews :many
SELECT id, team_id, name, icon, query, private, author_id, version, stamps, created_at, updated_at, deleted_at
FROM view WHERE workspace_id = @workspace_id ORDER BY lower(name), id LIMIT 100000;

-- name: InsertViews :exec
INSERT INTO view (workspace_id, id, team_id, name, icon, query, private, author_id, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.name, r.icon, r.query, r.private, r.author_id, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, name text, icon text, query text, private boolean, author_id uuid,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateViews :exec
WITH written AS (
    UPDATE view SET name = r.name, icon = r.icon, query = r.query,
        version = r.version, stamps = view.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, name text, icon text, query text,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE view.workspace_id = @workspace_id AND view.id = r.id AND view.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;
