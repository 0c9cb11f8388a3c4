-- name: ListWorkspaceIDs :many
SELECT id FROM workspace ORDER BY slug;

-- name: GetLogBounds :one
SELECT w.slug, w.floor, GREATEST((SELECT max(c.version) FROM change c WHERE c.workspace_id = w.id), w.base_version)::bigint AS head
FROM workspace w WHERE w.id = @workspace_id;

-- name: ListFold :many
-- The log of each record, and behind it the record's row: sorted like this the log is folded record by record, and
-- nothing but the one at hand is held in memory. PostgreSQL sorts on disk. Read it with EachFold.
SELECT f.kind, f.record_id, f.stored, f.version, f.ordinal, f.op, f.before, f.after, f.member_id, f.client_id, f.imported, f.at FROM (
    SELECT c.kind, c.record_id, false AS stored, c.version, c.ordinal, c.op, c.before, c.after, c.member_id, c.client_id, c.imported, c.at
    FROM change c WHERE c.workspace_id = @workspace_id
    UNION ALL
    SELECT 'workspace', id, true, version, 0, '', '{}', to_jsonb(workspace.*), NULL, NULL, false, updated_at FROM workspace WHERE id = @workspace_id
    UNION ALL
    SELECT 'member', id, true, version, 0, '', '{}', to_jsonb(member.*), NULL, NULL, false, updated_at FROM member WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'team', id, true, version, 0, '', '{}', to_jsonb(team.*), NULL, NULL, false, updated_at FROM team WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'status', id, true, version, 0, '', '{}', to_jsonb(status.*), NULL, NULL, false, updated_at FROM status WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'cycle', id, true, version, 0, '', '{}', to_jsonb(cycle.*), NULL, NULL, false, updated_at FROM cycle WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'label', id, true, version, 0, '', '{}', to_jsonb(label.*), NULL, NULL, false, updated_at FROM label WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'issue', id, true, version, 0, '', '{}', to_jsonb(issue.*) - 'search', NULL, NULL, false, updated_at FROM issue WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'comment', id, true, version, 0, '', '{}', to_jsonb(comment.*) - 'search', NULL, NULL, false, updated_at FROM comment WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'share', id, true, version, 0, '', '{}', to_jsonb(share.*), NULL, NULL, false, updated_at FROM share WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'relation', id, true, version, 0, '', '{}', to_jsonb(relation.*), NULL, NULL, false, updated_at FROM relation WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'display', id, true, version, 0, '', '{}', to_jsonb(display.*), NULL, NULL, false, updated_at FROM display WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'view', id, true, version, 0, '', '{}', to_jsonb(view.*), NULL, NULL, false, updated_at FROM view WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'project', id, true, version, 0, '', '{}', to_jsonb(project.*), NULL, NULL, false, updated_at FROM project WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'milestone', id, true, version, 0, '', '{}', to_jsonb(milestone.*), NULL, NULL, false, updated_at FROM milestone WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'preference', id, true, version, 0, '', '{}', to_jsonb(preference.*), NULL, NULL, false, updated_at FROM preference WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'template', id, true, version, 0, '', '{}', to_jsonb(template.*), NULL, NULL, false, updated_at FROM template WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'attachment', id, true, version, 0, '', '{}', to_jsonb(attachment.*), NULL, NULL, false, updated_at FROM attachment WHERE workspace_id = @workspace_id
    UNION ALL
    SELECT 'favourite', id, true, version, 0, '', '{}', to_jsonb(favourite.*), NULL, NULL, false, updated_at FROM favourite WHERE workspace_id = @workspace_id
) AS f ORDER BY f.kind, f.record_id, f.stored, f.version, f.ordinal;

-- name: ListLogFlaws :many
-- The first version that does not follow the one before, is no whole transaction, or belongs to one without a result.
-- Only the beginning of an epoch skips versions, a whole number of 1,000,000,000 of them.
WITH written AS (
    SELECT c.version, count(*) AS entries, (max(c.ordinal) + 1)::bigint AS ordinals, count(DISTINCT c.transaction_id) AS transactions,
        min(c.transaction_id::text)::uuid AS transaction_id
    FROM change c WHERE c.workspace_id = @workspace_id GROUP BY c.version
), line AS (
    SELECT v.version, COALESCE(lag(v.version) OVER (ORDER BY v.version), w.floor)::bigint AS previous, v.entries, v.ordinals, v.transactions, w.floor, w.base_version,
        EXISTS (SELECT FROM result r WHERE r.workspace_id = w.id AND r.transaction_id = v.transaction_id AND r.version = v.version AND r.changed) AS answered
    FROM written v CROSS JOIN workspace w WHERE w.id = @workspace_id
)
SELECT version, previous, entries, ordinals, transactions, answered::boolean AS answered FROM line
WHERE version <= floor OR entries <> ordinals OR transactions <> 1 OR NOT answered
    OR version <> previous + 1 AND (version > base_version + 1 OR (version - previous - 1) % 1000000000 <> 0)
