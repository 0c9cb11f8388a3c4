package sync

import "github.com/google/uuid"

// Leave is what the log calls that an issue went out of a team. Nobody sends it, and it changes nothing: it is the line
// that the readers of that team see, without a word of where the issue went.
const Leave Verb = "leave"

// transferred tells whether a record changes team, with its issue or as one.
func transferred(was, now *record) bool {
	return was != nil && changed(was, now, "team")
}

// tellTransfer puts number and place of a transferred issue in its line even where they read the same in both teams:
// they are others, and history and undo ask for them.
func tellTransfer(was, now *record, from, to map[string]value) {
	if now.kind != "issue" || !transferred(was, now) {
		return
	}
	for _, field := range []string{"number", "rank"} {
		from[field], to[field] = was.fields[field], now.fields[field]
	}
}

// carriedAlong tells whether nothing of a record is new but that its issue was transferred.
func carriedAlong(kind string, after map[string]value) bool {
	copies := 0
	for _, end := range ends {
		if _, told := after[end.team]; told {
			copies++
		}
	}
	return kind != "issue" && copies > 0 && copies == len(after)
}

func onlyCarried(before, after *record) bool {
	_, to := difference(before, after)
	return opOf(before, after) == Set && carriedAlong(after.kind, to)
}

// departures are the lines for the readers of the teams that an entry's record left. What hangs on its issue's team alone
// has none of its own: that it left follows from the issue's.
func (w *work) departures(was, now *record, made entry) []entry {
	relocated := was != nil && now.kind == "relation" && (changed(was, now, "team") || changed(was, now, "other_team"))
	if !relocated && (now.kind != "issue" || !transferred(was, now)) {
		return nil
	}
	made.Op, made.Before, made.After, made.Overwrote = Leave, map[string]value{}, map[string]value{}, nil
	team, other := teamsOf(was)
	made.Team, made.OtherTeam, made.Topics = optional(team), optional(other), w.topicsAs(was)
	return []entry{made}
}

// aliasKey names an issue in a team.
type aliasKey struct{ issue, team uuid.UUID }

// noteTransfers keeps the numbers that issues leave behind, and which teams' next numbers have moved.
func (w *world) noteTransfers(t *work) {
	for team := range t.numbers {
		w.counted[team] = true
	}
	for key, number := range t.keysLeft {
		w.aliases[key] = number
		w.left = append(w.left, key)
	}
	for ref, now := range t.changed {
		was := w.lookup(ref)
		if now.kind != "issue" || !transferred(was, now) {
			continue
		}
		key := aliasKey{now.id, was.refersTo("team")}
		w.aliases[key] = integer(was.fields["number"])
		w.left = append(w.left, key)
	}
}
