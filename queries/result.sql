-- name: ListResultsByTransaction :many
SELECT transaction_id, client_id, member_id, fingerprint, label, status, version, changed, body, at FROM result
WHERE workspace_id = @workspace_id AND transaction_id = ANY(@transaction_ids::uuid[]);

-- name: GetResult :one
SELECT transaction_id, client_id, member_id, label, status, version, changed, body, request, at FROM result
WHERE workspace_id = @workspace_id AND transaction_id = @transaction_id AND member_id = @member_id LIMIT 1;

-- name: InsertResults :exec
INSERT INTO result (workspace_id, transaction_id, client_id, member_id, fingerprint, label, status, version, changed, body, request, at)
SELECT @workspace_id, r.transaction_id, r.client_id, r.member_id, r.fingerprint::bytea, r.label, r.status, r.version, r.changed, r.body, r.request, r.at
FROM jsonb_to_recordset(@rows::jsonb) AS r(transaction_id uuid, client_id uuid, member_id uuid, fingerprint text, label text, status text,
    version bigint, changed boolean, body jsonb, request jsonb, at timestamptz);

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

-- name: ListUndoSteps :many
-- One's own latest steps, newest first.
SELECT transaction_id, label, version, at FROM result
WHERE workspace_id = @workspace_id AND member_id = @member_id AND changed AND at > now() - interval '24 hours'
ORDER BY version DESC LIMIT 100;
