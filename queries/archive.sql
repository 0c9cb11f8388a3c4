-- What a workspace's archive holds, in the order of ids, each time some of it behind an id: live, and of live issues of some teams.

-- name: ListArchivedIssues :many
SELECT id FROM issue WHERE workspace_id = @workspace_id AND id > @after_id AND team_id = ANY(@team_ids::uuid[]) AND deleted_at IS NULL ORDER BY id LIMIT @most;

-- name: ListArchivedComments :many
SELECT c.id FROM comment c JOIN issue i ON i.workspace_id = c.workspace_id AND i.id = c.issue_id
WHERE c.workspace_id = @workspace_id AND c.id > @after_id AND c.deleted_at IS NULL AND i.deleted_at IS NULL AND i.team_id = ANY(@team_ids::uuid[]) ORDER BY c.id LIMIT @most;

-- name: ListArchivedAttachments :many
SELECT a.id FROM attachment a JOIN issue i ON i.workspace_id = a.workspace_id AND i.id = a.issue_id
WHERE a.workspace_id = @workspace_id AND a.id > @after_id AND a.deleted_at IS NULL AND i.deleted_at IS NULL AND i.team_id = ANY(@team_ids::uuid[]) ORDER BY a.id LIMIT @most;

-- name: ListArchivedRelations :many
SELECT r.id FROM relation r JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = r.issue_id JOIN issue o ON o.workspace_id = r.workspace_id AND o.id = r.other_id
WHERE r.workspace_id = @workspace_id AND r.id > @after_id AND r.deleted_at IS NULL AND i.deleted_at IS NULL AND o.deleted_at IS NULL
    AND i.team_id = ANY(@team_ids::uuid[]) AND o.team_id = ANY(@team_ids::uuid[]) ORDER BY r.id LIMIT @most;

-- name: ListArchivedDisplays :many
SELECT id FROM display WHERE workspace_id = @workspace_id AND id > @after_id AND (team_id IS NULL OR team_id = ANY(@team_ids::uuid[])) AND NOT private AND deleted_at IS NULL ORDER BY id LIMIT @most;

-- name: ListArchivedAmong :many
-- Which of these issues and comments an archive holds.
SELECT i.id FROM issue i WHERE i.workspace_id = @workspace_id AND i.id = ANY(@ids::uuid[]) AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
UNION ALL
SELECT c.id FROM comment c JOIN issue p ON p.workspace_id = c.workspace_id AND p.id = c.issue_id
WHERE c.workspace_id = @workspace_id AND c.id = ANY(@ids::uuid[]) AND c.deleted_at IS NULL AND p.deleted_at IS NULL AND p.team_id = ANY(@team_ids::uuid[]);

-- name: ListIssuesByNumber :many
-- Some live issues of a team behind a number.
SELECT id, number FROM issue WHERE workspace_id = @workspace_id AND team_id = @team_id AND number > @after_number AND deleted_at IS NULL ORDER BY number LIMIT @most;
