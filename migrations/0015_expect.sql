-- What a writer expects, held against what is there by PostgreSQL itself: a statement that fails takes those behind it in
-- the round trip with it, the commit too, so that a writer need not wait for one answer before it sends the next.

-- +goose Up
-- +goose StatementBegin
-- expect_head fails with TD001 when the log has moved on, and says when it had not. Under the workspace's lock it stays true.
CREATE FUNCTION expect_head(ws uuid, expected_epoch uuid, expected_version bigint) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM workspace w WHERE w.id = ws AND w.epoch = expected_epoch
        AND GREATEST((SELECT max(c.version) FROM change c WHERE c.workspace_id = ws), w.base_version) = expected_version;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the log has moved on' USING ERRCODE = 'TD001';
    END IF;
    RETURN clock_timestamp();
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- expect_rows fails with TD002 when a versioned update did not find all of its rows.
CREATE FUNCTION expect_rows(counted bigint, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF counted <> expected THEN
        RAISE EXCEPTION '% of % records have the version that was read', counted, expected USING ERRCODE = 'TD002';
    END IF;
END $$;
-- +goose StatementEnd
