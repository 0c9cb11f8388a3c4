-- Of a member's changed rights: the V at which they last showed less. Who only sees more since keeps what their browser
-- keeps for reading offline. A program from before this migration moves version alone, and what it changed may have shown
-- less: what lost says holds for the V it was judged at.

-- +goose Up
ALTER TABLE member_access ADD COLUMN lost bigint NOT NULL DEFAULT 0, ADD COLUMN judged bigint NOT NULL DEFAULT 0;
