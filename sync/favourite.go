package sync

import (
	"context"

	"github.com/google/uuid"

	"tandem/queries"
)

// favouriteNoun is what a member keeps at hand in the sidebar: an issue, a saved view, a team's list, a project or a cycle. It is theirs
// alone, holds nothing of what it leads to, and hangs on no team: whether that is still there and theirs to see is looked at when it is shown.
type favouriteNoun struct{}

// mostFavourites bounds what a member keeps: every page of theirs reads it.
const mostFavourites = 200

var favouriteFields = []field{
	{"member", "member_id", server, refTo("member", true)}, // whose it is
	{"issue", "issue_id", fixed, refTo("issue", true)},
	{"view", "view_id", fixed, refTo("view", true)},
	{"team", "team_id", fixed, refTo("team", true)}, // whose list it leads to
	{"project", "project_id", fixed, refTo("project", true)},
	{"cycle", "cycle_id", fixed, refTo("cycle", true)},
	{"folder", "folder", scalar, phrase(80)},
	{"position", "position", scalar, number(0, 1_000_000, false)}, // 0 with create: the last
}

// favouriteTargets are the fields of which a favourite has one.
var favouriteTargets = []string{"issue", "view", "team", "project", "cycle"}

func (favouriteNoun) name() string            { return "favourite" }
func (favouriteNoun) fields() []field         { return favouriteFields }
func (favouriteNoun) team(*record) uuid.UUID  { return uuid.Nil }
func (favouriteNoun) issue(*record) uuid.UUID { return uuid.Nil }
func (favouriteNoun) topics(r *record) []string {
	return []string{topic("member", r.refersTo("member"))}
}
func (favouriteNoun) owner(r *record) uuid.UUID { return r.refersTo("member") }

// targetOf is what a favourite leads to.
func targetOf(favourite *record) Ref {
	for _, name := range favouriteTargets {
		if target := favourite.text(name); target != "" {
			return Ref(target)
		}
	}
	return ""
}

func (favouriteNoun) complete(w *work, favourite *record) error {
	if w.who.member != uuid.Nil {
		favourite.fields["member"] = string(NewRef("member", w.who.member))
	}
	target := targetOf(favourite)
	found, err := w.visible(target)
	if target != "" && err != nil {
		return err
	}
	if target != "" && found.deleted() {
		return deletedUnder(found, favourite.ref(), "", nil)
	}
	if integer(favourite.fields["position"]) > 0 {
		return nil
	}
	last := int64(0)
	for _, other := range w.favouritesBeside(favourite) {
		last = max(last, integer(other.fields["position"]))
	}
	favourite.fields["position"] = last + 1
	return nil
}

// check keeps what a member has apart: one favourite for each thing.
func (favouriteNoun) check(w *work, before, after *record) error {
	named := 0
	for _, name := range favouriteTargets {
		if after.text(name) != "" {
			named++
		}
	}
	if named != 1 || after.text("member") == "" {
		return invalid("issue", "Name one thing that it leads to: an issue, a view, a team, a project or a cycle.")
	}
	if after.deleted() || before != nil && !restored(before, after) {
		return nil
	}
	others := w.favouritesBeside(after)
	if len(others) >= mostFavourites {
		return invalid("position", "These are too many favourites; take one out first.")
	}
	for _, other := range others {
		if targetOf(other) == targetOf(after) {
			return invalid("issue", "This is among your favourites already.")
		}
	}
	return nil
}

// allow: only its owner sees one at all.
func (favouriteNoun) allow(rights, *record, *record) error { return nil }

// favouritesBeside are the other live favourites of one's owner, all of which are loaded with one that is named or made.
func (w *work) favouritesBeside(one *record) []*record {
	var others []*record
	seen := map[Ref]bool{one.ref(): true}
	for _, records := range []map[Ref]*record{w.changed, w.current, w.loaded} {
		for ref := range records {
			if ref.kind() != "favourite" || seen[ref] {
				continue
			}
			seen[ref] = true
			if other := w.lookup(ref); !other.deleted() && other.text("member") == one.text("member") {
				others = append(others, other)
			}
		}
	}
	return others
}

