-- Who hears of which issue, found by who: an issue's subscribers stand in an array of its row, and an index of what is in arrays would be written to
-- at every change of an issue, whatever changed. Here a row comes or goes only when somebody subscribes or leaves. The table follows from the issues, so
-- it is no part of backups, and the database itself keeps it: whatever writes issues, an older build or a restore too.

-- +goose Up
CREATE TABLE subscriber (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    member_id    uuid NOT NULL,
    issue_id     uuid NOT NULL,
    PRIMARY KEY (workspace_id, member_id, issue_id)
);

-- +goose StatementBegin
CREATE FUNCTION subscribe_to_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO subscriber (workspace_id, member_id, issue_id)
    SELECT m.workspace_id, s.id, m.id FROM made m CROSS JOIN LATERAL unnest(m.subscribers) AS s(id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION subscribe_to_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM subscriber WHERE workspace_id = OLD.workspace_id AND issue_id = OLD.id AND member_id = ANY(OLD.subscribers) AND member_id <> ALL(NEW.subscribers);
    INSERT INTO subscriber (workspace_id, member_id, issue_id)
    SELECT NEW.workspace_id, s.id, NEW.id FROM unnest(NEW.subscribers) AS s(id) WHERE s.id <> ALL(OLD.subscribers) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER issue_made AFTER INSERT ON issue REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION subscribe_to_made();
CREATE TRIGGER issue_subscribers AFTER UPDATE OF subscribers ON issue FOR EACH ROW WHEN (OLD.subscribers IS DISTINCT FROM NEW.subscribers) EXECUTE FUNCTION subscribe_to_changed();

INSERT INTO subscriber (workspace_id, member_id, issue_id)
SELECT i.workspace_id, s.id, i.id FROM issue i CROSS JOIN LATERAL unnest(i.subscribers) AS s(id) ON CONFLICT DO NOTHING;
