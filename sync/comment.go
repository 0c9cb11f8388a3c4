package sync

import (
	"github.com/google/uuid"

	"tandem/queries"
)

type commentNoun struct{}

var commentFields = []field{
	{"issue", "issue_id", fixed, refTo("issue", false)},
	{"team", "team_id", internal, refTo("team", false)}, // its issue's, copied so that reads need no join
	{"body", "body", merged, longText()},
	{"parent", "parent_id", fixed, refTo("comment", true)},
	{"author", "author_id", server, refTo("member", true)},
	{"reactions", "reactions", own, reactions()},
}

func (commentNoun) name() string              { return "comment" }
func (commentNoun) fields() []field           { return commentFields }
func (commentNoun) team(r *record) uuid.UUID  { return r.refersTo("team") }
func (commentNoun) issue(r *record) uuid.UUID { return r.refersTo("issue") }
func (commentNoun) topics(r *record) []string { return []string{topic("issue", r.refersTo("issue"))} }

func (commentNoun) complete(w *work, comment *record) error {
	issue, err := w.visible(Ref(comment.text("issue")))
	if err != nil {
		return err
	}
	if issue.deleted() {
		return deletedUnder(issue, comment.ref(), "body", comment.text("body"))
	}
	comment.fields["team"] = issue.fields["team"]
	return nil
}

func (commentNoun) check(w *work, before, after *record) error {
	if changed(before, after, "body") && blank(after.text("body")) {
		return invalid("body", "Write something first.")
	}
	if before == nil && after.fields["parent"] != nil {
		parent, err := w.visible(Ref(after.text("parent")))
		if err != nil {
			return err
		}
		if parent.text("issue") != after.text("issue") {
			return invalid("parent", "A reply belongs to a comment of the same issue.")
		}
	}
	return checkReactions(before, after)
}

// allow: only the author edits a comment; an admin may also take it away. With its issue anybody transfers it, and anybody
// reacts to it.
func (commentNoun) allow(who rights, before, after *record) error {
	if before == nil || who.is(after.text("author")) || onlyCarried(before, after) || onlyReacted(before, after) {
		return nil
	}
	if who.admin() && before.deleted() != after.deleted() && same(before.fields["body"], after.fields["body"]) {
		return nil
	}
	return forbidden("Only its author may change a comment.")
}

// deletedUnder says that a record is gone, and hands back the text that was meant for it.
func deletedUnder(gone *record, ref Ref, field string, mine value) error {
	err := deleted("This " + gone.kind + " is in the trash. Restore it first, or keep your text.")
	if mine != nil && mine != "" {
		err.Conflicts = []Conflict{{Record: ref, Field: field, Mine: mine, Version: gone.version}}
	}
	return err
}

func commentRecord(row queries.ListCommentsByIDRow) *record {
	return stored("comment", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"issue":     refValue("issue", &row.IssueID),
		"team":      refValue("team", &row.TeamID),
		"body":      row.Body,
		"parent":    refValue("comment", row.ParentID),
		"author":    refValue("member", row.AuthorID),
		"reactions": row.Reactions,
	})
}
