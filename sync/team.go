package sync

import (
	"github.com/google/uuid"

	"tandem/queries"
)

type teamNoun struct{}

var teamFields = []field{
	{"key", "key", fixed, pattern(`^[A-Z][A-Z0-9]{1,6}$`, "Two to seven capital letters or digits, a letter first.")},
	{"name", "name", scalar, line(80)},
	{"private", "private", scalar, boolean()},
	{"members", "members", commutes, refsTo("member")},
	{"timezone", "timezone", scalar, timezone()},
	{"triage", "triage", scalar, boolean()},                     // what is reported from outside of the team waits until somebody accepts it
	{"cycle_weeks", "cycle_weeks", scalar, number(0, 8, false)}, // 0: the team does not work in cycles
	{"cycle_day", "cycle_day", scalar, number(1, 7, false)},     // that they begin on; 1 is Monday
	{"cycle_cooldown", "cycle_cooldown", scalar, number(0, 4, false)},
}

func (teamNoun) name() string              { return "team" }
func (teamNoun) fields() []field           { return teamFields }
func (teamNoun) team(r *record) uuid.UUID  { return r.id }
func (teamNoun) issue(*record) uuid.UUID   { return uuid.Nil }
func (teamNoun) topics(r *record) []string { return []string{topic("team", r.id), topicVocabulary} }

// complete puts whoever makes a team into it: a private one would be out of reach at once.
func (teamNoun) complete(w *work, team *record) error {
	if w.who.member != uuid.Nil {
		team.fields["members"] = with(team.set("members"), string(NewRef("member", w.who.member)))
	}
	return nil
}

func (teamNoun) check(w *work, before, after *record) error {
	if after.text("name") == "" {
		return invalid("name", "Give the team a name.")
	}
	if before != nil {
		return nil
	}
	if after.text("key") == "" {
		return invalid("key", "Give the team a key.")
	}
	for _, other := range w.all("team") {
		if other.id != after.id && other.text("key") == after.text("key") {
			return invalid("key", "This key is taken.")
		}
	}
	return nil
}

func (teamNoun) allow(who rights, before, after *record) error {
	if who.admin() || before != nil && who.isIn(before) && !who.guest() {
		return nil
	}
	return forbidden("Only an admin, or a member of the team, may change it.")
}

func teamRecord(row queries.ListTeamsRow) *record {
	return stored("team", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"key":            row.Key,
		"name":           row.Name,
		"private":        row.Private,
		"members":        refsValue("member", row.Members),
		"timezone":       row.Timezone,
		"triage":         row.Triage,
		"cycle_weeks":    int64(row.CycleWeeks),
		"cycle_day":      int64(row.CycleDay),
		"cycle_cooldown": int64(row.CycleCooldown),
	})
}
