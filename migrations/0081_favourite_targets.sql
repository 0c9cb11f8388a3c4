-- A favourite may lead to a project or to a cycle too.

-- +goose Up
ALTER TABLE favourite ADD COLUMN project_id uuid, ADD COLUMN cycle_id uuid;
