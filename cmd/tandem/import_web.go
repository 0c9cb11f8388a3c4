package main

import (
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
	previewLabels   = 10
	problemsTold    = 50
	statusesTold    = 100 // a column with more of them holds something else, and so does one with longer ones
	longestStatus   = 200 // bytes
	longestProblem  = 400 // code points

	// What a server holds in memory of a table, whatever 10 MiB may hold.
	mostColumns  = 500
	mostIssues   = 50_000
	problemsKept = 1000
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
	i, problems, err := w.begin(ctx, t, func(issue importer.Issue) {
		if len(first) < previewRows {
			first = append(first, issue)
		}
	})
	if err != nil {
		return made, err
	}
	target, err := i.learn(ctx, t.team, true)
	if err != nil {
		return made, err
	}
	made.Total = i.survey.issues()
	for _, status := range t.found {
		if len(made.Statuses) < statusesTold && len(status.Name) <= longestStatus {
			made.Statuses = append(made.Statuses, status)
		}
	}
	made.MoreStatuses = len(t.found) - len(made.Statuses)
	if made.Rows, err = i.preview(ctx, target, first); err != nil {
		return made, err
	}
	made.Report = t.report(i, *problems)
	err = i.countThere(ctx, target, &made.Report)
	return made, err
}

// Run implements handlers.Importer.
func (w *webImport) Run(ctx context.Context, plan handlers.ImportPlan, step func(ctx context.Context, done int, made []uuid.UUID) error) (sync.ImportReport, error) {
	t, err := w.table(ctx, plan)
	if err != nil {
		return sync.ImportReport{}, err
	}
	i, problems, err := w.begin(ctx, t, func(importer.Issue) {})
	if err != nil {
		return sync.ImportReport{}, err
	}
	i.step = step
	target, err := i.prepare(ctx)
	if err == nil {
		err = i.write(ctx, &batch{issueImport: i, target: target})
	}
	return t.report(i, *problems), toldToPeople(err)
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
func (w *webImport) begin(ctx context.Context, t *webTable, each func(importer.Issue)) (*issueImport, *[]string, error) {
	found := takeSurvey([]string{t.plan.Name}, false, t.reader(ctx, each))
	if t.tooLong {
		return nil, nil, unreadable(fmt.Sprintf("This table has more than %d issues. Cut it into several files, each with the line that names the columns.", mostIssues), nil)
	}
	problems := slices.Clone(found.problems)
	if t.from != "" {
		problems = slices.Insert(problems, 0, fmt.Sprintf("%s: it is no UTF-8, so it was read as %s; look whether its letters are right", t.plan.Name, t.from))
	}
	i := newImport(w.program, w.database, w.engine, found, t.plan.Team)
	i.restores, i.workspace, i.remark = true, t.plan.Workspace, func(text string) { problems = append(problems, text) }
	return i, &problems, nil
}

func (t *webTable) report(i *issueImport, problems []string) sync.ImportReport {
	did, told := i.tally, []string{}
	for _, problem := range problems[:min(len(problems), problemsTold)] {
		told = append(told, oneLineOf(problem, longestProblem))
	}
	return sync.ImportReport{Issues: did.newIssues, KnownIssues: did.knownIssues, Trashed: did.trashed, Restored: did.restored, People: did.newPeople, KnownPeople: did.matchedPeople, Labels: did.newLabels,
		KnownLabels: did.matchedLabels, Projects: did.newProjects, Milestones: did.newMilestones, Renumbered: did.renumbered, Lost: did.lost,
		Problems: told, MoreProblems: max(0, len(problems)-problemsTold) + t.forgotten}
}

func unreadable(text string, cause error) error {
	return &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Text: text, Err: cause}
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
		back, err := i.takenBack(ctx, ids)
		if err != nil {
			return err
		}
		report.Restored += len(back)
		report.Trashed += int(row.Trashed) - len(back)
	}
	report.Issues = len(i.survey.born) - report.KnownIssues - report.Trashed - report.Restored
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
	back, err := i.takenBack(ctx, ids)
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
		row.There = slices.ContainsFunc(there, func(one queries.ListIssuesByIDRow) bool { return one.ID == t.issueRef(issue).ID() && !back[one.ID] })
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
	for _, label := range issue.Labels[:min(len(issue.Labels), previewLabels)] {
		row.Labels = append(row.Labels, oneLineOf(label.Name, longestLabel))
	}
	return row
}
