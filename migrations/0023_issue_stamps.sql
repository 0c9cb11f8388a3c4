-- When work on an issue began and when it ended, and until when it is out of the way in triage.

-- +goose Up
ALTER TABLE issue
    ADD COLUMN started_at    timestamptz,
    ADD COLUMN completed_at  timestamptz,
    ADD COLUMN canceled_at   timestamptz,
    ADD COLUMN snoozed_until timestamptz;

-- The workspaces whose issues of before still lack those times, each with the issue up to which it has been done.
CREATE TABLE issue_unstamped (
    workspace_id uuid PRIMARY KEY REFERENCES workspace ON DELETE CASCADE,
    behind       uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO issue_unstamped (workspace_id) SELECT w.id FROM workspace w;

-- +goose StatementBegin
-- stamp_issues gives some of those issues the times that the log tells, and says whether more may be left. It holds a
-- workspace's lock, so that nobody writes the issues meanwhile; a history that was cut leaves a time unknown.
CREATE FUNCTION stamp_issues(most integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    ws   uuid;
    done uuid;
    batch uuid[];
BEGIN
    SELECT u.workspace_id INTO ws FROM issue_unstamped u ORDER BY u.workspace_id LIMIT 1;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM FROM workspace_lock k WHERE k.workspace_id = ws FOR NO KEY UPDATE;
    SELECT u.behind INTO done FROM issue_unstamped u WHERE u.workspace_id = ws;
    SELECT array_agg(n.id) INTO batch FROM
        (SELECT i.id FROM issue i WHERE i.workspace_id = ws AND i.id > done ORDER BY i.id LIMIT most) AS n;
    IF batch IS NULL THEN
        DELETE FROM issue_unstamped u WHERE u.workspace_id = ws;
        RETURN true;
    END IF;
    UPDATE issue SET started_at = t.started_at,
        completed_at = CASE WHEN t.category = 'completed' THEN t.completed_at END,
        canceled_at = CASE WHEN t.category = 'canceled' THEN t.canceled_at END
    FROM (SELECT i.id, s.category,
            (array_agg(c.at ORDER BY c.version, c.ordinal) FILTER (WHERE n.category = 'started'))[1] AS started_at,
            (array_agg(c.at ORDER BY c.version DESC, c.ordinal DESC) FILTER (WHERE n.category = 'completed' AND o.category IS DISTINCT FROM 'completed'))[1] AS completed_at,
            (array_agg(c.at ORDER BY c.version DESC, c.ordinal DESC) FILTER (WHERE n.category = 'canceled' AND o.category IS DISTINCT FROM 'canceled'))[1] AS canceled_at
        FROM issue i JOIN status s ON s.workspace_id = ws AND s.id = i.status_id
        JOIN change c ON c.workspace_id = ws AND c.issue_id = i.id AND c.kind = 'issue' AND c.after ? 'status'
        JOIN status n ON n.workspace_id = ws AND n.id = substr(c.after ->> 'status', 8)::uuid
        LEFT JOIN status o ON o.workspace_id = ws AND o.id = substr(c.before ->> 'status', 8)::uuid
        WHERE i.workspace_id = ws AND i.id = ANY(batch)
        GROUP BY i.id, s.category) AS t
    WHERE issue.workspace_id = ws AND issue.id = t.id;
    UPDATE issue_unstamped SET behind = batch[cardinality(batch)] WHERE workspace_id = ws;
    RETURN true;
END $$;
-- +goose StatementEnd
