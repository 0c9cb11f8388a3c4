package sync

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// A team that works in cycles always has the next ones made, so that work can be put into them. They are planned with the
// team's settings, in the same transaction, and by Advance as days pass.

// comingCycles is how many cycles of a team lie ahead at least.
const comingCycles = 2

// cadence is how a team's cycles follow each other.
type cadence struct {
	weeks, cooldown int
	day             time.Weekday
	today           time.Time
}

func (w *work) cadenceOf(team *record) cadence {
	return cadence{weeks: int(integer(team.fields["cycle_weeks"])), cooldown: int(integer(team.fields["cycle_cooldown"])),
		day: time.Weekday(integer(team.fields["cycle_day"]) % 7), today: parseDay(w.today(team.id))}
}

// parseDay reads a day that the engine wrote.
func parseDay(day string) time.Time {
	at, _ := time.Parse(time.DateOnly, day)
	return at
}

// next is the cycle behind one that ends on a day. The first one of a team began lately, so that it has a current one at
// once; what would have come and gone while nobody planned is left out.
func (c cadence) next(after string) (starts, ends string) {
	first := c.today.AddDate(0, 0, -(int(c.today.Weekday()-c.day)+7)%7)
	if after != "" {
		first = parseDay(after).AddDate(0, 0, 1+7*c.cooldown)
		first = first.AddDate(0, 0, (int(c.day-first.Weekday())+7)%7)
	}
	last := func() time.Time { return first.AddDate(0, 0, 7*c.weeks-1) }
	for last().Before(c.today) {
		first = first.AddDate(0, 0, 7*(c.weeks+c.cooldown))
	}
	return first.Format(time.DateOnly), last().Format(time.DateOnly)
}

// planCycles makes the next cycles of the teams whose settings of them a transaction changes, and gives those that have not
// begun their days anew. An undo brings back the days that were.
func (w *work) planCycles() {
	if w.undoes() {
		return
	}
	for _, ref := range slices.Clone(w.order) {
		was, now := w.world.lookup(ref), w.changed[ref]
		replanned := now.kind == "team" && (changed(was, now, "cycle_weeks") || changed(was, now, "cycle_day") || changed(was, now, "cycle_cooldown"))
		if replanned {
			w.planCyclesOf(now, true)
		}
	}
}

func (w *work) planCyclesOf(team *record, anew bool) {
	cadence := w.cadenceOf(team)
	if cadence.weeks == 0 || team.deleted() {
		return
	}
	today, after := w.today(team.id), ""
	var coming []*record
	for _, cycle := range w.cyclesOf(team.id) {
		if cycle.text("starts") > today {
			coming = append(coming, cycle)
		} else {
			after = cycle.text("ends")
		}
	}
	for ahead := 0; ahead < comingCycles || len(coming) > 0; {
		var cycle *record
		if len(coming) > 0 {
			cycle, coming = coming[0], coming[1:]
		}
		starts, ends := cadence.next(after)
		switch {
		case cycle == nil:
			cycle = w.newCycle(team, starts, ends)
		case anew:
			cycle = w.edit(cycle)
			cycle.fields["starts"], cycle.fields["ends"] = starts, ends
		}
		after = cycle.text("ends")
		if cycle.text("starts") > today {
			ahead++
		}
	}
}

// CycleID is the id of a team's cycle that the engine makes, unless somebody took it before.
func CycleID(team uuid.UUID, number int64) uuid.UUID {
	return Derive(team, "cycle", strconv.FormatInt(number, 10))
}

func (w *work) newCycle(team *record, starts, ends string) *record {
	number := w.nextCycleNumber(team.id)
	id := CycleID(team.id, number)
	for w.lookup(NewRef("cycle", id)) != nil { // somebody may have made one of this id, even in another team
		id = Derive(id, "again")
	}
	cycle := newRecord(cycleNoun{}, id, w.who.member, w.at)
	cycle.fields["team"], cycle.fields["number"] = string(team.ref()), number
	cycle.fields["starts"], cycle.fields["ends"] = starts, ends
	w.create(cycle)
	return cycle
}

// doAdvance brings a team's cycles to the day that it is: it makes those that are missing, begins the one whose day has come, and
// moves what is unfinished in the one named, if that has ended, to the next. Done twice it changes nothing.
func (w *work) doAdvance(op Operation) error {
	team, err := w.visible(op.Record)
	if err != nil {
		return err
	}
	if team.deleted() || integer(team.fields["cycle_weeks"]) == 0 {
		return nil
	}
	w.planCyclesOf(team, false)
	today := w.today(team.id)
	for _, cycle := range w.cyclesOf(team.id) {
		ended := string(cycle.ref()) == op.Value && cycle.text("ends") < today
		if ended && cycle.text("state") != PastCycle && w.rollOver(cycle, today) {
			w.edit(cycle).fields["state"] = PastCycle
		} else if state := stateOn(today, cycle.text("starts")); cycle.text("state") == UpcomingCycle && state != UpcomingCycle {
			w.edit(cycle).fields["state"] = state
		}
	}
	return nil
}

// rolledAtOnce is how many issues go from a cycle to the next in one transaction.
const rolledAtOnce = 500

// rollOver moves the unfinished issues of a cycle to the first one that has not ended; false when there may be more.
func (w *work) rollOver(cycle *record, today string) (done bool) {
	next := slices.IndexFunc(w.cyclesOf(cycle.refersTo("team")), func(r *record) bool { return r.text("ends") >= today })
	to := string(w.cyclesOf(cycle.refersTo("team"))[next].ref()) // planCyclesOf has made it
	rolled := 0
	for _, ref := range w.issuesIn(cycle.ref()) {
		issue := w.lookup(ref)
		status := w.lookup(Ref(issue.text("status")))
		if status != nil && status.text("category") != "completed" && status.text("category") != "canceled" {
			w.edit(issue).fields["cycle"] = to
			rolled++
		}
	}
	return rolled < rolledAtOnce
}

// issuesIn are the live issues of a cycle, as far as they are loaded.
func (w *work) issuesIn(cycle Ref) []Ref {
	found := map[Ref]bool{}
	for _, records := range []map[Ref]*record{w.loaded, w.current} {
		for ref := range records {
			if r := w.lookup(ref); r.kind == "issue" && !r.deleted() && r.text("cycle") == string(cycle) {
				found[ref] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
