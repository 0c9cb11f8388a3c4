-- name: ListIssuesByID :many
SELECT id, team_id, number, title, description, status_id, priority, assignee_id, labels, subscribers, reactions, parent_id, due, estimate,
    project_id, milestone_id, cycle_id, rank, author_id, started_at, completed_at, canceled_at, snoozed_until, version, stamps, created_at, updated_at, deleted_at
FROM issue WHERE workspace_id = @workspace_id AND id = ANY(@ids::uuid[]);

-- name: ListIssuesByComment :many
-- The issues that the named comments belong to.
SELECT i.id, i.team_id, i.number, i.title, i.description, i.status_id, i.priority, i.assignee_id, i.labels, i.subscribers, i.reactions, i.parent_id, i.due, i.estimate,
    i.project_id, i.milestone_id, i.cycle_id, i.rank, i.author_id, i.started_at, i.completed_at, i.canceled_at, i.snoozed_until, i.version, i.stamps, i.created_at, i.updated_at, i.deleted_at
FROM issue i WHERE i.workspace_id = @workspace_id
    AND i.id IN (SELECT c.issue_id FROM comment c WHERE c.workspace_id = @workspace_id AND c.id = ANY(@comment_ids::uuid[]));

-- name: InsertIssues :exec
INSERT INTO issue (workspace_id, id, team_id, number, title, description, status_id, priority, assignee_id, labels, subscribers, reactions, parent_id, due,
    estimate, project_id, milestone_id, cycle_id, rank, author_id, started_at, completed_at, canceled_at, snoozed_until, version, stamps, created_at, updated_at, deleted_at)
SELECT @workspace_id, r.id, r.team_id, r.number, r.title, r.description, r.status_id, r.priority, r.assignee_id, r.labels, r.subscribers, r.reactions, r.parent_id, r.due,
    r.estimate, r.project_id, r.milestone_id, r.cycle_id, r.rank, r.author_id, r.started_at, r.completed_at, r.canceled_at, r.snoozed_until, r.version, r.stamps, r.created_at, r.updated_at, r.deleted_at
FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, team_id uuid, number bigint, title text, description text, status_id uuid, priority smallint,
    assignee_id uuid, labels uuid[], subscribers uuid[], reactions text[], parent_id uuid, due date, estimate integer, project_id uuid, milestone_id uuid, cycle_id uuid, rank text,
    author_id uuid, started_at timestamptz, completed_at timestamptz, canceled_at timestamptz, snoozed_until timestamptz, version bigint, stamps jsonb, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);

-- name: UpdateIssues :exec
-- All but the long texts: naming those would build the search vector anew at each write. The version is compared so that
-- no plan finds rows by it: a thousand that one transaction wrote share theirs, and each would be looked for among all. The
-- ids are named so that rows are found by them: for the join alone, whose one side is taken for a hundred rows, all issues of
-- the workspace were read.
WITH written AS (
    UPDATE issue SET team_id = r.team_id, number = r.number, status_id = r.status_id, priority = r.priority, assignee_id = r.assignee_id, labels = r.labels, subscribers = r.subscribers, reactions = r.reactions,
        parent_id = r.parent_id, due = r.due, estimate = r.estimate, project_id = r.project_id, milestone_id = r.milestone_id, cycle_id = r.cycle_id, rank = r.rank,
        started_at = r.started_at, completed_at = r.completed_at, canceled_at = r.canceled_at, snoozed_until = r.snoozed_until,
        version = r.version, stamps = issue.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, team_id uuid, number bigint, status_id uuid, priority smallint,
        assignee_id uuid, labels uuid[], subscribers uuid[], reactions text[], parent_id uuid, due date, estimate integer, project_id uuid, milestone_id uuid, cycle_id uuid, rank text,
        started_at timestamptz, completed_at timestamptz, canceled_at timestamptz, snoozed_until timestamptz, version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE issue.workspace_id = @workspace_id AND issue.id = ANY(@ids::uuid[]) AND issue.id = r.id AND issue.version - r.expected = 0
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: UpdateIssuesWithText :exec
WITH written AS (
    UPDATE issue SET team_id = r.team_id, number = r.number, title = r.title, description = r.description, status_id = r.status_id, priority = r.priority, assignee_id = r.assignee_id,
        labels = r.labels, subscribers = r.subscribers, reactions = r.reactions,
        parent_id = r.parent_id, due = r.due, estimate = r.estimate, project_id = r.project_id, milestone_id = r.milestone_id, cycle_id = r.cycle_id, rank = r.rank,
        started_at = r.started_at, completed_at = r.completed_at, canceled_at = r.canceled_at, snoozed_until = r.snoozed_until,
        version = r.version, stamps = issue.stamps || r.stamps, updated_at = r.updated_at, deleted_at = r.deleted_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, team_id uuid, number bigint, title text, description text, status_id uuid, priority smallint,
        assignee_id uuid, labels uuid[], subscribers uuid[], reactions text[], parent_id uuid, due date, estimate integer, project_id uuid, milestone_id uuid, cycle_id uuid, rank text,
        started_at timestamptz, completed_at timestamptz, canceled_at timestamptz, snoozed_until timestamptz, version bigint, stamps jsonb, updated_at timestamptz, deleted_at timestamptz)
    WHERE issue.workspace_id = @workspace_id AND issue.id = ANY(@ids::uuid[]) AND issue.id = r.id AND issue.version - r.expected = 0
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListRankNeighbours :many
SELECT i.team_id, i.rank,
    COALESCE((SELECT max(p.rank) FROM issue p WHERE p.workspace_id = i.workspace_id AND p.team_id = i.team_id AND p.rank < i.rank), '')::text AS previous,
    COALESCE((SELECT min(n.rank) FROM issue n WHERE n.workspace_id = i.workspace_id AND n.team_id = i.team_id AND n.rank > i.rank), '')::text AS next
FROM issue i WHERE i.workspace_id = @workspace_id AND i.id = ANY(@ids::uuid[]);

-- name: ListRankEnds :many
-- The first and last rank of the teams named, and of those that the named issues are in.
SELECT t.id::uuid AS team_id,
    COALESCE((SELECT min(i.rank) FROM issue i WHERE i.workspace_id = @workspace_id AND i.team_id = t.id), '')::text AS first,
    COALESCE((SELECT max(i.rank) FROM issue i WHERE i.workspace_id = @workspace_id AND i.team_id = t.id), '')::text AS last
FROM (SELECT unnest(@team_ids::uuid[]) UNION
    SELECT m.team_id FROM issue m WHERE m.workspace_id = @workspace_id AND m.id = ANY(@ids::uuid[])) AS t(id);

-- name: ListPlaces :many
-- What stands before, at and after the ranks that undos would give back to issues, in the team that each had its rank
-- in: the zero id means the one it is in.
SELECT k.team_id::uuid AS team_id, k.rank::text AS rank,
    EXISTS (SELECT 1 FROM issue i WHERE i.workspace_id = @workspace_id AND i.team_id = k.team_id AND i.rank = k.rank) AS taken,
    COALESCE((SELECT max(p.rank) FROM issue p WHERE p.workspace_id = @workspace_id AND p.team_id = k.team_id AND p.rank < k.rank), '')::text AS previous,
    COALESCE((SELECT min(n.rank) FROM issue n WHERE n.workspace_id = @workspace_id AND n.team_id = k.team_id AND n.rank > k.rank), '')::text AS next
FROM (SELECT COALESCE(NULLIF(w.team_id, '00000000-0000-0000-0000-000000000000'), o.team_id) AS team_id, w.rank
    FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@team_ids::uuid[]) AS team_id, unnest(@ranks::text[]) AS rank) AS w
    JOIN issue o ON o.workspace_id = @workspace_id AND o.id = w.id) AS k;

