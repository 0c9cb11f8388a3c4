package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"tandem/handlers"
	"tandem/internal/importer"
	"tandem/internal/importer/csv"
	"tandem/queries"
)

// webTable is a table that is read as somebody chose.
type webTable struct {
	plan     handlers.ImportPlan
	team     queries.ListTeamsRow
	text     []byte
	from     string // what it was written in, "" for UTF-8
	columns  []handlers.ImportColumn
	fields   []string
	statuses []string                // of the team, by name
	found    []handlers.ImportStatus // in the file, in its order
	become   map[string]string       // statusKey of the file -> status of the team, "" for none

	tooLong   bool
	forgotten int // problems beyond those that are kept
}

func (w *webImport) table(ctx context.Context, plan handlers.ImportPlan) (*webTable, error) {
	t := &webTable{plan: plan, become: map[string]string{}}
	var err error
	if t.team, _, err = findTeam(ctx, w.database, plan.Workspace, plan.Team); err != nil {
		return nil, toldToPeople(err)
	}
	rows, err := queries.New().ListStatuses(ctx, w.database.pool, plan.Workspace)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.TeamID == t.team.ID && row.DeletedAt == nil {
			t.statuses = append(t.statuses, row.Name)
		}
	}
	if t.text, t.from, err = csv.Decode(plan.Content); err != nil {
		return nil, noHeader(err)
	}
	return t, t.nameColumns()
}

func noHeader(err error) error {
	return unreadable("The first line of this file cannot be read as the names of columns. Save the table as CSV with such a line, then upload that.", err)
}

// nameColumns looks first how many there are: what it does for each is too much for those that 10 MiB may hold.
func (t *webTable) nameColumns() error {
	header, _, err := csv.Head(bytes.NewReader(t.text), 0)
	if err != nil {
		return noHeader(err)
	}
	if len(header) > mostColumns {
		return unreadable(fmt.Sprintf("This table has %d columns; at most %d can be imported. Delete those that you do not need, then upload it again.", len(header), mostColumns), nil)
	}
	_, lines, err := csv.Head(bytes.NewReader(t.text), 1000)
	if err != nil {
		return noHeader(err)
	}
	for at, recognised := range csv.Recognise(header) {
		column := handlers.ImportColumn{Name: oneLineOf(header[at], 80), Recognised: recognised, Field: recognised, Examples: examples(lines, at)}
		if field, chosen := t.plan.Fields[at]; chosen && (field == "" || slices.Contains(csv.Fields(), field)) {
			column.Field = field
		}
		t.columns, t.fields = append(t.columns, column), append(t.fields, column.Field)
	}
	return nil
}

// examples are the first different values of a column.
func examples(lines [][]string, column int) []string {
	var found []string
	for _, cells := range lines {
		if column >= len(cells) || len(found) == previewExamples {
			continue
		}
		if value := oneLineOf(cells[column], 40); value != "" && !slices.Contains(found, value) {
			found = append(found, value)
		}
	}
	return found
}

var errTooLong = errors.New("there are too many issues")

// reader reads the table with the statuses that the team has for those of the file, until nobody waits for it any more.
func (t *webTable) reader(ctx context.Context, each func(importer.Issue)) reader {
	return reader{csv.Format, func(name string, sink importer.Sink) (importer.Report, error) {
		take, tell, issues, problems := sink.Issue, sink.Problem, 0, 0
		sink.Problem = func(problem importer.Problem) {
			if problems++; problems <= problemsKept {
				tell(problem)
			}
			t.forgotten = max(0, problems-problemsKept)
		}
		sink.Issue = func(issue importer.Issue) error {
			if issues++; issues > mostIssues {
				t.tooLong = true
				return errTooLong
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			issue.Planned.Status = t.status(issue.Planned.Status)
			each(issue)
			return take(issue)
		}
		return csv.Parse(bytes.NewReader(t.text), csv.Options{File: name, Source: t.plan.Team, Fields: t.fields}, sink)
	}}
}

// status is what becomes of one of the file; what nothing becomes of stays, and is refused before anything is made.
func (t *webTable) status(theirs string) string {
	key := statusKey(theirs)
	if key == "" {
		return ""
	}
	if ours, known := t.become[key]; known {
		return cmp.Or(ours, theirs)
	}
	status := handlers.ImportStatus{Name: theirs, Recognised: t.ours(theirs)}
	status.Status = cmp.Or(t.ours(t.plan.Statuses[theirs]), status.Recognised)
	t.found, t.become[key] = append(t.found, status), status.Status
	return cmp.Or(status.Status, theirs)
}

// ours is the team's status of a name, "" for none.
func (t *webTable) ours(name string) string {
	at := slices.IndexFunc(t.statuses, func(status string) bool { return statusKey(status) == statusKey(name) })
	if at < 0 {
		return ""
	}
	return t.statuses[at]
}
