-- What each member wants to be told in their browsers. Who chose before there were notifications has what everybody begins with.

-- +goose Up
ALTER TABLE preference ADD COLUMN push text[] NOT NULL DEFAULT '{assigned,due,mentioned,unblocked,urgent}';
