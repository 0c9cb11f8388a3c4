package sync

import (
	"errors"
	"reflect"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"tandem/queries"
)

func TestWriteAlone(t *testing.T) {
	t.Parallel()
	t.Run("an issue keeps all that the write does not name", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login", func(set map[string]any) { set["description"] = "Open the page." })
		const full = `update issue set assignee_id = $2, labels = array[$3::uuid], subscribers = array[$2::uuid], reactions = array[$2 || ' +1'],
			parent_id = $3, due = '2026-11-30', estimate = 3, project_id = $3, milestone_id = $3, cycle_id = $3,
			started_at = '2026-11-20T10:00:00.123456Z', completed_at = '2026-11-21T10:00:00Z', canceled_at = '2026-11-22T10:00:00Z' where id = $1`
		_, err := h.pool.Exec(t.Context(), "create table kept as select * from issue")
		must(t, err)
		_, err = h.pool.Exec(t.Context(), full, issue.ID(), h.ben.Member.String(), newID().String())
		must(t, err)
		other, trips := h.counted(t)
		first := other.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 1))
		before, began := h.columns(t, "issue", issue), trips.Load()
		second := other.applied(t, h.ann, h.annsTab, setField(issue, first.Version, "priority", 2))
		if took := trips.Load() - began; took != 1 {
			t.Fatalf("took %d round trips", took)
		}
		after := h.columns(t, "issue", issue)
		if after["version"] != float64(second.Version) || after["priority"] != 2.0 || after["description"] != "Open the page." {
			t.Error("not written:", after)
		}
		for _, column := range []string{"version", "priority", "stamps", "updated_at", "deleted_at", "snoozed_until"} {
			delete(before, column)
		}
		for column, was := range before {
			if now := after[column]; was == nil || !reflect.DeepEqual(was, now) {
				t.Errorf("%s was %v, is %v", column, was, now)
			}
		}
		const again = `update issue i set (assignee_id, labels, subscribers, reactions, parent_id, due, estimate, project_id, milestone_id, cycle_id,
			started_at, completed_at, canceled_at) = (select assignee_id, labels, subscribers, reactions, parent_id, due, estimate, project_id, milestone_id,
			cycle_id, started_at, completed_at, canceled_at from kept k where k.id = i.id)`
		_, err = h.pool.Exec(t.Context(), again) // which the log agrees with
		must(t, err)
	})
	t.Run("its line and its answer are those of a write beside others", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		one, version := h.issue(t, "Fix login")
		two, _ := h.issue(t, "Fix logout")
		together := h.applied(t, h.ann, h.annsTab, setField(one, version, "priority", 1), setField(two, version+1, "priority", 1))
		alone := h.applied(t, h.ann, h.annsTab, setField(one, together.Version, "priority", 2))
		for table, differ := range map[string][]string{
			"change": {"version", "before", "after", "transaction_id"}, "result": {"version", "transaction_id", "fingerprint"}} {
			was, now := h.rowAt(t, table, together.Version), h.rowAt(t, table, alone.Version)
			for _, column := range differ {
				if reflect.DeepEqual(was[column], now[column]) {
					t.Errorf("%s.%s is %v in both", table, column, now[column])
				}
				delete(was, column)
				delete(now, column)
			}
			if !reflect.DeepEqual(was, now) {
				t.Errorf("%s: together %v, alone %v", table, was, now)
			}
		}
		h.checkIntegrity(t)
	})
	t.Run("a row that is not as it was read takes the commit with it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		row := queries.WriteIssueAloneParams{WorkspaceID: h.ws, ID: issue.ID(), Expected: version + 7, Version: version + 1, Head: version, Op: "set",
			TransactionID: newID(), Status: Applied, TeamID: h.team, StatusID: h.todo.ID(), Rank: "a", Fingerprint: []byte{1}, Stamps: []byte("{}"),
			Before: []byte("{}"), After: []byte("{}"), Body: []byte("{}"), Topics: []string{"nothing"}}
		row.Labels, row.Subscribers, row.Reactions = refIDs(nil), refIDs(nil), []string{}
		must(t, h.pool.QueryRow(t.Context(), "select epoch from workspace where id = $1", h.ws).Scan(&row.Epoch))
		h.refusesAlone(t, row, "TD002")
		row.Expected, row.Head = version, version-1
		h.refusesAlone(t, row, logMovedOn)
		if now := h.columns(t, "issue", issue)["version"]; now != float64(version) || h.head(t) != version {
			t.Error("written all the same:", now, h.head(t))
		}
	})
	t.Run("a workspace that has no lock cannot be written", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		if err := h.queries.LockAlone(t.Context(), h.pool, newID()); err == nil {
			t.Error("locked")
		}
	})
}

func (h *house) refusesAlone(t *testing.T, row queries.WriteIssueAloneParams, code string) {
	t.Helper()
	_, err := h.queries.WriteIssueAlone(t.Context(), h.pool, row)
	if failure, ok := errors.AsType[*pgconn.PgError](err); !ok || failure.Code != code {
		t.Errorf("%v instead of %s", err, code)
	}
}

// columns is a record's row.
func (h *house) columns(t *testing.T, table string, ref Ref) (row map[string]any) {
	t.Helper()
	must(t, h.pool.QueryRow(t.Context(), "select to_jsonb(r) from "+table+" r where id = $1", ref.ID()).Scan(&row))
	return row
}

// rowAt is the first row of a version.
func (h *house) rowAt(t *testing.T, table string, version int64) (row map[string]any) {
	t.Helper()
	sql := "select to_jsonb(r) from " + table + " r where workspace_id = $1 and version = $2 order by to_jsonb(r) -> 'ordinal' limit 1"
	must(t, h.pool.QueryRow(t.Context(), sql, h.ws, version).Scan(&row))
	return row
}
