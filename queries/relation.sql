-- name: ListRelationsByID :many
-- The relations named, and those that stand between the same issues: of which one at most is live.
SELECT r.id, r.issue_id, r.kind, r.other_id, r.team_id, r.other_team_id, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM relation n JOIN relation r ON r.workspace_id = n.workspace_id
    AND (r.issue_id = n.issue_id AND r.other_id = n.other_id OR r.issue_id = n.other_id AND r.other_id = n.issue_id)
WHERE n.workspace_id = @workspace_id AND n.id = ANY(@ids::uuid[]) AND (r.id = n.id OR r.deleted_at IS NULL);

-- name: ListRelationsByIssues :many
-- All relations of the issues named, from either side and the deleted too: they change team with them.
SELECT id, issue_id, kind, other_id, team_id, other_team_id, version, stamps, created_at, updated_at, deleted_at
FROM relation WHERE workspace_id = @workspace_id AND (issue_id = ANY(@ids::uuid[]) OR other_id = ANY(@ids::uuid[]));

-- name: InsertRelations :exec
INSERT INTO relation (workspace_id, id, issue_id, kind, other_id, team_id, other_team_id, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.issue_id, r.kind, r.other_id, r.team_id, r.other_team_id, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, issue_id uuid, kind text, other_id uuid, team_id uuid, other_team_id uuid,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateRelations :exec
WITH written AS (
    UPDATE relation SET team_id = r.team_id, other_team_id = r.other_team_id, version = r.version, stamps = relation.stamps || r.stamps,
        updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, team_id uuid, other_team_id uuid,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE relation.workspace_id = @workspace_id AND relation.id = ANY(@ids::uuid[]) AND relation.id = r.id AND relation.version - r.expected = 0
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListRelationsChangedSince :many
SELECT id, issue_id, kind, other_id, team_id, other_team_id, version, stamps, created_at, updated_at, deleted_at FROM relation
WHERE workspace_id = @workspace_id AND version > @since AND team_id = ANY(@team_ids::uuid[]) AND other_team_id = ANY(@team_ids::uuid[])
ORDER BY version FETCH FIRST (@most::integer) ROWS WITH TIES;

-- name: ListRelationsOfIssue :many
-- An issue's relations, with the issue at the other end of each: the history tells of those that have ended too. An issue
-- that lies in the trash is not shown, but the page that does not show it is stale when it comes back.
SELECT r.id, r.kind, r.version, r.deleted_at, (r.issue_id = @issue_id)::boolean AS outward,
    i.id AS other_id, i.team_id, i.number, i.title, i.status_id, i.version AS other_version, i.deleted_at AS other_deleted_at
FROM relation r JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = CASE WHEN r.issue_id = @issue_id THEN r.other_id ELSE r.issue_id END
WHERE r.workspace_id = @workspace_id AND (r.issue_id = @issue_id OR r.other_id = @issue_id)
    AND r.team_id = ANY(@team_ids::uuid[]) AND r.other_team_id = ANY(@team_ids::uuid[])
ORDER BY r.deleted_at IS NOT NULL, r.created_at, r.id LIMIT @most;

-- name: ListBlockers :many
-- What blocks the issues named, the closed and the trashed too: they may come back.
SELECT r.other_id AS blocked_id, i.id, i.team_id, i.status_id, (i.deleted_at IS NOT NULL)::boolean AS trashed
FROM relation r JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = r.issue_id
WHERE r.workspace_id = @workspace_id AND r.other_id = ANY(@ids::uuid[]) AND r.kind = 'blocks' AND r.deleted_at IS NULL
    AND r.team_id = ANY(@team_ids::uuid[]) AND r.other_team_id = ANY(@team_ids::uuid[]) LIMIT 5000;
