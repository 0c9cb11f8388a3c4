package sync

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"

	"github.com/google/uuid"

	"tandem/queries"
)

// The views of one's own issues. What is called otherwise is that of what one is to do.
const (
	MyCreated    = "created"
	MySubscribed = "subscribed"
	MyActivity   = "activity"
)

// MyIssues are a page of the issues that somebody has to do with.
type MyIssues struct {
	Snapshot
	Issues []IssueRow
	Focus  []FocusGroup // the same issues, of those that one is to do
	More   string

	// What else decides in which group of Focus an issue stands: what blocks any of those that were looked at, and the teams that those are of.
	Blockers map[uuid.UUID][]Blocker
	Teams    []uuid.UUID
}

// MyIssues reads a page of the reader's issues: the open ones that they are to do, by Focus, or have written or subscribed to, the latest change first,
// or all that they have changed or commented on, what they did last first. after is More of the page before.
func (e *Engine) MyIssues(ctx context.Context, actor Actor, view, after string) (MyIssues, error) {
	switch view {
	case MyCreated, MySubscribed:
		return e.myLatest(ctx, actor, view, after)
	case MyActivity:
		return e.myActivity(ctx, actor, after)
	}
	return e.myFocus(ctx, actor, after)
}

// myLatest are a page of open issues in the order of their latest change.
func (e *Engine) myLatest(ctx context.Context, actor Actor, view, after string) (MyIssues, error) {
	at, id, err := parseMoment(after)
	if err != nil {
		return MyIssues{}, err
	}
	var page MyIssues
	var rows *[]queries.ListIssuesByAssigneeRow
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		wanted := queries.ListIssuesByAssigneeParams{WorkspaceID: actor.Workspace, MemberID: &actor.Member, TeamIDs: s.who.visibleTeams(),
			StatusIDs: s.workStatuses(), BeforeAt: at, BeforeID: id, Most: PageSize + 1}
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssuesByAssigneeRow, error) {
			switch view {
			case MyCreated:
				return issuesByAuthor(ctx, e.queries, db, wanted)
			case MySubscribed:
				wanted.StatusIDs = s.openStatuses() // whoever reported what waits in triage hears of it too
				return issuesBySubscriber(ctx, e.queries, db, wanted)
			}
			return e.queries.ListIssuesByAssignee(ctx, db, wanted)
		})
		return nil
	})
	if err != nil {
		return MyIssues{}, err
	}
	for _, row := range *rows {
		page.Issues = append(page.Issues, myRow(row))
	}
	if len(page.Issues) > PageSize {
		page.Issues = page.Issues[:PageSize]
		last := page.Issues[PageSize-1]
		page.More = formatMoment(last.UpdatedAt, last.ID)
	}
	return page, nil
}

func issuesByAuthor(ctx context.Context, q *queries.Queries, db queries.DBTX, wanted queries.ListIssuesByAssigneeParams) ([]queries.ListIssuesByAssigneeRow, error) {
	found, err := q.ListIssuesByAuthor(ctx, db, queries.ListIssuesByAuthorParams(wanted))
	rows := make([]queries.ListIssuesByAssigneeRow, len(found))
	for i, row := range found {
		rows[i] = queries.ListIssuesByAssigneeRow(row)
	}
	return rows, err
}

func issuesBySubscriber(ctx context.Context, q *queries.Queries, db queries.DBTX, wanted queries.ListIssuesByAssigneeParams) ([]queries.ListIssuesByAssigneeRow, error) {
	found, err := q.ListIssuesBySubscriber(ctx, db, queries.ListIssuesBySubscriberParams{WorkspaceID: wanted.WorkspaceID, MemberID: *wanted.MemberID, TeamIDs: wanted.TeamIDs,
		StatusIDs: wanted.StatusIDs, BeforeAt: wanted.BeforeAt, BeforeID: wanted.BeforeID, Most: wanted.Most})
	rows := make([]queries.ListIssuesByAssigneeRow, len(found))
	for i, row := range found {
		rows[i] = queries.ListIssuesByAssigneeRow(row)
	}
	return rows, err
}

