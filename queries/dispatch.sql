-- name: ListReceivers :many
-- To whom something is to be told by now: by e-mail, or in browsers.
SELECT DISTINCT d.workspace_id, d.member_id, d.browser_id, w.slug, w.name
FROM (SELECT q.workspace_id, q.member_id, q.browser_id FROM dispatch q
    WHERE q.send_at <= @now::timestamptz AND (q.browser_id IS NOT NULL) = @push::boolean ORDER BY q.send_at LIMIT @most) AS d
JOIN workspace w ON w.id = d.workspace_id;

-- name: ClaimDispatches :many
-- Who claims them tries to send them. If they end before they have, they come up again. Of two at once the second finds nothing.
UPDATE dispatch SET claim = @claim::uuid, tries = tries + 1, send_at = @retry_at::timestamptz
WHERE workspace_id = @workspace_id AND member_id = @member_id AND browser_id IS NOT DISTINCT FROM sqlc.narg(browser_id)::uuid
    AND send_at <= @now::timestamptz RETURNING tries;

-- name: DelayDispatches :exec
UPDATE dispatch SET send_at = @send_at WHERE workspace_id = @workspace_id AND member_id = @member_id AND claim = @claim::uuid;

-- name: ListDispatches :many
-- What of a claim is still to be told: what is not read, what its receiver may see, and what is news yet. Of more than a letter holds
-- the newest; the rest waits in the inbox alone.
SELECT i.id, i.team_id, i.number, i.title, d.reason, d.actor_id, d.comment_id, d.at, d.version, left(COALESCE(c.body, ''), 20000)::text AS body
FROM dispatch d JOIN inbox n ON n.workspace_id = d.workspace_id AND n.member_id = d.member_id AND n.issue_id = d.issue_id
JOIN issue i ON i.workspace_id = d.workspace_id AND i.id = d.issue_id
LEFT JOIN comment c ON c.workspace_id = d.workspace_id AND c.id = d.comment_id AND c.issue_id = i.id AND c.deleted_at IS NULL
WHERE d.workspace_id = @workspace_id AND d.member_id = @member_id AND d.claim = @claim::uuid AND d.at >= @since::timestamptz
    AND n.unread > 0 AND NOT n.done AND (n.snoozed_until IS NULL OR n.snoozed_until <= @now::timestamptz)
    AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
ORDER BY d.at DESC, d.version DESC LIMIT @most;

-- name: DeleteDispatches :exec
DELETE FROM dispatch WHERE workspace_id = @workspace_id AND member_id = @member_id AND claim = @claim::uuid;