-- name: ListTakenNumbers :many
-- Of the numbers that imported issues wish for. An alias keeps its number taken.
SELECT i.team_id, i.number FROM issue i
WHERE i.workspace_id = @workspace_id AND i.team_id = ANY(@team_ids::uuid[]) AND i.number = ANY(@numbers::bigint[])
UNION
SELECT a.team_id, a.number FROM alias a
WHERE a.workspace_id = @workspace_id AND a.team_id = ANY(@team_ids::uuid[]) AND a.number = ANY(@numbers::bigint[]);

-- name: ListAncestors :many
-- What lies above the issues named, to refuse loops.
WITH RECURSIVE above AS (
    SELECT i.id, i.parent_id FROM issue i WHERE i.workspace_id = @workspace_id AND i.id = ANY(@ids::uuid[])
    UNION
    SELECT p.id, p.parent_id FROM issue p JOIN above a ON p.id = a.parent_id WHERE p.workspace_id = @workspace_id
)
SELECT id, parent_id FROM above WHERE parent_id IS NOT NULL;

-- name: ListExportedIssues :many
-- Some of a team's issues whole, with what names those right above them as far as the reader sees them.
SELECT i.id, i.number, i.title, i.description, i.status_id, i.priority, i.assignee_id, i.labels, i.due, i.estimate, i.project_id, i.milestone_id, i.cycle_id,
    i.created_at, i.updated_at, i.completed_at, p.team_id AS parent_team_id, p.number AS parent_number
FROM issue i LEFT JOIN issue p ON p.workspace_id = i.workspace_id AND p.id = i.parent_id AND p.team_id = ANY(@team_ids::uuid[]) AND p.deleted_at IS NULL
WHERE i.workspace_id = @workspace_id AND i.team_id = @team_id AND i.id = ANY(@ids::uuid[]) AND i.deleted_at IS NULL;

-- name: ListIssueGroups :many
-- The first rows of each group of a team's list, and how many it has in all. A filter that is not set is an empty array; the
-- zero uuid in one, or as a group, stands for "none". What comes first is a number, so that one cursor serves every order, and
-- it decides nothing in the shared manual one. An issue has none where its project is one of no_projects, or its cycle one of no_cycles: the
-- zero uuid, and those that read as absent. With recent all groups are of what is closed, and an index finds what changed since. It needs a plan for its very arguments: the conditions that are
-- not in use fall out of that one, and what is left goes by an index.
WITH passing AS NOT MATERIALIZED (
    SELECT x.id, x.team_id, x.number, x.title, x.status_id, x.priority, x.assignee_id, x.labels, x.parent_id, x.due, x.estimate, x.project_id, x.cycle_id, x.rank, x.version,
        x.created_at, x.updated_at, COALESCE(x.assignee_id, '00000000-0000-0000-0000-000000000000') AS owner_id,
        COALESCE(x.cycle_id, '00000000-0000-0000-0000-000000000000') AS span_id,
        CASE WHEN x.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE x.labels END AS marks,
        COALESCE(x.project_id, '00000000-0000-0000-0000-000000000000') AS project_or_none,
        (CASE @ordering::text
            WHEN 'priority' THEN ((x.priority + 4) % 5) * @direction::bigint
            WHEN 'updated' THEN (extract(epoch FROM x.updated_at) * -1000000)::bigint * @direction::bigint
            WHEN 'created' THEN (extract(epoch FROM x.created_at) * -1000000)::bigint * @direction::bigint
            WHEN 'due' THEN COALESCE((x.due - date '2000-01-01') * @direction::bigint, 10000000)
            ELSE 0 END)::bigint AS place
    FROM issue x
    WHERE x.workspace_id = @workspace_id AND x.team_id = @team_id AND x.deleted_at IS NULL
        AND (cardinality(@statuses::uuid[]) = 0 OR x.status_id = ANY(@statuses))
        AND (cardinality(@not_statuses::uuid[]) = 0 OR NOT x.status_id = ANY(@not_statuses))
        AND (cardinality(@assignees::uuid[]) = 0 OR COALESCE(x.assignee_id, '00000000-0000-0000-0000-000000000000') = ANY(@assignees))
        AND (cardinality(@not_assignees::uuid[]) = 0 OR NOT COALESCE(x.assignee_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_assignees))
        AND (cardinality(@creators::uuid[]) = 0 OR COALESCE(x.author_id, '00000000-0000-0000-0000-000000000000') = ANY(@creators))
        AND (cardinality(@not_creators::uuid[]) = 0 OR NOT COALESCE(x.author_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_creators))
        AND (cardinality(@labels::uuid[]) = 0 OR CASE WHEN x.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE x.labels END && @labels)
        AND (cardinality(@not_labels::uuid[]) = 0 OR NOT CASE WHEN x.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE x.labels END && @not_labels)
        AND (cardinality(@cycles::uuid[]) = 0 OR x.cycle_id = ANY(@cycles) OR x.cycle_id IS NULL AND '00000000-0000-0000-0000-000000000000' = ANY(@cycles))
        AND (cardinality(@not_cycles::uuid[]) = 0 OR NOT COALESCE(x.cycle_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_cycles))
        AND (cardinality(@priorities::smallint[]) = 0 OR x.priority = ANY(@priorities))
        AND (cardinality(@not_priorities::smallint[]) = 0 OR NOT x.priority = ANY(@not_priorities))
        AND (cardinality(@projects::uuid[]) = 0 OR COALESCE(x.project_id, '00000000-0000-0000-0000-000000000000') = ANY(@projects))
        AND (cardinality(@not_projects::uuid[]) = 0 OR NOT COALESCE(x.project_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_projects))
        AND (@words::text = '' OR x.search @@ to_tsquery('english', @words))
        AND (cardinality(@closed_ids::uuid[]) = 0 OR NOT x.status_id = ANY(@closed_ids) OR x.updated_at >= @closed_since::timestamptz)
        AND (NOT @recent::boolean OR x.updated_at >= @closed_since)
        AND (NOT @tops_only::boolean OR x.parent_id IS NULL)
)
SELECT g.id::uuid AS group_id, g.number::smallint AS group_number, c.issues, i.place, i.id, i.team_id, i.number, i.title, i.status_id, i.priority,
    i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id, i.rank, i.version, i.created_at, i.updated_at
