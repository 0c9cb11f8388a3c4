-- name: ListAttachmentsByID :many
SELECT id, team_id, issue_id, name, file_id, type, size, width, height, author_id, version, stamps, created_at, updated_at, deleted_at
FROM attachment WHERE workspace_id = @workspace_id AND id = ANY(@ids::uuid[]);

-- name: ListIssuesByAttachment :many
-- The issues that the named attachments belong to.
SELECT i.id, i.team_id, i.number, i.title, i.description, i.status_id, i.priority, i.assignee_id, i.labels, i.subscribers, i.reactions, i.parent_id, i.due, i.estimate,
    i.project_id, i.milestone_id, i.cycle_id, i.rank, i.author_id, i.started_at, i.completed_at, i.canceled_at, i.snoozed_until, i.version, i.stamps, i.created_at, i.updated_at, i.deleted_at
FROM issue i WHERE i.workspace_id = @workspace_id
    AND i.id IN (SELECT a.issue_id FROM attachment a WHERE a.workspace_id = @workspace_id AND a.id = ANY(@ids::uuid[]));

-- name: ListAttachmentsByIssues :many
-- All attachments of the issues named, the deleted too: they change team with them.
SELECT id, team_id, issue_id, name, file_id, type, size, width, height, author_id, version, stamps, created_at, updated_at, deleted_at
FROM attachment WHERE workspace_id = @workspace_id AND issue_id = ANY(@ids::uuid[]);

-- name: InsertAttachments :exec
INSERT INTO attachment (workspace_id, id, team_id, issue_id, name, file_id, type, size, width, height, author_id, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.issue_id, r.name, r.file_id, r.type, r.size, r.width, r.height, r.author_id, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, issue_id uuid, name text, file_id uuid, type text, size bigint, width integer, height integer,
    author_id uuid, version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateAttachments :exec
WITH written AS (
    UPDATE attachment SET team_id = r.team_id, name = r.name, version = r.version, stamps = attachment.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, team_id uuid, name text,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE attachment.workspace_id = @workspace_id AND attachment.id = ANY(@ids::uuid[]) AND attachment.id = r.id AND attachment.version - r.expected = 0
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListAttachmentsChangedSince :many
SELECT id, team_id, issue_id, name, file_id, type, size, width, height, author_id, version, stamps, created_at, updated_at, deleted_at FROM attachment
WHERE workspace_id = @workspace_id AND version > @since AND team_id = ANY(@team_ids::uuid[])
ORDER BY version FETCH FIRST (@most::integer) ROWS WITH TIES;

-- name: ListAttachmentsOfIssue :many
-- The newest first.
SELECT id, name, type, size, width, height, author_id FROM attachment
WHERE workspace_id = @workspace_id AND issue_id = @issue_id AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT @most;

-- name: GetAttachment :one
SELECT a.id, a.name, a.file_id, a.type, a.size, a.width, a.height, a.author_id, f.sha256
FROM attachment a JOIN file f ON f.workspace_id = a.workspace_id AND f.id = a.file_id
WHERE a.workspace_id = @workspace_id AND a.id = @id AND a.team_id = ANY(@team_ids::uuid[]) AND a.deleted_at IS NULL;
