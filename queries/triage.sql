-- name: ListTriage :many
-- What waits in a team to be looked at, oldest first, or what of it sleeps.
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.author_id, i.snoozed_until, i.version, i.created_at, i.updated_at
FROM issue i
WHERE i.workspace_id = @workspace_id AND i.team_id = @team_id AND i.status_id = ANY(@status_ids::uuid[]) AND i.deleted_at IS NULL
    AND (i.snoozed_until IS NOT NULL) = @snoozed::boolean AND (i.created_at, i.id) > (@after_at::timestamptz, @after_id::uuid)
ORDER BY i.created_at, i.id LIMIT @most;

-- name: CountTriage :many
-- How many issues wait in each team, but for those that sleep.
SELECT i.team_id, count(*) AS issues FROM issue i
WHERE i.workspace_id = @workspace_id AND i.team_id = ANY(@team_ids::uuid[]) AND i.status_id = ANY(@status_ids::uuid[]) AND i.deleted_at IS NULL
    AND i.snoozed_until IS NULL
GROUP BY i.team_id LIMIT 10000;

-- name: ListDueSleepers :many
-- The issues whose sleep is over, of all workspaces.
SELECT i.workspace_id, i.id, i.version FROM issue i
WHERE i.deleted_at IS NULL AND i.snoozed_until <= @now::timestamptz
ORDER BY i.snoozed_until LIMIT @most;
