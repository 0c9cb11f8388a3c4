package sync

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// An issue that changes team is transferred. It gets a number, a place, a status and labels of its new team, leaves its cycle, and takes
// along its comments, files, shares and relations, because what one may see hangs on the team alone. Its family stays behind: a
// parent or sub-issue keeps the tie only when the same transaction transfers it to the same team. The key that it had stays
// its alias; when it comes back it has that key again.

// ends are the fields by which a record hangs on an issue, each with the copy of that issue's team that the record bears.
var ends = []struct{ issue, team string }{{"issue", "team"}, {"other", "other_team"}}

// transfers is what a transaction notes of them.
type transfers struct {
	homes  map[Ref]uuid.UUID // the team that the issue's number is of, where that is not the stored one
	placed map[Ref]uuid.UUID // the team in whose order a rank was chosen

	keysLeft map[aliasKey]int64 // by issues that come back from an archive
}

func newTransfers() transfers {
	return transfers{homes: map[Ref]uuid.UUID{}, placed: map[Ref]uuid.UUID{}, keysLeft: map[aliasKey]int64{}}
}

// settleTransfers makes issues whose team was set whole in their new team. It runs when all operations are done, so
// that what the same transaction says of status, labels, place and family counts.
func (w *work) settleTransfers() error {
	var transferred []*record
	for _, ref := range w.order {
		if now := w.changed[ref]; now.kind == "issue" && now.refersTo("team") != w.homeOf(now) {
			transferred = append(transferred, now)
		}
	}
	if len(transferred) == 0 {
		return nil
	}
	for _, issue := range transferred {
		err := w.settle(issue)
		if err != nil && w.undoes() {
			err = w.leaveOut(issue.ref(), err)
		}
		if err != nil {
			return err
		}
	}
	hanging := w.hanging()
	for _, issue := range transferred {
		w.leaveParent(issue)
		for _, ref := range hanging[issue.id] {
			w.carry(issue, ref)
		}
	}
	return nil
}

// homeOf is the team that an issue's number is of.
func (w *work) homeOf(issue *record) uuid.UUID {
	if home, noted := w.homes[issue.ref()]; noted {
		return home
	}
	return cmp.Or(w.world.lookup(issue.ref()), issue).refersTo("team")
}

// settle gives an issue all that is of its new team. The team is looked at first: of a hidden one nothing is said.
func (w *work) settle(issue *record) error {
	team := issue.refersTo("team")
	home, err := w.visible(NewRef("team", team))
	if err != nil {
		return err
	}
	if home.deleted() {
		return deletedUnder(home, issue.ref(), "team", nil)
	}
	was := w.world.lookup(issue.ref())
	if err := w.settleStatus(was, issue); err != nil {
		return err
	}
	issue.fields["labels"] = w.labelsIn(team, was, issue)
	w.leaveProject(was, issue)
	if who := issue.refersTo("assignee"); who != uuid.Nil && w.inherited(was, issue, "assignee") && !w.rightsOf(who).sees(team) {
		issue.fields["assignee"] = nil
	}
	w.leaveCycle(was, issue)
	issue.fields["subscribers"] = w.seeing(team, issue.set("subscribers"))
	issue.fields["number"] = w.numberIn(team, issue)
	if w.placed[issue.ref()] != team {
		issue.fields["rank"] = w.rankFirst(team)
	}
	w.homes[issue.ref()] = team
	return nil
}

// inherited tells whether a field holds what it held before the transaction, or what an undo brought back: then it is
// made to fit. What an author names must fit by itself, or is refused.
func (w *work) inherited(was, now *record, field string) bool {
	return was == nil || !changed(was, now, field) || w.undoes()
}

func (w *work) undoes() bool { return w.transaction.Ops[0].Op == Undo }

func (w *work) settleStatus(was, issue *record) error {
	team, current := issue.refersTo("team"), w.lookup(Ref(issue.text("status")))
	fits := current != nil && current.refersTo("team") == team && !(current.deleted() && w.undoes())
	if fits || !w.inherited(was, issue, "status") {
		return nil
	}
	status := w.statusIn(team, current)
	if status == nil {
		return invalid("team", "This team has no status for its issues; make one in its settings.")
	}
	issue.fields["status"] = string(status.ref())
	return nil
}

// statusIn is the status of a team that stands for another team's: the one of that name, else the first of that
// category, else the one for new issues.
func (w *work) statusIn(team uuid.UUID, like *record) *record {
	var near *record
	for _, status := range w.all("status") {
		if like == nil || status.deleted() || status.refersTo("team") != team {
			continue
		}
		if strings.EqualFold(status.text("name"), like.text("name")) {
			return status
		}
		same := status.text("category") == like.text("category")
		if same && (near == nil || integer(status.fields["position"]) < integer(near.fields["position"])) {
			near = status
		}
	}
	return cmp.Or(near, w.defaultStatus(team))
}

