-- name: ListFavouritesByID :many
-- The favourites named, and all live ones of their members and of the members named.
SELECT f.id, f.member_id, f.issue_id, f.view_id, f.team_id, f.project_id, f.cycle_id, f.folder, f.position, f.version, f.stamps, f.created_at, f.updated_at, f.deleted_at
FROM favourite f WHERE f.workspace_id = @workspace_id AND (f.id = ANY(@ids::uuid[]) OR f.deleted_at IS NULL AND f.member_id IN (
    SELECT unnest(@member_ids::uuid[]) UNION SELECT n.member_id FROM favourite n WHERE n.workspace_id = @workspace_id AND n.id = ANY(@ids::uuid[])));

-- name: InsertFavourites :exec
INSERT INTO favourite (workspace_id, id, member_id, issue_id, view_id, team_id, project_id, cycle_id, folder, position, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.member_id, r.issue_id, r.view_id, r.team_id, r.project_id, r.cycle_id, r.folder, r.position, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, member_id uuid, issue_id uuid, view_id uuid, team_id uuid, project_id uuid, cycle_id uuid, folder text, position integer,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateFavourites :exec
WITH written AS (
    UPDATE favourite SET folder = r.folder, position = r.position,
        version = r.version, stamps = favourite.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, folder text, position integer,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE favourite.workspace_id = @workspace_id AND favourite.id = r.id AND favourite.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListFavouritesChangedSince :many
SELECT id, member_id, issue_id, view_id, team_id, project_id, cycle_id, folder, position, version, stamps, created_at, updated_at, deleted_at FROM favourite
WHERE workspace_id = @workspace_id AND member_id = @member_id AND version > @since
ORDER BY version FETCH FIRST (@most::integer) ROWS WITH TIES;

-- name: ListFavouritesOfMember :many
-- A member's favourites in their order. An issue that they do not see, or that lies in the trash, has the zero id for its team. Each is
-- looked up by its key, which OFFSET holds PostgreSQL to.
SELECT f.id, f.version, f.issue_id, f.view_id, f.team_id, f.project_id, f.cycle_id, f.folder, f.position,
    COALESCE(i.team_id, '00000000-0000-0000-0000-000000000000')::uuid AS issue_team, COALESCE(i.number, 0)::bigint AS number, COALESCE(i.title, '')::text AS title,
    COALESCE(i.status_id, '00000000-0000-0000-0000-000000000000')::uuid AS status_id, COALESCE(i.version, 0)::bigint AS issue_version
FROM favourite f LEFT JOIN LATERAL (SELECT * FROM issue x WHERE x.workspace_id = @workspace_id AND x.id = f.issue_id OFFSET 0) AS i
    ON i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
WHERE f.workspace_id = @workspace_id AND f.member_id = @member_id AND f.deleted_at IS NULL
ORDER BY f.position, f.id;
