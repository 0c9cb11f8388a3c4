package sync

import "github.com/google/uuid"

// noun is what the engine must know of one kind of record. Each lives in a file of its own.
type noun interface {
	name() string
	fields() []field

	// team is the team that what one may see hangs on; the zero id means the whole workspace. See teamsOf.
	team(*record) uuid.UUID
	// issue is the issue that the record belongs to, if any.
	issue(*record) uuid.UUID
	// topics are the things on screens that depend on the record.
	topics(*record) []string

	// complete fills what the program sets in a new record, from what its author gave.
	complete(*work, *record) error
	// check refuses a state that the rules forbid. before is nil for a new record.
	check(w *work, before, after *record) error
	// allow refuses what the actor may not do. before is nil for a new record.
	allow(who rights, before, after *record) error
}

// personal is a noun some of whose records are one member's alone. Nobody else sees those, whatever the team, and bumps, which
// all of the team are told, do not name them.
type personal interface {
	owner(*record) uuid.UUID // the zero id: of all who see the team
}

// private is a noun some of whose records guests never see, whatever the team. Bumps do not name its records either.
type private interface {
	reserved(*record) bool // for members and admins
}

// heir is a noun whose new records take over what their author has not named in given.
type heir interface {
	inherit(w *work, fresh *record, given map[string]any)
}

// nounOf returns nil for a kind that there is not.
func nounOf(kind string) noun {
	switch kind {
	case "issue":
		return issueNoun{}
	case "comment":
		return commentNoun{}
	case "attachment":
		return attachmentNoun{}
	case "label":
		return labelNoun{}
	case "status":
		return statusNoun{}
	case "team":
		return teamNoun{}
	case "member":
		return memberNoun{}
	case "workspace":
		return workspaceNoun{}
	case "share":
		return shareNoun{}
	case "relation":
		return relationNoun{}
	case "view":
		return viewNoun{}
	case "project":
		return projectNoun{}
	case "milestone":
		return milestoneNoun{}
	case "display":
		return displayNoun{}
	case "preference":
		return preferenceNoun{}
	case "template":
		return templateNoun{}
	case "favourite":
		return favouriteNoun{}
	case "cycle":
		return cycleNoun{}
	}
	return nil
}

// kinds in the order in which their records are stored: what others refer to comes first.
var kinds = []string{"workspace", "member", "team", "status", "label", "project", "milestone", "cycle", "template", "issue", "comment", "attachment", "share", "relation", "view", "favourite", "display", "preference"}

// teamsOf are the teams that what one may see of a record hangs on: who sees both sees it. Only what stands between two
// issues has another one, the team of the second; the zero id means the whole workspace, which every member sees.
func teamsOf(r *record) (team, other uuid.UUID) {
	return nounOf(r.kind).team(r), r.refersTo("other_team")
}

func fieldOf(n noun, name string) (field, bool) {
	for _, field := range n.fields() {
		if field.name == name {
			return field, true
		}
	}
	return field{}, false
}

// Topics that are no record of their own.
const (
	topicVocabulary = "vocabulary"
	topicRelations  = "relations" // of an issue, or of a team's issues
	topicTriage     = "triage"    // of a team
)

func topic(kind string, id uuid.UUID) string { return string(NewRef(kind, id)) }
