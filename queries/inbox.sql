-- name: InsertInboxCursorIfNew :exec
INSERT INTO inbox_cursor (workspace_id, version) VALUES (@workspace_id, 0) ON CONFLICT DO NOTHING;

-- name: LockInboxCursor :one
-- Up to where the log was followed; whoever else would follow it waits.
SELECT version FROM inbox_cursor WHERE workspace_id = @workspace_id FOR UPDATE;

-- name: GetNewsEnd :one
-- The last V of a page of the log, which is read whole.
SELECT COALESCE(max(version), @since)::bigint AS until FROM (
    SELECT c.version FROM change c WHERE c.workspace_id = @workspace_id AND c.version > @since ORDER BY c.version LIMIT @most) AS page;

-- name: ListNews :many
-- The lines that may be news to somebody.
SELECT c.version, c.kind, c.record_id, c.op, c.before, c.after, i.id AS issue_id, i.team_id, i.assignee_id, c.member_id, c.at
FROM change c JOIN issue i ON i.workspace_id = c.workspace_id AND i.id = c.issue_id
WHERE c.workspace_id = @workspace_id AND c.version > @since AND c.version <= @until AND NOT c.imported AND c.op IN ('create', 'set')
    AND (c.kind = 'comment' AND c.after ? 'body' OR c.kind = 'issue' AND c.after ?| ARRAY['assignee', 'status', 'description', 'priority'])
ORDER BY c.version, c.ordinal;

-- name: ListSubscribers :many
-- The subscribers whom issues had until each change of them in a stretch of the log, the oldest first, and, as the last, those whom
-- they had after it. Asked for each line by itself, the later lines of a busy issue were read as often as it has lines.
SELECT had.issue_id::uuid AS issue_id, had.version::bigint AS version, had.subscribers::jsonb AS subscribers FROM (
    SELECT c.issue_id, c.version, c.ordinal, c.before -> 'subscribers' AS subscribers FROM change c
    WHERE c.workspace_id = @workspace_id AND c.issue_id = ANY(@issue_ids::uuid[]) AND c.version > @since AND c.version <= @until
        AND c.kind = 'issue' AND c.before ? 'subscribers'
    UNION ALL
    SELECT i.id, 9223372036854775807, 0, COALESCE((SELECT l.before -> 'subscribers' FROM change l
            WHERE l.workspace_id = i.workspace_id AND l.issue_id = i.id AND l.version > @until AND l.kind = 'issue' AND l.before ? 'subscribers'
            ORDER BY l.version, l.ordinal LIMIT 1),
        to_jsonb(ARRAY(SELECT 'member:' || s::text FROM unnest(i.subscribers) AS s)))
    FROM issue i WHERE i.workspace_id = @workspace_id AND i.id = ANY(@issue_ids)) AS had
ORDER BY had.version, had.ordinal;

-- name: ListUnblocked :many
-- Whose work these issues block, as long as the relation stands.
SELECT r.issue_id AS blocker_id, r.team_id AS blocker_team_id, i.id, i.team_id, i.status_id, i.assignee_id
FROM relation r JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = r.other_id
WHERE r.workspace_id = @workspace_id AND r.issue_id = ANY(@blockers::uuid[]) AND r.kind = 'blocks' AND r.deleted_at IS NULL
    AND i.assignee_id IS NOT NULL AND i.deleted_at IS NULL;

-- name: UpsertInbox :exec
-- A row that knows this V already stays as it is, so that nothing is told twice; that something is due is told by the clock, and
-- takes no V. One that sleeps is awake since long for what is the member's own, such as a mention; one that sleeps until
-- anything happens wakes for all. What is told goes out by e-mail and to the member's browsers too, where that is planned.
WITH told AS (
    INSERT INTO inbox (workspace_id, member_id, issue_id, version, reason, actor_id, comment_id, at, unread, snoozed_until)
    SELECT @workspace_id, r.member_id, r.issue_id, r.version, r.reason, r.actor_id, r.comment_id, r.at, r.unread, CASE WHEN r.wakes THEN 'epoch'::timestamptz END
    FROM jsonb_to_recordset(@rows::jsonb) AS r(member_id uuid, issue_id uuid, version bigint, reason text, actor_id uuid, comment_id uuid,
        at timestamptz, unread integer, wakes boolean)
    ON CONFLICT (workspace_id, member_id, issue_id) DO UPDATE SET version = excluded.version, reason = excluded.reason,
        actor_id = excluded.actor_id, comment_id = excluded.comment_id, at = excluded.at, unread = inbox.unread + excluded.unread, done = false,
        snoozed_until = COALESCE(excluded.snoozed_until, CASE WHEN inbox.snoozed_until < @activity::timestamptz THEN inbox.snoozed_until END)
        WHERE inbox.version < excluded.version OR inbox.version = excluded.version AND excluded.reason = 'due'
    RETURNING member_id, issue_id),
