package sync

import (
	"strings"

	"github.com/google/uuid"

	"tandem/queries"
)

// Categories of statuses, in the order of work.
var Categories = []string{"triage", "backlog", "unstarted", "started", "completed", "canceled"}

type statusNoun struct{}

var statusFields = []field{
	{"team", "team_id", fixed, refTo("team", false)},
	{"name", "name", scalar, line(80)},
	{"category", "category", scalar, oneOf(Categories...)},
	{"position", "position", scalar, number(0, 1000, false)},
	{"color", "color", scalar, color()},
}

func (statusNoun) name() string             { return "status" }
func (statusNoun) fields() []field          { return statusFields }
func (statusNoun) team(r *record) uuid.UUID { return r.refersTo("team") }
func (statusNoun) issue(*record) uuid.UUID  { return uuid.Nil }
func (statusNoun) topics(*record) []string  { return []string{topicVocabulary} }

func (statusNoun) complete(w *work, status *record) error {
	_, err := w.visible(Ref(status.text("team")))
	return err
}

func (statusNoun) check(w *work, before, after *record) error {
	if after.text("name") == "" {
		return invalid("name", "Give the status a name.")
	}
	open := 0
	for _, other := range w.all("status") {
		if other.id == after.id || other.deleted() || other.refersTo("team") != after.refersTo("team") {
			continue
		}
		open++
		if !after.deleted() && strings.EqualFold(other.text("name"), after.text("name")) {
			return invalid("name", "The team has a status of this name.")
		}
	}
	if after.deleted() && open == 0 {
		return invalid("status", "A team needs at least one status.")
	}
	return checkTriage(w, before, after)
}

func (statusNoun) allow(who rights, _, _ *record) error {
	if who.guest() {
		return forbidden("Guests cannot change a team's workflow.")
	}
	return nil
}

func statusRecord(row queries.ListStatusesRow) *record {
	return stored("status", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"team":     refValue("team", &row.TeamID),
		"name":     row.Name,
		"category": row.Category,
		"position": int64(row.Position),
		"color":    row.Color,
	})
}
