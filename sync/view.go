package sync

import (
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tandem/queries"
)

// viewNoun is a list as somebody saved it, a team's or that over all teams: what it lets through, and how it is laid out. One of all teams
// shows each reader the issues of those that they see.
type viewNoun struct{}

var viewFields = []field{
	{"team", "team_id", fixed, refTo("team", true)}, // null: of the list over all teams
	{"name", "name", scalar, line(80)},
	{"icon", "icon", scalar, oneOf("list", "board", "issues", "person", "label", "clock", "warning", "check", "inbox", "filter")},
	{"query", "query", scalar, phrase(2000)}, // of the list's URL
	{"private", "private", fixed, boolean()}, // its author's alone: nobody else ever had it, so nobody need be told that it is gone
	{"author", "author_id", server, refTo("member", true)},
}

func (viewNoun) name() string             { return "view" }
func (viewNoun) fields() []field          { return viewFields }
func (viewNoun) team(r *record) uuid.UUID { return r.refersTo("team") }
func (viewNoun) issue(*record) uuid.UUID  { return uuid.Nil }
func (viewNoun) topics(*record) []string  { return []string{topicVocabulary} }

// owner is whose alone a view is; the zero id for one of all who see its team, or of the whole workspace.
func (viewNoun) owner(r *record) uuid.UUID {
	if truth(r.fields["private"]) {
		return r.refersTo("author")
	}
	return uuid.Nil
}

func (viewNoun) complete(w *work, view *record) error {
	if view.text("team") == "" {
		return nil
	}
	_, err := w.visible(Ref(view.text("team")))
	return err
}

func (viewNoun) check(_ *work, before, after *record) error {
	if after.text("name") == "" {
		return invalid("name", "Give the view a name.")
	}
	if strings.ContainsAny(after.text("query"), "?#") {
		return invalid("query", "Write what stands behind the question mark of the list's URL.")
	}
	terms, err := url.ParseQuery(after.text("query"))
	if err != nil {
		return invalid("query", "This is not what stands in the URL of a list.")
	}
	written := before == nil || before.text("query") != after.text("query")
	for _, term := range terms["f"] {
		if field, name, _ := strings.Cut(term, ":"); written && name == maskedName && hides(field) {
			return invalid("query", term+" stands for something that you do not see. Leave it out, or leave the query as it is.")
		}
	}
	return nil
}

// allow: a private view is its author's, whom alone it is shown to; the others are everybody's but guests'.
func (n viewNoun) allow(who rights, _, after *record) error {
	if who.guest() && n.owner(after) == uuid.Nil {
		return forbidden("Guests save views for themselves, members for all.")
	}
	return nil
}

func viewRecord(row queries.ListViewsRow) *record {
	return stored("view", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"team":    refValue("team", row.TeamID),
		"name":    row.Name,
		"icon":    row.Icon,
		"query":   row.Query,
		"private": row.Private,
		"author":  refValue("member", row.AuthorID),
	})
}

// ViewName is a saved view as pages show one.
type ViewName struct {
	ID      uuid.UUID
	Version int64
	Team    uuid.UUID // zero: of the list over all teams
	Name    string
	Icon    string
	Query   string
	Private bool
	Masked  bool // its query names what the reader does not know: to save another one would take that away
}

// Views lists the live views of a team's list that the reader sees; with the zero id those of the list over all teams.
func (s Snapshot) Views(team uuid.UUID) []ViewName {
	var views []ViewName
	for _, r := range s.words.all("view") {
		if !r.deleted() && r.refersTo("team") == team && s.who.seesRecord(r) {
			views = append(views, s.viewName(r))
		}
	}
	return views
}

// View finds a view that the reader sees; one in the trash reads as absent.
func (s Snapshot) View(id uuid.UUID) (ViewName, bool) {
	r := s.words.records[NewRef("view", id)]
	if r == nil || r.deleted() || !s.who.seesRecord(r) {
		return ViewName{}, false
	}
	return s.viewName(r), true
}

// EditsView tells whether the reader may change a view that they see.
func (s Snapshot) EditsView(view ViewName) bool { return view.Private || !s.who.guest() }

func (s Snapshot) viewName(r *record) ViewName {
	query := s.shownQuery(r)
	return ViewName{ID: r.id, Version: r.version, Team: r.refersTo("team"), Name: r.text("name"), Icon: r.text("icon"), Query: query,
		Private: truth(r.fields["private"]), Masked: query != r.text("query")}
}

// maskedName stands for a name that a reader may not know. Nothing bears it: the slug of a name never ends in a dash.
const maskedName = "-"

// maskedFor tells whether a reader may not know all names in a view's query: that over all teams may name what only its maker sees.
func maskedFor(who rights, view *record) bool {
	return view.text("team") == "" && view.refersTo("author") != who.member
}

// shownQuery is a view's query with a mask for each name that tells its reader nothing. Whether something hidden bears the name makes no
// difference: a mask must not tell that either. The rest stays as it is written, but is read as the list reads it.
func (s Snapshot) shownQuery(view *record) string {
	if !maskedFor(s.who, view) {
		return view.text("query")
	}
	var shown []string
	for part := range strings.SplitSeq(view.text("query"), "&") {
		values, err := url.ParseQuery(part)
		if err != nil {
			continue // what cannot be read may be anything
		}
		for _, term := range values["f"] {
			if field, _, _ := strings.Cut(term, ":"); s.namesNothing(term) {
				part = "f=" + field + ":" + maskedName
			}
		}
		if !slices.Contains(shown, part) {
			shown = append(shown, part)
		}
	}
	return strings.Join(shown, "&")
}

// namesNothing tells whether a filter's term asks for something by a name that the reader knows nothing by.
func (s Snapshot) namesNothing(term string) bool {
	field, _, _ := strings.Cut(term, ":")
	return hides(field) && !s.addTerm(&Filter{}, uuid.Nil, term)
}

// hides tells whether a filter's field, which may be one that it leaves out, goes by names that a reader may not know.
func hides(field string) bool {
	return slices.Contains([]string{"team", "status", "label", "project"}, strings.TrimPrefix(field, "-"))
}
