-- name: InsertLog :exec
-- A group's lines, the topics that they move, and what its transactions were answered: in one statement, since each that
-- a lone write sends costs it more than the rows do.
WITH lines AS (
    INSERT INTO change (workspace_id, version, ordinal, kind, record_id, op, before, after, overwrote, team_id, other_team_id, issue_id,
        topics, access, member_id, client_id, transaction_id, imported, at)
    SELECT @workspace_id, r.version, r.ordinal, r.kind, r.record_id, r.op, r.before, r.after, r.overwrote, r.team_id, r.other_team_id, r.issue_id,
        r.topics, r.access, r.member_id, r.client_id, r.transaction_id, r.imported, r.at
    FROM jsonb_to_recordset(@changes::jsonb) AS r(version bigint, ordinal integer, kind text, record_id uuid, op text,
        before jsonb, after jsonb, overwrote jsonb, team_id uuid, other_team_id uuid, issue_id uuid, topics text[], access uuid[],
        member_id uuid, client_id uuid, transaction_id uuid, imported boolean, at timestamptz)),
moved AS (
    INSERT INTO topic (workspace_id, name, version)
    SELECT @workspace_id, unnest(@names::text[]), unnest(@versions::bigint[])
    ON CONFLICT (workspace_id, name) DO UPDATE SET version = excluded.version)
INSERT INTO result (workspace_id, transaction_id, client_id, member_id, fingerprint, label, status, version, changed, body, request, at)
SELECT @workspace_id, r.transaction_id, r.client_id, r.member_id, r.fingerprint::bytea, r.label, r.status, r.version, r.changed, r.body, r.request, r.at
FROM jsonb_to_recordset(@results::jsonb) AS r(transaction_id uuid, client_id uuid, member_id uuid, fingerprint text, label text, status text,
    version bigint, changed boolean, body jsonb, request jsonb, at timestamptz);

-- name: WriteIssueAlone :one
-- What UpdateIssues, InsertLog and lock_head do, for the one transaction that changed one issue: a statement without JSON to take
-- apart costs PostgreSQL half. The function that fails is only called when something is not as it was read. The time is PostgreSQL's.
WITH written AS (
    UPDATE issue SET team_id = @team_id, number = @number, status_id = @status_id, priority = @priority, assignee_id = sqlc.narg('assignee_id'),
        labels = @labels, subscribers = @subscribers, reactions = @reactions, parent_id = sqlc.narg('parent_id'), due = sqlc.narg('due')::text::date,
        estimate = sqlc.narg('estimate'), project_id = sqlc.narg('project_id'), milestone_id = sqlc.narg('milestone_id'), cycle_id = sqlc.narg('cycle_id'),
        rank = @rank, started_at = sqlc.narg('started_at')::text::timestamptz, completed_at = sqlc.narg('completed_at')::text::timestamptz,
        canceled_at = sqlc.narg('canceled_at')::text::timestamptz, snoozed_until = sqlc.narg('snoozed_until')::text::timestamptz,
        version = @version, stamps = issue.stamps || @stamps::jsonb, updated_at = @updated_at, deleted_at = sqlc.narg('deleted_at')
    WHERE issue.workspace_id = @workspace_id AND issue.id = @id AND issue.version - @expected::bigint = 0
    RETURNING 1),
line AS (
    INSERT INTO change (workspace_id, version, ordinal, kind, record_id, op, before, after, overwrote, team_id, other_team_id, issue_id,
        topics, access, member_id, client_id, transaction_id, imported, at)
    VALUES (@workspace_id, @version, @ordinal, 'issue', @id, @op, @before, @after, sqlc.narg('overwrote'), sqlc.narg('seen_by_team_id'), sqlc.narg('other_team_id'),
        sqlc.narg('issue_id'), @topics, @access::uuid[], sqlc.narg('member_id'), sqlc.narg('client_id'), @transaction_id, @imported, @changed_at)),
moved AS (
    INSERT INTO topic (workspace_id, name, version)
    SELECT @workspace_id, unnest(@topics::text[]), @version
    ON CONFLICT (workspace_id, name) DO UPDATE SET version = excluded.version)
