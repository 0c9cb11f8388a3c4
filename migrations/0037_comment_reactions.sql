-- Who answered a comment with which emoji, as "member:<uuid>/👍".

-- +goose Up
ALTER TABLE comment ADD COLUMN reactions text[] NOT NULL DEFAULT '{}';
