-- name: LockWorkspace :one
-- The writer's first statement: commit order equals V order because of it.
SELECT workspace_id FROM workspace_lock WHERE workspace_id = @workspace_id FOR NO KEY UPDATE;

-- name: GetHead :one
-- A new epoch begins above the log, and a log that was cut whole has no entry: base_version counts beside it.
SELECT w.epoch, clock_timestamp()::timestamptz AS at,
    GREATEST((SELECT max(c.version) FROM change c WHERE c.workspace_id = w.id), w.base_version)::bigint AS version,
    COALESCE((SELECT t.version FROM topic t WHERE t.workspace_id = w.id AND t.name = 'vocabulary'), 0)::bigint AS vocabulary
FROM workspace w WHERE w.id = @workspace_id;

-- name: LockHead :one
-- The first statement of a writer that has read nothing: it locks, and fails unless the log ends where the writer thinks it does. What
-- follows in the transaction is planned once. The time is PostgreSQL's.
SELECT lock_head(@workspace_id::uuid, @epoch::uuid, @version::bigint)::timestamptz AS at;

-- name: LockAlone :exec
-- The lock of a writer that looks at the log in its next statement. What follows in the transaction is planned once.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true), CASE WHEN count(*) <> 1 THEN expect_rows(count(*), 1)::text END
FROM (SELECT FROM workspace_lock WHERE workspace_id = @workspace_id FOR NO KEY UPDATE) AS locked;

-- name: ListHeads :many
SELECT w.id, w.epoch, GREATEST((SELECT max(c.version) FROM change c WHERE c.workspace_id = w.id), w.base_version)::bigint AS version
FROM workspace w WHERE w.id = ANY(@ids::uuid[]);

-- name: GetWorkspace :one
SELECT id, slug, name, epoch, version, stamps, created_at, updated_at FROM workspace WHERE id = @workspace_id;

-- name: GetWorkspaceIDBySlug :one
SELECT id FROM workspace WHERE slug = @slug;

-- name: UpdateWorkspaces :exec
WITH written AS (
    UPDATE workspace SET name = r.name, stamps = workspace.stamps || r.stamps, version = r.version, updated_at = r.updated_at
    FROM jsonb_to_recordset(@rows::jsonb) AS r(id uuid, expected bigint, version bigint, name text, stamps jsonb, updated_at timestamptz)
    WHERE workspace.id = r.id AND workspace.version = r.expected
    RETURNING 1)
SELECT expect_rows(count(*), @expected::bigint) FROM written;

-- name: ListWorkspacesByPerson :many
SELECT w.id, w.slug, w.name, m.id AS member_id
FROM member m JOIN workspace w ON w.id = m.workspace_id
WHERE m.person_id = @person_id AND m.deleted_at IS NULL
ORDER BY w.slug LIMIT 100;

-- name: MintEpochs :exec
UPDATE workspace w SET epoch = gen_random_uuid(),
    base_version = 1000000000 + GREATEST((SELECT max(c.version) FROM change c WHERE c.workspace_id = w.id), w.base_version);

-- name: InsertWorkspaceIfNew :execrows
INSERT INTO workspace (id, slug, name, epoch, version, created_at, updated_at)
VALUES (@id, @slug, @name, @epoch, 0, now(), now()) ON CONFLICT (slug) DO NOTHING;

-- name: InsertWorkspaceLockIfNew :exec
INSERT INTO workspace_lock (workspace_id) VALUES (@workspace_id) ON CONFLICT DO NOTHING;

-- name: InsertBroughtWorkspace :execrows
-- A workspace as it was elsewhere, of which nothing else is here yet.
INSERT INTO workspace (id, slug, name, epoch, version, created_at, updated_at, arriving)
VALUES (@id, @slug, @name, @epoch, 0, @created_at, @updated_at, true) ON CONFLICT DO NOTHING;

-- name: EndArrival :exec
UPDATE workspace SET arriving = false WHERE id = @workspace_id AND arriving;
