-- name: ListMailReceivers :many
-- Who has mail that is to be sent by now.
SELECT DISTINCT m.workspace_id, m.member_id, w.slug, w.name
FROM (SELECT workspace_id, member_id FROM mail WHERE send_at <= @now::timestamptz ORDER BY send_at LIMIT @most) AS m
JOIN workspace w ON w.id = m.workspace_id;

-- name: ClaimMail :many
-- Who claims mail tries to send it. If they end before they have, it comes up again. Of two at once the second finds nothing.
UPDATE mail SET claim = @claim::uuid, tries = tries + 1, send_at = @retry_at::timestamptz
WHERE workspace_id = @workspace_id AND member_id = @member_id AND send_at <= @now::timestamptz RETURNING tries;

-- name: DelayMail :exec
UPDATE mail SET send_at = @send_at WHERE workspace_id = @workspace_id AND member_id = @member_id AND claim = @claim::uuid;

-- name: ListMail :many
-- What of claimed mail is still to be told: what is not read, and what its receiver may see.
SELECT i.id, i.team_id, i.number, i.title, m.reason, m.actor_id, m.comment_id, m.at, m.version, COALESCE(c.body, '')::text AS body
FROM mail m JOIN inbox n ON n.workspace_id = m.workspace_id AND n.member_id = m.member_id AND n.issue_id = m.issue_id
JOIN issue i ON i.workspace_id = m.workspace_id AND i.id = m.issue_id
LEFT JOIN comment c ON c.workspace_id = m.workspace_id AND c.id = m.comment_id AND c.issue_id = i.id AND c.deleted_at IS NULL
WHERE m.workspace_id = @workspace_id AND m.member_id = @member_id AND m.claim = @claim::uuid
    AND n.unread > 0 AND NOT n.done AND (n.snoozed_until IS NULL OR n.snoozed_until <= @now::timestamptz)
    AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
ORDER BY i.team_id, m.at, m.version;

-- name: DeleteMail :exec
DELETE FROM mail WHERE workspace_id = @workspace_id AND member_id = @member_id AND claim = @claim::uuid;

-- name: DeleteOldMail :exec
-- What nobody could send for so long is no news any more.
DELETE FROM mail WHERE at < @before::timestamptz;

-- name: InsertSecretIfNew :exec
INSERT INTO secret (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING;

-- name: GetSecret :one
SELECT value FROM secret WHERE name = @name;
