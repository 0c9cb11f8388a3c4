package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// That an issue is due soon stands in no line of the log: it is told by the clock, to its assignee, in the morning of the day
// before by the clock of its team; at once when the day is set later than that. Each day of an issue is told of once.

const (
	remindEvery = time.Minute
	remindPage  = 500
	remindKept  = 30 * 24 * time.Hour // how long it is known of a day that it was told
	morning     = 9                   // o'clock
)

// remind goes round until the engine stops.
func (e *Engine) remind() {
	for pause(e.background, remindEvery); e.background.Err() == nil; pause(e.background, remindEvery) {
		if err := e.remindAll(e.background); err != nil && e.background.Err() == nil {
			e.logger.WarnContext(e.background, "telling what is due soon failed; the next round tries again", "err", err)
		}
	}
}

// remindAll tells in all workspaces what is due soon. One that fails leaves the others be.
func (e *Engine) remindAll(ctx context.Context) error {
	now := e.clock(time.Now()).UTC()
	// From today, where it is earliest, to tomorrow, where the morning has come first.
	days := queries.ListDueWorkspacesParams{FromDay: now.Add(-12 * time.Hour), UntilDay: now.Add((14-morning)*time.Hour).AddDate(0, 0, 1)}
	workspaces, err := e.queries.ListDueWorkspaces(ctx, e.pool, days)
	if err != nil {
		return fmt.Errorf("list where something is due: %w", err)
	}
	var failed error
	for _, workspace := range workspaces {
		err := e.follow(ctx, workspace) // so that what is due stands above what happened before
		if err == nil {
			err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
				return e.remindIn(ctx, tx, now, queries.ListDueParams{WorkspaceID: workspace, FromDay: days.FromDay, UntilDay: days.UntilDay, Most: remindPage})
			})
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("tell what is due in %s: %w", workspace, err))
		}
	}
	return failed
}

// remindIn tells under the lock of those who follow the log, so that of several nodes one does, and stands in the inboxes
// where the log was followed to.
func (e *Engine) remindIn(ctx context.Context, tx pgx.Tx, now time.Time, days queries.ListDueParams) error {
	if err := e.queries.InsertInboxCursorIfNew(ctx, tx, days.WorkspaceID); err != nil {
		return err
	}
	version, err := e.queries.LockInboxCursor(ctx, tx, days.WorkspaceID)
	if err != nil {
		return err
	}
	rows, err := e.queries.ListDue(ctx, tx, days)
	if err != nil {
		return err
	}
	told := queries.InsertDueNoticesParams{WorkspaceID: days.WorkspaceID}
	var due []dueNews
	for _, row := range rows {
		one := dueNewsOf(row)
		if now.Before(one.from) {
			continue
		}
		told.IssueIDs, told.Days = append(told.IssueIDs, row.ID), append(told.Days, *row.Due)
		if now.Before(one.until) {
			due = append(due, one)
		}
	}
	if len(told.IssueIDs) == 0 {
		return nil
	}
	var p queries.Pipeline
	questions := askVocabulary(ctx, &p, e.queries, days.WorkspaceID)
	if err := p.Send(ctx, tx.Conn()); err != nil {
		return fmt.Errorf("read the vocabulary: %w", err)
	}
	n := newNews(questions.build(0), e.newHandles)
	for _, one := range due {
		n.remind(one, version, now)
	}
	if err := e.queries.InsertDueNotices(ctx, tx, told); err != nil {
		return err
	}
	if err := e.queries.DeleteDueNotices(ctx, tx, queries.DeleteDueNoticesParams{WorkspaceID: days.WorkspaceID, Before: now.Add(-remindKept)}); err != nil {
		return err
	}
	return e.putNews(ctx, tx, days.WorkspaceID, n)
}

// dueNews is an issue that is due, and when that is news: before it is too early, and later it is told by nobody.
type dueNews struct {
	queries.ListDueRow
	from, until time.Time
}

func dueNewsOf(row queries.ListDueRow) dueNews {
	zone := zoneOf(row.Timezone)
	day := time.Date(row.Due.Year(), row.Due.Month(), row.Due.Day(), 0, 0, 0, 0, zone)
	return dueNews{row, time.Date(day.Year(), day.Month(), day.Day()-1, morning, 0, 0, 0, zone), day.AddDate(0, 0, 1)}
}

// remind tells an assignee that their issue is due soon. Nobody is told of the day that they have set themselves since.
func (n *news) remind(issue dueNews, version int64, now time.Time) {
	line := queries.ListNewsRow{Version: version, Kind: "issue", IssueID: issue.ID, TeamID: issue.TeamID, At: now}
	if set, known := (stamps{stored: issue.Stamps}).of("due"); known && set.At.After(issue.from) {
		line.MemberID = &set.Member
	}
	count := len(n.list)
	n.tell(line, Due, string(NewRef("member", *issue.AssigneeID)))
	if len(n.list) > count {
		n.list[count].actor, n.list[count].told.actor = nil, nil
	}
}

// zone is the clock of a team.
func (n *news) zone(team uuid.UUID) *time.Location {
	if zone := n.zones[team]; zone != nil {
		return zone
	}
	zone := time.UTC
	if found := n.words.records[NewRef("team", team)]; found != nil {
		zone = zoneOf(found.text("timezone"))
	}
	n.zones[team] = zone
	return zone
}

// zoneOf is the clock of a zone by its name, of one that this system does not know that of Greenwich.
func zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}
