package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tandem/queries"
)

// An import is no entry of the log: what it makes is. Only admins may import, since that keeps other people's names and times. Of each
// workspace one import runs at a time, on whichever node was asked; the others read here how far it is.

// ImportState is how an import stands.
type ImportState string

// The states of an import.
const (
	ImportRunning  ImportState = "running"
	ImportDone     ImportState = "done"
	ImportFailed   ImportState = "failed"  // its report says why
	ImportStopped  ImportState = "stopped" // its server went away; done again, it goes on
	ImportTrashing ImportState = "trashing"
	ImportTrashed  ImportState = "trashed" // all that it had made
)

const (
	// ImportRunLife is how long an import is listed, and what it made can be moved to the trash together.
	ImportRunLife    = 30 * 24 * time.Hour
	importPatience   = 2 * time.Minute // without a word from it, an import's node has died
	importRunsListed = 100
	// ImportIssuesListed is how many of the issues of an import its page names.
	ImportIssuesListed = 50
	importTrashAtOnce  = 50
)

// ImportReport is what an import did, or would do.
type ImportReport struct {
	Issues       int      `json:"issues"`       // new
	KnownIssues  int      `json:"known_issues"` // of an earlier import
	Trashed      int      `json:"trashed"`      // of an earlier import, in the trash by now: they stay there
	Restored     int      `json:"restored"`     // of an import that was taken back: they come out of the trash, as the table has them now
	People       int      `json:"people"`       // new, as placeholders
	KnownPeople  int      `json:"known_people"` // members
	Labels       int      `json:"labels"`       // new
	KnownLabels  int      `json:"known_labels"`
	Projects     int      `json:"projects"`      // new
	Milestones   int      `json:"milestones"`    // new
	Renumbered   int      `json:"renumbered"`    // their numbers were taken
	Lost         int      `json:"lost"`          // refused
	Problems     []string `json:"problems"`      // the first
	MoreProblems int      `json:"more_problems"` // beyond those
	Failure      string   `json:"failure"`       // why it ended early, for people
}

// ImportRun is an import that was begun.
type ImportRun struct {
	ID           uuid.UUID
	Member       uuid.UUID // who began it
	Team         uuid.UUID
	Upload       uuid.UUID // the table, while it is kept
	Choice       string    // how it was read, as the address of its preview says it
	Name         string    // of the file
	State        ImportState
	Total, Done  int // issues
	Begun, Ended time.Time
	Report       ImportReport
}

var (
	errNotAdmin = forbidden("Importing keeps other people's names and times, so only admins may. Ask an admin to do it.")
	errImports  = &Error{Kind: Conflicted, Code: CodeConflict, Text: "Another import of this workspace is under way. Wait until it has ended, then try again."}
)

// errImportEnded ends what was taken for dead.
var errImportEnded = errors.New("the import was ended elsewhere")

// MayImport is an error unless the actor may import into a team, which is returned. The zero key asks whether they may import at all.
func (e *Engine) MayImport(ctx context.Context, actor Actor, key string) (TeamName, error) {
	snapshot, err := e.Look(ctx, actor)
	switch {
	case err != nil:
		return TeamName{}, err
	case !snapshot.Admin():
		return TeamName{}, errNotAdmin
	case key == "":
		return TeamName{}, nil
	}
	return snapshot.TeamByKey(key)
}

// KeepImportFile keeps a table for a day, for whoever uploaded it alone, and returns its id. The same file sent twice by one form is one.
func (e *Engine) KeepImportFile(ctx context.Context, actor Actor, form uuid.UUID, name string, file NewFile) (uuid.UUID, error) {
	if _, err := e.MayImport(ctx, actor, ""); err != nil {
		return uuid.Nil, err
	}
	content, err := e.KeepFile(ctx, actor, file)
	if err != nil {
		return uuid.Nil, err
	}
	kept := queries.InsertImportFileParams{WorkspaceID: actor.Workspace, ID: Derive(form, content.String(), name), MemberID: actor.Member, FileID: content, Name: name}
	if err := e.queries.InsertImportFile(ctx, e.pool, kept); err != nil {
		return uuid.Nil, fmt.Errorf("keep a table: %w", err)
	}
	return kept.ID, nil
}

// ImportFile reads a table whole, which is no longer than MaxFile. NotFound for another's, and after a day.
func (e *Engine) ImportFile(ctx context.Context, actor Actor, id uuid.UUID) (name string, content []byte, err error) {
	if _, err := e.MayImport(ctx, actor, ""); isHidden(err) {
		return "", nil, notFound("This file")
	} else if err != nil {
		return "", nil, err
	}
	row, err := e.queries.GetImportFile(ctx, e.pool, queries.GetImportFileParams{WorkspaceID: actor.Workspace, ID: id, MemberID: actor.Member})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil, notFound("This file")
	}
	if err != nil {
		return "", nil, fmt.Errorf("find a table: %w", err)
	}
	content, err = io.ReadAll(&FileReader{engine: e, ctx: ctx, workspace: actor.Workspace, file: row.FileID, sum: row.Sha256, size: row.Size})
	return row.Name, content, err
}

