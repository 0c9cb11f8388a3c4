package sync

import (
	"strings"

	"github.com/google/uuid"

	"tandem/queries"
)

type labelNoun struct{}

var labelFields = []field{
	{"team", "team_id", fixed, refTo("team", true)}, // null: of the whole workspace
	{"name", "name", scalar, line(80)},
	{"color", "color", scalar, color()},
	{"group", "group_name", scalar, phrase(80)}, // labels of one group exclude each other
}

func color() shape {
	shape := pattern(`^#[0-9a-f]{6}$`, "Write the colour as #rrggbb.")
	shape.zero = "#6b7280"
	return shape
}

func (labelNoun) name() string             { return "label" }
func (labelNoun) fields() []field          { return labelFields }
func (labelNoun) team(r *record) uuid.UUID { return r.refersTo("team") }
func (labelNoun) issue(*record) uuid.UUID  { return uuid.Nil }
func (labelNoun) topics(*record) []string  { return []string{topicVocabulary} }

func (labelNoun) complete(*work, *record) error { return nil }

func (labelNoun) check(w *work, before, after *record) error {
	if after.text("name") == "" {
		return invalid("name", "Give the label a name.")
	}
	if after.deleted() || !changed(before, after, "name") && !restored(before, after) {
		return nil
	}
	for _, other := range w.all("label") {
		taken := other.id != after.id && !other.deleted() && other.refersTo("team") == after.refersTo("team")
		if taken && strings.EqualFold(other.text("name"), after.text("name")) {
			return invalid("name", "There is a label of this name.")
		}
	}
	return nil
}

func restored(before, after *record) bool {
	return before != nil && before.deleted() && !after.deleted()
}

func (labelNoun) allow(who rights, _, _ *record) error {
	if who.guest() {
		return forbidden("Guests use labels, members make them.")
	}
	return nil
}

func labelRecord(row queries.ListLabelsRow) *record {
	return stored("label", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"team":  refValue("team", row.TeamID),
		"name":  row.Name,
		"color": row.Color,
		"group": row.GroupName,
	})
}
