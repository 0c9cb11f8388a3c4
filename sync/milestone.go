package sync

import (
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// milestoneNoun is a point on a project's way. It is seen with its project, and while that lies in the trash it reads as absent.
type milestoneNoun struct{}

var milestoneFields = []field{
	{"project", "project_id", fixed, refTo("project", false)},
	{"team", "team_id", internal, refTo("team", true)}, // its project's
	{"name", "name", scalar, line(80)},
	{"date", "day", scalar, date()},
	{"position", "position", scalar, number(0, 1_000_000, false)},
}

func (milestoneNoun) name() string             { return "milestone" }
func (milestoneNoun) fields() []field          { return milestoneFields }
func (milestoneNoun) team(r *record) uuid.UUID { return r.refersTo("team") }
func (milestoneNoun) issue(*record) uuid.UUID  { return uuid.Nil }
func (milestoneNoun) topics(*record) []string  { return []string{topicVocabulary} }

func (milestoneNoun) reserved(r *record) bool { return r.refersTo("team") == uuid.Nil }

func (milestoneNoun) complete(w *work, milestone *record) error {
	project, err := w.visible(Ref(milestone.text("project")))
	if err != nil {
		return err
	}
	if project.deleted() {
		return deletedUnder(project, milestone.ref(), "name", milestone.fields["name"])
	}
	milestone.fields["team"] = project.fields["team"]
	return nil
}

func (milestoneNoun) check(_ *work, _, after *record) error {
	if after.text("name") == "" {
		return invalid("name", "Give the milestone a name.")
	}
	return nil
}

func (milestoneNoun) allow(who rights, before, after *record) error {
	return projectNoun{}.allow(who, before, after)
}

func milestoneRecord(row queries.ListMilestonesRow) *record {
	return stored("milestone", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"project":  refValue("project", &row.ProjectID),
		"team":     refValue("team", row.TeamID),
		"name":     row.Name,
		"date":     dayValue(row.Day),
		"position": int64(row.Position),
	})
}

// MilestoneName is a milestone as pages show one.
type MilestoneName struct {
	ID       uuid.UUID
	Version  int64
	Project  uuid.UUID
	Name     string
	Date     *time.Time
	Position int64
}

// Milestones lists the live milestones of a project that the reader sees, in their order; the zero id asks for those of all.
func (s Snapshot) Milestones(project uuid.UUID) []MilestoneName {
	var milestones []MilestoneName
	for _, r := range s.words.all("milestone") {
		of := r.refersTo("project")
		if !r.deleted() && (project == uuid.Nil || of == project) && s.hasProject(of) {
			milestones = append(milestones, milestoneName(r))
		}
	}
	return milestones
}

// Milestone finds a milestone; one in the trash, or of a project in the trash, reads as absent.
func (s Snapshot) Milestone(id uuid.UUID) (MilestoneName, bool) {
	r := s.words.records[NewRef("milestone", id)]
	if r == nil || r.deleted() {
		return MilestoneName{}, false
	}
	_, seen := s.Project(r.refersTo("project"))
	return milestoneName(r), seen
}

func milestoneName(r *record) MilestoneName {
	return MilestoneName{ID: r.id, Version: r.version, Project: r.refersTo("project"), Name: r.text("name"), Date: dayOf(r.fields["date"]),
		Position: integer(r.fields["position"])}
}
