-- name: ListTables :many
-- The tables of the schema with what a copy of each must hold, and the tables that it refers to. The numbers of the
-- migrations are left out: whoever loads a copy migrates first. So is what the database makes of the issues by itself.
SELECT c.relname::text AS name,
    ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum)::text[] AS columns,
    ARRAY(SELECT f.relname::text FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid ORDER BY f.relname)::text[] AS refers
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname NOT IN ('goose_db_version', 'subscriber') ORDER BY c.relname;

-- name: CountOtherConnections :one
SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid();

-- name: ForgetCluster :execrows
-- No cluster has this number, so that whoever opens the database next finds it in another one than it was written in.
UPDATE instance SET system_identifier = 0;

-- name: DeleteInstance :exec
DELETE FROM instance;
