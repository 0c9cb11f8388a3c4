-- name: ListCommentsByID :many
SELECT id, team_id, issue_id, parent_id, author_id, body, reactions, version, stamps, created_at, updated_at, deleted_at
FROM comment WHERE workspace_id = @workspace_id AND id = ANY(@ids::uuid[]) ;

-- name: InsertComments :exec
INSERT INTO comment (workspace_id, id, team_id, issue_id, parent_id, author_id, body, reactions, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.issue_id, r.parent_id, r.author_id, r.body, r.reactions, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, issue_id uuid, parent_id uuid, author_id uuid, body text,
    reactions text[], version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateComments :exec
-- All but the text: naming it would build the search vector anew, also of thousands that only follow their issue. The version is
-- compared as for issues.
WITH written AS (
    UPDATE comment SET team_id = r.team_id, reactions = r.reactions, version = r.version, stamps = comment.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, team_id uuid,
        reactions text[], version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE comment.workspace_id = @workspace_id AND comment.id = ANY(@ids::uuid[]) AND comment.id = r.id AND comment.version - r.expected = 0
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: UpdateCommentsWithText :exec
WITH written AS (
    UPDATE comment SET team_id = r.team_id, body = r.body, reactions = r.reactions, version = r.version, stamps = comment.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, team_id uuid, body text,
        reactions text[], version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE comment.workspace_id = @workspace_id AND comment.id = ANY(@ids::uuid[]) AND comment.id = r.id AND comment.version - r.expected = 0
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListCommentsByIssue :many
SELECT id, parent_id, author_id, body, reactions, version, created_at, updated_at, deleted_at FROM comment
WHERE workspace_id = @workspace_id AND issue_id = @issue_id ORDER BY created_at DESC, id DESC LIMIT @most;

-- name: GetComment :one
SELECT c.id, c.issue_id, c.team_id, c.author_id, c.body, c.reactions, c.version, c.created_at, c.updated_at, c.deleted_at, i.number, i.title
FROM comment c JOIN issue i ON i.workspace_id = c.workspace_id AND i.id = c.issue_id
WHERE c.workspace_id = @workspace_id AND c.id = @id AND c.team_id = ANY(@team_ids::uuid[]);

-- name: ListCommentsChangedSince :many
SELECT id, team_id, issue_id, parent_id, author_id, body, reactions, version, stamps, created_at, updated_at, deleted_at FROM comment
WHERE workspace_id = @workspace_id AND version > @since AND team_id = ANY(@team_ids::uuid[])
ORDER BY version FETCH FIRST (@most::integer) ROWS WITH TIES;
