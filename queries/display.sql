-- name: ListDisplaysByID :many
SELECT id, team_id, view_id, query, private, author_id, version, stamps, created_at, updated_at, deleted_at
FROM display WHERE workspace_id = @workspace_id AND id = ANY(@ids::uuid[]);

-- name: InsertDisplays :exec
INSERT INTO display (workspace_id, id, team_id, view_id, query, private, author_id, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.view_id, r.query, r.private, r.author_id, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, view_id uuid, query text, private boolean, author_id uuid,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateDisplays :exec
WITH written AS (
    UPDATE display SET query = r.query, version = r.version, stamps = display.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, query text, version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE display.workspace_id = @workspace_id AND display.id = r.id AND display.version - r.expected = 0
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListDisplaysChangedSince :many
-- What one member alone has set is told to nobody else.
SELECT id, team_id, view_id, query, private, author_id, version, stamps, created_at, updated_at, deleted_at FROM display
WHERE workspace_id = @workspace_id AND version > @since AND (team_id IS NULL OR team_id = ANY(@team_ids::uuid[])) AND (NOT private OR author_id = @member_id)
ORDER BY version FETCH FIRST (@most::integer) ROWS WITH TIES;
