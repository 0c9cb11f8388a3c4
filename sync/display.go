package sync

import (
	"context"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"tandem/queries"
)

// displayNoun is how a team's list or that over all teams, or a saved view of either, is laid out where its URL does not say: for its author
// alone, or for all who see the list. There is one of each, so its id follows from what it is of.
type displayNoun struct{}

var displayFields = []field{
	{"team", "team_id", fixed, refTo("team", true)}, // null: the list over all teams
	{"view", "view_id", fixed, refTo("view", true)}, // null: the list itself
	{"query", "query", scalar, phrase(500)},         // of the list's URL, without its filters
	{"private", "private", fixed, boolean()},
	{"author", "author_id", server, refTo("member", true)},
}

func (displayNoun) name() string             { return "display" }
func (displayNoun) fields() []field          { return displayFields }
func (displayNoun) team(r *record) uuid.UUID { return r.refersTo("team") }
func (displayNoun) issue(*record) uuid.UUID  { return uuid.Nil }

// topics: no region hangs on one, since a page's URL says all that its regions show. What is private only its author is told.
func (n displayNoun) topics(r *record) []string {
	if owner := n.owner(r); owner != uuid.Nil {
		return []string{topic("member", owner)}
	}
	return []string{topic("display", r.id)}
}

func (displayNoun) owner(r *record) uuid.UUID {
	if truth(r.fields["private"]) {
		return r.refersTo("author")
	}
	return uuid.Nil
}

func (n displayNoun) complete(w *work, display *record) error {
	if team := display.text("team"); team != "" {
		if _, err := w.visible(Ref(team)); err != nil {
			return err
		}
	}
	if view := display.text("view"); view != "" {
		shown, err := w.visible(Ref(view))
		if err != nil {
			return err
		}
		if shown.text("team") != display.text("team") {
			return invalid("view", "This view is of another list.")
		}
	}
	if display.id != DisplayID(w.workspace, display.refersTo("team"), display.refersTo("view"), n.owner(display)) {
		return invalid("record", "The id of a display follows from its team, view and member.")
	}
	return nil
}

func (displayNoun) check(_ *work, _, after *record) error {
	if _, err := url.ParseQuery(after.text("query")); err != nil || strings.ContainsAny(after.text("query"), "?#") {
		return invalid("query", "This is not what stands in the URL of a list.")
	}
	return nil
}

// allow: what all see is laid out by everybody but guests.
func (n displayNoun) allow(who rights, _, after *record) error {
	if who.guest() && n.owner(after) == uuid.Nil {
		return forbidden("Guests lay out lists for themselves, members for all.")
	}
	return nil
}

func displayRecord(row queries.ListDisplaysByIDRow) *record {
	return stored("display", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"team":    refValue("team", row.TeamID),
		"view":    refValue("view", row.ViewID),
		"query":   row.Query,
		"private": row.Private,
		"author":  refValue("member", row.AuthorID),
	})
}

// DisplayID is the id of the display of a team's list, or of a view of it; of one member, or with the zero id of all. The zero id of a team
// stands for the list over all teams.
func DisplayID(workspace, team, view, member uuid.UUID) uuid.UUID {
	return Derive(workspace, "display", team.String(), view.String(), member.String())
}

// Display is how a list is laid out for somebody.
type Display struct {
	Ref
	Version int64  // 0: there never was one
	Deleted bool   // there was one
	Query   string // of the list's URL
}

// Set tells whether it is in force.
func (d Display) Set() bool { return d.Version > 0 && !d.Deleted }

// Writes are the operations that put a query in force.
func (d Display) Writes(create map[string]any, query string) []Operation {
	if d.Version == 0 {
		create["query"] = query
		return putting(d.Ref, 0, false, create)
	}
	return putting(d.Ref, d.Version, d.Deleted, map[string]any{"query": query})
}

// Displays are the ways in which a list may be laid out where its URL does not say: the reader's own goes before that of all.
type Displays struct {
	Snapshot
	Team     TeamName // zero: the list over all teams
	Own, All Display
}

// Displays reads how a team's list, or a view of it, is laid out. A view that is gone, hidden or another team's is none. NotFound when the reader does not see the team.
func (e *Engine) Displays(ctx context.Context, actor Actor, key string, view uuid.UUID) (Displays, error) {
	return e.displays(ctx, actor, func(s Snapshot) (TeamName, error) { return s.TeamByKey(key) }, view)
}

// DisplaysOfAll reads how the list over all teams, or a view of it, is laid out.
func (e *Engine) DisplaysOfAll(ctx context.Context, actor Actor, view uuid.UUID) (Displays, error) {
	return e.displays(ctx, actor, func(Snapshot) (TeamName, error) { return TeamName{}, nil }, view)
}

func (e *Engine) displays(ctx context.Context, actor Actor, teamIn func(Snapshot) (TeamName, error), view uuid.UUID) (Displays, error) {
	var found Displays
	var rows *[]queries.ListDisplaysByIDRow
	var err error
	found.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		team, err := teamIn(s)
		if err != nil {
			return err
		}
		found.Team = team
		if of, seen := s.View(view); !seen || of.Team != team.ID {
			view = uuid.Nil
		}
		found.Own.Ref = NewRef("display", DisplayID(actor.Workspace, team.ID, view, actor.Member))
		found.All.Ref = NewRef("display", DisplayID(actor.Workspace, team.ID, view, uuid.Nil))
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListDisplaysByIDRow, error) {
			return e.queries.ListDisplaysByID(ctx, db, queries.ListDisplaysByIDParams{WorkspaceID: actor.Workspace, IDs: []uuid.UUID{found.Own.ID(), found.All.ID()}})
		})
		return nil
	})
	if err != nil {
		return Displays{}, err
	}
	for _, row := range *rows {
		for _, of := range []*Display{&found.Own, &found.All} {
			if row.ID == of.ID() {
				of.Version, of.Deleted, of.Query = row.Version, row.DeletedAt != nil, row.Query
			}
		}
	}
	return found, nil
}
