-- Who answered an issue's description with which emoji, as "member:<uuid>/👍".

-- +goose Up
ALTER TABLE issue ADD COLUMN reactions text[] NOT NULL DEFAULT '{}';
