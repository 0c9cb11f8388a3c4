package sync

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// MemberName is a member as pages show one.
type MemberName struct {
	ID          uuid.UUID
	Version     int64
	Name        string
	Handle      string
	Email       string // only for admins and oneself
	Role        string
	Placeholder bool
}

// TeamName is a team as pages show one.
type TeamName struct {
	ID       uuid.UUID
	Version  int64
	Key      string
	Name     string
	Private  bool
	Timezone string
	Triage   bool
	Members  []uuid.UUID
	Cycles   CycleSettings
}

// CycleSettings are how a team works in cycles. No weeks: it does not.
type CycleSettings struct{ Weeks, Day, Cooldown int }

// StatusName is a status as pages show one.
type StatusName struct {
	ID       uuid.UUID
	Version  int64
	Team     uuid.UUID
	Name     string
	Category string
	Position int64
	Color    string
	Deleted  bool // in the trash: its issues are still listed, below its name
}

// Closed tells whether work in this status has ended.
func (s StatusName) Closed() bool { return s.Category == "completed" || s.Category == "canceled" }

// LabelName is a label as pages show one.
type LabelName struct {
	ID      uuid.UUID
	Version int64
	Team    uuid.UUID // zero: of the whole workspace
	Name    string
	Color   string
	Group   string
}

// Workspace is the workspace's name and V.
func (s Snapshot) Workspace() (name string, version int64) {
	for _, r := range s.words.all("workspace") {
		return r.text("name"), r.version
	}
	return "", 0
}

// Me is the reader.
func (s Snapshot) Me() MemberName {
	me, _ := s.Member(s.who.member)
	return me
}

// Admin tells whether the reader manages the workspace.
func (s Snapshot) Admin() bool { return s.who.admin() }

// Guest tells whether the reader sees only the teams they are in.
func (s Snapshot) Guest() bool { return s.who.guest() }

// Teams lists the live teams that the reader sees, by key.
func (s Snapshot) Teams() []TeamName {
	var teams []TeamName
	for _, r := range s.words.all("team") {
		if !r.deleted() && s.who.sees(r.id) {
			teams = append(teams, teamName(r))
		}
	}
	return teams
}

func teamName(r *record) TeamName {
	return TeamName{ID: r.id, Version: r.version, Key: r.text("key"), Name: r.text("name"), Private: truth(r.fields["private"]),
		Timezone: r.text("timezone"), Triage: truth(r.fields["triage"]), Members: refIDs(r.fields["members"]),
		Cycles: CycleSettings{int(integer(r.fields["cycle_weeks"])), int(integer(r.fields["cycle_day"])), int(integer(r.fields["cycle_cooldown"]))}}
}

// MayChange tells whether the reader may change a team's settings.
func (s Snapshot) MayChange(team TeamName) bool {
	return s.who.admin() || slices.Contains(team.Members, s.who.member) && !s.who.guest()
}

// TeamByKey finds a team that the reader sees.
func (s Snapshot) TeamByKey(key string) (TeamName, error) {
	if r := s.words.teamByKey(key); r != nil && !r.deleted() && s.who.sees(r.id) {
		return teamName(r), nil
	}
	return TeamName{}, notFound("This team")
}

// Team finds a team that the reader sees; false when there is none to see.
func (s Snapshot) Team(id uuid.UUID) (TeamName, bool) {
	r := s.words.records[NewRef("team", id)]
	if r == nil || !s.who.sees(id) {
		return TeamName{}, false
	}
	return teamName(r), true
}

// Members lists the members who are not in the trash, by name.
func (s Snapshot) Members() []MemberName {
	var members []MemberName
	for _, r := range s.words.all("member") {
		if !r.deleted() {
			members = append(members, s.memberName(r))
		}
	}
	return members
}

// Assignable lists the members who see a team, those with an account first.
func (s Snapshot) Assignable(team uuid.UUID) []MemberName {
	var members []MemberName
	for _, r := range s.words.all("member") {
		if !r.deleted() && s.words.rightsOf(r.id).sees(team) {
			members = append(members, s.memberName(r))
		}
	}
	slices.SortStableFunc(members, func(a, b MemberName) int { return cmp.Compare(rankOf(a), rankOf(b)) })
	return members
}

