package handlers

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/sync"
)

const csvHeader = "Key,Title,Description,Status,Priority,Assignee,Assignee email,Labels,Project,Milestone,Cycle,Parent,Due,Estimate,Created,Updated,Completed"

// table reads a file of commas, each line by the names of its columns.
func (a answer) table() []map[string]string {
	a.t.Helper()
	lines, err := csv.NewReader(strings.NewReader(a.ok().body)).ReadAll()
	must(a.t, err)
	var table []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for at, column := range lines[0] {
			row[column] = line[at]
		}
		table = append(table, row)
	}
	return table
}

// column are the values of one column.
func (a answer) column(name string) (values []string) {
	a.t.Helper()
	for _, row := range a.table() {
		values = append(values, row[name])
	}
	return values
}

func TestExport_HoldsTheWholeIssue(t *testing.T) {
	t.Parallel()
	h := setup(t)
	project, milestone, comma := sync.NewRef("project", newID()), sync.NewRef("milestone", newID()), sync.NewRef("label", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: project, Set: map[string]any{"name": "Rocket"}},
		sync.Operation{Op: sync.Create, Record: milestone, Set: map[string]any{"project": string(project), "name": "Lift-off"}},
		sync.Operation{Op: sync.Create, Record: comma, Set: map[string]any{"name": `a, "b"`, "color": "#123456"}})
	parent := h.issue("Above")
	body := strings.Repeat("Grüße, „Welt“ 🚀 \"quoted\"\n", 2200) // 70,000 characters
	whole := h.issue("Whole\u00a0one, done", func(set map[string]any) {
		set["description"], set["priority"], set["estimate"], set["due"] = body, 2, 5, "2026-12-24"
		set["assignee"], set["labels"] = sync.NewRef("member", h.ben.actor.Member), []string{string(h.bug), string(comma)}
		set["project"], set["milestone"], set["parent"] = project, milestone, parent.ref
		set["status"] = sync.NewRef("status", sync.StatusID(h.eng, "Done"))
	})
	answer := h.ann.get("/acme/team/eng/issues.csv?f=label:bug").ok()
	for name, want := range map[string]string{"Content-Type": "text/csv; charset=utf-8; header=present", "Cache-Control": "no-store",
		"Content-Disposition": `attachment; filename="acme-ENG.csv"`} {
		if got := answer.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(answer.body, csvHeader+"\r\n"+whole.key) || !strings.HasSuffix(answer.body, "Z\r\n") {
		t.Errorf("it begins with %.300q", answer.body)
	}
	row := answer.table()[0]
	for _, column := range []string{"Created", "Updated", "Completed"} {
		if row[column] == "" {
			t.Errorf("%s is empty", column)
		}
		delete(row, column)
	}
	want := map[string]string{"Key": whole.key, "Title": "Whole\u00a0one, done", "Description": body, "Status": "Done", "Priority": "High", "Assignee": "ben",
		"Assignee email": "ben@example.com", "Labels": `"a, ""b""", bug`, "Project": "Rocket", "Milestone": "Lift-off", "Cycle": "", "Parent": parent.key, "Due": "2026-12-24", "Estimate": "5"}
	if diff := cmp.Diff(want, row); diff != "" {
		t.Errorf("(-want +got)\n%.2000s", diff)
	}

	var issues []exported
	h.ann.get("/acme/team/ENG/issues.json?f=label:bug").ok().decode(&issues)
	if len(issues) != 1 || issues[0].Description != body || issues[0].Assignee.Email != "ben@example.com" || *issues[0].Estimate != 5 || len(issues[0].Labels) != 2 || issues[0].Completed == nil {
		t.Errorf("%.2000s", fmt.Sprintf("%+v", issues))
	}
	var none []exported
	h.ann.get("/acme/team/ENG/issues.json?f=label:nothing").ok().decode(&none)
	if len(none) != 0 {
		t.Errorf("%+v", none)
	}
}