FROM (SELECT unnest(@group_ids::uuid[]) AS id, unnest(@group_numbers::smallint[]) AS number) AS g
CROSS JOIN LATERAL (
    SELECT count(*) AS issues FROM passing p
    WHERE CASE @grouping::text WHEN 'status' THEN p.status_id = g.id WHEN 'assignee' THEN p.owner_id = g.id WHEN 'priority' THEN p.priority = g.number
        WHEN 'label' THEN p.marks @> ARRAY[g.id] WHEN 'cycle' THEN p.span_id = ANY(CASE WHEN g.id = '00000000-0000-0000-0000-000000000000' THEN @no_cycles::uuid[] ELSE ARRAY[g.id] END)
        WHEN 'project' THEN p.project_or_none = ANY(CASE WHEN g.id = '00000000-0000-0000-0000-000000000000' THEN @no_projects::uuid[] ELSE ARRAY[g.id] END) ELSE true END AND NOT @counted::boolean
) AS c
CROSS JOIN LATERAL (
    SELECT p.* FROM passing p
    WHERE CASE @grouping WHEN 'status' THEN p.status_id = g.id WHEN 'assignee' THEN p.owner_id = g.id WHEN 'priority' THEN p.priority = g.number
        WHEN 'label' THEN p.marks @> ARRAY[g.id] WHEN 'cycle' THEN p.span_id = ANY(CASE WHEN g.id = '00000000-0000-0000-0000-000000000000' THEN @no_cycles::uuid[] ELSE ARRAY[g.id] END)
        WHEN 'project' THEN p.project_or_none = ANY(CASE WHEN g.id = '00000000-0000-0000-0000-000000000000' THEN @no_projects::uuid[] ELSE ARRAY[g.id] END) ELSE true END
        AND (p.place > @after_place::bigint OR p.place = @after_place AND p.rank > @after_rank::text)
    ORDER BY p.place, p.rank
    LIMIT @per_group::integer
) AS i
ORDER BY i.place, i.rank;

-- name: ListIssuesOfStatuses :many
-- ListIssueGroups where nothing is asked but the first rows of statuses in the manual order, which most lists are: one plan serves all of them, and
-- planning the other takes longer than running it.
SELECT g.id::uuid AS group_id, i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.parent_id, i.due, i.estimate,
    i.project_id, i.cycle_id, i.rank, i.version, i.created_at, i.updated_at
FROM (SELECT unnest(@group_ids::uuid[]) AS id) AS g
CROSS JOIN LATERAL (
    SELECT x.* FROM issue x
    WHERE x.workspace_id = @workspace_id AND x.team_id = @team_id AND x.status_id = g.id AND x.deleted_at IS NULL AND x.rank > @after_rank::text
    ORDER BY x.rank LIMIT @per_group::integer
) AS i
ORDER BY i.rank;