func favouriteRecord(row queries.ListFavouritesByIDRow) *record {
	return stored("favourite", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"member":   refValue("member", &row.MemberID),
		"issue":    refValue("issue", row.IssueID),
		"view":     refValue("view", row.ViewID),
		"team":     refValue("team", row.TeamID),
		"project":  refValue("project", row.ProjectID),
		"cycle":    refValue("cycle", row.CycleID),
		"folder":   row.Folder,
		"position": int64(row.Position),
	})
}

// Favourite is what a member keeps at hand, as pages show it.
type Favourite struct {
	ID       uuid.UUID
	Version  int64
	Folder   string // "" for none
	Position int64
	Target   Ref
	Issue    IssueTitle  // of an issue
	View     ViewName    // of a view
	Team     TeamName    // of a team's list, of a view unless it is of all teams, and of a cycle
	Project  ProjectName // of a project
	Cycle    CycleName   // of a cycle
}

// Favourites are the reader's, in their order. What has gone, or gone out of their sight, is left out.
type Favourites struct {
	Snapshot
	Rows  []Favourite
	Stale int64 // when something of it last changed, as far as what is left tells
}

// Favourites reads what the reader keeps at hand.
func (e *Engine) Favourites(ctx context.Context, actor Actor) (Favourites, error) {
	var rows *[]queries.ListFavouritesOfMemberRow
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		rows = e.askFavourites(ctx, p, s, actor)
		return nil
	})
	if err != nil {
		return Favourites{}, err
	}
	return snapshot.favourites(*rows), nil
}

func (e *Engine) askFavourites(ctx context.Context, p *queries.Pipeline, s Snapshot, actor Actor) *[]queries.ListFavouritesOfMemberRow {
	return queries.Ask(p, func(db queries.DBTX) ([]queries.ListFavouritesOfMemberRow, error) {
		return e.queries.ListFavouritesOfMember(ctx, db, queries.ListFavouritesOfMemberParams{WorkspaceID: actor.Workspace, MemberID: actor.Member, TeamIDs: s.who.visibleTeams()})
	})
}

func (s Snapshot) favourites(rows []queries.ListFavouritesOfMemberRow) Favourites {
	list := Favourites{Snapshot: s, Stale: s.words.version}
	for _, row := range rows {
		if one, shown := s.favourite(row); shown {
			list.Rows = append(list.Rows, one)
			list.Stale = max(list.Stale, one.Version, one.Issue.Version)
		}
	}
	return list
}

// favourite is false where what it leads to is not there to be seen.
func (s Snapshot) favourite(row queries.ListFavouritesOfMemberRow) (Favourite, bool) {
	f := Favourite{ID: row.ID, Version: row.Version, Folder: row.Folder, Position: int64(row.Position)}
	team := row.TeamID
	switch {
	case row.IssueID != nil:
		f.Target = NewRef("issue", *row.IssueID)
		f.Issue = IssueTitle{*row.IssueID, row.IssueTeam, row.Number, row.Title, row.StatusID, row.IssueVersion}
		return f, row.IssueTeam != uuid.Nil
	case row.ProjectID != nil:
		f.Target = NewRef("project", *row.ProjectID)
		project, seen := s.Project(*row.ProjectID)
		f.Project = project
		return f, seen
	case row.ViewID != nil:
		f.Target = NewRef("view", *row.ViewID)
		view, seen := s.View(*row.ViewID)
		if !seen {
			return f, false
		}
		if f.View = view; view.Team == uuid.Nil {
			return f, true
		}
		team = &view.Team
	case row.CycleID != nil:
		f.Target = NewRef("cycle", *row.CycleID)
		cycle, seen := s.Cycle(*row.CycleID)
		if !seen {
			return f, false
		}
		f.Cycle, team = cycle, &cycle.Team
	case team != nil:
		f.Target = NewRef("team", *team)
	}
	if team == nil {
		return f, false
	}
	found := s.words.records[NewRef("team", *team)]
	if found == nil || found.deleted() || !s.who.sees(found.id) {
		return f, false
	}
	f.Team = teamName(found)
	return f, true
}
