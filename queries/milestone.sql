-- name: ListMilestones :many
SELECT id, project_id, team_id, name, day, position, version, stamps, created_at, updated_at, deleted_at
FROM milestone WHERE workspace_id = @workspace_id ORDER BY position, day NULLS LAST, created_at, id LIMIT 100000;

-- name: InsertMilestones :exec
INSERT INTO milestone (workspace_id, id, project_id, team_id, name, day, position, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.project_id, r.team_id, r.name, r.day, r.position, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, project_id uuid, team_id uuid, name text, day date, position integer,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateMilestones :exec
WITH written AS (
    UPDATE milestone SET name = r.name, day = r.day, position = r.position,
        version = r.version, stamps = milestone.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, name text, day date, position integer,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE milestone.workspace_id = @workspace_id AND milestone.id = r.id AND milestone.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;