-- name: ListGroupsOfTeams :many
-- The first rows of each group of a list over several teams, and how many it has in all. A group is of one key or of many: a
-- category of status has those of all teams. The keys and numbers of groups stand beside each other, a level of priority is one as well. Filters are as in
-- ListIssueGroups, and so is the plan. What is grouped by keys of statuses goes along an index for the latest change first, key by key, as far as is
-- shown. No index has the issues of other keys in that order: there each issue is read once, for its place in its groups and for their counts.
WITH passing AS NOT MATERIALIZED (
    SELECT x.id, x.team_id, x.number, x.title, x.status_id, x.priority, x.assignee_id, x.labels, x.parent_id, x.due, x.estimate, x.project_id, x.cycle_id, x.rank, x.version,
        x.created_at, x.updated_at, COALESCE(x.assignee_id, '00000000-0000-0000-0000-000000000000') AS owner_id,
        CASE WHEN x.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE x.labels END AS marks,
        COALESCE(x.project_id, '00000000-0000-0000-0000-000000000000') AS project_or_none,
        CASE @ordering::text
            WHEN 'updated' THEN x.version
            WHEN '-updated' THEN -x.version
            WHEN 'priority' THEN (-((x.priority + 4) % 5))::bigint
            WHEN '-priority' THEN ((x.priority + 4) % 5)::bigint
            WHEN 'created' THEN (extract(epoch FROM x.created_at) * 1000000)::bigint
            WHEN '-created' THEN (extract(epoch FROM x.created_at) * -1000000)::bigint
            WHEN 'due' THEN COALESCE(date '2000-01-01' - x.due, -10000000)::bigint
            WHEN '-due' THEN COALESCE(x.due - date '2000-01-01', -10000000)::bigint
            ELSE 0::bigint END AS place
    FROM issue x
    WHERE x.workspace_id = @workspace_id AND x.team_id = ANY(@team_ids::uuid[]) AND x.deleted_at IS NULL
        AND (cardinality(@statuses::uuid[]) = 0 OR x.status_id = ANY(@statuses))
        AND (cardinality(@not_statuses::uuid[]) = 0 OR NOT x.status_id = ANY(@not_statuses))
        AND (cardinality(@assignees::uuid[]) = 0 OR COALESCE(x.assignee_id, '00000000-0000-0000-0000-000000000000') = ANY(@assignees))
        AND (cardinality(@not_assignees::uuid[]) = 0 OR NOT COALESCE(x.assignee_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_assignees))
        AND (cardinality(@creators::uuid[]) = 0 OR COALESCE(x.author_id, '00000000-0000-0000-0000-000000000000') = ANY(@creators))
        AND (cardinality(@not_creators::uuid[]) = 0 OR NOT COALESCE(x.author_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_creators))
        AND (cardinality(@labels::uuid[]) = 0 OR CASE WHEN x.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE x.labels END && @labels)
        AND (cardinality(@not_labels::uuid[]) = 0 OR NOT CASE WHEN x.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE x.labels END && @not_labels)
        AND (cardinality(@cycles::uuid[]) = 0 OR x.cycle_id = ANY(@cycles) OR x.cycle_id IS NULL AND '00000000-0000-0000-0000-000000000000' = ANY(@cycles))
        AND (cardinality(@not_cycles::uuid[]) = 0 OR NOT COALESCE(x.cycle_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_cycles))
        AND (cardinality(@priorities::smallint[]) = 0 OR x.priority = ANY(@priorities))
        AND (cardinality(@not_priorities::smallint[]) = 0 OR NOT x.priority = ANY(@not_priorities))
        AND (cardinality(@projects::uuid[]) = 0 OR COALESCE(x.project_id, '00000000-0000-0000-0000-000000000000') = ANY(@projects))
        AND (cardinality(@not_projects::uuid[]) = 0 OR NOT COALESCE(x.project_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_projects))
        AND (@words::text = '' OR x.search @@ to_tsquery('english', @words))
        AND (cardinality(@closed_ids::uuid[]) = 0 OR NOT x.status_id = ANY(@closed_ids) OR x.updated_at >= @closed_since::timestamptz)
        AND (NOT @tops_only::boolean OR x.parent_id IS NULL)
)
SELECT g.number::integer AS group_number, COALESCE(c.issues, 0)::bigint AS issues, i.place::bigint AS place, i.id, i.team_id, i.number, i.title, i.status_id, i.priority,
    i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id, i.rank, i.version, i.created_at, i.updated_at
FROM (SELECT DISTINCT unnest(@numbers::integer[]) AS number WHERE @grouping::text = 'status') AS g
LEFT JOIN (
    SELECT k.number, sum(n.issues) AS issues FROM (SELECT unnest(@keys::uuid[]) AS id, unnest(@numbers::integer[]) AS number) AS k
    JOIN (SELECT p.status_id AS id, count(*) AS issues FROM passing p WHERE NOT @counted::boolean GROUP BY p.status_id) AS n ON n.id = k.id
    GROUP BY k.number
) AS c ON c.number = g.number
CROSS JOIN LATERAL (
    SELECT f.* FROM (SELECT unnest(@keys::uuid[]) AS id, unnest(@numbers::integer[]) AS number) AS k
    CROSS JOIN LATERAL (
        SELECT p.* FROM passing p WHERE p.status_id = k.id AND (p.place, p.id) < (@before_place::bigint, @before_id::uuid)
        ORDER BY p.place DESC, p.id DESC LIMIT @per_group::integer
    ) AS f
    WHERE k.number = g.number
    ORDER BY f.place DESC, f.id DESC LIMIT @per_group
) AS i
UNION ALL
SELECT n.number, n.issues, n.place, i.id, i.team_id, i.number, i.title, i.status_id, i.priority,
    i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id, i.rank, i.version, i.created_at, i.updated_at
FROM (
    SELECT k.number, p.place, p.id, count(*) OVER whole AS issues, row_number() OVER (whole ORDER BY p.place DESC, p.id DESC) AS nth,
        count(*) FILTER (WHERE (p.place, p.id) >= (@before_place, @before_id)) OVER whole AS before
    FROM passing p CROSS JOIN LATERAL unnest(CASE WHEN @grouping = 'label' THEN p.marks ELSE '{00000000-0000-0000-0000-000000000000}' END) AS m(mark)
    JOIN (SELECT unnest(@keys) AS id, unnest(@numbers) AS number) AS k
        ON k.id = CASE @grouping WHEN 'assignee' THEN p.owner_id WHEN 'label' THEN m.mark WHEN 'project' THEN p.project_or_none
            ELSE ('00000000-0000-0000-0000-00000000000' || p.priority)::uuid END
    WHERE @grouping <> 'status' WINDOW whole AS (PARTITION BY k.number)
) AS n
JOIN issue i ON i.workspace_id = @workspace_id AND i.id = n.id
WHERE n.nth > n.before AND n.nth <= n.before + @per_group
ORDER BY place DESC, id DESC;

-- name: ListLatestOfGroups :many
-- ListGroupsOfTeams in the order of the latest change for groups that no index has in it, as far as the latest issues of the workspace fill them. Whether they do
-- is told by how many issues each group has. LIMIT 1 keeps the planner, who takes many more rows for the first ones of groups, from reading all issues for them.
SELECT n.number::integer AS group_number, i.version AS place, i.id, i.team_id, i.number, i.title, i.status_id, i.priority,
    i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id, i.rank, i.version, i.created_at, i.updated_at
