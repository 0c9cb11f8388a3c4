-- What a list by labels, and the filter by them, are read by; no label is one of them. Without it such a list read the team's
-- issues once for each label: 4.7 s for 30 labels on 100,000 issues.

-- +goose NO TRANSACTION
-- +goose Up
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS issue_marks;
CREATE INDEX CONCURRENTLY issue_marks ON issue USING gin ((CASE WHEN labels = '{}' THEN '{00000000-0000-0000-0000-000000000000}' ELSE labels END)) WHERE deleted_at IS NULL;
RESET lock_timeout;
