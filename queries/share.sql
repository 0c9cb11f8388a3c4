-- name: ListSharesByID :many
SELECT id, token_hash, team_id, issue_id, project_id, filter, allowed_origins, author_id, version, stamps, created_at, updated_at, deleted_at
FROM share WHERE workspace_id = @workspace_id AND id = ANY(@ids::uuid[]) ;

-- name: GetShareByToken :one
SELECT s.workspace_id, s.id, s.team_id, s.issue_id, s.project_id, s.filter, s.allowed_origins, s.version, s.deleted_at, w.slug
FROM share s JOIN workspace w ON w.id = s.workspace_id WHERE s.token_hash = @token_hash;

-- name: ListSharesByIssue :many
SELECT s.id, s.filter, s.allowed_origins, s.author_id, s.version, s.created_at, coalesce(v.views, 0)::bigint AS views, coalesce(v.last_origin, '')::text AS last_origin
FROM share s LEFT JOIN share_view v ON v.workspace_id = s.workspace_id AND v.share_id = s.id
WHERE s.workspace_id = @workspace_id AND s.issue_id = @issue_id AND s.deleted_at IS NULL ORDER BY s.created_at, s.id LIMIT 100;

-- name: ListSharesByTeam :many
SELECT s.id, s.filter, s.allowed_origins, s.author_id, s.version, s.created_at, coalesce(v.views, 0)::bigint AS views, coalesce(v.last_origin, '')::text AS last_origin
FROM share s LEFT JOIN share_view v ON v.workspace_id = s.workspace_id AND v.share_id = s.id
WHERE s.workspace_id = @workspace_id AND s.team_id = @team_id AND s.issue_id IS NULL AND s.deleted_at IS NULL
    AND s.project_id IS NOT DISTINCT FROM sqlc.narg(project_id)::uuid ORDER BY s.created_at, s.id LIMIT 100;

-- In the order of their keys, so that nodes that write at once wait for each other and do not lock. A share that is gone for good is left out.
-- name: AddShareViews :exec
INSERT INTO share_view (workspace_id, share_id, views, last_origin, seen_at)
SELECT s.workspace_id, s.id, r.views, r.origin, now()
FROM jsonb_to_recordset(@rows::jsonb) AS r(workspace_id uuid, id uuid, views bigint, origin text)
JOIN share s ON s.workspace_id = r.workspace_id AND s.id = r.id
ORDER BY s.workspace_id, s.id
ON CONFLICT (workspace_id, share_id) DO UPDATE SET views = share_view.views + excluded.views, seen_at = now(),
    last_origin = coalesce(nullif(excluded.last_origin, ''), share_view.last_origin);

-- name: InsertShares :exec
INSERT INTO share (workspace_id, id, token_hash, team_id, issue_id, project_id, filter, allowed_origins, author_id, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.token_hash::bytea, r.team_id, r.issue_id, r.project_id, r.filter, r.allowed_origins, r.author_id, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, token_hash text, team_id uuid, issue_id uuid, project_id uuid, filter text, allowed_origins text[], author_id uuid,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateShares :exec
WITH written AS (
    UPDATE share SET team_id = r.team_id, allowed_origins = r.allowed_origins, version = r.version, stamps = share.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, team_id uuid, allowed_origins text[],
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE share.workspace_id = @workspace_id AND share.id = r.id AND share.version - r.expected = 0
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListSharesChangedSince :many
SELECT id, token_hash, team_id, issue_id, project_id, filter, allowed_origins, author_id, version, stamps, created_at, updated_at, deleted_at FROM share
WHERE workspace_id = @workspace_id AND version > @since AND team_id = ANY(@team_ids::uuid[])
ORDER BY version FETCH FIRST (@most::integer) ROWS WITH TIES;
