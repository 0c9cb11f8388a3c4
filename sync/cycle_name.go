package sync

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// CycleName is a cycle as pages show one.
type CycleName struct {
	ID      uuid.UUID
	Version int64
	Team    uuid.UUID
	Number  int64
	Name    string // "": it goes by its number
	Starts  time.Time
	Ends    time.Time // the last day
	State   string    // UpcomingCycle, CurrentCycle, PastCycle
}

func cycleName(r *record) CycleName {
	return CycleName{ID: r.id, Version: r.version, Team: r.refersTo("team"), Number: integer(r.fields["number"]), Name: r.text("name"),
		Starts: parseDay(r.text("starts")), Ends: parseDay(r.text("ends")), State: r.text("state")}
}

// Cycles lists a team's live cycles in the order of their days.
func (s Snapshot) Cycles(team uuid.UUID) []CycleName {
	if !s.who.sees(team) {
		return nil
	}
	var cycles []CycleName
	for _, r := range inOrder(s.words.all("cycle"), team) {
		cycles = append(cycles, cycleName(r))
	}
	return cycles
}

// OpenCycles lists those that are not over: the current one, and the coming ones.
func (s Snapshot) OpenCycles(team uuid.UUID) []CycleName {
	return slices.DeleteFunc(s.Cycles(team), func(c CycleName) bool { return c.State == PastCycle })
}

// Cycle finds a cycle; one in the trash reads as absent.
func (s Snapshot) Cycle(id uuid.UUID) (CycleName, bool) {
	r := s.words.records[NewRef("cycle", id)]
	if r == nil || r.deleted() || !s.who.seesRecord(r) {
		return CycleName{}, false
	}
	return cycleName(r), true
}

// CycleCalled finds a team's cycle by what a URL calls it: its number, its id, "current" or "next".
func (s Snapshot) CycleCalled(team uuid.UUID, name string) (CycleName, bool) {
	cycles := s.Cycles(team)
	at := slices.IndexFunc(cycles, func(c CycleName) bool {
		return name == CurrentCycle && c.State == CurrentCycle || name == "next" && c.State == UpcomingCycle ||
			name == strconv.FormatInt(c.Number, 10) || name == c.ID.String()
	})
	if at < 0 {
		return CycleName{}, false
	}
	return cycles[at], true
}

// CycleProgress is how far a cycle has come, in issues. What is canceled is not counted.
type CycleProgress struct {
	CycleName
	Scope, Started, Done int
}

// pastCycles is how many of the cycles that are over a page shows.
const pastCycles = 20

// TeamCycles are a team's cycles: those that are not over in the order of their days, then the past ones, the latest first.
type TeamCycles struct {
	Snapshot
	Team   TeamName
	Cycles []CycleProgress
	More   int64 // the number of the last past one that is shown, when there are earlier ones
}

// TeamCycles reads a team's cycles, or the past ones before a number. NotFound when the reader does not see the team.
func (e *Engine) TeamCycles(ctx context.Context, actor Actor, key string, before int64) (TeamCycles, error) {
	var page TeamCycles
	err := e.readCycles(ctx, actor, key, &page, func(s Snapshot) (shown []CycleName) {
		shown, page.More = s.cyclesBefore(page.Team.ID, before)
		return shown
	})
	return page, err
}

// TeamCycle reads one of a team's cycles by what a URL calls it. NotFound when there is none, or the reader does not see the team.
func (e *Engine) TeamCycle(ctx context.Context, actor Actor, key, name string) (TeamCycles, error) {
	var page TeamCycles
	err := e.readCycles(ctx, actor, key, &page, func(s Snapshot) []CycleName {
		if cycle, known := s.CycleCalled(page.Team.ID, name); known {
			return []CycleName{cycle}
		}
		return nil
	})
	if err == nil && len(page.Cycles) == 0 {
		err = notFound("This cycle")
	}
	return page, err
}

// readCycles fills a page with the cycles that which chooses, and how far each has come.
func (e *Engine) readCycles(ctx context.Context, actor Actor, key string, page *TeamCycles, which func(Snapshot) []CycleName) error {
	var rows *[]queries.CountCyclesRow
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		team, err := s.TeamByKey(key)
		if err != nil {
			return err
		}
		page.Team, page.Cycles = team, nil
		wanted := queries.CountCyclesParams{WorkspaceID: actor.Workspace, TeamID: team.ID, IDs: []uuid.UUID{}}
		for _, cycle := range which(s) {
			page.Cycles, wanted.IDs = append(page.Cycles, CycleProgress{CycleName: cycle}), append(wanted.IDs, cycle.ID)
		}
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.CountCyclesRow, error) { return e.queries.CountCycles(ctx, db, wanted) })
		return nil
	})
	if err != nil {
		return err
	}
	page.Snapshot = snapshot
	for _, row := range *rows {
		at := slices.IndexFunc(page.Cycles, func(c CycleProgress) bool { return c.ID == row.CycleID })
		page.Cycles[at].count(snapshot.words.records[NewRef("status", row.StatusID)], int(row.Issues))
	}
	return nil
}

func (c *CycleProgress) count(status *record, issues int) {
	if status == nil || status.text("category") == "canceled" {
		return
	}
	c.Scope += issues
	switch status.text("category") {
	case "started":
		c.Started += issues
	case "completed":
		c.Done += issues
	}
}

// cyclesBefore are the cycles of a page: the past ones before a number, or from the latest on behind those that are not over.
func (s Snapshot) cyclesBefore(team uuid.UUID, before int64) (shown []CycleName, more int64) {
	if before == 0 {
		shown = s.OpenCycles(team)
	}
	past := slices.DeleteFunc(s.Cycles(team), func(c CycleName) bool { return c.State != PastCycle || before > 0 && c.Number >= before })
	slices.SortFunc(past, func(a, b CycleName) int { return cmp.Compare(b.Number, a.Number) })
	if len(past) > pastCycles {
		past, more = past[:pastCycles], past[pastCycles-1].Number
	}
	return append(shown, past...), more
}

// noCycles are the ids under which an issue of a team, or with the zero id of any, is in no cycle: none, and those in the trash.
func (s Snapshot) noCycles(team uuid.UUID) []uuid.UUID {
	none := []uuid.UUID{uuid.Nil}
	for _, r := range s.words.all("cycle") {
		if of := r.refersTo("team"); r.deleted() && (team == uuid.Nil || of == team) {
			none = append(none, r.id)
		}
	}
	return none
}

// cycleGroups begin with the current cycle and the coming ones; behind no cycle come the past ones, the latest first.
func (s Snapshot) cycleGroups(team uuid.UUID) []IssueGroup {
	var groups, past []IssueGroup
	for _, cycle := range s.Cycles(team) {
		if cycle.State == PastCycle {
			past = slices.Insert(past, 0, IssueGroup{By: "cycle", ID: cycle.ID})
		} else {
			groups = append(groups, IssueGroup{By: "cycle", ID: cycle.ID})
		}
	}
	return append(append(groups, IssueGroup{By: "cycle"}), past...)
}
