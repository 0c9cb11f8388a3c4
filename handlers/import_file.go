package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// importStyle names the stylesheet of the pages about imports.
const importStyle = "import_run"

// errNoTable is a file that is no table at all, by its first bytes.
var errNoTable = &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Fields: map[string]string{
	"file": "This is no CSV file. Save the table as CSV (in a spreadsheet by Save as or Download), then choose that file."}}

func (s *Server) listImports(c echo.Context, v visit) error {
	return s.importPage(c, v, http.StatusOK, nil)
}

func (s *Server) importPage(c echo.Context, v visit, status int, with func(*views.ImportData)) error {
	snapshot, runs, err := s.engine.ImportRuns(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	n := named{snapshot}
	page := s.frame(c, v, snapshot, "Import", "settings")
	data := views.ImportData{Admin: snapshot.Admin() && s.importer != nil, Admins: adminsOf(snapshot), Teams: n.teams(), MostFile: sync.MaxFile, RunLife: int(sync.ImportRunLife.Hours() / 24)}
	for _, run := range runs {
		data.Runs = append(data.Runs, n.importItem(run))
	}
	if with != nil {
		with(&data)
	}
	return s.page(c, status, snapshot, views.ImportPage(page, data))
}

// createImportFile takes a table. Who may not import is told before any of it is read.
func (s *Server) createImportFile(c echo.Context, v visit) error {
	ctx := c.Request().Context()
	if _, err := s.engine.MayImport(ctx, v.Actor, ""); err != nil {
		return unread(c, err)
	}
	done, err := s.uploads.begin(v.person.ID)
	if err != nil {
		return unread(c, err)
	}
	defer done()
	if err := s.limit.takeUpload(v.person.ID); err != nil {
		return unread(c, err)
	}
	up, err := s.readUpload(c, "team")
	if err != nil {
		return s.importFileNotKept(c, v, "", err)
	}
	defer up.close()
	team, err := s.engine.MayImport(ctx, v.Actor, strings.ToUpper(up.Get("team")))
	if err != nil {
		return err
	}
	if !strings.HasPrefix(up.file.Type, "text/plain") {
		return s.importFileNotKept(c, v, team.Key, errNoTable)
	}
	id, err := s.engine.KeepImportFile(ctx, v.Actor, up.tx, up.name, up.file)
	if err != nil {
		return s.importFileNotKept(c, v, team.Key, err)
	}
	return seeOther(c, v.slug.ImportFile(id.String(), url.Values{"team": {team.Key}}.Encode()))
}

// importFileNotKept shows the form again with what is wrong with the file.
func (s *Server) importFileNotKept(c echo.Context, v visit, team string, err error) error {
	told, ok := errors.AsType[*sync.Error](err)
	if !ok || told.Kind != sync.Invalid {
		return err
	}
	return s.importPage(c, v, problemOf(err).Status, func(d *views.ImportData) {
		d.Team, d.Error = team, or(firstOf(told.Fields), told.Text)
	})
}

// importChoice is how a table is to be read where its names do not say it. In a query, c3 is what the column of number 3 holds, and
// s:In dev which status of the team stands for that one.
type importChoice struct {
	team     string
	fields   map[int]string
	statuses map[string]string
}

const (
	leftOut      = "-"
	statusPrefix = "s:"
)

func readImportChoice(query url.Values) importChoice {
	choice := importChoice{team: strings.ToUpper(query.Get("team")), fields: map[int]string{}, statuses: map[string]string{}}
	for name := range query {
		value := query.Get(name)
		if status, named := strings.CutPrefix(name, statusPrefix); named {
			choice.statuses[status] = value
			continue
		}
		digits, column := strings.CutPrefix(name, "c")
		if number, err := strconv.Atoi(digits); column && err == nil && value != "" {
			choice.fields[number] = strings.TrimPrefix(value, leftOut)
		}
	}
	return choice
}

// importPreview is a table of one's own as it would be imported.
type importPreview struct {
	id     uuid.UUID
	team   sync.TeamName
	plan   ImportPlan
	survey ImportSurvey
}

// choice is how the table is read, in the fewest words: what its names say is left out, so that the address of a preview is short.
func (p importPreview) choice() string {
	query := url.Values{"team": {p.team.Key}}
	for number, column := range p.survey.Columns {
		if column.Field != column.Recognised {
			query.Set("c"+strconv.Itoa(number), or(column.Field, leftOut))
		}
	}
	for _, status := range p.survey.Statuses {
		if status.Status != status.Recognised {
			query.Set(statusPrefix+status.Name, status.Status)
		}
	}
	return query.Encode()
}

// shown names a preview in few letters, whatever was chosen.
func (p importPreview) shown() string { return sync.Derive(p.id, p.choice()).String() }

const (
	previewsAtOnce  = 4                // of a node: each keeps a core busy, and some ten times the table in memory
	previewPatience = 10 * time.Second // with the one before: 10 MiB take about two
)

// newPreviews has a workspace's tables be read one after the other.
func newPreviews() *turns {
	return &turns{patience: previewPatience, most: previewsAtOnce, after: 10,
		same:  "Another table of this workspace is being read. Wait a moment, then try again.",
		other: "The server is busy with reading other tables. Try again in a moment."}
}

// previewImport reads the table that the URL names, when it is its turn.
func (s *Server) previewImport(c echo.Context, v visit, choice importChoice) (p importPreview, err error) {
	ctx := c.Request().Context()
	if p.id, err = uuid.Parse(c.Param("id")); err != nil || s.importer == nil {
		return p, errNotThere
	}
	if _, err := s.engine.MayImport(ctx, v.Actor, ""); err == nil { // all others are refused below, before anything is read
		done, err := s.previews.begin(ctx, v.Workspace)
		if err != nil {
			return p, err
		}
		defer done()
	}
	p.plan = ImportPlan{Workspace: v.Workspace, Fields: choice.fields, Statuses: choice.statuses}
	if p.plan.Name, p.plan.Content, err = s.engine.ImportFile(ctx, v.Actor, p.id); err != nil {
		return p, err
	}
	if choice.team == "" {
		return p, refuse(http.StatusUnprocessableEntity, sync.CodeInvalid, "The address does not say into which team: add its key, such as ?team=ENG.")
	}
	if p.team, err = s.engine.MayImport(ctx, v.Actor, choice.team); err != nil {
		return p, err
	}
	p.plan.Team = p.team.Key
	p.survey, err = s.importer.Survey(ctx, p.plan)
	return p, err
}

func (s *Server) showImportFile(c echo.Context, v visit) error {
	p, err := s.previewImport(c, v, readImportChoice(c.QueryParams()))
	if err != nil {
		return err
	}
	if choice := p.choice(); c.QueryParams().Encode() != choice {
		return c.Redirect(http.StatusSeeOther, v.slug.ImportFile(p.id.String(), choice))
	}
	return s.importFilePage(c, v, http.StatusOK, p, "")
}

func (s *Server) importFilePage(c echo.Context, v visit, status int, p importPreview, wrong string) error {
	page, snapshot, err := s.look(c, v, "Import "+p.plan.Name, "settings")
	if err != nil {
		return err
	}
	page.Style = importStyle
	n, survey := named{snapshot}, p.survey
	d := views.ImportFileData{ID: idOf(p.id), Shown: p.shown(), Name: p.plan.Name, Team: teamOf(p.team), Teams: n.teams(), Error: wrong, Titled: survey.Titled, Ready: survey.ready(),
		Fields: survey.Fields, MoreStatuses: survey.MoreStatuses, Total: survey.Total, Report: importReport(survey.Report)}
	for _, column := range survey.Columns {
		d.Columns = append(d.Columns, views.ImportColumn{Name: column.Name, Field: column.Field, Examples: column.Examples})
	}
	for _, status := range survey.Statuses {
		d.Statuses = append(d.Statuses, views.ImportStatus{Name: status.Name, Status: status.Status})
	}
	for _, status := range n.Statuses(p.team.ID) {
		d.TeamStatuses = append(d.TeamStatuses, status.Name)
	}
	for _, row := range survey.Rows {
		d.Rows = append(d.Rows, p.row(row))
	}
	return s.page(c, status, snapshot, views.ImportFilePage(page, d))
}

func (p importPreview) row(r ImportRow) views.ImportRow {
	row := views.ImportRow{Title: r.Title, There: r.There, Status: r.Status, Priority: views.Priority(r.Priority), Assignee: r.Assignee, Placeholder: r.Placeholder, Author: r.Author,
		Labels: r.Labels, Project: r.Project, Due: r.Due, Created: r.Created}
	if r.Number > 0 {
		row.Key = p.team.Key + "-" + strconv.Itoa(r.Number)
	}
	return row
}
