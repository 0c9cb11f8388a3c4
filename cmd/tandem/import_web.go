package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tandem/handlers"
	"tandem/internal/importer"
	"tandem/internal/importer/csv"
	"tandem/queries"
	"tandem/sync"
)

const (
	previewRows     = 20
	previewExamples = 3
	problemsTold    = 50
	statusesTold    = 100 // a column with more of them holds something else
)

// webImport imports tables in the browser, as the command does: the same keys of the same team are the same issues.
type webImport struct {
	program  *program
	database *database
	engine   *sync.Engine
}

// Survey implements handlers.Importer.
func (w *webImport) Survey(ctx context.Context, plan handlers.ImportPlan) (handlers.ImportSurvey, error) {
	t, err := w.table(ctx, plan)
	if err != nil {
		return handlers.ImportSurvey{}, err
	}
	made := handlers.ImportSurvey{Fields: csv.Fields(), Columns: t.columns, Titled: slices.Contains(t.fields, "title")}
	if !made.Titled {
		return made, nil
	}
	var first []importer.Issue
	i, problems := w.begin(t, func(issue importer.Issue) {
		if len(first) < previewRows {
			first = append(first, issue)
		}
	})
	target, err := i.learn(ctx, t.team, true)
	if err != nil {
		return made, err
	}
	made.Total, made.Statuses = i.survey.issues(), t.found
	if beyond := len(made.Statuses) - statusesTold; beyond > 0 {
		made.Statuses, made.MoreStatuses = made.Statuses[:statusesTold], beyond
	}
	if made.Rows, err = i.preview(ctx, target, first); err != nil {
		return made, err
	}
	made.Report = reportOf(i, *problems)
	err = i.countThere(ctx, target, &made.Report)
	return made, err
}

// Run implements handlers.Importer.
func (w *webImport) Run(ctx context.Context, plan handlers.ImportPlan, step func(ctx context.Context, done int, made []uuid.UUID) error) (sync.ImportReport, error) {
	t, err := w.table(ctx, plan)
	if err != nil {
		return sync.ImportReport{}, err
	}
	i, problems := w.begin(t, func(importer.Issue) {})
	i.step = step
	target, err := i.prepare(ctx)
	if err == nil {
		err = i.write(ctx, &batch{issueImport: i, target: target})
	}
	return reportOf(i, *problems), toldToPeople(err)
}

// toldToPeople words what whoever began an import can mend.
func toldToPeople(err error) error {
	if missing, ok := errors.AsType[errNoStatus](err); ok {
		return &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Text: fmt.Sprintf("The team has no status %s any more. Choose others in the columns' preview, then import again.", strings.Join(missing.missing, ", "))}
	}
	if plain, ok := errors.AsType[errPlain](err); ok {
		return &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Text: strings.ToUpper(string(plain[:1])) + string(plain[1:]) + "."}
	}
	return err
}

// begin surveys a table, and gathers its problems with what is remarked later.
func (w *webImport) begin(t *webTable, each func(importer.Issue)) (*issueImport, *[]string) {
	found := takeSurvey([]string{t.plan.Name}, false, t.reader(each))
	problems := slices.Clone(found.problems)
	if t.from != "" {
		problems = slices.Insert(problems, 0, fmt.Sprintf("%s: it is no UTF-8, so it was read as %s; look whether its letters are right", t.plan.Name, t.from))
	}
	i := newImport(w.program, w.database, w.engine, found, t.plan.Team)
	i.workspace, i.remark = t.plan.Workspace, func(text string) { problems = append(problems, text) }
	return i, &problems
}

func reportOf(i *issueImport, problems []string) sync.ImportReport {
	t := i.tally
	return sync.ImportReport{Issues: t.newIssues, KnownIssues: t.knownIssues, Trashed: t.trashed, People: t.newPeople, KnownPeople: t.matchedPeople, Labels: t.newLabels,
		KnownLabels: t.matchedLabels, Projects: t.newProjects, Milestones: t.newMilestones, Renumbered: t.renumbered, Lost: t.lost,
		Problems: problems[:min(len(problems), problemsTold)], MoreProblems: max(0, len(problems)-problemsTold)}
}

