-- What the list of one's own steps and the base of a conflict are read by.

-- +goose Up
-- An undo that was refused takes its step off the list, so refusals are found beside what changed something.
CREATE INDEX result_step ON result (workspace_id, member_id, version DESC) WHERE changed OR request IS NOT NULL;
DROP INDEX result_member;

-- Labels, statuses, teams and members change seldom and belong to no issue: their history costs other writes nothing.
CREATE INDEX change_vocabulary ON change (workspace_id, record_id, version) WHERE issue_id IS NULL;
