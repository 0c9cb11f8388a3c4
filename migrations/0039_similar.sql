-- What finds titles whose words are spelt almost as in a search. The extension is trusted: who may create in the database may
-- create it, and where somebody else has, nothing is to be done.

-- +goose Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;
