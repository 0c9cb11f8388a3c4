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

-- name: AdvanceImportRun :one
-- Zero once it has ended: who hears that stops, and nothing is noted. An issue is noted with one import alone, the last.
WITH run AS (
    UPDATE import_run i SET done = i.done + (@more::integer), seen_at = now() WHERE i.workspace_id = @workspace_id AND i.id = @id AND i.ended_at IS NULL
    RETURNING i.workspace_id, i.id
), earlier AS (
    DELETE FROM import_run_issue r USING run, import_run other
    WHERE other.workspace_id = run.workspace_id AND other.id <> run.id AND r.workspace_id = run.workspace_id AND r.run_id = other.id AND r.issue_id = ANY(@issue_ids::uuid[])
), noted AS (
    INSERT INTO import_run_issue (workspace_id, run_id, issue_id) SELECT run.workspace_id, run.id, unnest(@issue_ids::uuid[]) FROM run ON CONFLICT DO NOTHING
)
SELECT count(*) FROM run;

-- name: EndImportRun :execrows
UPDATE import_run SET state = @state, report = @report, ended_at = now() WHERE workspace_id = @workspace_id AND id = @id AND ended_at IS NULL;

-- name: ReopenImportRun :execrows
-- For the way of its issues into the trash, unless another one of the workspace is under way, which the index refuses.
UPDATE import_run SET state = 'trashing', total = @total, done = 0, seen_at = now(), ended_at = NULL
WHERE workspace_id = @workspace_id AND id = @id AND ended_at IS NOT NULL;

-- name: DeleteOldImportRuns :exec
DELETE FROM import_run WHERE begun_at < now() - make_interval(secs => @kept::double precision) AND ended_at IS NOT NULL;

-- name: ListTakenBack :many
-- Of some issues those in the trash since an import of them was taken back, or which a later one was about to restore when it was broken off.
SELECT DISTINCT i.id FROM import_run u JOIN import_run_issue r ON r.workspace_id = u.workspace_id AND r.run_id = u.id
JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = r.issue_id
WHERE u.workspace_id = @workspace_id AND r.issue_id = ANY(@ids::uuid[]) AND i.deleted_at IS NOT NULL AND (u.state = 'trashed' OR i.deleted_at < u.begun_at);

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
