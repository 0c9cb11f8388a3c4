package sync

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/google/uuid"
)

// Actor is who acts, and where. It says nothing of rights: those are looked up at the V that is read or written.
type Actor struct {
	Workspace uuid.UUID
	Member    uuid.UUID
}

// rights are what a member may see and do at some V. The zero value may nothing.
type rights struct {
	member  uuid.UUID
	role    string
	program bool               // the program itself: setting up, importing
	teams   map[uuid.UUID]bool // that the member sees, those in the trash too: they can be restored
}

func (r rights) admin() bool { return r.program || r.role == Admin }

func (r rights) guest() bool { return !r.program && r.role == Guest }

func (r rights) is(member string) bool {
	return r.program || member != "" && Ref(member).ID() == r.member
}

func (r rights) isIn(team *record) bool {
	return slices.Contains(team.set("members"), string(NewRef("member", r.member)))
}

// sees tells whether what hangs on a team is shown; the zero id stands for the whole workspace.
func (r rights) sees(team uuid.UUID) bool {
	return r.program || r.role != "" && (team == uuid.Nil || r.teams[team])
}

// seesRecord tells whether a record is shown, in the trash or not.
func (r rights) seesRecord(target *record) bool {
	noun := nounOf(target.kind)
	if some, ok := noun.(personal); ok {
		if owner := some.owner(target); owner != uuid.Nil && owner != r.member && !r.program {
			return false
		}
	}
	if some, ok := noun.(private); ok && r.guest() && some.reserved(target) {
		return false
	}
	return r.seesBoth(teamsOf(target))
}

// seesBoth tells whether what hangs on two teams is shown.
func (r rights) seesBoth(team, other uuid.UUID) bool {
	return r.sees(team) && r.sees(other)
}

// shown leaves out a reference to what a reader may not see: the team, say, that an issue was in before, or its status there.
func (w *world) shown(who rights, v value) value {
	switch v := v.(type) {
	case string:
		if found := w.lookup(Ref(v)); found != nil && !who.seesRecord(found) {
			return nil
		}
	case []string:
		return slices.DeleteFunc(slices.Clone(v), func(ref string) bool { return w.shown(who, ref) == nil })
	}
	return v
}

// told is a value of a record's field as somebody may know it whose write met it.
func (w *world) told(who rights, ref Ref, field string, v value) value {
	if found := w.lookup(ref); found != nil && found.kind == "view" && field == "query" && maskedFor(who, found) {
		return nil
	}
	return w.shown(who, v)
}

// visibleTeams in the order of their ids, for queries.
func (r rights) visibleTeams() []uuid.UUID {
	teams := make([]uuid.UUID, 0, len(r.teams))
	for team := range r.teams {
		teams = append(teams, team)
	}
	slices.SortFunc(teams, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return teams
}

// class names what the rights show: equal classes see equal pages. It holds no member, so that one render serves many.
func (r rights) class() string {
	sum := sha256.New()
	sum.Write([]byte(r.role))
	for _, team := range r.visibleTeams() {
		sum.Write(team[:])
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// list names what the rights show, in order: with all of an earlier list nothing has gone out of sight since.
func (r rights) list() []string {
	names := []string{r.role}
	for _, team := range r.visibleTeams() {
		names = append(names, team.String())
	}
	return names
}

// rightsIn works out a member's rights from the teams as they stand. A public team is seen by members and admins, a
// private one and any team by a guest only from within.
func rightsIn(member *record, teams []*record) rights {
	if member == nil || member.deleted() {
		return rights{}
	}
	who := rights{member: member.id, role: member.text("role"), teams: map[uuid.UUID]bool{}}
	for _, team := range teams {
		open := !truth(team.fields["private"]) && who.role != Guest
		if open || who.isIn(team) {
			who.teams[team.id] = true
		}
	}
	return who
}

// sameAccess tells whether two sets of rights show and allow the same.
func sameAccess(a, b rights) bool { return a.cover(b) && b.cover(a) }

// cover tells whether the rights show and allow all that earlier ones of the same role did.
func (r rights) cover(earlier rights) bool {
	if r.role != earlier.role {
		return false
	}
	for team := range earlier.teams {
		if !r.teams[team] {
			return false
		}
	}
	return true
}

// accessChange is when a member's rights changed: at version last, and at lost last so that they show less; 0 for never.
type accessChange struct{ version, lost int64 }

// then is what another change makes of it.
func (a accessChange) then(version int64, covered bool) accessChange {
	if covered {
		return accessChange{version: version, lost: a.lost}
	}
	return accessChange{version: version, lost: version}
}
