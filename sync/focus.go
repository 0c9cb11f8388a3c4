package sync

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// Focus is why one should look at an issue of one's own; the value is its name in data-group.
type Focus string

// The groups of Focus in their order. An issue stands in the first one that it belongs to.
const (
	FocusUrgent  Focus = "urgent"  // overdue, or of the highest priority
	FocusStarted Focus = "started" // in progress
	FocusFree    Focus = "free"    // something was in its way, and nothing is any more
	FocusCycle   Focus = "cycle"   // of its team's current cycle
	FocusRest    Focus = ""
)

var foci = []Focus{FocusUrgent, FocusStarted, FocusFree, FocusCycle, FocusRest}

// focusSize bounds how many of the issues that one is to do are told apart, the latest changed of them. Which group comes first hangs on dates, relations and
// cycles, which no index has in one order, so all that may come first are read and a page is cut from them in memory; few people have so many open
// issues, and nobody looks through them. Those beyond were changed before any of these, so they follow as the end of the last group, a page at a time along the
// index: the order stays one, and no page has what another had.
const focusSize = 500

// FocusGroup is a group of a page by Focus.
type FocusGroup struct {
	Focus
	Count  int // of all that were told apart
	Issues []IssueRow
}

// focusPlace is the last row of a page.
type focusPlace struct {
	group  int // of foci; len(foci) = beyond those that were told apart
	at     time.Time
	id     uuid.UUID
	moment string
}

// begins tells whether a row comes after the place, in the order of its group.
func (f focusPlace) begins(group int, row IssueRow) bool {
	if group != f.group {
		return group > f.group
	}
	return row.UpdatedAt.Before(f.at) || row.UpdatedAt.Equal(f.at) && bytes.Compare(row.ID[:], f.id[:]) < 0
}

const beyondFocus = '9'

func (f focusPlace) String() string {
	if f.group == len(foci) {
		return string(beyondFocus) + formatMoment(f.at, f.id)
	}
	return string(rune('0'+f.group)) + formatMoment(f.at, f.id)
}

func parseFocusPlace(raw string) (focusPlace, error) {
	if raw == "" {
		return focusPlace{group: -1}, nil
	}
	group := len(foci)
	if raw[0] != beyondFocus {
		group = int(raw[0]) - '0'
	}
	if group < 0 || group > len(foci) || len(raw) == 1 {
		return focusPlace{}, errPageGone()
	}
	at, id, err := parseMoment(raw[1:])
	return focusPlace{group, at, id, raw[1:]}, err
}

// myFocus are a page of the open issues that the reader is to do, by Focus.
func (e *Engine) myFocus(ctx context.Context, actor Actor, after string) (MyIssues, error) {
	from, err := parseFocusPlace(after)
	if err != nil {
		return MyIssues{}, err
	}
	if from.group == len(foci) {
		return e.beyondFocus(ctx, actor, from)
	}
	at, id, _ := parseMoment("")
	var page MyIssues
	var rows *[]queries.ListIssuesByAssigneeRow
	var blockers *[]queries.ListBlockersOfAssignedRow
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		teams, statuses := s.who.visibleTeams(), s.workStatuses()
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssuesByAssigneeRow, error) {
			return e.queries.ListIssuesByAssignee(ctx, db, queries.ListIssuesByAssigneeParams{WorkspaceID: actor.Workspace, MemberID: &actor.Member, TeamIDs: teams,
				StatusIDs: statuses, BeforeAt: at, BeforeID: id, Most: focusSize + 1})
		})
		blockers = queries.Ask(p, func(db queries.DBTX) ([]queries.ListBlockersOfAssignedRow, error) {
			return e.queries.ListBlockersOfAssigned(ctx, db, queries.ListBlockersOfAssignedParams{WorkspaceID: actor.Workspace, MemberID: &actor.Member, TeamIDs: teams,
				StatusIDs: statuses, Most: focusSize})
		})
		return nil
	})
	if err != nil {
		return MyIssues{}, err
	}
	page.Blockers = map[uuid.UUID][]Blocker{}
	for _, row := range *blockers {
		page.Blockers[row.BlockedID] = append(page.Blockers[row.BlockedID], page.blocker(queries.ListBlockersRow(row)))
	}
	page.focus(*rows, from)
	return page, nil
}

