package sync

import (
	"encoding/json"
	"fmt"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func TestS90_TheFoldOfTheLogEqualsTheTables(t *testing.T) {
	t.Parallel()

	t.Run("after everything that can be done", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.live(t)
		verdict := h.verdict(t)
		if verdict.Flaws != 0 || verdict.Entries < 40 || verdict.Records < 15 {
			t.Errorf("%+v: %v", verdict, verdict.First)
		}
	})

	t.Run("while others write", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		done := make(chan struct{})
		var writing stdsync.WaitGroup
		for range 4 {
			writing.Go(func() {
				for tab := newID(); ; {
					select {
					case <-done:
						return
					default:
						issue := NewRef("issue", newID())
						h.applied(t, h.ann, tab, Operation{Op: Create, Record: issue, Set: map[string]any{"team": string(NewRef("team", h.team)), "title": "written"}})
						h.applied(t, h.ann, tab, Operation{Op: Delete, Record: issue})
					}
				}
			})
		}
		for head := h.verdict(t).Head; head < 300; {
			verdict := h.verdict(t)
			if verdict.First != nil {
				t.Errorf("V %d: %s", verdict.Head, verdict.First)
			}
			head = verdict.Head
		}
		close(done)
		writing.Wait()
	})

	t.Run("over new epochs", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		for range 2 {
			must(t, h.queries.MintEpochs(t.Context(), h.pool))
			must(t, h.queries.MintEpochs(t.Context(), h.pool))
			before := h.verdict(t).Head
			if _, version := h.issue(t, "after"); version != before+1 {
				t.Errorf("V %d follows the head %d of a new epoch", version, before)
			}
		}
		if head := h.verdict(t).Head; head < 4*1_000_000_000 {
			t.Errorf("four epochs on, the head is %d", head)
		}
	})
}

// spoil runs a statement, sees what Verify finds, and takes the statement's effect on the table back, so that the
// house is whole again in the end.
func (h *house) spoil(t *testing.T, table, statement string, args ...any) Verdict {
	t.Helper()
	run := func(sql string, args ...any) int64 {
		t.Helper()
		tag, err := h.pool.Exec(t.Context(), sql, args...)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return tag.RowsAffected()
	}
	columns := "*"
	if table == "issue" || table == "comment" { // one column is computed
		columns = ""
		for _, field := range append(nounOf(table).fields(), field{column: "workspace_id"}, field{column: "id"}, field{column: "version"},
			field{column: "stamps"}, field{column: "created_at"}, field{column: "updated_at"}, field{column: "deleted_at"}) {
			columns += ", " + field.column
		}
		columns = strings.TrimPrefix(columns, ", ")
	}
	run("create table saved as select " + columns + " from " + table)
	if run(statement, args...) == 0 {
		t.Fatalf("%s %v: nothing was spoiled", statement, args)
	}
	verdict := h.verdict(t)
	if table == "workspace" {
		run("update workspace w set name = s.name, version = s.version, stamps = s.stamps, base_version = s.base_version, floor = s.floor, updated_at = s.updated_at from saved s")
	} else {
		run("delete from " + table)
		into := ""
		if columns != "*" {
			into = "(" + columns + ")"
		}
		run("insert into " + table + into + " select * from saved")
	}
	run("drop table saved")
	return verdict
}

// flip turns a column into something else of its type.
func flip(column, dataType string) string {
	switch {
	case column == "role":
		return "case role when 'admin' then 'guest' else 'admin' end"
	case column == "category":
		return "case category when 'started' then 'backlog' else 'started' end"
	case column == "state":
		return "case state when 'current' then 'past' else 'current' end"
	case column == "key":
		return "'Q' || substr(upper(md5(key)), 1, 4)"
	case column == "person_id":
		return "null"
	case column == "priority":
		return "(priority + 1) % 5"
	case column == "token_hash":
		return "sha256(token_hash)"
	case dataType == "uuid":
		return "gen_random_uuid()"
	case dataType == "boolean":
		return "not " + column
	case dataType == "date":
		return "coalesce(" + column + ", '2030-01-01') + 1"
	case dataType == "uuid[]":
		return "array_append(" + column + ", gen_random_uuid())"
	case dataType == "text[]":
		return "array_append(" + column + ", 'https://z.example.com')"
	case dataType == "timestamp with time zone":
		return "coalesce(" + column + ", now()) + interval '1 microsecond'"
	case strings.Contains(dataType, "int"):
		return "coalesce(" + column + ", 0) + 1"
	}
	return "overlay(" + column + " placing case when " + column + " like 'z%' then 'y' else 'z' end from 1 for 1)"
}