mailed AS (
    INSERT INTO dispatch (workspace_id, member_id, issue_id, version, reason, actor_id, comment_id, at, send_at)
    SELECT @workspace_id, r.member_id, r.issue_id, r.version, r.told_reason, r.told_actor_id, r.told_comment_id, r.at, r.mail_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(member_id uuid, issue_id uuid, version bigint, at timestamptz,
        told_reason text, told_actor_id uuid, told_comment_id uuid, mail_at timestamptz)
    JOIN told ON told.member_id = r.member_id AND told.issue_id = r.issue_id
    WHERE r.mail_at IS NOT NULL ON CONFLICT DO NOTHING),
pushed AS (
    INSERT INTO dispatch (workspace_id, member_id, issue_id, version, reason, actor_id, comment_id, at, send_at, browser_id)
    SELECT @workspace_id, r.member_id, r.issue_id, r.version, r.told_reason, r.told_actor_id, r.told_comment_id, r.at, r.push_at, b.id
    FROM jsonb_to_recordset(@rows::jsonb) AS r(member_id uuid, issue_id uuid, version bigint, at timestamptz,
        told_reason text, told_actor_id uuid, told_comment_id uuid, push_at timestamptz)
    JOIN told ON told.member_id = r.member_id AND told.issue_id = r.issue_id
    JOIN member m ON m.workspace_id = @workspace_id AND m.id = r.member_id JOIN browser b ON b.person_id = m.person_id
    WHERE r.push_at IS NOT NULL ON CONFLICT DO NOTHING)
INSERT INTO inbox_revision (workspace_id, member_id, revision)
SELECT DISTINCT @workspace_id::uuid, told.member_id, 1 FROM told
ON CONFLICT (workspace_id, member_id) DO UPDATE SET revision = inbox_revision.revision + 1;

-- name: DeleteInboxBeyond :exec
-- Of each member so many rows stay: the newest, what is done before what is not.
DELETE FROM inbox n USING unnest(@member_ids::uuid[]) AS m(id)
WHERE n.workspace_id = @workspace_id AND n.member_id = m.id AND (NOT n.done, n.version, n.issue_id) < (
    SELECT NOT k.done, k.version, k.issue_id FROM inbox k WHERE k.workspace_id = @workspace_id AND k.member_id = m.id
    ORDER BY k.done, k.version DESC, k.issue_id DESC LIMIT 1 OFFSET (@most::integer));

-- name: ListDueWorkspaces :many
-- Workspaces where somebody has an issue that is due on one of these days and was not told of it.
SELECT w.id FROM workspace w
WHERE EXISTS (SELECT 1 FROM issue i JOIN status s ON s.workspace_id = i.workspace_id AND s.id = i.status_id
    WHERE i.workspace_id = w.id AND i.due BETWEEN @from_day::date AND @until_day::date AND i.assignee_id IS NOT NULL AND i.deleted_at IS NULL
    AND s.category NOT IN ('completed', 'canceled')
    AND NOT EXISTS (SELECT 1 FROM due_notice d WHERE d.workspace_id = i.workspace_id AND d.issue_id = i.id AND d.due = i.due))
ORDER BY w.id;

-- name: ListDue :many
SELECT i.id, i.team_id, i.assignee_id, i.due, i.stamps, t.timezone FROM issue i JOIN status s ON s.workspace_id = i.workspace_id AND s.id = i.status_id
JOIN team t ON t.workspace_id = i.workspace_id AND t.id = i.team_id
WHERE i.workspace_id = @workspace_id AND i.due BETWEEN @from_day::date AND @until_day::date AND i.assignee_id IS NOT NULL AND i.deleted_at IS NULL
    AND s.category NOT IN ('completed', 'canceled') -- one that is closed may be opened again in time
    AND NOT EXISTS (SELECT 1 FROM due_notice d WHERE d.workspace_id = i.workspace_id AND d.issue_id = i.id AND d.due = i.due)
ORDER BY i.due, i.id LIMIT @most;

-- name: InsertDueNotices :exec
INSERT INTO due_notice (workspace_id, issue_id, due)
SELECT @workspace_id, unnest(@issue_ids::uuid[]), unnest(@days::date[])
ON CONFLICT DO NOTHING;

-- name: DeleteDueNotices :exec
DELETE FROM due_notice WHERE workspace_id = @workspace_id AND due < @before::date;

-- name: UpdateInboxCursor :exec
UPDATE inbox_cursor SET version = @version WHERE workspace_id = @workspace_id;

-- name: ListInboxLags :many
-- Workspaces whose log goes on behind what was followed.
SELECT w.id FROM workspace w LEFT JOIN inbox_cursor c ON c.workspace_id = w.id
WHERE w.id > @after AND EXISTS (SELECT 1 FROM change l WHERE l.workspace_id = w.id AND l.version > COALESCE(c.version, 0))
ORDER BY w.id LIMIT @most;