FROM (
    SELECT k.number, p.id, row_number() OVER (PARTITION BY k.number ORDER BY p.version DESC, p.id DESC) AS nth
    FROM (
        SELECT x.id, x.team_id, x.status_id, x.assignee_id, x.project_id, x.labels, x.priority, x.version, x.deleted_at FROM issue x
        WHERE x.workspace_id = @workspace_id ORDER BY x.version DESC FETCH FIRST (@latest::integer) ROWS WITH TIES
    ) AS p
    CROSS JOIN LATERAL unnest(CASE WHEN @grouping::text = 'label' AND p.labels <> '{}' THEN p.labels ELSE '{00000000-0000-0000-0000-000000000000}' END) AS m(mark)
    JOIN (SELECT unnest(@keys::uuid[]) AS id, unnest(@numbers::integer[]) AS number) AS k
        ON k.id = CASE @grouping WHEN 'assignee' THEN COALESCE(p.assignee_id, '00000000-0000-0000-0000-000000000000') WHEN 'label' THEN m.mark
            WHEN 'project' THEN COALESCE(p.project_id, '00000000-0000-0000-0000-000000000000') ELSE ('00000000-0000-0000-0000-00000000000' || p.priority)::uuid END
    WHERE p.deleted_at IS NULL AND p.status_id = ANY(@status_ids::uuid[])
) AS n
CROSS JOIN LATERAL (SELECT w.* FROM issue w WHERE w.workspace_id = @workspace_id AND w.id = n.id LIMIT 1) AS i
WHERE n.nth <= @per_group::integer
ORDER BY i.version DESC, i.id DESC;

-- name: CountIssuesOfTeams :many
SELECT i.status_id, count(*) AS issues FROM issue i
WHERE i.workspace_id = @workspace_id AND i.deleted_at IS NULL GROUP BY i.status_id;

-- name: CountIssuesByStatus :many
SELECT i.status_id, count(*) AS issues FROM issue i
WHERE i.workspace_id = @workspace_id AND i.team_id = @team_id AND i.deleted_at IS NULL GROUP BY i.status_id;

-- name: CountIssuesByKey :many
-- How many issues each status has of each assignee, project, cycle, label or level of priority, which is written as a uuid too; in a team, or with
-- the zero uuid in all. What has none of it stands under the zero uuid.
SELECT k.status_id, k.key, count(*) AS issues FROM (
    SELECT i.status_id, (CASE @grouping::text WHEN 'assignee' THEN COALESCE(i.assignee_id, '00000000-0000-0000-0000-000000000000')
        WHEN 'project' THEN COALESCE(i.project_id, '00000000-0000-0000-0000-000000000000')
        WHEN 'cycle' THEN COALESCE(i.cycle_id, '00000000-0000-0000-0000-000000000000')
        WHEN 'label' THEN m.mark ELSE ('00000000-0000-0000-0000-00000000000' || i.priority)::uuid END)::uuid AS key
    FROM issue i CROSS JOIN LATERAL unnest(CASE WHEN @grouping = 'label' AND i.labels <> '{}' THEN i.labels ELSE '{00000000-0000-0000-0000-000000000000}' END) AS m(mark)
    WHERE i.workspace_id = @workspace_id AND i.deleted_at IS NULL AND (@team_id::uuid = '00000000-0000-0000-0000-000000000000' OR i.team_id = @team_id)
) AS k GROUP BY k.status_id, k.key;

-- name: ListCountedChanges :many
-- What of the log may have changed in how many issues a status has, of each value of a field, with what the issues are now.
SELECT c.record_id, c.op, COALESCE(c.before ->> 'team', '')::text AS old_team, COALESCE(c.before ->> 'status', '')::text AS old_status,
    COALESCE(c.before -> @field::text, '""')::jsonb AS old_value, i.team_id, i.status_id, i.deleted_at,
    i.assignee_id, i.project_id, i.cycle_id, i.labels, i.priority
FROM change c JOIN issue i ON i.workspace_id = c.workspace_id AND i.id = c.record_id
WHERE c.workspace_id = @workspace_id AND c.version > @since AND c.version <= @until::bigint AND c.kind = 'issue' AND c.op <> 'leave'
    AND (c.op IN ('create', 'delete', 'restore') OR c.before ->> 'status' IS NOT NULL OR c.before ->> 'team' IS NOT NULL OR c.before -> @field IS NOT NULL)
ORDER BY c.version, c.ordinal LIMIT @most;

-- name: ListIssuesByAssignee :many
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id,
    i.rank, i.version, i.created_at, i.updated_at
FROM issue i
WHERE i.workspace_id = @workspace_id AND i.assignee_id = @member_id AND i.deleted_at IS NULL AND i.team_id = ANY(@team_ids::uuid[])
    AND i.status_id = ANY(@status_ids::uuid[]) AND (i.updated_at, i.id) < (@before_at, @before_id::uuid)
ORDER BY i.updated_at DESC, i.id DESC LIMIT @most;

-- name: ListIssuesByAuthor :many
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id,
    i.rank, i.version, i.created_at, i.updated_at
FROM issue i
WHERE i.workspace_id = @workspace_id AND i.author_id = @member_id AND i.deleted_at IS NULL AND i.team_id = ANY(@team_ids::uuid[])
    AND i.status_id = ANY(@status_ids::uuid[]) AND (i.updated_at, i.id) < (@before_at, @before_id::uuid)
ORDER BY i.updated_at DESC, i.id DESC LIMIT @most;

-- name: ListBlockersOfAssigned :many
-- What blocks the latest changed of the issues that somebody is to do, as in ListBlockers.
SELECT r.other_id AS blocked_id, i.id, i.team_id, i.status_id, (i.deleted_at IS NOT NULL)::boolean AS trashed
FROM (
    SELECT x.id FROM issue x
    WHERE x.workspace_id = @workspace_id AND x.assignee_id = @member_id AND x.deleted_at IS NULL AND x.team_id = ANY(@team_ids::uuid[])
        AND x.status_id = ANY(@status_ids::uuid[])
    ORDER BY x.updated_at DESC, x.id DESC LIMIT @most) AS own