// columnType asks the database.
func (h *house) columnType(t *testing.T, table, column string) string {
	t.Helper()
	var name string
	must(t, h.pool.QueryRow(t.Context(), "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = $1::regclass and attname = $2", table, column).Scan(&name))
	return name
}

func TestS90_ASingleFlippedValueOfATableIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.live(t)
	for _, kind := range kinds {
		var id uuid.UUID
		must(t, h.pool.QueryRow(t.Context(), `select record_id from change where workspace_id = $1 and kind = $2 and not imported
			order by version desc, ordinal desc limit 1`, h.ws, kind).Scan(&id))
		columns := map[string]string{"version": "version", "created_at": "created_at", "updated_at": "updated_at", "deleted_at": "deleted_at"}
		if kind == "workspace" { // its creation is not in the log, and it cannot be deleted
			columns = map[string]string{"version": "version", "updated_at": "updated_at"}
		}
		for _, field := range nounOf(kind).fields() {
			columns[field.column] = field.name
		}
		for column, name := range columns {
			verdict := h.spoil(t, kind, fmt.Sprintf("update %s set %s = %s where id = $1", kind, column, flip(column, h.columnType(t, kind, column))), id)
			wantFlaw(t, kind+"."+column, verdict, NewRef(kind, id), name, "the log says", "the table")
		}
		verdict := h.spoil(t, kind, fmt.Sprintf(`update %s set stamps = jsonb_set(stamps, array[(select min(k) from jsonb_object_keys(stamps) k), 'v'], '99') where id = $1`, kind), id)
		wantFlaw(t, "a stamp of "+kind, verdict, NewRef(kind, id), "", "set it")
	}
}

// wantFlaw fails unless the first flaw is of a record and field, and says certain words.
func wantFlaw(t *testing.T, what string, verdict Verdict, ref Ref, field string, words ...string) {
	t.Helper()
	flaw := verdict.First
	if flaw == nil {
		t.Errorf("%s: nothing was found", what)
		return
	}
	if ref != "" && flaw.Record != ref || field != "" && flaw.Field != field {
		t.Errorf("%s: found at %s %s: %s", what, flaw.Record, flaw.Field, flaw)
	}
	for _, word := range words {
		if !strings.Contains(flaw.String(), word) {
			t.Errorf("%s: %q is not in %q", what, word, flaw)
		}
	}
}

func TestS90_ASingleFlippedValueOfTheLogIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.live(t)
	for _, kind := range kinds {
		for _, entry := range h.entriesOf(t, kind) {
			for side, values := range map[string]json.RawMessage{"before": entry.Before, "after": entry.After} {
				words := map[string][]string{"before": {"the entry says that it replaced", "had left"}, "after": {" says "}}[side]
				fields, err := decodeValues(values)
				must(t, err)
				for field, v := range fields {
					verdict := h.spoil(t, "change", fmt.Sprintf("update change set %s = jsonb_set(%s, $1, $2) where workspace_id = $3 and version = $4 and ordinal = $5", side, side),
						[]string{field}, otherThan(v), h.ws, entry.Version, entry.Ordinal)
					wantFlaw(t, fmt.Sprintf("%s of %s at V %d", side, field, entry.Version), verdict, entry.ref, field, words...)
				}
			}
		}
	}
}

type loggedEntry struct {
	ref           Ref
	Version       int64
	Ordinal       int
	Before, After json.RawMessage
	Kind          string
	RecordID      uuid.UUID
}

// entriesOf are the last entries of each verb of a kind.
func (h *house) entriesOf(t *testing.T, kind string) []loggedEntry {
	t.Helper()
	rows, err := h.pool.Query(t.Context(), `select distinct on (op) version, ordinal, before, after, kind, record_id from change
		where workspace_id = $1 and kind = $2 order by op, version desc, ordinal desc`, h.ws, kind)
	must(t, err)
	entries, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (loggedEntry, error) {
		var e loggedEntry
		err := row.Scan(&e.Version, &e.Ordinal, &e.Before, &e.After, &e.Kind, &e.RecordID)
		e.ref = NewRef(e.Kind, e.RecordID)
		return e, err
	})
	must(t, err)
	if len(entries) == 0 {
		t.Fatalf("no entries of %s", kind)
	}
	return entries
}

