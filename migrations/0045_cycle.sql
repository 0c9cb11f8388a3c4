-- The stretches of time that a team plans its work in, and how long it wants them: 0 weeks is none.

-- +goose Up
CREATE TABLE cycle (
    workspace_id uuid   NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid   NOT NULL,
    team_id      uuid   NOT NULL,
    number       bigint NOT NULL,
    name         text   NOT NULL DEFAULT '',
    starts       date   NOT NULL, -- the first day
    ends         date   NOT NULL, -- the last one, both in the team's time zone
    state        text   NOT NULL CHECK (state IN ('upcoming', 'current', 'past')),
    version      bigint NOT NULL,
    stamps       jsonb  NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    deleted_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);

ALTER TABLE team
    ADD COLUMN cycle_weeks integer NOT NULL DEFAULT 0,
    ADD COLUMN cycle_day integer NOT NULL DEFAULT 1, -- 1 is Monday
    ADD COLUMN cycle_cooldown integer NOT NULL DEFAULT 0; -- weeks
