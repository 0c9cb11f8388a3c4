package sync

import (
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// How often the reasons that can wait are gathered into a letter.
const (
	DigestOff    = "off"
	DigestHourly = "hourly"
	DigestOften  = "4h"
	DigestDaily  = "daily"
	DigestWeekly = "weekly"
)

// preferenceNoun is what one member wants to be told, and how. Nobody else sees it.
type preferenceNoun struct{}

var preferenceFields = []field{
	{"mail", "mail", scalar, reasonSet(reasons)},
	{"push", "push", scalar, reasonSet(ownReasons())}, // in the browsers that asked for it
	{"digest", "digest", scalar, oneOf(DigestOften, DigestOff, DigestHourly, DigestDaily, DigestWeekly)},
	{"author", "author_id", server, refTo("member", true)},
}

func (preferenceNoun) name() string            { return "preference" }
func (preferenceNoun) fields() []field         { return preferenceFields }
func (preferenceNoun) team(*record) uuid.UUID  { return uuid.Nil }
func (preferenceNoun) issue(*record) uuid.UUID { return uuid.Nil }
func (preferenceNoun) topics(r *record) []string {
	return []string{topic("member", r.refersTo("author")), topicVocabulary}
}

func (preferenceNoun) owner(r *record) uuid.UUID { return r.refersTo("author") }

func (preferenceNoun) complete(*work, *record) error { return nil }

// check lets a member have one: its id follows from theirs.
func (preferenceNoun) check(w *work, _, after *record) error {
	if after.id != PreferenceID(w.workspace, after.refersTo("author")) {
		return invalid("id", "A member has one preference, under an id of its own: set that one.")
	}
	return nil
}

// allow: whoever sees it is who it is of.
func (preferenceNoun) allow(rights, *record, *record) error { return nil }

// PreferenceID is the id of a member's preference.
func PreferenceID(workspace, member uuid.UUID) uuid.UUID {
	return Derive(workspace, "preference", member.String())
}

// reasonSet is a set of reasons, with those that a new one holds.
func reasonSet(first []Reason) shape {
	var zero []string
	for _, reason := range first {
		zero = append(zero, string(reason))
	}
	return shape{says: "set of mentioned, assigned, urgent, due, unblocked, commented, closed", zero: sortedSet(zero), column: asIs, read: func(raw any) (value, string) {
		set, wrong := stringsOf(raw)
		for _, reason := range set {
			if !slices.Contains(reasons, Reason(reason)) {
				wrong = "Choose among the reasons to be told."
			}
		}
		return set, wrong
	}}
}

// ownReasons are those that are the member's own: what one is told in a browser without having chosen.
func ownReasons() []Reason {
	return slices.DeleteFunc(Reasons(), func(reason Reason) bool { return !reason.wakes() })
}

func preferenceRecord(row queries.ListPreferencesRow) *record {
	return stored("preference", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"mail":   sortedSet(row.Mail),
		"push":   sortedSet(row.Push),
		"digest": row.Digest,
		"author": refValue("member", row.AuthorID),
	})
}

// Preference is how a member wants to be told.
type Preference struct {
	ID      uuid.UUID
	Version int64    // zero: they have never chosen
	Deleted bool     // they took their choice back
	Mail    []Reason // by e-mail
	Push    []Reason // in one's browsers
	Digest  string
}

// Preference is the reader's own.
func (s Snapshot) Preference() Preference { return s.words.preferenceOf(s.who.member) }

func (v *vocabulary) preferenceOf(member uuid.UUID) Preference {
	p := Preference{Mail: Reasons(), Push: ownReasons(), Digest: DigestOften}
	for _, r := range v.all("workspace") {
		p.ID = PreferenceID(r.id, member)
	}
	r := v.records[NewRef("preference", p.ID)]
	if r == nil {
		return p
	}
	p.Version, p.Deleted = r.version, r.deleted()
	if !p.Deleted {
		p.Digest, p.Mail, p.Push = r.text("digest"), reasonsOf(r, "mail"), reasonsOf(r, "push")
	}
	return p
}

// Writes are the operations that choose anew.
func (p Preference) Writes(set map[string]any) []Operation {
	return putting(NewRef("preference", p.ID), p.Version, p.Deleted, set)
}

func reasonsOf(r *record, field string) (set []Reason) {
	for _, reason := range r.set(field) {
		set = append(set, Reason(reason))
	}
	return set
}

// Reasons are all there are to be told of an issue, the strongest first.
func Reasons() []Reason { return slices.Clone(reasons) }

// AtOnce tells whether a reason does not wait for a digest.
func (r Reason) AtOnce() bool { return r == Mentioned || r == Assigned || r == Urgent }

// mails tells whether a reason is told by e-mail. That something is urgent does not depend on the digest.
func (p Preference) mails(reason Reason) bool {
	return slices.Contains(p.Mail, reason) && (reason.AtOnce() || p.Digest != DigestOff)
}

// pushes tells whether a reason is told in the member's browsers, which does not wait for a digest.
func (p Preference) pushes(reason Reason) bool { return slices.Contains(p.Push, reason) }