// countThere tells the new issues of a survey from those of an earlier import.
func (i *issueImport) countThere(ctx context.Context, t *target, report *sync.ImportReport) error {
	for some := range slices.Chunk(slices.Collect(maps.Keys(i.survey.born)), 5000) {
		ids := make([]uuid.UUID, len(some))
		for n, source := range some {
			ids[n] = t.issueRef(importer.Issue{SourceID: source}).ID()
		}
		row, err := queries.New().CountIssuesThere(ctx, i.database.pool, queries.CountIssuesThereParams{WorkspaceID: i.workspace, IDs: ids})
		if err != nil {
			return err
		}
		report.KnownIssues += int(row.Live)
		report.Trashed += int(row.Trashed)
	}
	report.Issues = len(i.survey.born) - report.KnownIssues - report.Trashed
	return nil
}

// preview are issues as they would be.
func (i *issueImport) preview(ctx context.Context, t *target, issues []importer.Issue) ([]handlers.ImportRow, error) {
	var ids []uuid.UUID
	var numbers []int64
	for _, issue := range issues {
		ids, numbers = append(ids, t.issueRef(issue).ID()), append(numbers, int64(issue.Number))
	}
	there, err := queries.New().ListIssuesByID(ctx, i.database.pool, queries.ListIssuesByIDParams{WorkspaceID: i.workspace, IDs: ids})
	if err != nil {
		return nil, err
	}
	taken, err := queries.New().ListTakenNumbers(ctx, i.database.pool, queries.ListTakenNumbersParams{WorkspaceID: i.workspace, TeamIDs: []uuid.UUID{t.team}, Numbers: numbers})
	if err != nil {
		return nil, err
	}
	var rows []handlers.ImportRow
	for _, issue := range issues {
		row := t.row(issue)
		row.There = slices.ContainsFunc(there, func(one queries.ListIssuesByIDRow) bool { return one.ID == t.issueRef(issue).ID() })
		if slices.ContainsFunc(taken, func(one queries.ListTakenNumbersRow) bool { return one.Number == int64(issue.Number) }) {
			row.Number = 0
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (t *target) row(issue importer.Issue) handlers.ImportRow {
	row := handlers.ImportRow{Title: oneLineOf(issue.Title, importer.MaxTitle), Number: issue.Number, Status: issue.Planned.Status, Priority: issue.Planned.Priority,
		Author: t.members[t.member(issue.Author)].Name, Project: oneLineOf(issue.Planned.Project, longestProject), Due: issue.Planned.Due, Created: issue.CreatedAt}
	if assignee := t.assignee(issue.Assignees); assignee != "" {
		member := t.members[assignee.ID()]
		row.Assignee, row.Placeholder = member.Name, member.Placeholder
	}
	for _, label := range issue.Labels {
		row.Labels = append(row.Labels, label.Name)
	}
	return row
}

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
	if t.text, t.from, err = csv.Decode(plan.Content); err == nil {
		err = t.nameColumns()
	}
	if err != nil {
		return nil, &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Err: err, Text: "The first line of this file cannot be read as the names of columns. Save the table as CSV with such a line, then upload that."}
	}
	return t, nil
}

func (t *webTable) nameColumns() error {
	header, lines, err := csv.Head(bytes.NewReader(t.text), 1000)
	if err != nil {
		return err
	}
	for at, recognised := range csv.Recognise(header) {
		column := handlers.ImportColumn{Name: strings.TrimSpace(header[at]), Recognised: recognised, Field: recognised, Examples: examples(lines, at)}
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

// reader reads the table with the statuses that the team has for those of the file.
func (t *webTable) reader(each func(importer.Issue)) reader {
	return reader{csv.Format, func(name string, sink importer.Sink) (importer.Report, error) {
		take := sink.Issue
		sink.Issue = func(issue importer.Issue) error {
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