// leaveCycle takes an issue out of a cycle that is not of its new team.
func (w *work) leaveCycle(was, issue *record) {
	cycle := w.lookup(Ref(issue.text("cycle")))
	fits := cycle != nil && cycle.refersTo("team") == issue.refersTo("team") && !(cycle.deleted() && w.undoes())
	if !fits && w.inherited(was, issue, "cycle") {
		issue.fields["cycle"] = nil
	}
}

// labelsIn keeps the labels that the new team's issues may bear. In the place of one of the old team comes the new
// team's of the same name, unless it would exclude one that is kept.
func (w *work) labelsIn(team uuid.UUID, was, issue *record) []string {
	kept, groups := []string{}, map[string]bool{}
	var foreign []*record
	for _, ref := range issue.set("labels") {
		label := w.lookup(Ref(ref))
		named := was != nil && !slices.Contains(was.set("labels"), ref)
		switch {
		case label == nil || label.deleted() && named && w.undoes():
		case label.refersTo("team") == uuid.Nil || label.refersTo("team") == team || named && !w.undoes():
			kept, groups[label.text("group")] = with(kept, ref), true
		default:
			foreign = append(foreign, label)
		}
	}
	for _, label := range foreign {
		if same := w.labelNamed(team, label.text("name")); same != nil && (same.text("group") == "" || !groups[same.text("group")]) {
			kept, groups[same.text("group")] = with(kept, string(same.ref())), true
		}
	}
	return kept
}

func (w *work) labelNamed(team uuid.UUID, name string) *record {
	for _, label := range w.all("label") {
		if !label.deleted() && label.refersTo("team") == team && strings.EqualFold(label.text("name"), name) {
			return label
		}
	}
	return nil
}

// seeing are those members of a set who see a team.
func (w *work) seeing(team uuid.UUID, members []string) []string {
	return slices.DeleteFunc(slices.Clone(members), func(member string) bool { return !w.rightsOf(Ref(member).ID()).sees(team) })
}

// numberIn is the number that the issue had in the team before, else the team's next.
func (w *work) numberIn(team uuid.UUID, issue *record) int64 {
	if earlier, had := w.aliases[aliasKey{issue.id, team}]; had {
		return earlier
	}
	return w.takeNumber(team, 0)
}

// leaveParent cuts the tie to a parent that is not of the issue's team.
func (w *work) leaveParent(issue *record) {
	if issue.fields["parent"] == nil || !w.inherited(w.world.lookup(issue.ref()), issue, "parent") {
		return
	}
	parent := w.lookup(Ref(issue.text("parent")))
	if parent == nil || parent.refersTo("team") != issue.refersTo("team") || parent.deleted() && w.undoes() {
		issue.fields["parent"] = nil
	}
}

// hanging are the comments, files, shares, relations and sub-issues of issues, as far as they are loaded: of transferred ones
// that is all.
func (w *work) hanging() map[uuid.UUID][]Ref {
	found := map[uuid.UUID]map[Ref]bool{}
	for _, records := range []map[Ref]*record{w.loaded, w.current, w.changed} {
		for ref, r := range records {
			for _, of := range []uuid.UUID{r.refersTo("issue"), r.refersTo("other"), r.refersTo("parent")} {
				if of == uuid.Nil {
					continue
				}
				if found[of] == nil {
					found[of] = map[Ref]bool{}
				}
				found[of][ref] = true
			}
		}
	}
	sorted := map[uuid.UUID][]Ref{}
	for of, refs := range found {
		sorted[of] = slices.Sorted(maps.Keys(refs))
	}
	return sorted
}

// carry takes what hangs on an issue along with it, and leaves a sub-issue behind.
func (w *work) carry(issue *record, ref Ref) {
	found := w.lookup(ref)
	switch {
	case found.kind != "issue":
		for _, end := range ends {
			if found.refersTo(end.issue) == issue.id && !same(found.fields[end.team], issue.fields["team"]) {
				found = w.edit(found)
				found.fields[end.team] = issue.fields["team"]
			}
		}
	case found.text("parent") == string(issue.ref()) && w.inherited(w.world.lookup(ref), found, "parent"):
		if found.refersTo("team") != issue.refersTo("team") {
			w.edit(found).fields["parent"] = nil
		}
	}
}