// beyondFocus are a page of those that are too many to be told apart.
func (e *Engine) beyondFocus(ctx context.Context, actor Actor, from focusPlace) (MyIssues, error) {
	page, err := e.myLatest(ctx, actor, "", from.moment)
	if err != nil {
		return MyIssues{}, err
	}
	page.Focus = []FocusGroup{{Issues: page.Issues, Count: len(page.Issues)}}
	if page.More != "" {
		page.More = string(beyondFocus) + page.More
	}
	return page, nil
}

// focus cuts a page from all issues that are told apart.
func (m *MyIssues) focus(all []queries.ListIssuesByAssigneeRow, from focusPlace) {
	beyond := len(all) > focusSize
	all = all[:min(len(all), focusSize)]
	groups := make([]FocusGroup, len(foci))
	for i, focus := range foci {
		groups[i].Focus = focus
	}
	rows, days := make([][]IssueRow, len(foci)), teamDays{m.Snapshot, map[uuid.UUID]string{}}
	for _, r := range all {
		row := myRow(r)
		group := slices.Index(foci, m.focusOf(row, days))
		groups[group].Count++
		if from.begins(group, row) {
			rows[group] = append(rows[group], row)
		}
		if !slices.Contains(m.Teams, row.Team) {
			m.Teams = append(m.Teams, row.Team)
		}
	}
	for i, of := range rows {
		room := PageSize - len(m.Issues)
		if groups[i].Issues = of[:min(len(of), room)]; len(of) > room && m.More == "" {
			m.More = m.placeOf(groups).String()
		}
		m.Issues = append(m.Issues, groups[i].Issues...)
	}
	m.Focus = groups
	if beyond && m.More == "" {
		last := all[len(all)-1]
		m.More = focusPlace{group: len(foci), at: last.UpdatedAt, id: last.ID}.String()
	}
}

// placeOf is that of the last row in groups.
func (m *MyIssues) placeOf(groups []FocusGroup) focusPlace {
	for i, g := range slices.Backward(groups) {
		if n := len(g.Issues); n > 0 {
			return focusPlace{group: i, at: g.Issues[n-1].UpdatedAt, id: g.Issues[n-1].ID}
		}
	}
	return focusPlace{}
}

// teamDays are the days that it is where teams are: zones are read from files, so each is looked at once.
type teamDays struct {
	Snapshot
	of map[uuid.UUID]string
}

// focusOf is the first group that an open issue belongs to.
func (m *MyIssues) focusOf(row IssueRow, days teamDays) Focus {
	status, _ := m.Status(row.Status)
	cycle, inCycle := m.Cycle(row.Cycle)
	blockers := m.Blockers[row.ID]
	switch {
	case row.Priority == urgent || days.late(row):
		return FocusUrgent
	case status.Category == "started":
		return FocusStarted
	case len(blockers) > 0 && !slices.ContainsFunc(blockers, func(b Blocker) bool { return b.Open }):
		return FocusFree
	case inCycle && cycle.Team == row.Team && cycle.State == CurrentCycle:
		return FocusCycle
	}
	return FocusRest
}

// late tells whether the day that an issue is due on is over where its team is.
func (d teamDays) late(row IssueRow) bool {
	if row.Due == nil {
		return false
	}
	today, known := d.of[row.Team]
	if !known {
		team, _ := d.Team(row.Team)
		today = d.At.In(zoneOf(team.Timezone)).Format(time.DateOnly)
		d.of[row.Team] = today
	}
	return row.Due.Format(time.DateOnly) < today
}
