-- name: ListDepartures :many
-- What went out of a reader's sight after a V, with its last departure: issues that left a team the reader sees and are
-- in one now that they do not, and what moved along with them. A relation hangs on two teams, so it has lines of its own.
SELECT m.kind, m.record_id, max(m.version)::bigint AS version
FROM change l JOIN change m ON m.workspace_id = l.workspace_id AND m.issue_id = l.issue_id AND m.version = l.version
WHERE l.workspace_id = @workspace_id AND l.op = 'leave' AND l.kind = 'issue' AND l.version > @since AND l.team_id = ANY(@team_ids::uuid[])
    AND m.before ? 'team' AND m.kind <> 'relation'
    AND NOT EXISTS (SELECT 1 FROM issue i WHERE i.workspace_id = l.workspace_id AND i.id = l.issue_id AND i.team_id = ANY(@team_ids::uuid[]))
GROUP BY m.kind, m.record_id
UNION ALL
SELECT l.kind, l.record_id, max(l.version)::bigint
FROM change l
WHERE l.workspace_id = @workspace_id AND l.op = 'leave' AND l.kind = 'relation' AND l.version > @since
    AND l.team_id = ANY(@team_ids) AND l.other_team_id = ANY(@team_ids)
    AND NOT EXISTS (SELECT 1 FROM relation r WHERE r.workspace_id = l.workspace_id AND r.id = l.record_id
        AND r.team_id = ANY(@team_ids) AND r.other_team_id = ANY(@team_ids))
GROUP BY l.kind, l.record_id
ORDER BY version FETCH FIRST (@most::integer) ROWS WITH TIES;

-- name: ListIssuesByParents :many
-- The issues right below those named, the deleted too: when a parent changes team its family parts.
SELECT id, team_id, number, title, description, status_id, priority, assignee_id, labels, subscribers, reactions, parent_id, due, estimate,
    project_id, milestone_id, cycle_id, rank, author_id, started_at, completed_at, canceled_at, snoozed_until, version, stamps, created_at, updated_at, deleted_at
FROM issue WHERE workspace_id = @workspace_id AND parent_id = ANY(@ids::uuid[]);

-- name: ListCommentsByIssues :many
-- All comments of the issues named, the deleted too: they change team with them.
SELECT id, team_id, issue_id, parent_id, author_id, body, reactions, version, stamps, created_at, updated_at, deleted_at
FROM comment WHERE workspace_id = @workspace_id AND issue_id = ANY(@ids::uuid[]);

-- name: ListSharesByIssues :many
SELECT id, token_hash, team_id, issue_id, project_id, filter, allowed_origins, author_id, version, stamps, created_at, updated_at, deleted_at
FROM share WHERE workspace_id = @workspace_id AND issue_id = ANY(@ids::uuid[]);