func TestExport_TheURLDecidesAsForTheList(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.issue("First", func(set map[string]any) { set["assignee"] = sync.NewRef("member", h.ben.actor.Member) })
	h.clock.advance(time.Second)
	b := h.issue("Second")
	gone := h.issue("Gone")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: gone.ref})
	for query, want := range map[string][]string{"": {a.key, b.key}, "?f=assignee:me": {a.key}, "?f=-assignee:me": {b.key}, "?text=second": {b.key}, "?f=status:done": nil,
		"?f=label:none&group=label&order=-updated": {a.key, b.key}, "?view=board&after=xyz": {a.key, b.key}} {
		if diff := cmp.Diff(want, h.ben.get("/acme/team/ENG/issues.csv"+query).column("Key")); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", query, diff)
		}
	}
	h.ben.get("/acme/team/ENG/issues.csv?f=nonsense:x", "Accept", "application/json").problem(http.StatusUnprocessableEntity, sync.CodeInvalid)
	page := h.ben.get("/acme/team/ENG?f=assignee:me").ok()
	for _, extension := range []string{"csv", "json"} {
		page.one(`a[download][href="/acme/team/ENG/issues.` + extension + `?f=assignee:me"]`)
	}
}

func TestExport_HidesWhatTheReaderDoesNotSee(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issueIn(h.sec, "SEC", "Hidden treasure")
	h.issue("Seen", func(set map[string]any) { set["assignee"] = sync.NewRef("member", h.ann.actor.Member) })
	if row := h.ben.get("/acme/team/ENG/issues.csv").table()[0]; row["Assignee"] != "ann" || row["Assignee email"] != "" {
		t.Errorf("ben sees %v", row)
	}
	if row := h.ann.get("/acme/team/ENG/issues.csv").table()[0]; row["Assignee email"] != "ann@example.com" {
		t.Errorf("ann sees %v", row)
	}
	h.ben.get("/acme/team/SEC/issues.csv").is(http.StatusNotFound).lacks("Hidden")
	h.stranger().get("/acme/team/ENG/issues.csv", "Accept", "application/json").problem(http.StatusUnauthorized, sync.CodeSignedOut)
}

func TestExport_NoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "'=1": "''=1", "''-": "'''-",
		"'tis": "'tis", "a=b": "a=b", "": "", "'": "'", "ü": "ü"} {
		if got := guardCell(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	h := setup(t)
	h.issue("=cmd|' /C calc'!A0", func(set map[string]any) { set["description"] = "@SUM(1)" })
	if row := h.ann.get("/acme/team/ENG/issues.csv").table()[0]; row["Title"] != "'=cmd|' /C calc'!A0" || row["Description"] != "'@SUM(1)" {
		t.Errorf("%v", row)
	}
	h.ann.get("/acme/team/ENG/issues.json").ok().has(`"=cmd|`)
}

// fill puts many issues into ENG, of few moments so that pages end between issues of the same age.
func (h *house) fill(many int) {
	h.t.Helper()
	one := h.issue("One of many")
	h.exec(`insert into issue (workspace_id, id, team_id, number, title, description, status_id, priority, labels, subscribers, rank, author_id, version, stamps, created_at, updated_at)
		select workspace_id, gen_random_uuid(), team_id, 1000 + n, title, description, status_id, priority, labels, subscribers, rank || (1000000 + n) || '1', author_id, version, stamps,
			created_at + n / 700 * interval '1 second', updated_at from issue, generate_series(1, $2) n where id = $1`, one.ref.ID(), many)
}

func TestExport_GoesOnBehindItsFirstPage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.fill(2100)
	seen := map[string]bool{}
	for _, key := range h.ann.get("/acme/team/ENG/issues.csv").column("Key") {
		if seen[key] {
			t.Fatalf("%s comes twice", key)
		}
		seen[key] = true
	}
	if len(seen) != 2101 {
		t.Errorf("%d issues", len(seen))
	}
	var issues []exported
	h.ann.get("/acme/team/ENG/issues.json").ok().decode(&issues)
	if len(issues) != 2101 {
		t.Errorf("%d issues", len(issues))
	}
}

// leaver reads a little and goes away.
type leaver struct {
	*httptest.ResponseRecorder
	refused int
}

func (l *leaver) Write(p []byte) (int, error) {
	if l.Body.Len() > 5000 {
		l.refused++
		return 0, errors.New("gone")
	}
	return l.ResponseRecorder.Write(p)
}

func TestExport_IsNotReadOnForWhoHasLeft(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.fill(2100)
	out := &leaver{ResponseRecorder: httptest.NewRecorder()}
	defer func() {
		if reason := recover(); reason != http.ErrAbortHandler { //nolint:errorlint // what net/http compares with
			t.Errorf("the answer ended as if it were whole: %v", reason)
		}
		if out.refused != 1 {
			t.Errorf("%d writes to who had left", out.refused)
		}
	}()
	r := httptest.NewRequest(http.MethodGet, "/acme/team/ENG/issues.csv", nil)
	h.ann.identify(r)
	h.ServeHTTP(out, r)
}
