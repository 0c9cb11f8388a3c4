-- name: ListResultsByTransaction :many
SELECT transaction_id, client_id, member_id, fingerprint, label, status, version, changed, body, at FROM result
WHERE workspace_id = @workspace_id AND transaction_id = ANY(@transaction_ids::uuid[]);

-- name: GetResult :one
SELECT transaction_id, client_id, member_id, label, status, version, changed, body, request, at FROM result
WHERE workspace_id = @workspace_id AND transaction_id = @transaction_id AND member_id = @member_id LIMIT 1;

-- name: ListClientsByID :many
SELECT id, member_id FROM client WHERE workspace_id = @workspace_id AND id = ANY(@ids::uuid[]);

-- name: InsertClients :exec
INSERT INTO client (workspace_id, id, member_id)
SELECT @workspace_id, unnest(@ids::uuid[]), unnest(@member_ids::uuid[]) ON CONFLICT DO NOTHING;

-- name: ListRefusedRecords :many
SELECT record_id, client_id FROM refused_record WHERE workspace_id = @workspace_id AND record_id = ANY(@record_ids::uuid[]);

-- name: InsertRefusedRecords :exec
INSERT INTO refused_record (workspace_id, record_id, client_id)
SELECT @workspace_id, unnest(@record_ids::uuid[]), unnest(@client_ids::uuid[]) ON CONFLICT DO NOTHING;

-- name: ListSteps :many
-- One's own latest transactions that changed something or were refused, newest first: what undoes what, and whether
-- anything that it did is still in sight.
SELECT r.transaction_id, r.label, r.status, r.changed, r.at,
    COALESCE(CASE WHEN r.request -> 0 ->> 'op' = 'undo' THEN r.request -> 0 ->> 'transaction' END,
        '00000000-0000-0000-0000-000000000000')::uuid AS undoes,
    EXISTS (SELECT FROM change c WHERE c.workspace_id = r.workspace_id AND c.version = r.version AND c.transaction_id = r.transaction_id
        AND c.member_id = r.member_id AND NOT c.imported AND (c.team_id IS NULL OR c.team_id = ANY(@team_ids::uuid[]))
        AND (c.other_team_id IS NULL OR c.other_team_id = ANY(@team_ids)))::boolean AS in_sight
FROM result r
WHERE r.workspace_id = @workspace_id AND r.member_id = @member_id AND (r.changed OR r.request IS NOT NULL) AND r.at >= @since
ORDER BY r.version DESC, r.changed, r.at DESC LIMIT 1000;
