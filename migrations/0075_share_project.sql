-- A share may show a project of a team. Its filter says the project too: a program from before this migration, which beside newer ones knows no such share,
-- shows of it the list of the project's issues.

-- +goose Up
ALTER TABLE share ADD COLUMN project_id uuid;