INSERT INTO result (workspace_id, transaction_id, client_id, member_id, fingerprint, label, status, version, changed, body, request, at)
SELECT @workspace_id, @transaction_id, @result_client_id, @result_member_id, @fingerprint, @label, @status, @version, true, @body, sqlc.narg('request'), @answered_at
FROM (SELECT count(*) AS count FROM written) AS found
WHERE CASE
    WHEN NOT EXISTS (SELECT FROM workspace w WHERE w.id = @workspace_id AND w.epoch = @epoch::uuid
            AND GREATEST((SELECT max(c.version) FROM change c WHERE c.workspace_id = w.id), w.base_version) = @head::bigint)
        THEN expect_head(@workspace_id, @epoch, @head) IS NULL
    WHEN found.count <> 1 THEN expect_rows(found.count, 1) IS NULL
    ELSE true END
RETURNING clock_timestamp()::timestamptz AS at;

-- name: ListChangesSince :many
-- For the hub: what was touched after a V, without contents.
SELECT version, kind, record_id, op, team_id, other_team_id, topics, access FROM change
WHERE workspace_id = @workspace_id AND version > @since ORDER BY version, ordinal LIMIT @most;

-- name: ListChangesByTransaction :many
-- What can be undone: that an issue left a team follows from that it changed team.
SELECT c.version, c.ordinal, c.kind, c.record_id, c.op, c.before, c.after, c.member_id, c.at, c.transaction_id
FROM result r JOIN change c ON c.workspace_id = r.workspace_id AND c.version = r.version AND c.transaction_id = r.transaction_id
WHERE r.workspace_id = @workspace_id AND r.transaction_id = ANY(@transaction_ids::uuid[]) AND r.member_id = ANY(@member_ids::uuid[]) AND r.changed AND c.op <> 'leave'
ORDER BY c.version, c.ordinal;

-- name: ListChangesByIssue :many
-- Without those of comments, which stand in the history themselves: a move of a long discussion would fill the page. A
-- relation is part of the history of both its issues, and of neither for who does not see both. The issue's own lines are
-- bounded by themselves: sorted with the others, a long history would be read whole. What changes reactions alone is no part of it.
SELECT version, ordinal, kind, record_id, op, before, after, overwrote, member_id, transaction_id, imported, at FROM (
    (SELECT c.* FROM change c
    WHERE c.workspace_id = @workspace_id AND c.issue_id = @issue_id AND c.kind NOT IN ('comment', 'relation') AND c.op <> 'leave'
        AND NOT (c.op = 'set' AND c.after ? 'reactions' AND c.after - 'reactions' = '{}'::jsonb)
    ORDER BY c.version DESC, c.ordinal DESC LIMIT @most)
    UNION ALL
    SELECT c.* FROM relation r JOIN change c ON c.workspace_id = r.workspace_id AND c.record_id = r.id AND c.kind = 'relation'
    WHERE r.workspace_id = @workspace_id AND (r.issue_id = @issue_id OR r.other_id = @issue_id)
        AND r.team_id = ANY(@team_ids::uuid[]) AND r.other_team_id = ANY(@team_ids::uuid[]) AND c.op IN ('create', 'delete', 'restore')
) AS line
ORDER BY version DESC, ordinal DESC LIMIT @most;

-- name: ListValuesAt :many
-- The value of a field at a base is what the first change after it replaced. No row: nothing changed it since, or
-- the base lies below the floor, where that change may have been cut. An issue's and its comments' changes are found by the
-- issue, the others, which are few, by their record.
SELECT value FROM (
    SELECT c.version, c.ordinal, (c.before -> @field::text)::jsonb AS value FROM change c
    WHERE c.workspace_id = @workspace_id AND c.version > @base AND c.record_id = @record_id AND c.before ? @field::text
        AND c.issue_id = COALESCE((SELECT m.issue_id FROM comment m WHERE m.workspace_id = @workspace_id AND m.id = @record_id),
            (SELECT s.issue_id FROM share s WHERE s.workspace_id = @workspace_id AND s.id = @record_id), @record_id)
    UNION ALL
    SELECT c.version, c.ordinal, (c.before -> @field::text)::jsonb AS value FROM change c
    WHERE c.workspace_id = @workspace_id AND c.version > @base AND c.record_id = @record_id AND c.before ? @field::text
        AND c.issue_id IS NULL
) AS since
WHERE @base >= (SELECT w.floor FROM workspace w WHERE w.id = @workspace_id)
ORDER BY version, ordinal LIMIT 1;

-- name: ListTopics :many
SELECT name, version FROM topic WHERE workspace_id = @workspace_id AND name = ANY(@names::text[]) LIMIT 1000;

