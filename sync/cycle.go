package sync

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// The states of a cycle. It goes from one to the next as days pass, and the log holds each step: what lists the current
// cycle's issues is stale when another one becomes it, and not by the clock of whoever looks.
const (
	UpcomingCycle = "upcoming"
	CurrentCycle  = "current"
	PastCycle     = "past" // what was not finished has gone on to the next one
)

// cycleNoun is a stretch of days that a team plans its work in. Its days are those of the team's time zone.
type cycleNoun struct{}

var cycleFields = []field{
	{"team", "team_id", fixed, refTo("team", false)},
	{"number", "number", server, number(1, 1<<31, false)},
	{"name", "name", scalar, phrase(80)},
	{"starts", "starts", scalar, date()}, // the first day
	{"ends", "ends", scalar, date()},     // the last one
	{"state", "state", server, oneOf(UpcomingCycle, CurrentCycle, PastCycle)},
}

func (cycleNoun) name() string             { return "cycle" }
func (cycleNoun) fields() []field          { return cycleFields }
func (cycleNoun) team(r *record) uuid.UUID { return r.refersTo("team") }
func (cycleNoun) issue(*record) uuid.UUID  { return uuid.Nil }
func (cycleNoun) topics(*record) []string  { return []string{topicVocabulary} }

func (cycleNoun) complete(w *work, cycle *record) error {
	if _, err := w.visible(Ref(cycle.text("team"))); err != nil {
		return err
	}
	cycle.fields["number"] = w.nextCycleNumber(cycle.refersTo("team"))
	return nil
}

// check also says in which state a cycle is by its days; that it is over is said when its issues have gone on.
func (cycleNoun) check(w *work, before, after *record) error {
	if after.text("starts") == "" || after.text("ends") < after.text("starts") {
		return invalid("ends", "A cycle has a first day, and a last one that does not lie before it.")
	}
	redated := changed(before, after, "starts") || changed(before, after, "ends")
	if before != nil && redated && before.text("state") == PastCycle {
		return invalid("starts", "This cycle is over; its days stay as they were.")
	}
	if after.deleted() {
		return nil
	}
	if redated {
		if err := checkSpan(parseDay(after.text("starts")), parseDay(after.text("ends")), w.at); err != nil {
			return err
		}
	}
	if redated || restored(before, after) {
		for _, other := range w.cyclesOf(after.refersTo("team")) {
			if other.id != after.id && other.text("starts") <= after.text("ends") && after.text("starts") <= other.text("ends") {
				return invalid("starts", fmt.Sprintf("Cycle %d of the team lies on these days; choose others.", integer(other.fields["number"])))
			}
		}
	}
	if after.text("state") != PastCycle {
		after.fields["state"] = stateOn(w.today(after.refersTo("team")), after.text("starts"))
	}
	return nil
}

// checkSpan keeps a slip of the hand from filling the calendar, in which the next cycles must find room.
func checkSpan(starts, ends, now time.Time) error {
	if ends.After(starts.AddDate(1, 0, 0)) {
		return invalid("ends", "A cycle lasts a year at the most.")
	}
	if starts.After(now.AddDate(5, 0, 0)) {
		return invalid("starts", "A cycle begins within the next five years.")
	}
	return nil
}

// stateOn is the state of a cycle that has not been ended. Days are compared as they are written.
func stateOn(today, starts string) string {
	if starts > today {
		return UpcomingCycle
	}
	return CurrentCycle
}

func (cycleNoun) allow(who rights, _, _ *record) error {
	if who.guest() {
		return forbidden("Guests cannot change a team's cycles.")
	}
	return nil
}

// today is the day that it is in a team.
func (w *work) today(team uuid.UUID) string {
	zone := ""
	if found := w.lookup(NewRef("team", team)); found != nil {
		zone = found.text("timezone")
	}
	return dayIn(zone, w.at)
}

func dayIn(zone string, at time.Time) string {
	return at.In(zoneOf(zone)).Format(time.DateOnly)
}

// cyclesOf are a team's live cycles in the order of their days.
func (w *work) cyclesOf(team uuid.UUID) []*record {
	return inOrder(w.all("cycle"), team)
}

func inOrder(all []*record, team uuid.UUID) []*record {
	var cycles []*record
	for _, cycle := range all {
		if !cycle.deleted() && cycle.refersTo("team") == team {
			cycles = append(cycles, cycle)
		}
	}
	slices.SortFunc(cycles, func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.text("starts"), b.text("starts")), cmp.Compare(integer(a.fields["number"]), integer(b.fields["number"])))
	})
	return cycles
}

// nextCycleNumber counts those in the trash too.
func (w *work) nextCycleNumber(team uuid.UUID) int64 {
	next := int64(1)
	for _, cycle := range w.all("cycle") {
		if cycle.refersTo("team") == team {
			next = max(next, integer(cycle.fields["number"])+1)
		}
	}
	return next
}

// inheritCycle puts a new sub-issue into its parent's cycle, unless that is over or the author chose one.
func (w *work) inheritCycle(issue *record) {
	parent := w.lookup(Ref(issue.text("parent")))
	if parent == nil || issue.fields["cycle"] != nil || parent.refersTo("team") != issue.refersTo("team") {
		return
	}
	cycle := w.lookup(Ref(parent.text("cycle")))
	if cycle != nil && !cycle.deleted() && cycle.text("state") != PastCycle {
		issue.fields["cycle"] = parent.fields["cycle"]
	}
}

func cycleRecord(row queries.ListCyclesRow) *record {
	return stored("cycle", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"team":   refValue("team", &row.TeamID),
		"number": row.Number,
		"name":   row.Name,
		"starts": dayValue(&row.Starts),
		"ends":   dayValue(&row.Ends),
		"state":  row.State,
	})
}
