-- name: ListCycles :many
SELECT id, team_id, number, name, starts, ends, state, version, stamps, created_at, updated_at, deleted_at
FROM cycle WHERE workspace_id = @workspace_id ORDER BY team_id, number, id LIMIT 100000;

-- name: InsertCycles :exec
INSERT INTO cycle (workspace_id, id, team_id, number, name, starts, ends, state, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.number, r.name, r.starts, r.ends, r.state, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, number bigint, name text, starts date, ends date, state text,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateCycles :exec
WITH written AS (
    UPDATE cycle SET name = r.name, starts = r.starts, ends = r.ends, state = r.state,
        version = r.version, stamps = cycle.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, name text, starts date, ends date, state text,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE cycle.workspace_id = @workspace_id AND cycle.id = r.id AND cycle.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListOpenCycles :many
-- The cycles that are not over of all teams that work in them; a team that has none comes once, without one.
-- Workspaces on their way back from an archive are left out.
SELECT t.workspace_id, t.id AS team_id, t.timezone, c.id, c.starts, c.ends, c.state
FROM team t JOIN workspace w ON w.id = t.workspace_id
LEFT JOIN cycle c ON c.workspace_id = t.workspace_id AND c.team_id = t.id AND c.deleted_at IS NULL AND c.state <> 'past'
WHERE t.cycle_weeks > 0 AND t.deleted_at IS NULL AND NOT w.arriving
ORDER BY t.workspace_id, t.id, c.starts;

-- name: ListUnfinishedInCycles :many
-- The first issues of cycles that are not closed.
SELECT i.id, i.team_id, i.number, i.title, i.description, i.status_id, i.priority, i.assignee_id, i.labels, i.subscribers, i.reactions, i.parent_id, i.due, i.estimate,
    i.project_id, i.milestone_id, i.cycle_id, i.rank, i.author_id, i.started_at, i.completed_at, i.canceled_at, i.snoozed_until, i.version, i.stamps, i.created_at, i.updated_at, i.deleted_at
FROM issue i JOIN status s ON s.workspace_id = i.workspace_id AND s.id = i.status_id
WHERE i.workspace_id = @workspace_id AND i.cycle_id = ANY(@ids::uuid[]) AND i.deleted_at IS NULL AND s.category NOT IN ('completed', 'canceled')
ORDER BY i.id LIMIT @most;

-- name: CountCycles :many
-- How many issues of each cycle stand in each status.
SELECT i.cycle_id::uuid AS cycle_id, i.status_id, count(*) AS issues FROM issue i
WHERE i.workspace_id = @workspace_id AND i.cycle_id = ANY(@ids::uuid[]) AND i.team_id = @team_id AND i.deleted_at IS NULL
GROUP BY i.cycle_id, i.status_id;

-- name: ListCycleFlaws :many
-- Issues in a cycle of another team.
SELECT i.id, i.version, i.team_id, c.team_id AS cycle_team FROM issue i
JOIN cycle c ON c.workspace_id = i.workspace_id AND c.id = i.cycle_id
WHERE i.workspace_id = @workspace_id AND c.team_id <> i.team_id ORDER BY i.version LIMIT 1;
