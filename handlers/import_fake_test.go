package handlers

import (
	"context"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tandem/sync"
)

// fakeImporter knows titles and statuses, by the very names of their columns. What it makes is real.
type fakeImporter struct {
	engine *sync.Engine
	teams  map[string]uuid.UUID
	hold   chan struct{} // where it is set, an import waits for it before each issue
	begun  chan struct{} // where it is set, it hears of each issue that is about to be made
	fails  error         // after the first issue
}

// imports puts a fake importer into a house.
func (h *house) importsTables() *fakeImporter {
	fake := &fakeImporter{engine: h.engine, teams: map[string]uuid.UUID{"ENG": h.eng, "SEC": h.sec}}
	h.importer = fake
	return fake
}

func (f *fakeImporter) read(plan ImportPlan) (s ImportSurvey, lines [][]string, fields []string, err error) {
	lines, err = csv.NewReader(strings.NewReader(string(plan.Content))).ReadAll()
	if err != nil || len(lines) == 0 {
		return s, nil, nil, &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Text: "No line names the columns."}
	}
	s.Fields = []string{"status", "title"}
	for at, name := range lines[0] {
		column := ImportColumn{Name: name}
		if field := strings.ToLower(name); slices.Contains(s.Fields, field) {
			column.Recognised = field
		}
		column.Field = column.Recognised
		if field, chosen := plan.Fields[at]; chosen {
			column.Field = field
		}
		for _, line := range lines[1:min(len(lines), 3)] {
			column.Examples = append(column.Examples, line[at])
		}
		s.Columns, fields = append(s.Columns, column), append(fields, column.Field)
	}
	s.Titled = slices.Contains(fields, "title")
	return s, lines[1:], fields, nil
}

func (f *fakeImporter) Survey(_ context.Context, plan ImportPlan) (ImportSurvey, error) {
	s, lines, fields, err := f.read(plan)
	if err != nil || !s.Titled {
		return s, err
	}
	for _, line := range lines {
		row := ImportRow{Title: line[slices.Index(fields, "title")]}
		if row.Title == "" {
			s.Report.Problems = append(s.Report.Problems, "a line has no title")
			continue
		}
		if at := slices.Index(fields, "status"); at >= 0 {
			row.Status = f.status(&s, line[at], plan)
		}
		s.Total++
		s.Report.Issues++
		s.Rows = append(s.Rows, row)
	}
	return s, nil
}

func (f *fakeImporter) status(s *ImportSurvey, name string, plan ImportPlan) string {
	status := ImportStatus{Name: name}
	if slices.Contains([]string{"Todo", "Doing", "Done"}, name) {
		status.Recognised = name
	}
	status.Status = or(plan.Statuses[name], status.Recognised)
	if !slices.ContainsFunc(s.Statuses, func(other ImportStatus) bool { return other.Name == name }) {
		s.Statuses = append(s.Statuses, status)
	}
	return status.Status
}

func (f *fakeImporter) Run(ctx context.Context, plan ImportPlan, step func(context.Context, int, []uuid.UUID) error) (report sync.ImportReport, err error) {
	survey, err := f.Survey(ctx, plan)
	if err != nil {
		return report, err
	}
	actor, client := sync.Program(plan.Workspace)
	for at, row := range survey.Rows {
		ref := sync.NewRef("issue", sync.Derive(plan.Workspace, plan.Team, row.Title))
		if err := step(ctx, 0, []uuid.UUID{ref.ID()}); err != nil {
			return report, err
		}
		if f.begun != nil {
			f.begun <- struct{}{}
		}
		if f.hold != nil {
			select {
			case <-f.hold:
			case <-ctx.Done():
				return report, ctx.Err()
			}
		}
		op := sync.Operation{Op: sync.Create, Record: ref, Set: map[string]any{"team": string(sync.NewRef("team", f.teams[plan.Team])), "title": row.Title}}
		results, err := f.engine.Import(ctx, actor, client, []sync.Transaction{{ID: sync.Derive(ref.ID(), "import"), Ops: []sync.Operation{op}}})
		switch {
		case err != nil:
			return report, err
		case results[0].Replayed:
			report.KnownIssues++
		default:
			report.Issues++
		}
		if err := step(ctx, 1, nil); err != nil {
			return report, err
		}
		if f.fails != nil && at == 0 {
			return report, f.fails
		}
	}
	return report, nil
}
