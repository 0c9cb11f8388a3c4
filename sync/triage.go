package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// Triage is where a team looks at what others report before it becomes its work. What comes from outside of the team lands in
// its status of that category; such issues are in no list of work until somebody accepts them. One that is snoozed is out
// of triage too, until its time has come or something happens to it.

const (
	wakeEvery = 15 * time.Second
	wakeMost  = 500
)

// TriageRow is an issue that waits to be looked at.
type TriageRow struct {
	IssueRow
	Author  uuid.UUID // zero: nobody that is known
	Snoozed time.Time // until when; zero: it is awake
}

// Triage is a part of what waits in a team, oldest first.
type Triage struct {
	Snapshot
	Team   TeamName
	Status StatusName // in which it waits
	Rows   []TriageRow
	More   string
}

// TriageView is a part of a team's triage.
type TriageView struct {
	Snoozed bool   // what sleeps, else what is awake
	After   string // More of the page before
}

// Triage reads what waits in a team. NotFound when the reader does not see the team, or it has no triage.
func (e *Engine) Triage(ctx context.Context, actor Actor, key string, view TriageView) (Triage, error) {
	at, id, err := time.Time{}, uuid.Nil, error(nil)
	if view.After != "" {
		if at, id, err = parseMoment(view.After); err != nil {
			return Triage{}, err
		}
	}
	var page Triage
	var rows *[]queries.ListTriageRow
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		if page.Team, err = s.TeamByKey(key); err != nil {
			return err
		}
		waiting := s.triage(page.Team.ID)
		if len(waiting) == 0 {
			return notFound("This page")
		}
		page.Status = waiting[0]
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListTriageRow, error) {
			return e.queries.ListTriage(ctx, db, queries.ListTriageParams{WorkspaceID: actor.Workspace, TeamID: page.Team.ID, StatusIDs: statusIDs(waiting),
				Snoozed: view.Snoozed, AfterAt: at, AfterID: id, Most: PageSize + 1})
		})
		return nil
	})
	if err != nil {
		return Triage{}, err
	}
	for _, row := range *rows {
		page.Rows = append(page.Rows, triageRow(row))
	}
	if len(page.Rows) > PageSize {
		page.Rows = page.Rows[:PageSize]
		last := page.Rows[PageSize-1]
		page.More = formatMoment(last.CreatedAt, last.ID)
	}
	return page, nil
}

func triageRow(r queries.ListTriageRow) TriageRow {
	row := TriageRow{IssueRow: issueRow(queries.ListIssueGroupsRow{ID: r.ID, TeamID: r.TeamID, Number: r.Number, Title: r.Title, StatusID: r.StatusID,
		Priority: r.Priority, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}), Snoozed: orZero(r.SnoozedUntil)}
	if r.AuthorID != nil {
		row.Author = *r.AuthorID
	}
	return row
}

// TriageOf is the topic of what waits in a team.
func TriageOf(team uuid.UUID) string { return topic(topicTriage, team) }

// topicsAs are the topics of a record as it is, or was: also that of the triage in which an issue waits.
func (w *work) topicsAs(r *record) []string {
	topics := nounOf(r.kind).topics(r)
	if r.kind == "issue" && w.category(r) == "triage" {
		topics = append(topics, TriageOf(r.refersTo("team")))
	}
	return topics
}

// triage are the statuses in which issues wait in a team; none where it has no triage.
func (s Snapshot) triage(team uuid.UUID) []StatusName {
	if r := s.words.records[NewRef("team", team)]; r == nil || !truth(r.fields["triage"]) {
		return nil
	}
	return slices.DeleteFunc(s.Statuses(team), func(status StatusName) bool { return status.Category != "triage" })
}

// allTriage are the statuses in which issues wait, of all teams that the reader sees.
func (s Snapshot) allTriage() []uuid.UUID {
	waiting := []uuid.UUID{}
	for _, team := range s.Teams() {
		waiting = append(waiting, statusIDs(s.triage(team.ID))...)
	}
	return waiting
}

// InTriage tells whether an issue of this status waits to be looked at.
func (s Snapshot) InTriage(status uuid.UUID) bool { return slices.Contains(s.allTriage(), status) }

// Accepted and Declined are the statuses into which triage sends an issue of a team; the zero StatusName where it has none.
func (s Snapshot) Accepted(team uuid.UUID) StatusName {
	return s.firstOf(team, "unstarted", "backlog", "started")
}

