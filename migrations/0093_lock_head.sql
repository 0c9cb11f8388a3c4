-- How a group begins that knows what it needs: three statements in one, since each that a lone write sends costs it more than
-- what it does.

-- +goose Up
-- +goose StatementBegin
-- lock_head locks a workspace for the transaction and then does what expect_head does. The lock comes in a statement of its own, and
-- being volatile the function looks anew for the next: what was committed while it waited is seen. All that follows goes by keys, so
-- that planning it anew would cost more than reading.
CREATE FUNCTION lock_head(ws uuid, expected_epoch uuid, expected_version bigint) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true);
    PERFORM FROM workspace_lock l WHERE l.workspace_id = ws FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'workspace % has no lock', ws;
    END IF;
    RETURN expect_head(ws, expected_epoch, expected_version);
END $$;
-- +goose StatementEnd