ORDER BY version LIMIT 1;

-- name: ListTopicFlaws :many
WITH entry AS (SELECT unnest(c.topics)::text AS name, c.version FROM change c WHERE c.workspace_id = @workspace_id),
logged AS (SELECT name, max(version)::bigint AS version FROM entry GROUP BY name),
flaw AS (
    SELECT name, version, COALESCE((SELECT t.version FROM topic t WHERE t.workspace_id = @workspace_id AND t.name = logged.name), 0)::bigint AS stored FROM logged
    UNION ALL
    SELECT t.name, 0::bigint, t.version FROM topic t
    WHERE t.workspace_id = @workspace_id AND t.version > @floor AND NOT EXISTS (SELECT FROM logged WHERE logged.name = t.name)
)
SELECT f.name, f.version AS logged, f.stored FROM flaw f WHERE f.version <> f.stored ORDER BY f.name LIMIT 1;

-- name: ListAccessFlaws :many
WITH entry AS (SELECT unnest(c.access)::uuid AS member_id, c.version FROM change c WHERE c.workspace_id = @workspace_id),
logged AS (SELECT member_id, max(version)::bigint AS version FROM entry GROUP BY member_id),
flaw AS (
    SELECT member_id, version, COALESCE((SELECT a.version FROM member_access a WHERE a.workspace_id = @workspace_id AND a.member_id = logged.member_id), 0)::bigint AS stored FROM logged
    UNION ALL
    SELECT a.member_id, 0::bigint, a.version FROM member_access a
    WHERE a.workspace_id = @workspace_id AND a.version > @floor AND NOT EXISTS (SELECT FROM logged WHERE logged.member_id = a.member_id)
)
SELECT f.member_id, f.version AS logged, f.stored FROM flaw f WHERE f.version <> f.stored ORDER BY f.member_id LIMIT 1;

-- name: ListResultFlaws :many
-- A result from beyond the head, or of a change that the log does not hold.
SELECT r.transaction_id, r.version FROM result r
WHERE r.workspace_id = @workspace_id AND (r.version > @head OR r.changed AND r.version > @floor AND NOT EXISTS (
    SELECT FROM change c WHERE c.workspace_id = r.workspace_id AND c.version = r.version AND c.transaction_id = r.transaction_id))
ORDER BY r.version LIMIT 1;

-- name: ListNumberFlaws :many
SELECT i.id, i.version, i.number, COALESCE(n.next, 0)::bigint AS next FROM issue i
LEFT JOIN team_number n ON n.workspace_id = i.workspace_id AND n.team_id = i.team_id
WHERE i.workspace_id = @workspace_id AND (n.next IS NULL OR i.number >= n.next) ORDER BY i.number DESC LIMIT 1;

-- name: ListPlaceFlaws :many
-- Issues of a team that share a number or a rank. A constraint forbids it; a broken index would let it happen.
SELECT 'number'::text AS field, min(i.id::text)::uuid AS id, max(i.id::text)::uuid AS other, max(i.version)::bigint AS version
FROM issue i WHERE i.workspace_id = @workspace_id GROUP BY i.team_id, i.number HAVING count(*) > 1
UNION ALL
SELECT 'rank'::text, min(i.id::text)::uuid, max(i.id::text)::uuid, max(i.version)::bigint
FROM issue i WHERE i.workspace_id = @workspace_id GROUP BY i.team_id, i.rank HAVING count(*) > 1
LIMIT 1;

