package sync

import (
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// The roles of members.
const (
	Admin  = "admin"
	Member = "member"
	Guest  = "guest" // sees only the teams they are in
)

type memberNoun struct{}

var memberFields = []field{
	{"person", "person_id", internal, id()}, // null: a placeholder
	{"name", "name", scalar, line(120)},
	{"handle", "handle", scalar, pattern(`^[a-z0-9][a-z0-9._-]{0,38}$`, "Lower-case letters, digits, dots or dashes, at most 39.")},
	{"email", "email", server, opaque("")},
	{"role", "role", scalar, oneOf(Member, Admin, Guest)},
	{"placeholder", "placeholder", server, opaque(false)},
}

func (memberNoun) name() string              { return "member" }
func (memberNoun) fields() []field           { return memberFields }
func (memberNoun) team(*record) uuid.UUID    { return uuid.Nil }
func (memberNoun) issue(*record) uuid.UUID   { return uuid.Nil }
func (memberNoun) topics(r *record) []string { return []string{topic("member", r.id), topicVocabulary} }

func (memberNoun) complete(*work, *record) error { return nil }

func (memberNoun) check(w *work, before, after *record) error {
	if after.text("name") == "" {
		return invalid("name", "Write a name.")
	}
	admins := 0
	for _, other := range w.all("member") {
		if other.id == after.id || other.deleted() {
			continue
		}
		if other.text("handle") == after.text("handle") && !after.deleted() {
			return invalid("handle", "This handle is taken.")
		}
		if other.text("role") == Admin && other.fields["person"] != nil {
			admins++
		}
	}
	lastAdmin := before != nil && before.text("role") == Admin && before.fields["person"] != nil && admins == 0
	if lastAdmin && (after.deleted() || after.text("role") != Admin) {
		return invalid("role", "The workspace needs an admin; make somebody else one first.")
	}
	return nil
}

// allow: admins manage members; everybody may change their own name and handle.
func (memberNoun) allow(who rights, before, after *record) error {
	self := before != nil && who.is(string(after.ref())) && !changed(before, after, "role") && !after.deleted()
	if who.admin() || self {
		return nil
	}
	return forbidden("Only an admin may change other people.")
}

// doWithdraw takes a member out of all teams, those in the trash too: they can be restored.
func (w *work) doWithdraw(op Operation) error {
	member, err := w.visible(op.Record)
	if err != nil {
		return err
	}
	for _, team := range w.all("team") {
		if slices.Contains(team.set("members"), string(member.ref())) {
			mine := w.edit(team)
			mine.fields["members"] = without(mine.set("members"), string(member.ref()))
		}
	}
	return nil
}

func memberRecord(row queries.ListMembersRow) *record {
	var person value
	if row.PersonID != nil {
		person = row.PersonID.String()
	}
	return stored("member", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"person":      person,
		"name":        row.Name,
		"handle":      row.Handle,
		"email":       row.Email,
		"role":        row.Role,
		"placeholder": row.Placeholder,
	})
}
