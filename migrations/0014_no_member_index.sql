-- result_step (0008) took the place of result_member, which every write goes on paying for. So it goes at once and not
-- in a later release: a node of the build before that still runs fails in nothing, and reads its steps by result_step too,
-- past the refusals among them.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS result_member;
RESET lock_timeout;
