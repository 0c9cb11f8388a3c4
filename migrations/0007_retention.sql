-- What --retention cuts off the beginning of the log.

-- +goose Up
ALTER TABLE workspace ADD COLUMN floor bigint NOT NULL DEFAULT 0; -- the log holds what came after; up to here it is cut
