package sync

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// A relation stands between two issues, perhaps of two teams of which a member sees only one. It hangs on both teams, and
// is there only for who sees both: were it a record of one of them, or a pair with a half in each, the readers of that
// team would see that there is something which they may not see. So it has no topic in common with its issues either, or
// the pages of one would turn stale for no reason that their readers can see.

// Kinds of relations. What "blocks" the other stands first; a duplicate says again what the other says.
const (
	Related   = "related"
	Blocks    = "blocks"
	Duplicate = "duplicate"
)

type relationNoun struct{}

var relationFields = []field{
	{"issue", "issue_id", fixed, refTo("issue", false)},
	{"kind", "kind", fixed, oneOf(Related, Blocks, Duplicate)},
	{"other", "other_id", fixed, refTo("issue", false)},
	{"team", "team_id", internal, refTo("team", false)},             // the issue's
	{"other_team", "other_team_id", internal, refTo("team", false)}, // the other's
}

func (relationNoun) name() string              { return "relation" }
func (relationNoun) fields() []field           { return relationFields }
func (relationNoun) team(r *record) uuid.UUID  { return r.refersTo("team") }
func (relationNoun) issue(r *record) uuid.UUID { return r.refersTo("issue") }
func (relationNoun) topics(r *record) []string {
	topics := []string{topic(topicRelations, r.refersTo("issue")), topic(topicRelations, r.refersTo("other"))}
	if r.text("kind") == Blocks {
		topics = append(topics, RelationsOf(r.refersTo("other_team"))) // whose lists mark the issue as blocked
	}
	return topics
}

// RelationsOf is the topic of what blocks a team's issues.
func RelationsOf(team uuid.UUID) string { return topic(topicRelations, team) }

// blockedTeams takes the teams out of topics whose relations they are.
func blockedTeams(topics []string) (teams []uuid.UUID, others []string) {
	teams = []uuid.UUID{}
	others = slices.DeleteFunc(slices.Clone(topics), func(topic string) bool {
		kind, id, ok := Ref(topic).Parse()
		if ok = ok && kind == topicRelations; ok {
			teams = append(teams, id)
		}
		return ok
	})
	return teams, others
}

func (relationNoun) complete(w *work, relation *record) error {
	for _, end := range ends {
		issue, err := w.visible(Ref(relation.text(end.issue)))
		if err != nil {
			return err
		}
		if issue.deleted() {
			return deletedUnder(issue, relation.ref(), "", nil)
		}
		relation.fields[end.team] = issue.fields["team"]
	}
	return nil
}

// check lets two issues have one relation at a time. Longer circles of issues that block each other are not looked for:
// to refuse one would tell of a part of it that its author may not see.
func (relationNoun) check(w *work, before, after *record) error {
	if after.text("issue") == after.text("other") {
		return invalid("other", "An issue has no relation to itself; choose another one.")
	}
	if after.deleted() || before != nil && !restored(before, after) {
		return nil
	}
	if other := w.relationLike(after); other != nil {
		return invalid("other", "These two issues have a relation already; remove that one first.")
	}
	return nil
}

// relationLike is another live relation between the same issues, or nil. All of them are loaded with one that is named.
func (w *work) relationLike(one *record) *record {
	for _, records := range []map[Ref]*record{w.changed, w.current, w.loaded} {
		for ref := range records {
			if ref.kind() != "relation" || ref == one.ref() {
				continue
			}
			if other := w.lookup(ref); !other.deleted() && sameEnds(one, other) {
				return other
			}
		}
	}
	return nil
}

func sameEnds(a, b *record) bool {
	issue, other := a.text("issue"), a.text("other")
	return b.text("issue") == issue && b.text("other") == other || b.text("issue") == other && b.text("other") == issue
}

// allow: whoever sees both issues may say what they have to do with each other.
func (relationNoun) allow(rights, *record, *record) error { return nil }

func relationRecord(row queries.ListRelationsByIDRow) *record {
	return stored("relation", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"issue":      refValue("issue", &row.IssueID),
		"kind":       row.Kind,
		"other":      refValue("issue", &row.OtherID),
		"team":       refValue("team", &row.TeamID),
		"other_team": refValue("team", &row.OtherTeamID),
	})
}

// RelationRow is a relation as the page of one of its issues shows it.
type RelationRow struct {
	ID      uuid.UUID
	Kind    string
	Outward bool // the page's issue is the first: the one that blocks, or that says again
	Version int64
	Ended   bool // only the history tells of it
	Other   IssueTitle
	Trashed bool // the other lies in the trash: it is not shown until it comes back
}

func (e *Engine) askRelations(ctx context.Context, p *queries.Pipeline, s Snapshot, ws, issue uuid.UUID) *[]queries.ListRelationsOfIssueRow {
	return queries.Ask(p, func(db queries.DBTX) ([]queries.ListRelationsOfIssueRow, error) {
		return e.queries.ListRelationsOfIssue(ctx, db, queries.ListRelationsOfIssueParams{WorkspaceID: ws, IssueID: issue, TeamIDs: s.who.visibleTeams(), Most: history})
	})
}

func (p *IssuePage) addRelations(rows []queries.ListRelationsOfIssueRow) {
	for _, row := range rows {
		p.Relations = append(p.Relations, RelationRow{ID: row.ID, Kind: row.Kind, Outward: row.Outward, Version: row.Version, Ended: row.DeletedAt != nil,
			Other: IssueTitle{row.OtherID, row.TeamID, row.Number, row.Title, row.StatusID, row.OtherVersion}, Trashed: row.OtherDeletedAt != nil})
	}
}