// BeginImport notes that an import begins. begun is false where it was begun already, by the same form sent twice. Conflicted while another
// import of the workspace is under way.
func (e *Engine) BeginImport(ctx context.Context, actor Actor, run ImportRun) (begun bool, err error) {
	if _, err := e.MayImport(ctx, actor, ""); err != nil {
		return false, err
	}
	if err := e.endLostImports(ctx, actor.Workspace); err != nil {
		return false, err
	}
	rows, err := e.queries.InsertImportRun(ctx, e.pool, queries.InsertImportRunParams{WorkspaceID: actor.Workspace, ID: run.ID, MemberID: actor.Member, TeamID: run.Team,
		UploadID: run.Upload, Choice: run.Choice, Name: run.Name, Total: int32(run.Total)})
	if err != nil {
		return false, fmt.Errorf("begin an import: %w", err)
	}
	if rows > 0 {
		return true, nil
	}
	there, err := e.ImportRun(ctx, actor, run.ID)
	if err != nil && !isHidden(err) {
		return false, err
	}
	if err == nil && there.Run.Member == actor.Member {
		return false, nil
	}
	return false, errImports
}

// isHidden tells that something is not for the actor, or not there.
func isHidden(err error) bool {
	told, ok := errors.AsType[*Error](err)
	return ok && (told.Kind == Forbidden || told.Kind == NotFound)
}

func (e *Engine) endLostImports(ctx context.Context, workspace uuid.UUID) error {
	return e.queries.EndLostImportRuns(ctx, e.pool, queries.EndLostImportRunsParams{WorkspaceID: workspace, Patience: importPatience.Seconds()})
}

// AdvanceImport notes that so many more issues are dealt with, and which are about to be made or restored: from now on they are this import's
// and no earlier one's. It is to be called at least once a minute. An error means that the import must end, and that nothing was noted.
func (e *Engine) AdvanceImport(ctx context.Context, workspace, run uuid.UUID, more int, made []uuid.UUID) error {
	rows, err := e.queries.AdvanceImportRun(ctx, e.pool, queries.AdvanceImportRunParams{WorkspaceID: workspace, ID: run, More: int32(more), IssueIDs: append([]uuid.UUID{}, made...)})
	if err != nil {
		return fmt.Errorf("note how far an import is: %w", err)
	}
	if rows == 0 {
		return errImportEnded
	}
	return nil
}

// EndImport notes how an import ended. One that was taken for dead stays so, which is an error.
func (e *Engine) EndImport(ctx context.Context, workspace, run uuid.UUID, state ImportState, report ImportReport) error {
	raw, err := json.Marshal(report)
	if err != nil {
		return err
	}
	rows, err := e.queries.EndImportRun(ctx, e.pool, queries.EndImportRunParams{WorkspaceID: workspace, ID: run, State: string(state), Report: raw})
	if err != nil {
		return fmt.Errorf("end an import: %w", err)
	}
	if rows == 0 {
		return errImportEnded
	}
	return nil
}

// ImportRuns are the imports of the last days into teams that an admin sees, the newest first; nobody else is told of any.
func (e *Engine) ImportRuns(ctx context.Context, actor Actor) (Snapshot, []ImportRun, error) {
	var rows *[]queries.ListImportRunsRow
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListImportRunsRow, error) {
			return e.queries.ListImportRuns(ctx, db, queries.ListImportRunsParams{WorkspaceID: actor.Workspace, TeamIDs: s.importTeams(),
				Patience: importPatience.Seconds(), Kept: ImportRunLife.Seconds(), Most: importRunsListed})
		})
		return nil
	})
	if err != nil {
		return snapshot, nil, err
	}
	runs := make([]ImportRun, len(*rows))
	for i, row := range *rows {
		if runs[i], err = importRun(queries.GetImportRunRow(row)); err != nil {
			return snapshot, nil, err
		}
	}
	return snapshot, runs, nil
}

// importTeams are the teams whose imports the reader may look at.
func (s Snapshot) importTeams() []uuid.UUID {
	if !s.Admin() {
		return []uuid.UUID{}
	}
	return s.who.visibleTeams()
}