-- name: GetInboxState :one
-- How far the log was followed, the last V that may be news to the member, and how often what they see was made another one.
SELECT COALESCE((SELECT c.version FROM inbox_cursor c WHERE c.workspace_id = @workspace_id), 0)::bigint AS followed,
    COALESCE((SELECT t.version FROM topic t WHERE t.workspace_id = @workspace_id AND t.name = 'member:' || (@member_id::uuid)::text), 0)::bigint AS told,
    COALESCE((SELECT t.version FROM topic t WHERE t.workspace_id = @workspace_id AND t.name = 'vocabulary'), 0)::bigint AS vocabulary,
    COALESCE((SELECT r.revision FROM inbox_revision r WHERE r.workspace_id = @workspace_id AND r.member_id = @member_id), 0)::bigint AS revision;

-- name: ListUnread :many
-- The issues that the member has not read of, newest first. Whether they may see them is looked at now. Each issue is looked
-- up by its key, which OFFSET holds PostgreSQL to: before it knew the tables it went through a team for each row.
SELECT n.issue_id FROM inbox n CROSS JOIN LATERAL (SELECT * FROM issue x WHERE x.workspace_id = @workspace_id AND x.id = n.issue_id OFFSET 0) AS i
WHERE n.workspace_id = @workspace_id AND n.member_id = @member_id AND NOT n.done AND n.unread > 0
    AND (n.snoozed_until IS NULL OR n.snoozed_until <= @now::timestamptz)
    AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
ORDER BY n.version DESC LIMIT @most;

-- name: GetInboxShown :one
-- Which issues a page of the inbox shows, in few letters, and when one of them last changed: the latest change of what is
-- left says nothing of what has gone out of sight.
SELECT COALESCE(max(t.version), 0)::bigint AS version, COALESCE(left(md5(string_agg(shown.issue_id::text, '' ORDER BY shown.issue_id)), 12), '')::text AS issues
FROM (
    SELECT n.issue_id FROM inbox n CROSS JOIN LATERAL (SELECT * FROM issue x WHERE x.workspace_id = @workspace_id AND x.id = n.issue_id OFFSET 0) AS i
    WHERE n.workspace_id = @workspace_id AND n.member_id = @member_id AND n.done = @done AND n.version < @before
        AND (@done OR n.snoozed_until IS NULL OR n.snoozed_until <= @now::timestamptz)
        AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
    ORDER BY n.version DESC FETCH FIRST (@most::integer) ROWS WITH TIES) AS shown
LEFT JOIN topic t ON t.workspace_id = @workspace_id AND t.name = 'issue:' || shown.issue_id::text;

-- name: ListInbox :many
-- What one transaction told of is never split over two pages: a page rather holds more.
SELECT n.version, n.reason, n.actor_id, n.comment_id, n.at, n.unread, @member_id::uuid = ANY(i.subscribers) AS subscribed,
    i.id, i.team_id, i.number, i.title, i.status_id
FROM inbox n CROSS JOIN LATERAL (SELECT * FROM issue x WHERE x.workspace_id = @workspace_id AND x.id = n.issue_id OFFSET 0) AS i
WHERE n.workspace_id = @workspace_id AND n.member_id = @member_id AND n.done = @done AND n.version < @before
    AND (@done OR n.snoozed_until IS NULL OR n.snoozed_until <= @now::timestamptz)
    AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
ORDER BY n.version DESC FETCH FIRST (@most::integer) ROWS WITH TIES;

-- name: MarkInbox :execrows
-- What is not named stays as it is, and so does what the member had not seen when they marked it. Only a row of an issue
-- that they may see is found. Of what they have read they are not told by another way later.
WITH marked AS (
    UPDATE inbox n SET
        unread = CASE WHEN n.version > @seen::bigint THEN n.unread WHEN sqlc.narg('read')::boolean THEN 0 WHEN NOT sqlc.narg('read') THEN GREATEST(n.unread, 1) ELSE n.unread END,
        done = CASE WHEN n.version > @seen THEN n.done ELSE COALESCE(sqlc.narg('done')::boolean, n.done) END,
        snoozed_until = CASE WHEN @sleep::boolean AND (n.version <= @seen::bigint OR sqlc.narg('snoozed_until')::timestamptz IS NULL) THEN sqlc.narg('snoozed_until')::timestamptz ELSE n.snoozed_until END
    FROM issue i
    WHERE n.workspace_id = @workspace_id AND n.member_id = @member_id AND n.issue_id = @issue_id
        AND i.workspace_id = n.workspace_id AND i.id = n.issue_id AND i.team_id = ANY(@team_ids::uuid[])
    RETURNING n.member_id),
heard AS (
    DELETE FROM dispatch d USING marked
    WHERE d.workspace_id = @workspace_id AND d.member_id = marked.member_id AND d.issue_id = @issue_id AND d.version <= @seen
        AND (sqlc.narg('read')::boolean OR sqlc.narg('done')::boolean))
INSERT INTO inbox_revision (workspace_id, member_id, revision) SELECT @workspace_id, marked.member_id, 1 FROM marked
ON CONFLICT (workspace_id, member_id) DO UPDATE SET revision = inbox_revision.revision + 1;