// Declined is the counterpart of Accepted.
func (s Snapshot) Declined(team uuid.UUID) StatusName {
	return s.firstOf(team, "canceled", "completed")
}

// firstOf is the first status of the first category that a team has one of.
func (s Snapshot) firstOf(team uuid.UUID, categories ...string) StatusName {
	statuses := s.Statuses(team)
	for _, category := range categories {
		if at := slices.IndexFunc(statuses, func(status StatusName) bool { return status.Category == category }); at >= 0 {
			return statuses[at]
		}
	}
	return StatusName{}
}

func statusIDs(statuses []StatusName) []uuid.UUID {
	ids := make([]uuid.UUID, len(statuses))
	for i, status := range statuses {
		ids[i] = status.ID
	}
	return ids
}

// CountTriage reads how many issues wait in one team; none where it has no triage. NotFound when the reader does not see the team.
func (e *Engine) CountTriage(ctx context.Context, actor Actor, team uuid.UUID) (Snapshot, int, error) {
	var counted *[]queries.CountTriageRow
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		if !s.who.sees(team) {
			return notFound("This team")
		}
		counted = e.askTriageIn(ctx, p, actor, []uuid.UUID{team}, statusIDs(s.triage(team)))
		return nil
	})
	if err != nil {
		return Snapshot{}, 0, err
	}
	for _, row := range *counted {
		return snapshot, int(row.Issues), nil
	}
	return snapshot, 0, nil
}

// askTriage asks, by team, how many issues wait in triage.
func (e *Engine) askTriage(ctx context.Context, p *queries.Pipeline, s Snapshot, actor Actor) *[]queries.CountTriageRow {
	return e.askTriageIn(ctx, p, actor, s.who.visibleTeams(), s.allTriage())
}

func (e *Engine) askTriageIn(ctx context.Context, p *queries.Pipeline, actor Actor, teams, waiting []uuid.UUID) *[]queries.CountTriageRow {
	return ask(p, len(waiting), func(db queries.DBTX) ([]queries.CountTriageRow, error) {
		return e.queries.CountTriage(ctx, db, queries.CountTriageParams{WorkspaceID: actor.Workspace, TeamIDs: teams, StatusIDs: waiting})
	})
}

// settleTriage gives a team whose triage is turned on a status to wait in.
func (w *work) settleTriage() {
	for _, ref := range slices.Clone(w.order) {
		team := w.changed[ref]
		if team.kind == "team" && truth(team.fields["triage"]) && changed(w.world.lookup(ref), team, "triage") && w.triageStatus(team.id) == nil {
			w.addTriageStatus(team)
		}
	}
}

// triageStatus is where a team's issues wait, nil where it has no status for that.
func (w *work) triageStatus(team uuid.UUID) *record {
	var first *record
	for _, status := range w.all("status") {
		fits := !status.deleted() && status.refersTo("team") == team && status.text("category") == "triage"
		if fits && (first == nil || integer(status.fields["position"]) < integer(first.fields["position"])) {
			first = status
		}
	}
	return first
}

// addTriageStatus brings back the one that the team had, if its name is still free, or makes one under a name that is.
func (w *work) addTriageStatus(team *record) {
	id := StatusID(team.id, "Triage")
	was := w.lookup(NewRef("status", id))
	if was != nil && was.deleted() && was.text("category") == "triage" && !w.statusTaken(team.id, was.text("name")) {
		w.edit(was).deletedAt = nil
		return
	}
	if was != nil {
		id = Derive(w.transaction.ID, "triage", team.id.String())
	}
	name := "Triage"
	for n := 1; w.statusTaken(team.id, name); n++ {
		if name = "Waits in triage"; n > 1 {
			name = fmt.Sprintf("Waits in triage %d", n)
		}
	}
	fresh := newRecord(statusNoun{}, id, w.who.member, w.at)
	fresh.fields["team"], fresh.fields["name"], fresh.fields["category"] = string(team.ref()), name, "triage"
	w.create(fresh)
}

// statusTaken tells whether a live status of a team has a name, as statusNoun.check does.
func (w *work) statusTaken(team uuid.UUID, name string) bool {
	return slices.ContainsFunc(w.all("status"), func(status *record) bool {
		return !status.deleted() && status.refersTo("team") == team && strings.EqualFold(status.text("name"), name)
	})
}

