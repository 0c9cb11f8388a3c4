-- name: ListTeams :many
SELECT id, key, name, private, timezone, triage, members, cycle_weeks, cycle_day, cycle_cooldown, version, stamps, created_at, updated_at, deleted_at
FROM team WHERE workspace_id = @workspace_id ORDER BY key LIMIT 10000;

-- name: InsertTeams :exec
INSERT INTO team (workspace_id, id, key, name, private, timezone, triage, members, cycle_weeks, cycle_day, cycle_cooldown, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.key, r.name, r.private, r.timezone, r.triage, r.members, r.cycle_weeks, r.cycle_day, r.cycle_cooldown, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, key text, name text, private boolean, timezone text, triage boolean, members uuid[], cycle_weeks integer, cycle_day integer, cycle_cooldown integer,
    version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateTeams :exec
WITH written AS (
    UPDATE team SET key = r.key, name = r.name, private = r.private, timezone = r.timezone, triage = r.triage, members = r.members,
        cycle_weeks = r.cycle_weeks, cycle_day = r.cycle_day, cycle_cooldown = r.cycle_cooldown,
        version = r.version, stamps = team.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, key text, name text, private boolean, timezone text, triage boolean, members uuid[], cycle_weeks integer, cycle_day integer, cycle_cooldown integer,
        version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE team.workspace_id = @workspace_id AND team.id = r.id AND team.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListTeamNumbers :many
SELECT team_id, next FROM team_number WHERE workspace_id = @workspace_id AND team_id = ANY(@team_ids::uuid[]) LIMIT 10000;

-- name: UpsertTeamNumbers :exec
INSERT INTO team_number (workspace_id, team_id, next)
SELECT @workspace_id, unnest(@team_ids::uuid[]), unnest(@numbers::bigint[])
ON CONFLICT (workspace_id, team_id) DO UPDATE SET next = excluded.next;
