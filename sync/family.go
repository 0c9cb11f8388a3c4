package sync

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// Family is what is shown of issues beside themselves: the names of those right above them, and how far those right
// below them have come, and what blocks them.
type Family struct {
	Parents  map[uuid.UUID]IssueTitle
	Progress map[uuid.UUID]Progress
	Blockers map[uuid.UUID][]Blocker
}

// Blocker is an issue that blocks another.
type Blocker struct {
	ID   uuid.UUID
	Team uuid.UUID
	Open bool // one that is closed, or lies in the trash, holds nobody up
}

// Blocked tells whether something open blocks an issue.
func (f Family) Blocked(issue uuid.UUID) bool {
	return slices.ContainsFunc(f.Blockers[issue], func(b Blocker) bool { return b.Open })
}

// Progress is how many of an issue's sub-issues are done. The zero value is that of an issue without any.
type Progress struct{ Done, Total int }

// Family reads what the rows of a reading show of the issues around theirs, in one round trip however many they are. What
// the reader does not see is left out. ErrRightsMoved when they see something else by now.
func (e *Engine) Family(ctx context.Context, actor Actor, of Snapshot, rows []IssueRow) (Family, error) {
	family := Family{map[uuid.UUID]IssueTitle{}, map[uuid.UUID]Progress{}, map[uuid.UUID][]Blocker{}}
	if len(rows) == 0 {
		return family, nil
	}
	var titles *[]queries.ListIssueTitlesRow
	var counts *[]queries.CountSubIssuesRow
	var blockers *[]queries.ListBlockersRow
	ids, parents := related(rows)
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		titles = ask(p, len(parents), func(db queries.DBTX) ([]queries.ListIssueTitlesRow, error) {
			return e.queries.ListIssueTitles(ctx, db, queries.ListIssueTitlesParams{WorkspaceID: actor.Workspace, IDs: parents, TeamIDs: s.who.visibleTeams()})
		})
		counts = queries.Ask(p, func(db queries.DBTX) ([]queries.CountSubIssuesRow, error) {
			return e.queries.CountSubIssues(ctx, db, queries.CountSubIssuesParams{WorkspaceID: actor.Workspace, ParentIDs: ids,
				TeamIDs: s.who.visibleTeams(), ClosedIDs: s.closedStatuses()})
		})
		blockers = queries.Ask(p, func(db queries.DBTX) ([]queries.ListBlockersRow, error) {
			return e.queries.ListBlockers(ctx, db, queries.ListBlockersParams{WorkspaceID: actor.Workspace, IDs: ids, TeamIDs: s.who.visibleTeams()})
		})
		return nil
	})
	if err = firstError(err, of.sameRights(snapshot)); err != nil {
		return Family{}, err
	}
	for _, row := range *titles {
		family.Parents[row.ID] = IssueTitle{row.ID, row.TeamID, row.Number, row.Title, row.StatusID, row.Version}
	}
	for _, row := range *counts {
		family.Progress[row.ParentID] = Progress{int(row.Done), int(row.Total)}
	}
	for _, row := range *blockers {
		family.Blockers[row.BlockedID] = append(family.Blockers[row.BlockedID], of.blocker(row))
	}
	return family, nil
}

func (s Snapshot) blocker(row queries.ListBlockersRow) Blocker {
	status, known := s.Status(row.StatusID)
	return Blocker{row.ID, row.TeamID, known && !status.Closed() && !row.Trashed}
}

// related are the ids of issues, and of those above them.
func related(rows []IssueRow) (ids, parents []uuid.UUID) {
	seen := map[uuid.UUID]bool{uuid.Nil: true}
	for _, row := range rows {
		ids = append(ids, row.ID)
		if !seen[row.Parent] {
			seen[row.Parent] = true
			parents = append(parents, row.Parent)
		}
	}
	return ids, parents
}

// closedStatuses are all statuses in which work has ended.
func (s Snapshot) closedStatuses() []uuid.UUID {
	closed := []uuid.UUID{}
	for _, r := range s.words.all("status") {
		if status := statusName(r); status.Closed() {
			closed = append(closed, status.ID)
		}
	}
	return closed
}

// askSubIssues asks for the issues right below one.
func (e *Engine) askSubIssues(ctx context.Context, p *queries.Pipeline, s Snapshot, ws, parent uuid.UUID) *[]queries.ListSubIssuesRow {
	return queries.Ask(p, func(db queries.DBTX) ([]queries.ListSubIssuesRow, error) {
		return e.queries.ListSubIssues(ctx, db, queries.ListSubIssuesParams{WorkspaceID: ws, ParentID: &parent, TeamIDs: s.who.visibleTeams(), Most: history})
	})
}

// addFamily names the issue above, and lists those below with how far they have come.
func (e *Engine) addFamily(ctx context.Context, actor Actor, page *IssuePage, below []queries.ListSubIssuesRow) error {
	for _, row := range below {
		page.SubIssues = append(page.SubIssues, myRow(queries.ListIssuesByAssigneeRow(row)))
	}
	if page.Parent == uuid.Nil && len(below) == 0 {
		return nil
	}
	var err error
	page.Family, err = e.Family(ctx, actor, page.Snapshot, append([]IssueRow{page.IssueRow}, page.SubIssues...))
	return err
}