JOIN relation r ON r.workspace_id = @workspace_id AND r.other_id = own.id
JOIN issue i ON i.workspace_id = r.workspace_id AND i.id = r.issue_id
WHERE r.kind = 'blocks' AND r.deleted_at IS NULL AND r.team_id = ANY(@team_ids) AND r.other_team_id = ANY(@team_ids) LIMIT 5000;

-- name: ListIssuesBySubscriber :many
-- Each issue is looked up by its key, which OFFSET holds PostgreSQL to: what this takes grows with what one is subscribed to, not with the workspace.
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id,
    i.rank, i.version, i.created_at, i.updated_at
FROM subscriber s CROSS JOIN LATERAL (SELECT * FROM issue x WHERE x.workspace_id = @workspace_id AND x.id = s.issue_id OFFSET 0) AS i
WHERE s.workspace_id = @workspace_id AND s.member_id = @member_id AND i.deleted_at IS NULL AND i.team_id = ANY(@team_ids::uuid[])
    AND i.status_id = ANY(@status_ids::uuid[]) AND (i.updated_at, i.id) < (@before_at::timestamptz, @before_id::uuid)
ORDER BY i.updated_at DESC, i.id DESC LIMIT @most;

-- name: ListIssuesByActs :many
-- The issues that somebody has changed or commented on, by the latest time that they did: along the transactions of theirs that changed anything,
-- of whose lines so many are read and no more. What an earlier page had is left out by the lines that made it do so. What they brought from
-- elsewhere is no act of theirs here.
WITH acts AS (
    SELECT c.version, c.ordinal, c.issue_id, (c.member_id = @member_id::uuid AND NOT c.imported AND c.kind IN ('issue', 'comment') AND c.op <> 'leave')::boolean AS own
    FROM result r JOIN change c ON c.workspace_id = r.workspace_id AND c.version = r.version
    WHERE r.workspace_id = @workspace_id AND r.member_id = @member_id AND r.changed AND r.version <= @before_version
        AND (c.version, c.ordinal) < (@before_version::bigint, @before_ordinal::integer)
    ORDER BY r.version DESC, c.ordinal DESC LIMIT @reach),
latest AS (
    SELECT DISTINCT ON (acts.issue_id) acts.issue_id, acts.version, acts.ordinal FROM acts WHERE acts.own AND acts.issue_id IS NOT NULL
    ORDER BY acts.issue_id, acts.version DESC, acts.ordinal DESC)
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id,
    i.rank, i.version, i.created_at, i.updated_at,
    l.version AS act_version, l.ordinal AS act_ordinal
FROM latest l CROSS JOIN LATERAL (SELECT * FROM issue x WHERE x.workspace_id = @workspace_id AND x.id = l.issue_id OFFSET 0) AS i
WHERE i.deleted_at IS NULL AND i.team_id = ANY(@team_ids::uuid[])
    AND NOT EXISTS (SELECT 1 FROM change c WHERE c.workspace_id = @workspace_id AND c.issue_id = l.issue_id AND c.version >= @before_version
        AND (c.version, c.ordinal) >= (@before_version, @before_ordinal::integer) AND c.member_id = @member_id::uuid AND NOT c.imported AND c.kind IN ('issue', 'comment') AND c.op <> 'leave')
ORDER BY l.version DESC, l.ordinal DESC LIMIT @most;

-- name: ListActsEnd :many
-- Where the lines end that ListIssuesByActs reads at once, if there are so many.
SELECT c.version, c.ordinal
FROM result r JOIN change c ON c.workspace_id = r.workspace_id AND c.version = r.version
WHERE r.workspace_id = @workspace_id AND r.member_id = @member_id AND r.changed AND r.version <= @before_version
    AND (c.version, c.ordinal) < (@before_version::bigint, @before_ordinal::integer)
ORDER BY r.version DESC, c.ordinal DESC LIMIT 1 OFFSET @skipped;

-- name: ListPack :many
-- The open issues that a browser keeps for when it has no server: one's own first, then the latest changed. Both lists are
-- found along an index, whatever the size of the workspace. stale is the V that an issue's page last changed at.
WITH own AS (
    SELECT x.id FROM issue x
    WHERE x.workspace_id = @workspace_id AND x.assignee_id = @member_id AND x.deleted_at IS NULL AND x.team_id = ANY(@team_ids::uuid[])
        AND x.status_id = ANY(@status_ids::uuid[])
    ORDER BY x.updated_at DESC, x.id DESC LIMIT @most
), latest AS (
    SELECT x.id FROM issue x
    WHERE x.workspace_id = @workspace_id AND x.deleted_at IS NULL AND x.team_id = ANY(@team_ids::uuid[]) AND x.status_id = ANY(@status_ids::uuid[])
    ORDER BY x.version DESC LIMIT @most
)
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.cycle_id, i.version,
    GREATEST(i.version, COALESCE((SELECT max(t.version) FROM topic t WHERE t.workspace_id = i.workspace_id
        AND t.name = ANY(ARRAY['issue:' || i.id::text, 'issue:' || COALESCE(i.parent_id, i.id)::text, 'vocabulary'])), 0),
        (SELECT max(r.version) FROM relation r WHERE r.workspace_id = i.workspace_id AND (r.issue_id = i.id OR r.other_id = i.id)
            AND r.team_id = ANY(@team_ids::uuid[]) AND r.other_team_id = ANY(@team_ids)))::bigint AS stale
FROM issue i
WHERE i.workspace_id = @workspace_id AND i.id IN (SELECT own.id FROM own UNION SELECT latest.id FROM latest)
ORDER BY i.id IN (SELECT own.id FROM own) DESC, i.version DESC, i.id LIMIT @most;

-- name: ListTrashedIssues :many
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id,
    i.rank, i.version, i.created_at, i.updated_at
FROM issue i
WHERE i.workspace_id = @workspace_id AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NOT NULL
ORDER BY i.deleted_at DESC, i.id LIMIT @most;

