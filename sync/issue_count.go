package sync

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"reflect"

	"github.com/google/uuid"

	"tandem/queries"
)

const (
	countedNumbers = 1 << 17 // are remembered, of all teams together: some 100 bytes each
	countedAlone   = 8       // numbers are what a count takes beside them
	countedSpan    = 5000    // transactions at the most have come since, when a count is brought up to date from the log
	countedRows    = 5000    // lines of theirs that bear on it, at the most: one transaction may have a thousand
)

// issueCounts remembers how many live issues each status of a team has, of each assignee or other group of lists too, and as of which V. Counting a team of 100,000 anew at
// each reading would cost more than all the rest of the page; what the log says since costs next to nothing. Safe for concurrent use.
type issueCounts struct {
	teams   *sumCache[countedTeam, issueCount]
	lacking *sumCache[lackingKey, map[groupKey]bool] // which groups of a list the latest issues do not fill
}

// countedTeam is a team, or with the zero id the whole workspace, whatever its readers see of it.
type countedTeam struct {
	workspace, team uuid.UUID
	by              string // what else than statuses is told apart: a grouping, or "" for nothing
}

// countedKey is a status and, where something else is told apart, its value: the zero id for none, a level of priority as one.
type countedKey struct{ status, key uuid.UUID }

// issueCount is never changed once it is there.
type issueCount struct {
	epoch   uuid.UUID
	version int64
	issues  map[countedKey]int64
}

func newIssueCounts() issueCounts {
	return issueCounts{
		newSumCache[countedTeam](countedNumbers, func(c issueCount) int { return countedAlone + len(c.issues) }),
		newSumCache[lackingKey](countedNumbers, func(lacking map[groupKey]bool) int { return countedAlone + len(lacking) }),
	}
}

// counts tells whether the groups of a list hold all issues that they are of, so that their number is remembered, and by what; of a status all but
// what has been closed for long. A filter of statuses leaves whole statuses out, and one of what the groups are of whole groups; but an
// issue has several labels, and in no project or cycle is also who is in one that is in the trash.
func (t TeamIssues) counts(group string, l Layout) (by string, counted bool) {
	of, left := t.Filter, Layout{Group: l.Group, Order: l.Order, Backwards: l.Backwards, Empty: l.Empty}
	of.Statuses, of.NotStatuses, of.Unknown = nil, nil, nil
	by = group
	switch group {
	case "status":
		by, left.Closed = "", l.Closed
	case "none":
		by = ""
	case "assignee":
		of.Assignees, of.NotAssignees = nil, nil
	case "priority":
		of.Priorities, of.NotPriorities = nil, nil
	}
	return by, reflect.DeepEqual(of, Filter{}) && reflect.DeepEqual(left, l)
}

// groupCounts tell how many issues have one of some values; nil is not known.
type groupCounts func(keys ...uuid.UUID) int64

// in is what the statuses that pass have of each value. Where statuses alone are counted it is what each of them has, and under the zero id what those
// that pass have together.
func (c issueCount) in(by string, passes func(status uuid.UUID) bool) groupCounts {
	values := map[uuid.UUID]int64{}
	for of, issues := range c.issues {
		if by == "" {
			values[of.status] += issues
		}
		if passes(of.status) {
			values[of.key] += issues
		}
	}
	return func(keys ...uuid.UUID) (sum int64) {
		for _, key := range keys {
			sum += values[key]
		}
		return sum
	}
}

// countQuestion is what a reading asks to have a team's count as of its own V.
type countQuestion struct {
	of      countedTeam
	known   issueCount
	counted *[]queries.CountIssuesByKeyRow
	changed *[]queries.ListCountedChangesRow
	floor   *int64
}

// askCount goes on from what is remembered, or counts anew.
func (e *Engine) askCount(ctx context.Context, p *queries.Pipeline, of countedTeam) *countQuestion {
	q := &countQuestion{of: of}
	known, found := e.counts.teams.Get(of)
	if !found {
		p.Run(ctx, "set local plan_cache_mode = force_custom_plan")
		q.counted = queries.Ask(p, func(db queries.DBTX) ([]queries.CountIssuesByKeyRow, error) {
			switch {
			case of.by != "":
				return e.queries.CountIssuesByKey(ctx, db, queries.CountIssuesByKeyParams{WorkspaceID: of.workspace, TeamID: of.team, Grouping: of.by})
			case of.team == uuid.Nil:
				return issuesOfTeams(ctx, e.queries, db, of.workspace)
			}
			found, err := e.queries.CountIssuesByStatus(ctx, db, queries.CountIssuesByStatusParams{WorkspaceID: of.workspace, TeamID: of.team})
			return statusesAlone(found), err
		})
		return q
	}
	q.known = known
	q.floor = e.askFloor(ctx, p, of.workspace)
	q.changed = queries.Ask(p, func(db queries.DBTX) ([]queries.ListCountedChangesRow, error) {
		return e.queries.ListCountedChanges(ctx, db, queries.ListCountedChangesParams{WorkspaceID: of.workspace, Field: countedFields[of.by], Since: known.version, Until: known.version + countedSpan, Most: countedRows + 1})
	})
	return q
}

