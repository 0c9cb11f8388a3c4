-- name: ListStatuses :many
SELECT id, team_id, name, category, position, color, version, stamps, created_at, updated_at, deleted_at
FROM status WHERE workspace_id = @workspace_id ORDER BY team_id, position, id LIMIT 100000;

-- name: InsertStatuses :exec
INSERT INTO status (workspace_id, id, team_id, name, category, position, color, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.name, r.category, r.position, r.color, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, name text, category text, position integer, color text,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateStatuses :exec
WITH written AS (
    UPDATE status SET name = r.name, category = r.category, position = r.position, color = r.color,
        version = r.version, stamps = status.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, name text, category text, position integer, color text,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE status.workspace_id = @workspace_id AND status.id = r.id AND status.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;
