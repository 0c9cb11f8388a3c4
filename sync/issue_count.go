package sync

import (
	"cmp"
	"context"
	"maps"
	"reflect"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"tandem/queries"
)

const (
	teamsCounted = 1000 // that are remembered
	countedSpan  = 5000 // of the log are read at the most to bring a count up to date
)

// issueCounts remembers how many live issues each status of a team has, and as of which V. Counting a team of 100,000 anew at
// each reading would cost more than all the rest of the page; what the log says since costs next to nothing. Safe for concurrent use.
type issueCounts struct {
	teams *lru.Cache[countedTeam, issueCount]
}

// countedTeam is a team, or with the zero id the whole workspace, whatever its readers see of it.
type countedTeam struct{ workspace, team uuid.UUID }

// issueCount is never changed once it is there.
type issueCount struct {
	epoch    uuid.UUID
	version  int64
	statuses map[uuid.UUID]int64
}

func newIssueCounts() issueCounts {
	teams, _ := lru.New[countedTeam, issueCount](teamsCounted) // the size is above zero
	return issueCounts{teams}
}

// countsStatuses tells whether the groups of a list hold all issues of their status, so that their number is remembered; or all but
// what has been closed for long.
func (t TeamIssues) countsStatuses(l Layout) bool {
	of, left := t.Filter, Layout{Order: l.Order, Backwards: l.Backwards, Empty: l.Empty}
	of.Statuses, of.NotStatuses, of.Unknown = nil, nil, nil // which leave groups out, or nothing
	if l.group() == Groupings[0] {
		left.Group, left.Closed = l.Group, l.Closed
	}
	return reflect.DeepEqual(of, Filter{}) && reflect.DeepEqual(left, l)
}

// countQuestion is what a reading asks to have a team's count as of its own V.
type countQuestion struct {
	of      countedTeam
	known   issueCount
	counted *[]queries.CountIssuesByStatusRow
	changed *[]queries.ListCountedChangesRow
	floor   *int64
}

// askCount goes on from what is remembered, or counts anew.
func (e *Engine) askCount(ctx context.Context, p *queries.Pipeline, of countedTeam) *countQuestion {
	q := &countQuestion{of: of}
	known, found := e.counts.teams.Get(of)
	if !found {
		q.counted = queries.Ask(p, func(db queries.DBTX) ([]queries.CountIssuesByStatusRow, error) {
			if of.team == uuid.Nil {
				return issuesOfTeams(ctx, e.queries, db, of.workspace)
			}
			return e.queries.CountIssuesByStatus(ctx, db, queries.CountIssuesByStatusParams{WorkspaceID: of.workspace, TeamID: of.team})
		})
		return q
	}
	q.known = known
	q.floor = e.askFloor(ctx, p, of.workspace)
	q.changed = queries.Ask(p, func(db queries.DBTX) ([]queries.ListCountedChangesRow, error) {
		return e.queries.ListCountedChanges(ctx, db, queries.ListCountedChangesParams{WorkspaceID: of.workspace, Since: known.version, Until: known.version + countedSpan})
	})
	return q
}

func issuesOfTeams(ctx context.Context, q *queries.Queries, db queries.DBTX, ws uuid.UUID) ([]queries.CountIssuesByStatusRow, error) {
	found, err := q.CountIssuesOfTeams(ctx, db, ws)
	rows := make([]queries.CountIssuesByStatusRow, len(found))
	for i, row := range found {
		rows[i] = queries.CountIssuesByStatusRow(row)
	}
	return rows, err
}

// learnCount is the count as of a snapshot, which is remembered; false when what was remembered is too old to go on from. Then it
// is forgotten.
func (e *Engine) learnCount(q *countQuestion, s Snapshot) (map[uuid.UUID]int64, bool) {
	count := issueCount{epoch: s.Epoch, version: s.Version, statuses: map[uuid.UUID]int64{}}
	switch {
	case q.counted != nil:
		for _, row := range *q.counted {
			count.statuses[row.StatusID] = row.Issues
		}
	case q.known.epoch != s.Epoch || q.known.version < *q.floor || s.Version > q.known.version+countedSpan || s.Version < q.known.version:
		e.counts.teams.Remove(q.of)
		return nil, false
	default:
		count.statuses = maps.Clone(q.known.statuses)
		recount(count.statuses, q.of.team, *q.changed)
	}
	e.counts.teams.Add(q.of, count)
	return count.statuses, true
}

// countedAs is where an issue counts.
type countedAs struct {
	live         bool
	team, status Ref
}

// recount takes the issues that changed from where they counted before, and adds them where they count now.
func recount(statuses map[uuid.UUID]int64, team uuid.UUID, changes []queries.ListCountedChangesRow) {
	before := map[uuid.UUID]countedAs{}
	for i := len(changes) - 1; i >= 0; i-- { // from what they are now back to what they were
		row := changes[i]
		was, seen := before[row.RecordID]
		if !seen {
			was = countedAs{row.DeletedAt == nil, NewRef("team", row.TeamID), NewRef("status", row.StatusID)}
			if was.live && (team == uuid.Nil || row.TeamID == team) {
				statuses[row.StatusID]++
			}
		}
		if Verb(row.Op) != Set {
			was.live = Verb(row.Op) == Delete
		}
		was.team = cmp.Or(Ref(row.OldTeam), was.team)
		was.status = cmp.Or(Ref(row.OldStatus), was.status)
		before[row.RecordID] = was
	}
	for _, was := range before {
		if was.live && (team == uuid.Nil || was.team.ID() == team) {
			statuses[was.status.ID()]--
		}
	}
}