func issuesOfTeams(ctx context.Context, q *queries.Queries, db queries.DBTX, ws uuid.UUID) ([]queries.CountIssuesByKeyRow, error) {
	found, err := q.CountIssuesOfTeams(ctx, db, ws)
	rows := make([]queries.CountIssuesByStatusRow, len(found))
	for i, row := range found {
		rows[i] = queries.CountIssuesByStatusRow(row)
	}
	return statusesAlone(rows), err
}

func statusesAlone(found []queries.CountIssuesByStatusRow) []queries.CountIssuesByKeyRow {
	rows := make([]queries.CountIssuesByKeyRow, len(found))
	for i, row := range found {
		rows[i] = queries.CountIssuesByKeyRow{StatusID: row.StatusID, Issues: row.Issues}
	}
	return rows
}

// learnCount is the count as of a snapshot, which is remembered; false when what was remembered is too old to go on from, or more
// has happened since than counting anew would take. Then it is forgotten.
func (e *Engine) learnCount(q *countQuestion, s Snapshot) (issueCount, bool) {
	count := issueCount{epoch: s.Epoch, version: s.Version, issues: map[countedKey]int64{}}
	switch {
	case q.counted != nil:
		for _, row := range *q.counted {
			count.issues[countedKey{row.StatusID, row.Key}] = row.Issues
		}
	case q.known.epoch != s.Epoch || q.known.version < *q.floor || s.Version > q.known.version+countedSpan || s.Version < q.known.version || len(*q.changed) > countedRows:
		e.counts.teams.Remove(q.of)
		return count, false
	case len(*q.changed) == 0:
		count.issues = q.known.issues
	default:
		count.issues = maps.Clone(q.known.issues)
		recount(count.issues, q.of, *q.changed)
	}
	e.counts.teams.Add(q.of, count)
	return count, true
}

// countedAs is where an issue counts.
type countedAs struct {
	live         bool
	team, status Ref
	keys         []uuid.UUID
}

func (c countedAs) add(issues map[countedKey]int64, of countedTeam, more int64) {
	if !c.live || of.team != uuid.Nil && c.team.ID() != of.team {
		return
	}
	for _, key := range c.keys {
		at := countedKey{c.status.ID(), key}
		if issues[at] += more; issues[at] == 0 {
			delete(issues, at)
		}
	}
}

// recount takes the issues that changed from where they counted before, and adds them where they count now.
func recount(issues map[countedKey]int64, of countedTeam, changes []queries.ListCountedChangesRow) {
	before := map[uuid.UUID]countedAs{}
	for i := len(changes) - 1; i >= 0; i-- { // from what they are now back to what they were
		row := changes[i]
		was, seen := before[row.RecordID]
		if !seen {
			was = countedAs{row.DeletedAt == nil, NewRef("team", row.TeamID), NewRef("status", row.StatusID), keysNow(of.by, row)}
			was.add(issues, of, 1)
		}
		if Verb(row.Op) != Set {
			was.live = Verb(row.Op) == Delete
		}
		was.team = cmp.Or(Ref(row.OldTeam), was.team)
		was.status = cmp.Or(Ref(row.OldStatus), was.status)
		if old := string(row.OldValue); of.by != "" && old != `""` {
			was.keys = keysThen(row.OldValue)
		}
		before[row.RecordID] = was
	}
	for _, was := range before {
		was.add(issues, of, -1)
	}
}

// countedFields are the fields that groupings tell apart.
var countedFields = map[string]string{"": "", "assignee": "assignee", "project": "project", "cycle": "cycle", "label": "labels", "priority": "priority"}

// keysNow are the values under which an issue counts.
func keysNow(by string, row queries.ListCountedChangesRow) []uuid.UUID {
	var one *uuid.UUID
	switch by {
	case "assignee":
		one = row.AssigneeID
	case "project":
		one = row.ProjectID
	case "cycle":
		one = row.CycleID
	case "priority":
		return []uuid.UUID{priorityKey(int(row.Priority))}
	case "label":
		if len(row.Labels) > 0 {
			return row.Labels
		}
	}
	if one == nil {
		return []uuid.UUID{{}}
	}
	return []uuid.UUID{*one}
}

// priorityKey is a level of priority among ids.
func priorityKey(priority int) (key uuid.UUID) {
	key[15] = byte(priority)
	return key
}

// keysThen are the values under which an issue counted, as the log has them.
func keysThen(raw []byte) []uuid.UUID {
	var value any
	_ = json.Unmarshal(raw, &value) // PostgreSQL wrote it
	switch old := value.(type) {
	case string:
		return []uuid.UUID{Ref(old).ID()}
	case float64:
		return []uuid.UUID{priorityKey(int(old))}
	case []any:
		var keys []uuid.UUID
		for _, one := range old {
			if ref, ok := one.(string); ok {
				keys = append(keys, Ref(ref).ID())
			}
		}
		if len(keys) > 0 {
			return keys
		}
	}
	return []uuid.UUID{{}}
}
