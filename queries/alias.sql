-- name: ListAliasesByIssue :many
-- The numbers that issues had in the teams they left.
SELECT team_id, number, issue_id FROM alias WHERE workspace_id = @workspace_id AND issue_id = ANY(@ids::uuid[]);

-- name: InsertAliases :exec
-- One who came back and leaves again has its old number already.
INSERT INTO alias (workspace_id, team_id, number, issue_id)
SELECT @workspace_id, unnest(@team_ids::uuid[]), unnest(@numbers::bigint[]), unnest(@ids::uuid[]) ON CONFLICT DO NOTHING;