func myRow(r queries.ListIssuesByAssigneeRow) IssueRow {
	return issueRow(queries.ListIssueGroupsRow{ID: r.ID, TeamID: r.TeamID, Number: r.Number, Title: r.Title, StatusID: r.StatusID, Priority: r.Priority,
		AssigneeID: r.AssigneeID, Labels: r.Labels, ParentID: r.ParentID, Due: r.Due, Estimate: r.Estimate, ProjectID: r.ProjectID, CycleID: r.CycleID, Rank: r.Rank,
		Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt})
}

// actsRead is how many lines of the log one reading of an activity goes through, and actsReadings how many readings a page may take: an import of one's own,
// which is no act, may lie before the first of them.
const (
	actsRead     = 5000
	actsReadings = 20
)

// act is a line of the log as a place: what was done before it comes after it.
type act struct {
	version int64
	ordinal int32
}

// myActivity are a page of what the reader did last, each issue once.
func (e *Engine) myActivity(ctx context.Context, actor Actor, after string) (MyIssues, error) {
	from, err := parseAct(after)
	if err != nil {
		return MyIssues{}, err
	}
	for range actsReadings {
		var page MyIssues
		page, from, err = e.actsBefore(ctx, actor, from)
		if err != nil || len(page.Issues) > 0 || page.More == "" {
			return page, err
		}
	}
	return MyIssues{}, &Error{Kind: TooMany, Code: CodeRateLimited, Text: "What you did last lies too far back to be looked for, behind what you brought here."}
}

// actsBefore is one reading, and where the next one begins.
func (e *Engine) actsBefore(ctx context.Context, actor Actor, from act) (page MyIssues, end act, err error) {
	var rows *[]queries.ListIssuesByActsRow
	var ends *[]queries.ListActsEndRow
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssuesByActsRow, error) {
			return e.queries.ListIssuesByActs(ctx, db, queries.ListIssuesByActsParams{WorkspaceID: actor.Workspace, MemberID: actor.Member, TeamIDs: s.who.visibleTeams(),
				BeforeVersion: from.version, BeforeOrdinal: from.ordinal, Reach: actsRead, Most: PageSize + 1})
		})
		ends = queries.Ask(p, func(db queries.DBTX) ([]queries.ListActsEndRow, error) {
			return e.queries.ListActsEnd(ctx, db, queries.ListActsEndParams{WorkspaceID: actor.Workspace, MemberID: actor.Member,
				BeforeVersion: from.version, BeforeOrdinal: from.ordinal, Skipped: actsRead - 1})
		})
		return nil
	})
	if err != nil {
		return MyIssues{}, act{}, err
	}
	for _, row := range *ends {
		end = act{row.Version, row.Ordinal}
	}
	for i, r := range *rows {
		if i == PageSize {
			end = act{(*rows)[i-1].ActVersion, (*rows)[i-1].ActOrdinal}
			break
		}
		page.Issues = append(page.Issues, issueRow(queries.ListIssueGroupsRow{ID: r.ID, TeamID: r.TeamID, Number: r.Number, Title: r.Title, StatusID: r.StatusID, Priority: r.Priority,
			AssigneeID: r.AssigneeID, Labels: r.Labels, ParentID: r.ParentID, Due: r.Due, Estimate: r.Estimate, ProjectID: r.ProjectID, CycleID: r.CycleID, Rank: r.Rank,
			Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}))
	}
	if end.version > 0 {
		page.More = formatAct(end)
	}
	return page, end, nil
}

func formatAct(a act) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", a.version, a.ordinal))
}

// parseAct reads where a page of an activity begins; without one that is at the end of the log.
func parseAct(raw string) (act, error) {
	if raw == "" {
		return act{version: math.MaxInt64}, nil
	}
	var a act
	decoded, err := base64.RawURLEncoding.DecodeString(raw)
	if err == nil {
		_, err = fmt.Sscanf(string(decoded), "%d.%d", &a.version, &a.ordinal)
	}
	if err != nil || formatAct(a) != raw {
		return act{}, errPageGone()
	}
	return a, nil
}
