package handlers

import (
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
	"tandem/views"
)

// named turns the ids of a snapshot into what pages show: names, icons and days.
type named struct{ sync.Snapshot }

// idOf is an id as view models have it: "" for none.
func idOf(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

func (n named) member(id uuid.UUID) views.Member {
	found, known := n.Member(id)
	if !known {
		return views.Member{}
	}
	return memberOf(found)
}

func (n named) reactions(found []sync.Reaction) []views.Reaction {
	var shown []views.Reaction
	for _, r := range found {
		reaction := views.Reaction{Emoji: r.Emoji}
		for _, id := range r.Members {
			reaction.Members = append(reaction.Members, n.member(id))
		}
		slices.SortFunc(reaction.Members, func(a, b views.Member) int { return strings.Compare(a.Name, b.Name) })
		shown = append(shown, reaction)
	}
	return shown
}

func memberOf(m sync.MemberName) views.Member {
	return views.Member{ID: idOf(m.ID), Name: m.Name, Handle: m.Handle}
}

func (n named) members(of []sync.MemberName) []views.Member {
	members := make([]views.Member, len(of))
	for i, m := range of {
		members[i] = memberOf(m)
	}
	return members
}

func teamOf(t sync.TeamName) views.Team {
	return views.Team{ID: idOf(t.ID), Key: t.Key, Name: t.Name, Private: t.Private, Cycles: t.Cycles.Weeks > 0}
}

func (n named) teams() []views.Team {
	var teams []views.Team
	for _, t := range n.Teams() {
		teams = append(teams, teamOf(t))
	}
	return teams
}

func (n named) status(id uuid.UUID) views.Status {
	found, known := n.Status(id)
	if !known {
		return views.Status{}
	}
	return n.statusOf(found)
}

// statusOf also tells how far along the started ones of its team a status stands.
func (n named) statusOf(s sync.StatusName) views.Status {
	status := views.Status{ID: idOf(s.ID), Name: s.Name, Category: s.Category, Team: idOf(s.Team)}
	if s.Category != "started" {
		return status
	}
	var started []uuid.UUID
	for _, other := range n.Statuses(s.Team) {
		if other.Category == "started" {
			started = append(started, other.ID)
		}
	}
	status.Sweep = 100 * (slices.Index(started, s.ID) + 1) / (len(started) + 1)
	return status
}

func (n named) statuses(team uuid.UUID) []views.Status {
	var statuses []views.Status
	for _, s := range n.Statuses(team) {
		statuses = append(statuses, n.statusOf(s))
	}
	return statuses
}

func labelOf(l sync.LabelName) views.Label {
	return views.Label{ID: idOf(l.ID), Name: l.Name, Color: l.Color, Team: idOf(l.Team)}
}

// labels leaves out what lies in the trash.
func (n named) labels(ids []uuid.UUID) []views.Label {
	var labels []views.Label
	for _, id := range ids {
		if found, known := n.Label(id); known {
			labels = append(labels, labelOf(found))
		}
	}
	return labels
}

func (n named) labelsOf(team uuid.UUID) []views.Label {
	var labels []views.Label
	for _, l := range n.Labels(team) {
		labels = append(labels, labelOf(l))
	}
	return labels
}

// zones keeps time zones, which are read from files.
var zones stdsync.Map

func zoneOf(team sync.TeamName) *time.Location {
	if known, found := zones.Load(team.Timezone); found {
		return known.(*time.Location)
	}
	zone, err := time.LoadLocation(team.Timezone)
	if err != nil {
		zone = time.UTC
	}
	zones.Store(team.Timezone, zone)
	return zone
}

// zone is a team's time zone; UTC for a team that the reader does not see.
func (n named) zone(team uuid.UUID) *time.Location {
	found, _ := n.Team(team)
	return zoneOf(found)
}

// due says how near a day is, as of today in the team's time zone; what is done is never late.
func (n named) due(row sync.IssueRow) views.Due {
	if row.Due == nil {
		return views.Due{}
	}
	due := views.Due{Day: *row.Due, Today: n.today(n.zone(row.Team))}
	if status, known := n.Status(row.Status); known && status.Closed() {
		return due
	}
	return n.near(due.Day, n.zone(row.Team))
}

// near says how near a day is, as of today in a time zone.
func (n named) near(day time.Time, zone *time.Location) views.Due {
	due := views.Due{Day: day, Today: n.today(zone)}
	switch {
	case due.Day.Before(due.Today):
		due.State = "late"
	case due.Day.Before(due.Today.AddDate(0, 0, 8)):
		due.State = "soon"
	}
	return due
}

// today is the day that it is in a time zone, as days are stored.
func (n named) today(zone *time.Location) time.Time {
	year, month, day := n.At.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// row is an issue in brief, with what the reader sees of its family.
func (n named) row(r sync.IssueRow, family sync.Family) views.IssueRowData {
	return views.IssueRowData{
		ID: idOf(r.ID), Key: n.Key(r.Team, r.Number), Title: r.Title, Version: r.Version,
		Status: n.status(r.Status), Priority: views.Priority(r.Priority), Assignee: n.member(r.Assignee), Labels: n.labels(r.Labels), Project: n.project(r.Project),
		Due: n.due(r), Cycle: n.cycle(r.Cycle), Parent: family.Parents[r.Parent].Title, Progress: views.Progress(family.Progress[r.ID]), Updated: r.UpdatedAt.In(n.zone(r.Team)), Today: n.today(n.zone(r.Team)),
		Blocked: family.Blocked(r.ID),
	}
}

func (n named) rows(of []sync.IssueRow, family sync.Family) []views.IssueRowData {
	rows := make([]views.IssueRowData, len(of))
	for i, r := range of {
		rows[i] = n.row(r, family)
	}
	return rows
}