func otherThan(v value) json.RawMessage {
	switch v.(type) {
	case int64:
		return json.RawMessage("4711")
	case bool:
		return json.RawMessage(fmt.Sprint(!truth(v)))
	case []string:
		return json.RawMessage(`["zzz"]`)
	}
	return json.RawMessage(`"zzz"`)
}

func TestS90_WhatIsMissingOrTooMuchIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.live(t)
	head := h.verdict(t).Head
	at := func(sql string, args ...any) (n int64) {
		t.Helper()
		must(t, h.pool.QueryRow(t.Context(), sql, args...).Scan(&n))
		return n
	}
	middle := at("select version from change where kind = 'issue' and op = 'set' order by version limit 1")
	several := at("select version from change where kind = 'issue' group by version having count(*) > 1 order by version limit 1")
	for name, c := range map[string]struct {
		table, statement string
		words            []string
	}{
		"an entry in the middle": {"change", fmt.Sprintf("delete from change where version = %d", middle), []string{fmt.Sprintf("V %d: ", middle), "no such entry"}},
		"the last entry":         {"change", fmt.Sprintf("delete from change where version = %d", head), []string{fmt.Sprint(head)}},
		"one entry of several":   {"change", fmt.Sprintf("delete from change where version = %d and ordinal = 1", several), []string{fmt.Sprintf("V %d", several)}},
		"the first of several":   {"change", fmt.Sprintf("delete from change where version = %d and ordinal = 0", several), []string{fmt.Sprintf("V %d", several)}},
		"an entry's version":     {"change", fmt.Sprintf("update change set version = %d where version = %d", head+1, middle), []string{"no such entry"}},
		"an entry's record":      {"change", fmt.Sprintf("update change set record_id = gen_random_uuid() where version = %d", middle), []string{"issue:"}},
		"an entry's kind":        {"change", fmt.Sprintf("update change set kind = 'widget' where version = %d", middle), []string{"kind of record"}},
		"an entry's verb":        {"change", fmt.Sprintf("update change set op = 'restore' where version = %d", middle), []string{"restores it"}},
		"an entry's transaction": {"change", fmt.Sprintf("update change set transaction_id = gen_random_uuid() where version = %d", middle), []string{"no result"}},
		"a creation":             {"change", fmt.Sprintf("update change set op = 'set' where version = %d and op = 'create'", several), []string{"creation is missing"}},
		"an issue":               {"issue", "delete from issue where number = 77", []string{"the log holds it, the table does not"}},
		"an issue of nobody": {"issue", fmt.Sprintf(`insert into issue (workspace_id, id, team_id, number, title, status_id, rank, version, created_at, updated_at)
			select workspace_id, gen_random_uuid(), team_id, 4711, 'forged', status_id, 'zzzzz', %d, now(), now() from issue where number = 77`, head), []string{"the table holds it, the log does not"}},
		"a comment":                    {"comment", "delete from comment where body = 'words'", []string{"comment:", "the table does not"}},
		"a topic":                      {"topic", "update topic set version = version + 1 where name = 'vocabulary'", []string{"the topic vocabulary"}},
		"a topic too many":             {"topic", fmt.Sprintf("insert into topic select id, 'forged', %d from workspace", head), []string{"the topic forged"}},
		"a topic too few":              {"topic", "delete from topic where name = 'vocabulary'", []string{"the topic vocabulary", "at 0 as the table says"}},
		"a change of rights":           {"member_access", "update member_access set version = version - 1", []string{"member:", "rights changed last"}},
		"a change of rights forgotten": {"member_access", "delete from member_access", []string{"member:", "at 0 as the table says"}},
		"a result of the future":       {"result", fmt.Sprintf("update result set version = %d where not changed", head+1), []string{fmt.Sprintf("the log ends at %d", head)}},
		"a result too few":             {"result", fmt.Sprintf("delete from result where version = %d", middle), []string{"no result of its transaction"}},
		"a result too many": {"result", fmt.Sprintf(`insert into result select workspace_id, gen_random_uuid(), client_id, member_id, fingerprint, label, status, version, changed, body, request, at
			from result where version = %d and changed`, middle), []string{"no entry of it"}},
		"the next number":         {"team_number", "update team_number set next = 77 where next = 78", []string{"number", "it is 77", "next number of the team is 77"}},
		"the next number is gone": {"team_number", "delete from team_number", []string{"number"}},
		"the floor":               {"workspace", "update workspace set floor = 3", []string{"cut up to 3"}},
	} {
		verdict := h.spoil(t, c.table, c.statement)
		wantFlaw(t, name, verdict, "", "", c.words...)
	}
}
