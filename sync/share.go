package sync

import (
	"cmp"
	"encoding/hex"

	"github.com/google/uuid"

	"tandem/queries"
)

type shareNoun struct{}

// errWideProject: whoever has the link sees what anybody sees of one team.
const errWideProject = "A project of the whole workspace is for its members. Share a project of one team, or a team's list."

var shareFields = []field{
	{"token", "token_hash", internal, opaque("")}, // only its hash is stored
	{"team", "team_id", fixed, refTo("team", false)},
	{"issue", "issue_id", fixed, refTo("issue", true)},       // null: a list of the team's issues
	{"project", "project_id", fixed, refTo("project", true)}, // of the team; null: a list, or an issue
	{"filter", "filter", fixed, phrase(2000)},
	{"allowed_origins", "allowed_origins", scalar, origins()},
	{"author", "author_id", server, refTo("member", false)},
}

func (shareNoun) name() string              { return "share" }
func (shareNoun) fields() []field           { return shareFields }
func (shareNoun) team(r *record) uuid.UUID  { return r.refersTo("team") }
func (shareNoun) issue(r *record) uuid.UUID { return r.refersTo("issue") }

func (shareNoun) topics(r *record) []string {
	topics := []string{topic("share", r.id)}
	if issue := r.refersTo("issue"); issue != uuid.Nil {
		return append(topics, topic("issue", issue))
	}
	return append(topics, topic("team", r.refersTo("team")))
}

func (shareNoun) complete(w *work, share *record) error {
	if share.text("token") == "" {
		return invalid("token", "A share is made on the page of what it shows.")
	}
	if issue, project := share.text("issue"), share.text("project"); issue != "" || project != "" {
		shown, err := w.visible(Ref(cmp.Or(issue, project)))
		if err != nil {
			return err
		}
		share.fields["team"] = shown.fields["team"]
	}
	if share.text("team") == "" {
		return invalid("project", errWideProject)
	}
	_, err := w.visible(Ref(share.text("team")))
	return err
}

func (shareNoun) check(*work, *record, *record) error { return nil }

// allow: only who made a share, or an admin, changes it, and no guest. With its issue anybody transfers it.
func (shareNoun) allow(who rights, before, after *record) error {
	if before != nil && onlyCarried(before, after) {
		return nil
	}
	if who.guest() {
		return forbidden("Guests cannot share.")
	}
	if before == nil || who.admin() || who.is(after.text("author")) {
		return nil
	}
	return forbidden("Only who made a share, or an admin, may change it.")
}

func shareRecord(row queries.ListSharesByIDRow) *record {
	return stored("share", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"token":           `\x` + hex.EncodeToString(row.TokenHash),
		"team":            refValue("team", &row.TeamID),
		"issue":           refValue("issue", row.IssueID),
		"project":         refValue("project", row.ProjectID),
		"filter":          row.Filter,
		"allowed_origins": row.AllowedOrigins,
		"author":          refValue("member", &row.AuthorID),
	})
}
