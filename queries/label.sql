-- name: ListLabels :many
SELECT id, team_id, name, color, group_name, version, stamps, created_at, updated_at, deleted_at
FROM label WHERE workspace_id = @workspace_id ORDER BY lower(name), id LIMIT 100000;

-- name: InsertLabels :exec
INSERT INTO label (workspace_id, id, team_id, name, color, group_name, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.name, r.color, r.group_name, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, name text, color text, group_name text,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateLabels :exec
WITH written AS (
    UPDATE label SET name = r.name, color = r.color, group_name = r.group_name,
        version = r.version, stamps = label.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, name text, color text, group_name text,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE label.workspace_id = @workspace_id AND label.id = r.id AND label.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;