-- name: GetTopicsVersion :one
-- When topics last changed, or what blocks the issues of teams: of that the topics say nothing, since not all who see the
-- one team see the others. Few pairs of teams are asked one by one, so that what blocks from teams which the reader does not see
-- takes none of their time. Of many each blocked team is asked once, the latest first: IS TRUE keeps the planner from a step for each pair.
SELECT GREATEST((SELECT max(t.version) FROM topic t WHERE t.workspace_id = @workspace_id AND t.name = ANY(@names::text[])),
    CASE WHEN @few_pairs::boolean THEN
        (SELECT max(latest.version) FROM (SELECT unnest(@blocked_team_ids::uuid[]) AS id) AS blocked, (SELECT unnest(@team_ids::uuid[]) AS id) AS blocking,
            LATERAL (SELECT r.version FROM relation r WHERE r.workspace_id = @workspace_id AND r.kind = 'blocks' AND r.other_team_id = blocked.id
                AND r.team_id = blocking.id ORDER BY r.version DESC LIMIT 1) AS latest)
    ELSE
        (SELECT max(latest.version) FROM (SELECT unnest(@blocked_team_ids::uuid[]) AS id) AS blocked,
            LATERAL (SELECT r.version FROM relation r WHERE r.workspace_id = @workspace_id AND r.kind = 'blocks' AND r.other_team_id = blocked.id
                AND (r.team_id = ANY(@team_ids::uuid[])) IS TRUE ORDER BY r.version DESC LIMIT 1) AS latest)
    END, 0)::bigint AS version;

-- name: UpsertMemberAccess :exec
-- A lost of 0 says that the change showed no less. What nobody judged counts as lost.
INSERT INTO member_access (workspace_id, member_id, version, lost, judged)
SELECT @workspace_id, r.member_id, r.version, r.lost, r.version
FROM (SELECT unnest(@member_ids::uuid[]) AS member_id, unnest(@versions::bigint[]) AS version, unnest(@lost::bigint[]) AS lost) AS r
ON CONFLICT (workspace_id, member_id) DO UPDATE SET version = excluded.version, judged = excluded.judged,
    lost = GREATEST(excluded.lost, CASE WHEN member_access.judged = member_access.version THEN member_access.lost ELSE member_access.version END);

-- name: GetMemberAccess :one
-- The V at which a member's rights last changed, and at which they last may have shown less; 0 for never.
SELECT COALESCE(max(a.version), 0)::bigint AS version, COALESCE(max(CASE WHEN a.judged = a.version THEN a.lost ELSE a.version END), 0)::bigint AS lost
FROM member_access a WHERE a.workspace_id = @workspace_id AND a.member_id = @member_id;

-- name: GetText :one
-- An issue or comment as the history of its long text needs it: where it is, what it says now, and whether it can be written.
SELECT 'issue'::text AS kind, i.id AS issue_id, i.team_id, i.number, i.title, i.author_id, i.version, i.description AS text, (i.deleted_at IS NOT NULL)::boolean AS frozen, false::boolean AS hidden
FROM issue i WHERE i.workspace_id = @workspace_id AND i.id = @id AND i.team_id = ANY(@team_ids::uuid[])
UNION ALL
SELECT 'comment'::text, c.issue_id, c.team_id, i.number, i.title, c.author_id, c.version, c.body, i.deleted_at IS NOT NULL, c.deleted_at IS NOT NULL
FROM comment c JOIN issue i ON i.workspace_id = c.workspace_id AND i.id = c.issue_id
WHERE c.workspace_id = @workspace_id AND c.id = @id AND c.team_id = ANY(@team_ids::uuid[]);

-- name: ListTextVersions :many
-- The changes of one long text before a place in the log, the last first. They are found by the issue, as in ListValuesAt.
SELECT c.version, c.ordinal, c.op, COALESCE(c.before ->> @field::text, '')::text AS before, COALESCE(c.after ->> @field, '')::text AS after,
    c.member_id, c.imported, c.at
FROM change c
WHERE c.workspace_id = @workspace_id AND c.record_id = @record_id AND c.op <> 'leave' AND c.after ? @field
    AND c.issue_id = COALESCE((SELECT m.issue_id FROM comment m WHERE m.workspace_id = @workspace_id AND m.id = @record_id AND m.team_id = ANY(@team_ids::uuid[])),
        (SELECT i.id FROM issue i WHERE i.workspace_id = @workspace_id AND i.id = @record_id AND i.team_id = ANY(@team_ids)))
    AND (c.version, c.ordinal) < (@version::bigint, @ordinal::integer)
    AND (c.op <> 'create' OR c.after ->> @field <> '')
ORDER BY c.version DESC, c.ordinal DESC LIMIT @most;
