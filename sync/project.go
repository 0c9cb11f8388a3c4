package sync

import (
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// A project is of one team, or of the whole workspace. Who sees the team sees its projects; those of the workspace are the
// members', and guests never see one, not by their own teams' issues either: to them such an issue is in no project. How far a
// project has come is told to each by the issues that they see.

// States and Healths of projects, each in the order in which they are offered.
var (
	ProjectStates  = []string{"planned", "started", "paused", "completed", "canceled"}
	ProjectHealths = []string{"none", "on_track", "at_risk", "off_track"}
)

type projectNoun struct{}

var projectFields = []field{
	{"team", "team_id", fixed, refTo("team", true)}, // null: of the whole workspace
	{"name", "name", scalar, line(200)},
	{"description", "description", merged, longText()},
	{"state", "state", scalar, oneOf(ProjectStates...)},
	{"health", "health", scalar, oneOf(ProjectHealths...)},
	{"lead", "lead_id", scalar, refTo("member", true)},
	{"members", "members", commutes, refsTo("member")},
	{"start", "start_day", scalar, date()},
	{"target", "target_day", scalar, date()},
	{"author", "author_id", server, refTo("member", true)},
}

func (projectNoun) name() string             { return "project" }
func (projectNoun) fields() []field          { return projectFields }
func (projectNoun) team(r *record) uuid.UUID { return r.refersTo("team") }
func (projectNoun) issue(*record) uuid.UUID  { return uuid.Nil }
func (projectNoun) topics(*record) []string  { return []string{topicVocabulary} }

// reserved: a project of the workspace is no guest's business.
func (projectNoun) reserved(r *record) bool { return r.refersTo("team") == uuid.Nil }

func (projectNoun) complete(w *work, project *record) error {
	if project.text("team") == "" {
		return nil
	}
	team, err := w.visible(Ref(project.text("team")))
	if err != nil {
		return err
	}
	if team.deleted() {
		return deletedUnder(team, project.ref(), "name", project.fields["name"])
	}
	return nil
}

func (projectNoun) check(w *work, before, after *record) error {
	if after.text("name") == "" {
		return invalid("name", "Give the project a name.")
	}
	start, target := after.text("start"), after.text("target")
	if start != "" && target != "" && target < start {
		return invalid("target", "The target date lies before the start date.")
	}
	if changed(before, after, "lead") && after.fields["lead"] != nil && !w.rightsOf(after.refersTo("lead")).seesRecord(after) {
		return invalid("lead", "This person cannot see the project; choose somebody who can.")
	}
	if !changed(before, after, "members") {
		return nil
	}
	for _, member := range newReferences(before, after, "members") {
		if !w.rightsOf(member.ID()).seesRecord(after) {
			return invalid("members", "This person cannot see the project; choose somebody who can.")
		}
	}
	return nil
}

func (projectNoun) allow(who rights, _, _ *record) error {
	if who.guest() {
		return forbidden("Guests put issues into projects, members make them.")
	}
	return nil
}

// projectWord leaves the description out: of all that names are, it alone is long. Who writes to a project reads it whole.
func projectWord(row queries.ListProjectsRow) *record {
	return stored("project", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"team":    refValue("team", row.TeamID),
		"name":    row.Name,
		"state":   row.State,
		"health":  row.Health,
		"lead":    refValue("member", row.LeadID),
		"members": refsValue("member", row.Members),
		"start":   dayValue(row.StartDay),
		"target":  dayValue(row.TargetDay),
		"author":  refValue("member", row.AuthorID),
	})
}

func projectRecord(row queries.ListProjectsByIDRow) *record {
	return projectWord(queries.ListProjectsRow{ID: row.ID, TeamID: row.TeamID, Name: row.Name, State: row.State, Health: row.Health, LeadID: row.LeadID,
		Members: row.Members, StartDay: row.StartDay, TargetDay: row.TargetDay, AuthorID: row.AuthorID, Version: row.Version, Stamps: row.Stamps,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, DeletedAt: row.DeletedAt}).described(row.Description)
}

// described is a project with its description.
func (r *record) described(text string) *record {
	whole := r.clone()
	whole.fields["description"] = text
	return whole
}

// checkProject keeps an issue in a project that its team may see, and under a milestone of that very project. Another project
// leaves the milestone behind; a milestone that the author names must fit.
func checkProject(w *work, before, after *record) error {
	project := w.lookup(Ref(after.text("project")))
	if changed(before, after, "project") && project != nil {
		if team := project.refersTo("team"); team != uuid.Nil && team != after.refersTo("team") {
			return invalid("project", "This project belongs to another team.")
		}
	}
	milestone := w.lookup(Ref(after.text("milestone")))
	if milestone == nil || milestone.text("project") == after.text("project") {
		return nil
	}
	if before == nil || changed(before, after, "milestone") {
		return invalid("milestone", "This milestone is of another project; choose one of the issue's.")
	}
	after.fields["milestone"] = nil
	return nil
}