-- name: GetIssueFreshness :one
-- What a conditional GET of an issue's page asks: which issue it is, and the V at which it, or what it was seen to show
-- beside itself, last changed: its relations too, of which the topics of the issue say nothing, since not all who see the
-- one see the others. An earlier key still names it, but not to whom the team of that key is hidden: that there was one would betray the team.
SELECT i.id, i.team_id, i.number,
    GREATEST((SELECT max(t.version) FROM topic t WHERE t.workspace_id = i.workspace_id
            AND t.name = ANY(ARRAY['issue:' || i.id::text, 'vocabulary'] || @beside::text[])),
        (SELECT max(r.version) FROM relation r WHERE r.workspace_id = i.workspace_id AND (r.issue_id = i.id OR r.other_id = i.id)
            AND r.team_id = ANY(@team_ids::uuid[]) AND r.other_team_id = ANY(@team_ids)), 0)::bigint AS version
FROM issue i
WHERE i.workspace_id = @workspace_id AND i.team_id = ANY(@team_ids::uuid[])
    AND (i.id = @id OR i.team_id = @team_id AND i.number = @number
        OR i.id = (SELECT a.issue_id FROM alias a WHERE a.workspace_id = @workspace_id AND a.team_id = @team_id AND a.number = @number AND a.team_id = ANY(@team_ids::uuid[])));

-- name: GetIssue :one
SELECT i.id, i.team_id, i.number, i.title, i.description, i.status_id, i.priority, i.assignee_id, i.labels, i.subscribers, i.reactions, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id,
    i.milestone_id, i.rank, i.author_id, i.started_at, i.completed_at, i.canceled_at, i.snoozed_until, i.version, i.created_at, i.updated_at, i.deleted_at
FROM issue i
WHERE i.workspace_id = @workspace_id AND (i.id = @id OR i.team_id = @team_id AND i.number = @number) AND i.team_id = ANY(@team_ids::uuid[]);

-- name: ListSubIssues :many
-- The issues right below one, in the order in which they were made.
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id,
    i.rank, i.version, i.created_at, i.updated_at
FROM issue i
WHERE i.workspace_id = @workspace_id AND i.parent_id = @parent_id AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
ORDER BY i.created_at, i.id LIMIT @most;

-- name: CountSubIssues :many
-- How far the issues right below others have come.
SELECT i.parent_id::uuid AS parent_id, count(*) AS total, count(*) FILTER (WHERE i.status_id = ANY(@closed_ids::uuid[])) AS done FROM issue i
WHERE i.workspace_id = @workspace_id AND i.parent_id = ANY(@parent_ids::uuid[]) AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL
GROUP BY i.parent_id LIMIT 1000;

-- name: ListIssueTitles :many
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.version FROM issue i
WHERE i.workspace_id = @workspace_id AND i.id = ANY(@ids::uuid[]) AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL LIMIT 1000;

-- name: ListIssueTitlesByNumber :many
-- The issues that a text names by their keys, those they had earlier too.
SELECT k.team_id::uuid AS wanted_team, k.number::bigint AS wanted_number, i.id, i.team_id, i.number, i.title, i.status_id, i.version
FROM (SELECT w.team_id, w.number, n.id AS issue_id FROM (SELECT unnest(@wanted_teams::uuid[]) AS team_id, unnest(@numbers::bigint[]) AS number) AS w
        JOIN issue n ON n.workspace_id = @workspace_id AND n.team_id = w.team_id AND n.number = w.number
    UNION
    SELECT w.team_id, w.number, a.issue_id FROM (SELECT unnest(@wanted_teams::uuid[]) AS team_id, unnest(@numbers::bigint[]) AS number) AS w
        JOIN alias a ON a.workspace_id = @workspace_id AND a.team_id = w.team_id AND a.number = w.number) AS k
JOIN issue i ON i.workspace_id = @workspace_id AND i.id = k.issue_id
WHERE i.team_id = ANY(@team_ids::uuid[]) AND k.team_id = ANY(@team_ids::uuid[]) LIMIT 1000;

-- name: SearchIssues :many
-- The latest of the issues that match, best first. Each that is ranked costs the reading of its search vector, so that of a word
-- that stands in every fifth of 100,000 only the latest are. A filter is as in ListIssueGroups.
SELECT i.id, i.team_id, i.number, i.title, i.status_id, i.priority, i.assignee_id, i.labels, i.parent_id, i.due, i.estimate, i.project_id, i.cycle_id,
    i.rank, i.version, i.created_at, i.updated_at, left(i.description, @excerpted::integer) AS beginning
FROM (
    SELECT x.* FROM (
        SELECT m.* FROM issue m
        WHERE m.workspace_id = @workspace_id AND m.team_id = ANY(@team_ids::uuid[]) AND m.deleted_at IS NULL AND m.search @@ to_tsquery('english', @words::text)
            AND (NOT @narrow::boolean OR (cardinality(@statuses::uuid[]) = 0 OR m.status_id = ANY(@statuses))
            AND (cardinality(@not_statuses::uuid[]) = 0 OR NOT m.status_id = ANY(@not_statuses))
            AND (cardinality(@assignees::uuid[]) = 0 OR COALESCE(m.assignee_id, '00000000-0000-0000-0000-000000000000') = ANY(@assignees))
            AND (cardinality(@not_assignees::uuid[]) = 0 OR NOT COALESCE(m.assignee_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_assignees))
            AND (cardinality(@creators::uuid[]) = 0 OR COALESCE(m.author_id, '00000000-0000-0000-0000-000000000000') = ANY(@creators))
            AND (cardinality(@not_creators::uuid[]) = 0 OR NOT COALESCE(m.author_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_creators))
            AND (cardinality(@labels::uuid[]) = 0 OR CASE WHEN m.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE m.labels END && @labels)
            AND (cardinality(@not_labels::uuid[]) = 0 OR NOT CASE WHEN m.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE m.labels END && @not_labels)
            AND (cardinality(@cycles::uuid[]) = 0 OR COALESCE(m.cycle_id, '00000000-0000-0000-0000-000000000000') = ANY(@cycles))
            AND (cardinality(@not_cycles::uuid[]) = 0 OR NOT COALESCE(m.cycle_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_cycles))
            AND (cardinality(@priorities::smallint[]) = 0 OR m.priority = ANY(@priorities))
            AND (cardinality(@not_priorities::smallint[]) = 0 OR NOT m.priority = ANY(@not_priorities))
            AND (cardinality(@projects::uuid[]) = 0 OR COALESCE(m.project_id, '00000000-0000-0000-0000-000000000000') = ANY(@projects))
            AND (cardinality(@not_projects::uuid[]) = 0 OR NOT COALESCE(m.project_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_projects)))
        ORDER BY m.version DESC, m.id LIMIT @ranked
    ) AS x JOIN status s ON s.workspace_id = x.workspace_id AND s.id = x.status_id
    ORDER BY ts_rank(x.search, to_tsquery('english', @words::text)) * CASE WHEN s.category IN ('completed', 'canceled') THEN 0.5 ELSE 1 END DESC, x.updated_at DESC, x.id
    LIMIT @most OFFSET @skip
) AS i;

