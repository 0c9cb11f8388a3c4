-- From whose sight an issue went that changed teams.

-- +goose Up
-- That an issue left a team is a line of the log with that team as its own: whoever follows the log tells the team's
-- readers as they tell of any change, and learns nothing of where the issue went.
ALTER TABLE change DROP CONSTRAINT change_op_check;
ALTER TABLE change ADD CONSTRAINT change_op_check CHECK (op IN ('create', 'set', 'delete', 'restore', 'leave')) NOT VALID;
