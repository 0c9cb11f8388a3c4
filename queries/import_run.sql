-- name: InsertImportFile :exec
-- A form that is sent twice keeps it once.
INSERT INTO import_file (workspace_id, id, member_id, file_id, name) VALUES (@workspace_id, @id, @member_id, @file_id, @name) ON CONFLICT DO NOTHING;

-- name: GetImportFile :one
-- Of the member who uploaded it, as long as the content is kept.
SELECT i.name, i.file_id, f.size, f.sha256 FROM import_file i JOIN file f ON f.workspace_id = i.workspace_id AND f.id = i.file_id
WHERE i.workspace_id = @workspace_id AND i.id = @id AND i.member_id = @member_id;

-- name: DeleteOldImportFiles :exec
DELETE FROM import_file WHERE uploaded_at < now() - make_interval(secs => @uploaded::double precision);

-- name: InsertImportRun :execrows
-- None where one of this id is there, or where another one of the workspace is under way.
INSERT INTO import_run (workspace_id, id, member_id, team_id, upload_id, choice, name, state, total)
VALUES (@workspace_id, @id, @member_id, @team_id, @upload_id, @choice, @name, 'running', @total) ON CONFLICT DO NOTHING;

-- name: EndLostImportRuns :exec
-- Those of which nothing was heard for so many seconds: their node has died.
UPDATE import_run SET state = 'stopped', ended_at = now()
WHERE workspace_id = @workspace_id AND ended_at IS NULL AND seen_at < now() - make_interval(secs => @patience::double precision);

-- name: GetImportRun :one
SELECT id, member_id, team_id, upload_id, choice, name, state, total, done, report, begun_at, ended_at,
    (ended_at IS NULL AND seen_at < now() - make_interval(secs => @patience::double precision))::boolean AS lost
FROM import_run WHERE workspace_id = @workspace_id AND id = @id AND team_id = ANY(@team_ids::uuid[]);

-- name: ListImportRuns :many
-- The newest of the last so many seconds.
SELECT id, member_id, team_id, upload_id, choice, name, state, total, done, report, begun_at, ended_at,
    (ended_at IS NULL AND seen_at < now() - make_interval(secs => @patience::double precision))::boolean AS lost
FROM import_run WHERE workspace_id = @workspace_id AND team_id = ANY(@team_ids::uuid[]) AND begun_at > now() - make_interval(secs => @kept::double precision)
ORDER BY begun_at DESC, id LIMIT @most;

-- name: AdvanceImportRun :execrows
-- None once it has ended: who hears that stops.
UPDATE import_run SET done = done + (@more::integer), seen_at = now() WHERE workspace_id = @workspace_id AND id = @id AND ended_at IS NULL;

-- name: EndImportRun :execrows
UPDATE import_run SET state = @state, report = @report, ended_at = now() WHERE workspace_id = @workspace_id AND id = @id AND ended_at IS NULL;

-- name: ReopenImportRun :execrows
-- For the way of its issues into the trash, unless another one of the workspace is under way, which the index refuses.
UPDATE import_run SET state = 'trashing', total = @total, done = 0, seen_at = now(), ended_at = NULL
WHERE workspace_id = @workspace_id AND id = @id AND ended_at IS NOT NULL;

-- name: DeleteOldImportRuns :exec
DELETE FROM import_run WHERE begun_at < now() - make_interval(secs => @kept::double precision) AND ended_at IS NOT NULL;

-- name: InsertImportRunIssues :exec
INSERT INTO import_run_issue (workspace_id, run_id, issue_id)
SELECT @workspace_id, @run_id, unnest(@issue_ids::uuid[]) ON CONFLICT DO NOTHING;

-- name: CountImportRunIssues :one
-- Those that are there and not in the trash, in teams that the reader sees.
SELECT count(*) FROM import_run_issue r JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = r.issue_id
WHERE r.workspace_id = @workspace_id AND r.run_id = @run_id AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL;

-- name: ListImportRunIssues :many
-- The first of them.
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.version FROM import_run_issue r JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = r.issue_id
WHERE r.workspace_id = @workspace_id AND r.run_id = @run_id AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
ORDER BY i.team_id, i.number LIMIT @most;

-- name: CountIssuesThere :one
-- How many issues of some ids are there, and in the trash.
SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS live, count(*) FILTER (WHERE deleted_at IS NOT NULL) AS trashed
FROM issue WHERE workspace_id = @workspace_id AND id = ANY(@ids::uuid[]);