-- name: ListTeamFlaws :many
-- What hangs on an issue and is not of its team.
SELECT 'comment'::text AS kind, c.id, c.version, c.team_id, i.team_id AS issue_team FROM comment c
JOIN issue i ON i.workspace_id = c.workspace_id AND i.id = c.issue_id WHERE c.workspace_id = @workspace_id AND c.team_id <> i.team_id
UNION ALL
SELECT 'share'::text, s.id, s.version, s.team_id, i.team_id FROM share s
JOIN issue i ON i.workspace_id = s.workspace_id AND i.id = s.issue_id WHERE s.workspace_id = @workspace_id AND s.team_id <> i.team_id
UNION ALL
SELECT 'attachment'::text, a.id, a.version, a.team_id, i.team_id FROM attachment a
JOIN issue i ON i.workspace_id = a.workspace_id AND i.id = a.issue_id WHERE a.workspace_id = @workspace_id AND a.team_id <> i.team_id
UNION ALL
SELECT 'relation'::text, r.id, r.version, r.team_id, i.team_id FROM relation r
JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = r.issue_id WHERE r.workspace_id = @workspace_id AND r.team_id <> i.team_id
UNION ALL
SELECT 'relation'::text, r.id, r.version, r.other_team_id, i.team_id FROM relation r
JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = r.other_id WHERE r.workspace_id = @workspace_id AND r.other_team_id <> i.team_id
LIMIT 1;

-- name: ListFileFlaws :many
-- The first attachment whose content is not there, or not whole. One in the trash may have lost it.
SELECT a.id, a.version, a.size, c.kept FROM attachment a CROSS JOIN LATERAL (
    SELECT COALESCE(sum(length(p.content)), 0)::bigint AS kept FROM file_piece p WHERE p.workspace_id = a.workspace_id AND p.file_id = a.file_id) AS c
WHERE a.workspace_id = @workspace_id AND a.deleted_at IS NULL AND c.kept <> a.size ORDER BY a.version LIMIT 1;

-- name: ListRelationFlaws :many
-- Relations between the same two issues, more than one of them live.
SELECT max(r.id::text)::uuid AS id, min(r.id::text)::uuid AS other, max(r.version)::bigint AS version FROM relation r
WHERE r.workspace_id = @workspace_id AND r.deleted_at IS NULL
GROUP BY LEAST(r.issue_id, r.other_id), GREATEST(r.issue_id, r.other_id) HAVING count(*) > 1 LIMIT 1;

-- name: ListMilestoneFlaws :many
-- Milestones that are not of their project's team, and issues whose milestone is of another project than theirs.
SELECT 'milestone'::text AS kind, m.id, m.version, 'team'::text AS field FROM milestone m
JOIN project p ON p.workspace_id = m.workspace_id AND p.id = m.project_id WHERE m.workspace_id = @workspace_id AND m.team_id IS DISTINCT FROM p.team_id
UNION ALL
SELECT 'issue'::text, i.id, i.version, 'milestone'::text FROM issue i
JOIN milestone m ON m.workspace_id = i.workspace_id AND m.id = i.milestone_id WHERE i.workspace_id = @workspace_id AND i.project_id IS DISTINCT FROM m.project_id
LIMIT 1;

-- name: ListQuickStates :many
-- What is quickly read of each workspace: its head, the furthest that anything knows of, whether it can be locked for
-- writing, and when the last entry was written.
WITH head AS (
    SELECT w.id, w.slug, w.floor, GREATEST((SELECT max(c.version) FROM change c WHERE c.workspace_id = w.id), w.base_version)::bigint AS version FROM workspace w
)
SELECT h.slug, h.version AS head, h.floor,
    GREATEST((SELECT max(t.version) FROM topic t WHERE t.workspace_id = h.id), (SELECT max(i.version) FROM issue i WHERE i.workspace_id = h.id), 0)::bigint AS known,
    EXISTS (SELECT FROM workspace_lock k WHERE k.workspace_id = h.id)::boolean AS lockable,
    COALESCE((SELECT max(c.at) FROM change c WHERE c.workspace_id = h.id AND c.version = h.version AND NOT c.imported), 'epoch')::timestamptz AS written_at
FROM head h ORDER BY h.slug LIMIT 10000;

-- name: GetServerState :one
SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes, current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('autovacuum') AS autovacuum, current_setting('server_encoding') AS server_encoding, current_setting('server_version') AS server_version,
    (current_setting('transaction_read_only') = 'on')::boolean AS read_only, pg_is_in_recovery() AS standby, clock_timestamp()::timestamptz AS at;
