package handlers

import (
	"context"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// createImportRun begins to import a table as the form says, and goes on to where one sees how far it is. A form whose choices are not those
// of the preview that it came with leads to theirs; who posts without one has asked for none.
func (s *Server) createImportRun(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	p, err := s.previewImport(c, v, readImportChoice(f.Values))
	if err != nil {
		return err
	}
	if shown := f.Get("shown"); shown != "" && shown != p.shown() {
		return seeOther(c, v.slug.ImportFile(p.id.String(), p.choice()))
	}
	if !p.survey.ready() {
		return s.importFilePage(c, v, http.StatusUnprocessableEntity, p, "This cannot be imported yet: see below what to choose.")
	}
	if err := s.limit.take(v.person.ID, 1); err != nil {
		return err
	}
	choice := p.choice()
	run := sync.ImportRun{ID: sync.Derive(f.tx, p.id.String(), choice), Team: p.team.ID, Upload: p.id, Choice: choice, Name: p.plan.Name, Total: p.survey.Total}
	begun, err := s.engine.BeginImport(c.Request().Context(), v.Actor, run)
	if told := problemOf(err); err != nil && told.Status == http.StatusConflict {
		return s.importFilePage(c, v, told.Status, p, told.Detail)
	}
	if err != nil {
		return err
	}
	if begun {
		s.imports.begin(func(ctx context.Context) { s.importIssues(ctx, v.Actor, run.ID, p.plan) })
	}
	return seeOther(c, v.slug.ImportRun(run.ID.String()))
}

func (s *Server) showImportRun(c echo.Context, v visit) error {
	run, err := s.importRun(c, v)
	if err != nil {
		return err
	}
	page := s.frame(c, v, run.Snapshot, "Import of "+run.Run.Name, "settings")
	page.Style = importStyle
	data := importRunData(run)
	data.TX = page.TX
	if run.Run.Member == v.Member {
		data.Again = v.slug.ImportFile(run.Run.Upload.String(), run.Run.Choice)
	}
	return s.page(c, http.StatusOK, run.Snapshot, views.ImportRunPage(page, data))
}

// showImportRunFragment is drawn anew when the log has something of the team, or the import has come further, which the log does not say.
func (s *Server) showImportRunFragment(c echo.Context, v visit) error {
	run, err := s.importRun(c, v)
	if err != nil {
		return err
	}
	fresh, err := s.freshness(c.Request().Context(), v, importTopics(run.Run)...)
	if err != nil {
		return err
	}
	fresh.Marks = fmt.Sprintf("%s.%d.%d", run.Run.State, run.Run.Done, run.Live)
	return s.fragment(c, fragment{fresh: fresh, name: "import " + v.Workspace.String() + " " + run.Run.ID.String(), draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		run, err := s.engine.ImportRun(ctx, v.Actor, run.Run.ID)
		if err != nil {
			return run.Snapshot, nil, err
		}
		return run.Snapshot, views.ImportRun(s.place(v), importRunData(run)), nil
	}})
}

// trashImportRun begins to move all that an import made into the trash.
func (s *Server) trashImportRun(c echo.Context, v visit) error {
	run, err := s.importRun(c, v)
	if err != nil {
		return err
	}
	if err := s.limit.take(v.person.ID, 1); err != nil {
		return err
	}
	begun, err := s.engine.BeginTrash(c.Request().Context(), v.Actor, run.Run.ID)
	if err != nil {
		return err
	}
	if begun {
		s.imports.begin(func(ctx context.Context) { s.trashImport(ctx, v, run.Run.ID, run.Run.Report) })
	}
	return seeOther(c, v.slug.ImportRun(run.Run.ID.String()))
}

func (s *Server) importRun(c echo.Context, v visit) (sync.ImportRunPage, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return sync.ImportRunPage{}, errNotThere
	}
	return s.engine.ImportRun(c.Request().Context(), v.Actor, id)
}

func importTopics(run sync.ImportRun) []string {
	return []string{string(sync.NewRef("team", run.Team)), "vocabulary"}
}

func importRunData(page sync.ImportRunPage) views.ImportRunData {
	n, run := named{page.Snapshot}, page.Run
	d := views.ImportRunData{Region: views.Region{Topics: importTopics(run), Version: page.Version}, ID: idOf(run.ID), Run: n.importItem(run), Report: importReport(run.Report),
		Live: page.Live, RunLife: int(sync.ImportRunLife.Hours() / 24)}
	for _, issue := range page.Issues {
		d.Issues = append(d.Issues, views.ImportedIssue{Key: n.Key(issue.Team, issue.Number), Title: issue.Title})
	}
	return d
}

func (n named) importItem(run sync.ImportRun) views.ImportItem {
	item := views.ImportItem{ID: idOf(run.ID), Name: run.Name, By: n.member(run.Member), Begun: run.Begun, State: string(run.State), Done: run.Done, Total: run.Total,
		Made: run.Report.Issues, Restored: run.Report.Restored, Known: run.Report.KnownIssues, Problems: len(run.Report.Problems) + run.Report.MoreProblems}
	if team, seen := n.Team(run.Team); seen {
		item.Team = teamOf(team)
		item.Begun = run.Begun.In(zoneOf(team))
	}
	return item
}

func importReport(r sync.ImportReport) views.ImportReport {
	return views.ImportReport{Issues: r.Issues, KnownIssues: r.KnownIssues, Trashed: r.Trashed, Restored: r.Restored, People: r.People, KnownPeople: r.KnownPeople, Labels: r.Labels, KnownLabels: r.KnownLabels,
		Projects: r.Projects, Milestones: r.Milestones, Renumbered: r.Renumbered, Lost: r.Lost, Problems: r.Problems, MoreProblems: r.MoreProblems, Failure: r.Failure}
}
