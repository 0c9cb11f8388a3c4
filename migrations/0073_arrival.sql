-- A workspace on its way back from an archive is left alone until all of it is there: a cycle that ended before its issues
-- came would leave them behind.

-- +goose Up
ALTER TABLE workspace ADD COLUMN arriving boolean NOT NULL DEFAULT false;
