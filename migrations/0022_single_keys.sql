-- Whether single keys do something for a person: who speaks to their computer, or presses keys unmeant, switches them off.

-- +goose Up
ALTER TABLE person ADD COLUMN single_keys boolean NOT NULL DEFAULT true;
