-- name: ListTemplates :many
SELECT id, team_id, name, title, description, status_id, priority, assignee_id, labels, estimate, project_id, is_default, version, stamps, created_at, updated_at, deleted_at
FROM template WHERE workspace_id = @workspace_id ORDER BY lower(name), id LIMIT 100000;

-- name: InsertTemplates :exec
INSERT INTO template (workspace_id, id, team_id, name, title, description, status_id, priority, assignee_id, labels, estimate, project_id, is_default, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.name, r.title, r.description, r.status_id, r.priority, r.assignee_id, r.labels, r.estimate, r.project_id, r.is_default, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, name text, title text, description text, status_id uuid, priority smallint, assignee_id uuid, labels uuid[],
    estimate integer, project_id uuid, is_default boolean, version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateTemplates :exec
-- Texts that did not change are left out of the rows.
WITH written AS (
    UPDATE template SET name = r.name, title = COALESCE(r.title, template.title), description = COALESCE(r.description, template.description),
        status_id = r.status_id, priority = r.priority, assignee_id = r.assignee_id, labels = r.labels, estimate = r.estimate, project_id = r.project_id, is_default = r.is_default,
        version = r.version, stamps = template.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, name text, title text, description text, status_id uuid, priority smallint, assignee_id uuid,
        labels uuid[], estimate integer, project_id uuid, is_default boolean, version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE template.workspace_id = @workspace_id AND template.id = r.id AND template.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;