// inherit puts a sub-issue into the project of its parent, as far as its author sees that, unless they say themselves where it belongs.
func (issueNoun) inherit(w *work, issue *record, given map[string]any) {
	parent := w.lookup(Ref(issue.text("parent")))
	if _, named := given["project"]; named || parent == nil || !w.who.seesRecord(parent) {
		return
	}
	project, err := w.visible(Ref(parent.text("project")))
	if err == nil && !project.deleted() {
		issue.fields["project"] = parent.fields["project"]
	}
}

// leaveProject takes a transferred issue out of a project that its new team may not see.
func (w *work) leaveProject(was, issue *record) {
	project := w.lookup(Ref(issue.text("project")))
	if project == nil || !w.inherited(was, issue, "project") {
		return
	}
	team := project.refersTo("team")
	if team != uuid.Nil && team != issue.refersTo("team") || project.deleted() && w.undoes() {
		issue.fields["project"], issue.fields["milestone"] = nil, nil
	}
}

// ProjectName is a project as pages show one.
type ProjectName struct {
	ID        uuid.UUID
	Version   int64
	Team      uuid.UUID // zero: of the whole workspace
	Name      string
	State     string
	Health    string
	Lead      uuid.UUID // zero: nobody
	Members   []uuid.UUID
	Start     *time.Time
	Target    *time.Time
	Author    uuid.UUID
	CreatedAt time.Time
	Deleted   bool
}

// Ended tells whether nothing more is expected of the project.
func (p ProjectName) Ended() bool { return p.State == "completed" || p.State == "canceled" }

// Projects lists the live projects that a team's issues may be in, by name; the zero id asks for all that the reader sees.
func (s Snapshot) Projects(team uuid.UUID) []ProjectName {
	var projects []ProjectName
	for _, r := range s.words.all("project") {
		of := r.refersTo("team")
		fits := team == uuid.Nil || of == uuid.Nil || of == team
		if !r.deleted() && fits && s.who.seesRecord(r) {
			projects = append(projects, projectName(r))
		}
	}
	return projects
}

// TrashedProjects lists those in the trash that the reader may bring back.
func (s Snapshot) TrashedProjects() []ProjectName {
	var projects []ProjectName
	for _, r := range s.words.all("project") {
		if r.deleted() && s.who.seesRecord(r) && !s.who.guest() {
			projects = append(projects, projectName(r))
		}
	}
	return projects
}

// Project finds a project; one in the trash reads as absent.
func (s Snapshot) Project(id uuid.UUID) (ProjectName, bool) {
	if !s.hasProject(id) {
		return ProjectName{}, false
	}
	return projectName(s.words.records[NewRef("project", id)]), true
}

func (s Snapshot) hasProject(id uuid.UUID) bool {
	r := s.words.records[NewRef("project", id)]
	return r != nil && !r.deleted() && s.who.seesRecord(r)
}

// SeesProject tells whether a project is there for the reader, in the trash or not.
func (s Snapshot) SeesProject(id uuid.UUID) bool {
	r := s.words.records[NewRef("project", id)]
	return r != nil && s.who.seesRecord(r)
}

// EditsProjects tells whether the reader may make and change projects that they see.
func (s Snapshot) EditsProjects() bool { return !s.who.guest() }

// Leads lists the members who may lead a project, or be in it: those who see it.
func (s Snapshot) Leads(project ProjectName) []MemberName {
	var members []MemberName
	r := &record{kind: "project", fields: map[string]value{"team": refValue("team", optional(project.Team))}}
	for _, member := range s.Assignable(project.Team) {
		if s.words.rightsOf(member.ID).seesRecord(r) {
			members = append(members, member)
		}
	}
	return members
}

// noProjects are the ids under which an issue is in no project, as the reader sees it: none, one in the trash, one that is not
// for them.
func (s Snapshot) noProjects() []uuid.UUID {
	none := []uuid.UUID{uuid.Nil}
	for _, r := range s.words.all("project") {
		if r.deleted() || !s.who.seesRecord(r) {
			none = append(none, r.id)
		}
	}
	return none
}

func projectName(r *record) ProjectName {
	return ProjectName{ID: r.id, Version: r.version, Team: r.refersTo("team"), Name: r.text("name"),
		State: r.text("state"), Health: r.text("health"), Lead: r.refersTo("lead"), Members: refIDs(r.fields["members"]),
		Start: dayOf(r.fields["start"]), Target: dayOf(r.fields["target"]), Author: r.refersTo("author"), CreatedAt: r.createdAt, Deleted: r.deleted()}
}

// dayOf is the reverse of dayValue.
func dayOf(v value) *time.Time {
	day, err := time.Parse(time.DateOnly, text(v))
	if err != nil {
		return nil
	}
	return &day
}