func importRun(row queries.GetImportRunRow) (ImportRun, error) {
	run := ImportRun{ID: row.ID, Member: row.MemberID, Team: row.TeamID, Upload: row.UploadID, Choice: row.Choice, Name: row.Name, State: ImportState(row.State),
		Total: int(row.Total), Done: int(row.Done), Begun: row.BegunAt}
	if row.Lost {
		run.State = ImportStopped
	}
	if row.EndedAt != nil {
		run.Ended = *row.EndedAt
	}
	if err := json.Unmarshal(row.Report, &run.Report); err != nil {
		return run, fmt.Errorf("read the report of an import: %w", err)
	}
	return run, nil
}

// ImportRunPage is an import with the first of the issues that it made.
type ImportRunPage struct {
	Snapshot
	Run    ImportRun
	Issues []IssueTitle
	Live   int // how many of its issues are there, and not in the trash
}

// ImportRun reads an import. NotFound for who is no admin, or does not see its team.
func (e *Engine) ImportRun(ctx context.Context, actor Actor, id uuid.UUID) (ImportRunPage, error) {
	var row *queries.GetImportRunRow
	var issues *[]queries.ListImportRunIssuesRow
	var live *int64
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		teams := s.importTeams()
		row = queries.Ask(p, func(db queries.DBTX) (queries.GetImportRunRow, error) {
			return noneIsZero(e.queries.GetImportRun(ctx, db, queries.GetImportRunParams{WorkspaceID: actor.Workspace, ID: id, TeamIDs: teams, Patience: importPatience.Seconds()}))
		})
		live = queries.Ask(p, func(db queries.DBTX) (int64, error) {
			return e.queries.CountImportRunIssues(ctx, db, queries.CountImportRunIssuesParams{WorkspaceID: actor.Workspace, RunID: id, TeamIDs: teams})
		})
		issues = queries.Ask(p, func(db queries.DBTX) ([]queries.ListImportRunIssuesRow, error) {
			return e.queries.ListImportRunIssues(ctx, db, queries.ListImportRunIssuesParams{WorkspaceID: actor.Workspace, RunID: id, TeamIDs: teams, Most: ImportIssuesListed})
		})
		return nil
	})
	if err == nil && row.ID == uuid.Nil {
		err = notFound("This import")
	}
	if err != nil {
		return ImportRunPage{}, err
	}
	page := ImportRunPage{Snapshot: snapshot, Live: int(*live)}
	for _, issue := range *issues {
		page.Issues = append(page.Issues, IssueTitle{issue.ID, issue.TeamID, issue.Number, issue.Title, issue.StatusID, issue.Version})
	}
	page.Run, err = importRun(*row)
	return page, err
}

// BeginTrash notes that the issues of an import are on their way into the trash. begun is false where they are already; the same errors as
// of BeginImport.
func (e *Engine) BeginTrash(ctx context.Context, actor Actor, id uuid.UUID) (begun bool, err error) {
	page, err := e.ImportRun(ctx, actor, id)
	if err != nil || page.Run.State == ImportTrashing {
		return false, err
	}
	if err := e.endLostImports(ctx, actor.Workspace); err != nil {
		return false, err
	}
	rows, err := e.queries.ReopenImportRun(ctx, e.pool, queries.ReopenImportRunParams{WorkspaceID: actor.Workspace, ID: id, Total: int32(page.Live)})
	if failure, ok := errors.AsType[*pgconn.PgError](err); ok && failure.ConstraintName == "import_run_one" || err == nil && rows == 0 {
		return false, errImports
	}
	if err != nil {
		return false, fmt.Errorf("begin to move an import to the trash: %w", err)
	}
	return true, nil
}

// TrashImport moves what an import made into the trash, as the actor, a few issues at a time. Each can be restored from there.
func (e *Engine) TrashImport(ctx context.Context, actor Actor, client, id uuid.UUID) error {
	for {
		page, err := e.ImportRun(ctx, actor, id)
		if err != nil || len(page.Issues) == 0 {
			return err
		}
		var ops []Operation
		for _, issue := range page.Issues[:min(len(page.Issues), importTrashAtOnce)] {
			ops = append(ops, Operation{Op: Delete, Record: NewRef("issue", issue.ID)})
		}
		transaction := Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Move import to trash", Ops: ops}
		if _, err := e.Apply(ctx, actor, client, transaction); err != nil {
			return err
		}
		if err := e.AdvanceImport(ctx, actor.Workspace, id, len(ops), nil); err != nil {
			return err
		}
	}
}

// sweepImports forgets tables and imports that are too old.
func (e *Engine) sweepImports(ctx context.Context) error {
	return errors.Join(e.queries.DeleteOldImportFiles(ctx, e.pool, uploadLife.Seconds()), e.queries.DeleteOldImportRuns(ctx, e.pool, ImportRunLife.Seconds()))
}