-- name: SearchComments :many
-- The filter is of the issues that the comments are on.
SELECT c.id AS comment_id, c.created_at, c.author_id, i.id, i.team_id, i.number, i.title, i.status_id, left(c.body, @excerpted::integer) AS beginning
FROM (
    SELECT x.* FROM (
        SELECT m.* FROM comment m
        WHERE m.workspace_id = @workspace_id AND m.team_id = ANY(@team_ids::uuid[]) AND m.deleted_at IS NULL AND m.search @@ to_tsquery('english', @words::text)
            AND (NOT @narrow::boolean OR EXISTS (SELECT 1 FROM issue f WHERE f.workspace_id = m.workspace_id AND f.id = m.issue_id AND f.deleted_at IS NULL AND (cardinality(@statuses::uuid[]) = 0 OR f.status_id = ANY(@statuses))
            AND (cardinality(@not_statuses::uuid[]) = 0 OR NOT f.status_id = ANY(@not_statuses))
            AND (cardinality(@assignees::uuid[]) = 0 OR COALESCE(f.assignee_id, '00000000-0000-0000-0000-000000000000') = ANY(@assignees))
            AND (cardinality(@not_assignees::uuid[]) = 0 OR NOT COALESCE(f.assignee_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_assignees))
            AND (cardinality(@creators::uuid[]) = 0 OR COALESCE(f.author_id, '00000000-0000-0000-0000-000000000000') = ANY(@creators))
            AND (cardinality(@not_creators::uuid[]) = 0 OR NOT COALESCE(f.author_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_creators))
            AND (cardinality(@labels::uuid[]) = 0 OR CASE WHEN f.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE f.labels END && @labels)
            AND (cardinality(@not_labels::uuid[]) = 0 OR NOT CASE WHEN f.labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE f.labels END && @not_labels)
            AND (cardinality(@cycles::uuid[]) = 0 OR COALESCE(f.cycle_id, '00000000-0000-0000-0000-000000000000') = ANY(@cycles))
            AND (cardinality(@not_cycles::uuid[]) = 0 OR NOT COALESCE(f.cycle_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_cycles))
            AND (cardinality(@priorities::smallint[]) = 0 OR f.priority = ANY(@priorities))
            AND (cardinality(@not_priorities::smallint[]) = 0 OR NOT f.priority = ANY(@not_priorities))
            AND (cardinality(@projects::uuid[]) = 0 OR COALESCE(f.project_id, '00000000-0000-0000-0000-000000000000') = ANY(@projects))
            AND (cardinality(@not_projects::uuid[]) = 0 OR NOT COALESCE(f.project_id, '00000000-0000-0000-0000-000000000000') = ANY(@not_projects))))
        ORDER BY m.version DESC, m.id LIMIT @ranked
    ) AS x
    ORDER BY ts_rank(x.search, to_tsquery('english', @words::text)) DESC, x.created_at DESC, x.id
    LIMIT @most OFFSET @skip
) AS c
JOIN issue i ON i.workspace_id = @workspace_id AND i.id = c.issue_id AND i.deleted_at IS NULL;

-- name: SetSimilarity :exec
-- How much of a word must be alike, until the transaction ends: letters of a short word that changed places leave a third.
SELECT set_config('pg_trgm.word_similarity_threshold', '0.3', true);

-- name: ListSimilarTitles :many
-- Some titles with a word like those named, for each that no issue and no comment has.
SELECT w.word::text AS word, t.title
FROM unnest(@words::text[]) AS w(word)
CROSS JOIN LATERAL (
    SELECT i.title FROM issue i
    WHERE i.workspace_id = @workspace_id AND i.team_id = ANY(@team_ids::uuid[]) AND i.deleted_at IS NULL AND w.word <% i.title
    LIMIT @most
) AS t
WHERE NOT EXISTS (SELECT 1 FROM issue f WHERE f.workspace_id = @workspace_id AND f.team_id = ANY(@team_ids) AND f.deleted_at IS NULL AND f.search @@ plainto_tsquery('english', w.word))
    AND NOT EXISTS (SELECT 1 FROM comment c WHERE c.workspace_id = @workspace_id AND c.team_id = ANY(@team_ids) AND c.deleted_at IS NULL AND c.search @@ plainto_tsquery('english', w.word));

-- name: ListIssuesChangedSince :many
SELECT id, team_id, number, title, description, status_id, priority, assignee_id, labels, subscribers, reactions, parent_id, due, estimate,
    project_id, milestone_id, cycle_id, rank, author_id, started_at, completed_at, canceled_at, snoozed_until, version, stamps, created_at, updated_at, deleted_at
FROM issue WHERE workspace_id = @workspace_id AND version > @since AND team_id = ANY(@team_ids::uuid[])
ORDER BY version FETCH FIRST (@most::integer) ROWS WITH TIES;

-- name: ListRanksAround :many
-- A stretch of a team's order, the deleted too: they keep their place.
(SELECT a.id, a.rank FROM issue a WHERE a.workspace_id = @workspace_id AND a.team_id = @team_id AND a.rank <= @rank::text ORDER BY a.rank DESC LIMIT @most::integer)
UNION ALL
(SELECT b.id, b.rank FROM issue b WHERE b.workspace_id = @workspace_id AND b.team_id = @team_id AND b.rank > @rank::text ORDER BY b.rank LIMIT @most::integer);
