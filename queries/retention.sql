-- name: GetFloor :one
-- What came after is in the log; a cursor below it must start over.
SELECT floor FROM workspace WHERE id = @workspace_id;

-- name: ListFloors :many
SELECT id, floor FROM workspace WHERE id > @after ORDER BY id LIMIT @most;

-- name: TryLockRetention :one
-- One node cuts at a time; the lock ends with the transaction.
SELECT pg_try_advisory_xact_lock(hashtextextended('tandem retention', 0)) AS locked;

-- name: ListOldestChanges :many
-- When each was written. Imported entries bear their source's times, so for them the stored result tells.
SELECT c.version, COALESCE(CASE WHEN c.imported THEN (SELECT r.at FROM result r
    WHERE r.workspace_id = c.workspace_id AND r.transaction_id = c.transaction_id AND r.client_id = c.client_id) END, c.at)::timestamptz AS written_at
FROM change c WHERE c.workspace_id = @workspace_id ORDER BY c.version, c.ordinal LIMIT @most;

-- name: DeleteResultsOfChanges :execrows
DELETE FROM result r USING change c
WHERE c.workspace_id = @workspace_id AND c.version <= @floor AND r.workspace_id = c.workspace_id
    AND r.transaction_id = c.transaction_id AND r.version = c.version AND r.changed;

-- name: DeleteChanges :execrows
DELETE FROM change WHERE workspace_id = @workspace_id AND version <= @floor;

-- name: DeleteUnchangedResults :execrows
DELETE FROM result d WHERE d.workspace_id = @workspace_id AND (d.transaction_id, d.client_id) IN (
    SELECT r.transaction_id, r.client_id FROM result r
    WHERE r.workspace_id = @workspace_id AND NOT r.changed AND r.at < @before ORDER BY r.at LIMIT @most);

-- name: UpdateFloor :exec
-- base_version goes along: a log that is cut whole has its head there.
UPDATE workspace SET floor = @floor, base_version = GREATEST(base_version, @floor) WHERE id = @workspace_id AND floor < @floor;
