package sync

import (
	"strings"

	"github.com/google/uuid"

	"tandem/queries"
)

// templateNoun is what new issues may start from: a team's, or of no team everybody's. It is copied into an issue when somebody
// chooses it, so that neither follows the other.
type templateNoun struct{}

var templateFields = []field{
	{"team", "team_id", fixed, refTo("team", true)}, // null: of the whole workspace
	{"name", "name", scalar, line(80)},
	{"title", "title", scalar, phrase(MaxTitle)},
	{"description", "description", merged, longText()},
	{"status", "status_id", scalar, refTo("status", true)}, // of its team
	{"priority", "priority", scalar, number(0, 4, false)},
	{"assignee", "assignee_id", scalar, refTo("member", true)},
	{"labels", "labels", commutes, refsTo("label")},
	{"estimate", "estimate", scalar, number(0, 1000, true)},
	{"project", "project_id", scalar, refTo("project", true)}, // of its team, or the workspace's
	{"default", "is_default", scalar, boolean()},              // new issues of its team start from it; of no team: those of teams without one
}

func (templateNoun) name() string             { return "template" }
func (templateNoun) fields() []field          { return templateFields }
func (templateNoun) team(r *record) uuid.UUID { return r.refersTo("team") }
func (templateNoun) issue(*record) uuid.UUID  { return uuid.Nil }
func (templateNoun) topics(*record) []string  { return []string{topicVocabulary} }

func (templateNoun) complete(*work, *record) error { return nil }

func (templateNoun) check(w *work, before, after *record) error {
	if after.text("name") == "" {
		return invalid("name", "Give the template a name.")
	}
	if after.deleted() {
		return nil
	}
	if changed(before, after, "status") && after.text("status") != "" && w.teamOf(after.text("status")) != after.refersTo("team") {
		return invalid("status", "This status is not one of the template's team.")
	}
	if project := w.teamOf(after.text("project")); changed(before, after, "project") && project != uuid.Nil && project != after.refersTo("team") {
		return invalid("project", "This project belongs to another team.")
	}
	if err := checkLabels(w, before, after); err != nil {
		return err
	}
	return keepApart(w, before, after)
}

// keepApart lets a team's templates have names of their own, and one of them be the default: the last that was made it. One that comes
// out of the trash gives way.
func keepApart(w *work, before, after *record) error {
	back := restored(before, after)
	for _, other := range w.all("template") {
		if other.id == after.id || other.deleted() || other.refersTo("team") != after.refersTo("team") {
			continue
		}
		if (changed(before, after, "name") || back) && strings.EqualFold(other.text("name"), after.text("name")) {
			return invalid("name", "There is a template of this name.")
		}
		switch both := truth(other.fields["default"]) && truth(after.fields["default"]); {
		case both && back:
			after.fields["default"] = false
		case both && changed(before, after, "default"):
			w.edit(other).fields["default"] = false
		}
	}
	return nil
}

func (templateNoun) allow(who rights, _, _ *record) error {
	if who.guest() {
		return forbidden("Guests use templates, members make them.")
	}
	return nil
}

func templateRecord(row queries.ListTemplatesRow) *record {
	return stored("template", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"team":        refValue("team", row.TeamID),
		"name":        row.Name,
		"title":       row.Title,
		"description": row.Description,
		"status":      refValue("status", row.StatusID),
		"priority":    int64(row.Priority),
		"assignee":    refValue("member", row.AssigneeID),
		"labels":      refsValue("label", row.Labels),
		"estimate":    optionalNumber(row.Estimate),
		"project":     refValue("project", row.ProjectID),
		"default":     row.IsDefault,
	})
}

// TemplateName is a template as pages show one. What it refers to may be gone.
type TemplateName struct {
	ID          uuid.UUID
	Version     int64
	Team        uuid.UUID // zero: of the whole workspace
	Name        string
	Title       string
	Description string
	Status      uuid.UUID
	Priority    int64
	Assignee    uuid.UUID
	Labels      []uuid.UUID
	Estimate    *int64
	Project     uuid.UUID
	Default     bool
}

// Templates lists the live templates that a team's new issues may start from; the zero id asks for all that the reader sees.
func (s Snapshot) Templates(team uuid.UUID) []TemplateName {
	return s.templates(func(r *record) bool {
		of := r.refersTo("team")
		return !r.deleted() && (team == uuid.Nil || of == uuid.Nil || of == team)
	})
}

// TrashedTemplates lists those that can be brought back.
func (s Snapshot) TrashedTemplates() []TemplateName {
	return s.templates(func(r *record) bool { return r.deleted() })
}

func (s Snapshot) templates(which func(*record) bool) []TemplateName {
	var list []TemplateName
	for _, r := range s.words.all("template") {
		if which(r) && s.who.seesRecord(r) {
			list = append(list, templateName(r))
		}
	}
	return list
}

// Template finds a template that the reader sees; one in the trash reads as absent.
func (s Snapshot) Template(id uuid.UUID) (TemplateName, bool) {
	r := s.words.records[NewRef("template", id)]
	if r == nil || r.deleted() || !s.who.seesRecord(r) {
		return TemplateName{}, false
	}
	return templateName(r), true
}

// DefaultTemplate is what a team's new issues start from, the team's own before everybody's; false for none.
func (s Snapshot) DefaultTemplate(team uuid.UUID) (found TemplateName, any bool) {
	for _, one := range s.Templates(team) {
		if one.Default && (!any || one.Team == team) {
			found, any = one, true
		}
	}
	return found, any
}

func templateName(r *record) TemplateName {
	t := TemplateName{ID: r.id, Version: r.version, Team: r.refersTo("team"), Name: r.text("name"), Title: r.text("title"), Description: r.text("description"),
		Status: r.refersTo("status"), Priority: integer(r.fields["priority"]), Assignee: r.refersTo("assignee"), Labels: refIDs(r.fields["labels"]), Project: r.refersTo("project"), Default: truth(r.fields["default"])}
	if points, has := r.fields["estimate"].(int64); has {
		t.Estimate = &points
	}
	return t
}
