package handlers

import (
	"context"
	"errors"
	stdsync "sync"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
)

// endPatience is how long it may take to note how an import ended, while the server stops.
const endPatience = 2 * time.Second

// importJobs are the imports that this node is at: they outlive the requests that begin them. Safe for concurrent use.
type importJobs struct {
	ctx     context.Context // of all of them
	stop    context.CancelFunc
	running stdsync.WaitGroup

	mu     stdsync.Mutex
	closed bool
}

func newImportJobs() *importJobs {
	ctx, stop := context.WithCancel(context.Background())
	return &importJobs{ctx: ctx, stop: stop}
}

// begin runs something until it ends or the jobs are closed, after which what it is given is over from the start.
func (j *importJobs) begin(run func(context.Context)) {
	if !j.beginUnlessClosed(run) {
		run(j.ctx)
	}
}

func (j *importJobs) beginUnlessClosed(run func(context.Context)) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.closed {
		j.running.Go(func() { run(j.ctx) })
	}
	return !j.closed
}

// AwaitImports returns when what was begun on this node, imports and their way into the trash, has come to an end.
func (s *Server) AwaitImports() { s.imports.running.Wait() }

// end breaks off what is under way.
func (j *importJobs) end() {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.stop()
}

// importIssues does an import that was noted as begun, and notes how it ends. Whoever began it must be allowed to until then.
func (s *Server) importIssues(ctx context.Context, actor sync.Actor, run uuid.UUID, plan ImportPlan) {
	report, err := safely(func() (sync.ImportReport, error) {
		if err := ctx.Err(); err != nil {
			return sync.ImportReport{}, err
		}
		return s.importer.Run(ctx, plan, func(ctx context.Context, done int, made []uuid.UUID) error {
			if _, err := s.engine.MayImport(ctx, actor, plan.Team); err != nil {
				return err
			}
			return s.engine.AdvanceImport(ctx, plan.Workspace, run, done, made)
		})
	})
	s.endImport(ctx, plan.Workspace, run, sync.ImportDone, report, err)
}

// trashImport moves what an import made into the trash, and notes how that ends.
func (s *Server) trashImport(ctx context.Context, v visit, run uuid.UUID, report sync.ImportReport) {
	_, err := safely(func() (bool, error) { return true, s.engine.TrashImport(ctx, v.Actor, v.client(), run) })
	s.endImport(ctx, v.Workspace, run, sync.ImportTrashed, report, err)
}

// endImport words an error for people; what none can mend goes to the log.
func (s *Server) endImport(ctx context.Context, workspace, run uuid.UUID, state sync.ImportState, report sync.ImportReport, err error) {
	report.Failure = ""
	switch told, ok := errors.AsType[*sync.Error](err); {
	case err == nil:
	case ctx.Err() != nil:
		state = sync.ImportStopped
	case ok && told.Kind != sync.Internal:
		state, report.Failure = sync.ImportFailed, told.Text
	default:
		state, report.Failure = sync.ImportFailed, "Something went wrong on our side. What was done is kept; do it again to go on."
		s.logger.ErrorContext(ctx, "an import failed", "run", run, "err", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endPatience)
	defer cancel()
	if err := s.engine.EndImport(ctx, workspace, run, state, report); err != nil {
		s.logger.WarnContext(ctx, "how an import ended could not be noted; it will count as broken off", "run", run, "err", err)
	}
}
