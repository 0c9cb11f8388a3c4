package sync

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// mostSteps is how many of one's own steps undo and redo reach.
const mostSteps = 100

// UndoStep is something of one's own that can be undone.
type UndoStep struct {
	Transaction uuid.UUID
	Label       string
	At          time.Time
}

// UndoSteps are one's own steps of the last day, newest first. To undo the first of Undo, or to redo the first of Redo,
// is to send an undo of its transaction.
type UndoSteps struct {
	Undo []UndoStep
	Redo []UndoStep
}

// UndoSteps reads what one may take back, whichever device it was done on. What has been undone stands under Redo until
// a new step of one's own; a step whose undo was refused, or of which nothing is in sight any more, is gone.
func (e *Engine) UndoSteps(ctx context.Context, actor Actor) (UndoSteps, error) {
	var rows *[]queries.ListStepsRow
	_, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListStepsRow, error) {
			return e.queries.ListSteps(ctx, db, queries.ListStepsParams{WorkspaceID: actor.Workspace, MemberID: actor.Member,
				TeamIDs: s.who.visibleTeams(), Since: e.clock(time.Now()).Add(-undoWindow)})
		})
		return nil
	})
	if err != nil {
		return UndoSteps{}, fmt.Errorf("list steps to undo: %w", err)
	}
	var steps UndoSteps
	for _, row := range slices.Backward(*rows) {
		steps.follow(row)
	}
	return UndoSteps{Undo: latest(steps.Undo), Redo: latest(steps.Redo)}, nil
}

// follow puts one more transaction, later than the others, onto the stacks. One that undoes a step bears that one's label.
func (s *UndoSteps) follow(row queries.ListStepsRow) {
	step, did := UndoStep{row.TransactionID, row.Label, row.At}, row.Changed && row.InSight
	if row.Undoes == uuid.Nil {
		if did {
			s.Undo, s.Redo = append(s.Undo, step), nil
		}
		return
	}
	if row.Status == InConflict {
		return // it can be asked for again, in part
	}
	onto := &s.Undo
	taken, redone := takeFrom(&s.Redo, row.Undoes)
	if !redone {
		taken, _ = takeFrom(&s.Undo, row.Undoes)
		onto = &s.Redo
	}
	if did {
		step.Label = cmp.Or(taken.Label, step.Label)
		*onto = append(*onto, step)
	}
}

// takeFrom takes a step off a stack; false when it is not there.
func takeFrom(stack *[]UndoStep, transaction uuid.UUID) (UndoStep, bool) {
	at := slices.IndexFunc(*stack, func(step UndoStep) bool { return step.Transaction == transaction })
	if at < 0 {
		return UndoStep{}, false
	}
	taken := (*stack)[at]
	*stack = slices.Delete(*stack, at, at+1)
	return taken, true
}

// latest are the last steps of a stack, the newest first.
func latest(stack []UndoStep) []UndoStep {
	steps := slices.Clone(stack[max(0, len(stack)-mostSteps):])
	slices.Reverse(steps)
	return steps
}