func rankOf(m MemberName) int {
	if m.Placeholder {
		return 1
	}
	return 0
}

// Member finds a member, in the trash or not: what they wrote still bears their name.
func (s Snapshot) Member(id uuid.UUID) (MemberName, bool) {
	r := s.words.records[NewRef("member", id)]
	if r == nil {
		return MemberName{}, false
	}
	return s.memberName(r), true
}

func (s Snapshot) memberName(r *record) MemberName {
	member := MemberName{ID: r.id, Version: r.version, Name: r.text("name"), Handle: r.text("handle"), Role: r.text("role"), Placeholder: truth(r.fields["placeholder"])}
	if s.who.admin() || r.id == s.who.member {
		member.Email = r.text("email")
	}
	return member
}

// Statuses lists a team's live statuses in workflow order.
func (s Snapshot) Statuses(team uuid.UUID) []StatusName {
	var statuses []StatusName
	for _, r := range s.words.all("status") {
		if !r.deleted() && r.refersTo("team") == team && s.who.sees(team) {
			statuses = append(statuses, statusName(r))
		}
	}
	slices.SortStableFunc(statuses, func(a, b StatusName) int {
		return cmp.Or(cmp.Compare(slices.Index(Categories, a.Category), slices.Index(Categories, b.Category)), cmp.Compare(a.Position, b.Position))
	})
	return statuses
}

// listed are the statuses that a team's lists are grouped by: the live ones, and last those in the trash, so that the
// issues in them are not out of sight.
func (s Snapshot) listed(team uuid.UUID) []StatusName {
	statuses := s.Statuses(team)
	for _, r := range s.words.all("status") {
		if r.deleted() && r.refersTo("team") == team && s.who.sees(team) {
			statuses = append(statuses, statusName(r))
		}
	}
	return statuses
}

func statusName(r *record) StatusName {
	return StatusName{Deleted: r.deleted(), ID: r.id, Version: r.version, Team: r.refersTo("team"), Name: r.text("name"), Category: r.text("category"),
		Position: integer(r.fields["position"]), Color: r.text("color")}
}

// Status finds a status; one in the trash reads as absent.
func (s Snapshot) Status(id uuid.UUID) (StatusName, bool) {
	r := s.words.records[NewRef("status", id)]
	if r == nil || r.deleted() || !s.who.seesRecord(r) {
		return StatusName{}, false
	}
	return statusName(r), true
}

// Labels lists the live labels that a team's issues may carry; the zero id asks for all that the reader sees.
func (s Snapshot) Labels(team uuid.UUID) []LabelName {
	var labels []LabelName
	for _, r := range s.words.all("label") {
		of := r.refersTo("team")
		fits := team == uuid.Nil || of == uuid.Nil || of == team
		if !r.deleted() && fits && s.who.sees(of) {
			labels = append(labels, labelName(r))
		}
	}
	return labels
}

func labelName(r *record) LabelName {
	return LabelName{ID: r.id, Version: r.version, Team: r.refersTo("team"), Name: r.text("name"), Color: r.text("color"), Group: r.text("group")}
}

// Label finds a label; one in the trash reads as absent.
func (s Snapshot) Label(id uuid.UUID) (LabelName, bool) {
	r := s.words.records[NewRef("label", id)]
	if r == nil || r.deleted() || !s.who.seesRecord(r) {
		return LabelName{}, false
	}
	return labelName(r), true
}

// Key is an issue's name for people: "ENG-12".
func (s Snapshot) Key(team uuid.UUID, number int64) string {
	r := s.words.records[NewRef("team", team)]
	if r == nil {
		return strconv.FormatInt(number, 10)
	}
	return r.text("key") + "-" + strconv.FormatInt(number, 10)
}

// ParseKey splits "ENG-12"; false for what is no key.
func ParseKey(key string) (team string, number int64, ok bool) {
	team, digits, found := strings.Cut(key, "-")
	number, err := strconv.ParseInt(digits, 10, 64)
	return strings.ToUpper(team), number, found && err == nil && number > 0 && team != ""
}
