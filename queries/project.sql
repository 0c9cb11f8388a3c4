-- name: ListProjects :many
-- All projects, without their long texts.
SELECT id, team_id, name, state, health, lead_id, members, start_day, target_day, author_id, version, stamps, created_at, updated_at, deleted_at
FROM project WHERE workspace_id = @workspace_id ORDER BY lower(name), id LIMIT 100000;

-- name: ListProjectsByID :many
SELECT id, team_id, name, description, state, health, lead_id, members, start_day, target_day, author_id, version, stamps, created_at, updated_at, deleted_at
FROM project WHERE workspace_id = @workspace_id AND id = ANY(@ids::uuid[]);

-- name: ListDescriptionsChangedSince :many
-- The long texts of the projects that changed, those of the workspace only where they are wanted.
SELECT id, version, description FROM project
WHERE workspace_id = @workspace_id AND version > @since AND description <> '' AND (team_id = ANY(@team_ids::uuid[]) OR team_id IS NULL AND @of_workspace::boolean)
ORDER BY version FETCH FIRST (@most::integer) ROWS WITH TIES;

-- name: GetDescription :one
SELECT description FROM project WHERE workspace_id = @workspace_id AND id = @id;

-- name: InsertProjects :exec
INSERT INTO project (workspace_id, id, team_id, name, description, state, health, lead_id, members, start_day, target_day, author_id,
    version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.name, r.description, r.state, r.health, r.lead_id, r.members, r.start_day, r.target_day, r.author_id,
    r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, name text, description text, state text, health text, lead_id uuid, members uuid[],
    start_day date, target_day date, author_id uuid, version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateProjects :exec
-- A write that leaves the long text alone does not name it.
WITH written AS (
    UPDATE project SET name = r.name, description = COALESCE(r.description, project.description), state = r.state, health = r.health, lead_id = r.lead_id,
        members = r.members, start_day = r.start_day, target_day = r.target_day,
        version = r.version, stamps = project.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, name text, description text, state text, health text, lead_id uuid, members uuid[],
        start_day date, target_day date, version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE project.workspace_id = @workspace_id AND project.id = r.id AND project.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: CountProjectIssues :many
-- How far the issues of projects have come, by milestone and category of status, as issues and as points, and in which teams they
-- are: of those that the reader sees.
SELECT i.project_id::uuid AS project_id, COALESCE(i.milestone_id, '00000000-0000-0000-0000-000000000000')::uuid AS milestone_id, i.team_id, s.category,
    count(*) AS issues, COALESCE(sum(i.estimate), 0)::bigint AS points
FROM issue i JOIN status s ON s.workspace_id = i.workspace_id AND s.id = i.status_id
WHERE i.workspace_id = @workspace_id AND COALESCE(i.project_id, '00000000-0000-0000-0000-000000000000') = ANY(@project_ids::uuid[]) AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
GROUP BY 1, 2, 3, 4 LIMIT 100000;

-- name: ListIssuesByProject :many
-- The open issues of a project, or the closed ones: those in the statuses that are named.
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id,
    i.rank, i.version, i.created_at, i.updated_at
FROM issue i
WHERE i.workspace_id = @workspace_id AND COALESCE(i.project_id, '00000000-0000-0000-0000-000000000000') = @project_id::uuid AND i.deleted_at IS NULL AND i.team_id = ANY(@team_ids::uuid[])
    AND i.status_id = ANY(@status_ids::uuid[])
    AND (cardinality(@milestone_ids::uuid[]) = 0 OR COALESCE(i.milestone_id, '00000000-0000-0000-0000-000000000000') = ANY(@milestone_ids))
    AND (i.updated_at, i.id) < (@before_at, @before_id::uuid)
ORDER BY i.updated_at DESC, i.id DESC LIMIT @most;

-- name: SearchProjects :many
-- The projects that match: first those whose name does, of equal ones those that go on, then the latest changed. Their texts are
-- found by an index and not ranked: no row holds its search vector, and making one takes as long as reading twenty.
SELECT p.id, left(p.description, @excerpted::integer) AS beginning FROM project p
WHERE p.workspace_id = @workspace_id AND (p.team_id = ANY(@team_ids::uuid[]) OR p.team_id IS NULL AND @of_workspace::boolean) AND p.deleted_at IS NULL
    AND (setweight(to_tsvector('english', p.name), 'A') || setweight(to_tsvector('english', p.description), 'B')) @@ to_tsquery('english', @words::text)
ORDER BY to_tsvector('english', p.name) @@ to_tsquery('english', @words::text) DESC, p.state IN ('completed', 'canceled'), p.updated_at DESC, p.id
LIMIT @most OFFSET @skip;
