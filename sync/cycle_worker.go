package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// cyclesEvery is how often the days of cycles are looked at.
const cyclesEvery = time.Minute

// keepCycles begins and ends the teams' cycles as days pass, until the engine stops. Each node does: what is to be done is worked
// out under the workspace's lock, so that the second one finds it done.
func (e *Engine) keepCycles() {
	for e.background.Err() == nil {
		if err := e.advanceCycles(e.background); err != nil && e.background.Err() == nil {
			e.logger.WarnContext(e.background, "bringing cycles to the day failed; the next round tries again", "err", err)
		}
		pause(e.background, cyclesEvery)
	}
}

// advanceCycles goes on until all cycles are as their days say, a step for each team at a time. A team that fails leaves
// the others their turn.
func (e *Engine) advanceCycles(ctx context.Context) error {
	var failed error
	stuck := map[uuid.UUID]bool{}
	for {
		due, err := e.dueCycles(ctx)
		if err != nil {
			return errors.Join(failed, err)
		}
		moved := false
		for _, step := range due {
			if stuck[step.team] {
				continue
			}
			changed, err := e.advance(ctx, step)
			moved, stuck[step.team] = moved || changed, !changed
			failed = errors.Join(failed, err)
		}
		if !moved {
			return failed
		}
	}
}

// cycleStep is a team whose cycles must be brought to the day, and the first of them that has ended.
type cycleStep struct {
	workspace, team, ended uuid.UUID
}

func (e *Engine) dueCycles(ctx context.Context) ([]cycleStep, error) {
	rows, err := e.queries.ListOpenCycles(ctx, e.pool)
	if err != nil {
		return nil, fmt.Errorf("list the open cycles: %w", err)
	}
	var due []cycleStep
	now := e.clock(time.Now())
	for len(rows) > 0 {
		of := 1
		for of < len(rows) && rows[of].TeamID == rows[0].TeamID && rows[of].WorkspaceID == rows[0].WorkspaceID {
			of++
		}
		if step, needed := stepOf(rows[:of], dayIn(rows[0].Timezone, now)); needed {
			due = append(due, step)
		}
		rows = rows[of:]
	}
	return due, nil
}

// stepOf looks at the open cycles of one team.
func stepOf(cycles []queries.ListOpenCyclesRow, today string) (step cycleStep, needed bool) {
	step = cycleStep{workspace: cycles[0].WorkspaceID, team: cycles[0].TeamID}
	ahead := 0
	for _, cycle := range cycles {
		if cycle.ID == nil {
			continue
		}
		starts := cycle.Starts.Format(time.DateOnly)
		if starts > today {
			ahead++
		}
		needed = needed || *cycle.State != stateOn(today, starts)
		if cycle.Ends.Format(time.DateOnly) < today && step.ended == uuid.Nil {
			step.ended, needed = *cycle.ID, true
		}
	}
	return step, needed || ahead < comingCycles
}

// advance does one step as the program.
func (e *Engine) advance(ctx context.Context, step cycleStep) (changed bool, err error) {
	op := Operation{Op: Advance, Record: NewRef("team", step.team)}
	if step.ended != uuid.Nil {
		op.Value = string(NewRef("cycle", step.ended))
	}
	actor, client := Program(step.workspace)
	one := Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Advance cycles", Ops: []Operation{op}}
	jobs, err := e.do(ctx, []*job{{actor: actor, client: client, transaction: one, program: true}}, true)
	if err == nil {
		err = jobs[0].result.Err()
	}
	if err != nil {
		return false, fmt.Errorf("advance the cycles of team %s: %w", step.team, err)
	}
	return jobs[0].result.changed, nil
}
