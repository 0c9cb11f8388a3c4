-- The old lines of the log keep to 0009 as well. Reading them all holds no writer up, nor does waiting for the chance to.

-- +goose Up
SET LOCAL lock_timeout = 0;
ALTER TABLE change VALIDATE CONSTRAINT change_op_check;