// checkTriage keeps the last status in which a team's issues wait, while its triage is on.
func checkTriage(w *work, before, after *record) error {
	left := before != nil && !before.deleted() && before.text("category") == "triage" && (after.deleted() || after.text("category") != "triage")
	team := w.lookup(Ref(after.text("team")))
	if left && team != nil && truth(team.fields["triage"]) && w.triageStatus(team.id) == nil {
		return invalid("category", "The team's triage needs a status of this category; turn triage off first.")
	}
	return nil
}

// landing is the status of a new issue for which its author named none: what comes from outside of the team waits in triage.
func (w *work) landing(team *record) *record {
	if truth(team.fields["triage"]) && !w.who.program && (w.outside || !w.who.isIn(team)) {
		if status := w.triageStatus(team.id); status != nil {
			return status
		}
	}
	return w.defaultStatus(team.id)
}

// settleSnooze ends the sleep of an issue that left triage, or whose text somebody has edited.
func settleSnooze(w *work, before, after *record) error {
	if after.fields["snoozed_until"] == nil {
		return nil
	}
	snoozes := changed(before, after, "snoozed_until")
	if w.category(after) != "triage" {
		if snoozes && !w.undoes() {
			return invalid("snoozed_until", "Only an issue in triage can be snoozed.")
		}
		after.fields["snoozed_until"] = nil
	}
	if !snoozes && !w.undoes() && (changed(before, after, "title") || changed(before, after, "description")) {
		after.fields["snoozed_until"] = nil
	}
	return nil
}

// wakeCommented ends the sleep of issues that are commented on, unless the same transaction puts them to sleep.
func (w *work) wakeCommented() {
	for _, ref := range slices.Clone(w.order) {
		comment := w.changed[ref]
		if comment.kind != "comment" || comment.deleted() || w.world.lookup(ref) != nil {
			continue
		}
		issue := w.lookup(Ref(comment.text("issue")))
		if issue != nil && issue.fields["snoozed_until"] != nil && !changed(w.world.lookup(issue.ref()), issue, "snoozed_until") {
			w.edit(issue).fields["snoozed_until"] = nil
		}
	}
}

// reverseSnooze gives back a sleep that an undone step had begun or ended. Who has put the issue to sleep since meant that;
// that it was awake in between is nobody's value.
func (w *work) reverseSnooze(mine *record, change loggedChange) {
	const field = "snoozed_until"
	switch {
	case same(mine.fields[field], change.Before[field]):
	case same(mine.fields[field], change.After[field]):
		mine.fields[field] = change.Before[field]
	case change.After[field] != nil:
		w.stickField(mine, field, change.After[field], change.Before[field])
	}
}

// wakeSnoozed goes round until the engine stops.
func (e *Engine) wakeSnoozed() {
	for pause(e.background, wakeEvery); e.background.Err() == nil; pause(e.background, wakeEvery) {
		if err := e.wakeDue(e.background); err != nil && e.background.Err() == nil {
			e.logger.WarnContext(e.background, "waking issues failed; the next round tries again", "err", err)
		}
	}
}

// wakeDue wakes the issues whose time has come, each by a transaction of the program that any number of nodes may send: its id
// hangs on the version that slept. It counts as queued, so that who has touched the sleep meanwhile wins.
func (e *Engine) wakeDue(ctx context.Context) error {
	due, err := e.queries.ListDueSleepers(ctx, e.pool, queries.ListDueSleepersParams{Now: e.clock(time.Now()).UTC(), Most: wakeMost})
	if err != nil {
		return fmt.Errorf("list who is to wake: %w", err)
	}
	wakes := map[uuid.UUID][]Transaction{} // by workspace: they are committed together
	for _, sleeper := range due {
		id := Derive(sleeper.ID, "wake", formatVersion(sleeper.Version))
		wakes[sleeper.WorkspaceID] = append(wakes[sleeper.WorkspaceID], Transaction{ID: id, Label: "Wake", Queued: true, Ops: []Operation{
			{Op: Set, Record: NewRef("issue", sleeper.ID), Base: &sleeper.Version, Set: map[string]any{"snoozed_until": nil}}}})
	}
	for workspace, transactions := range wakes {
		actor, client := Program(workspace)
		_, wrong := e.Import(ctx, actor, client, transactions)
		err = errors.Join(err, wrong)
	}
	return err
}
