package sync

import (
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
)

// work is one transaction on its way: what it changes lies over the world until all of it has gone well, so that a
// refused one leaves no trace.
type work struct {
	*world
	who         rights
	client      uuid.UUID
	outside     bool // a program sent it, by its user's token
	transaction Transaction
	mentioned   [][]string // handles that its texts begin to name, by operation
	source      *origin    // of an import: where the operation at hand comes from

	changed   map[Ref]*record
	order     []Ref // in the order of the first change
	numbers   map[uuid.UUID]int64
	steps     []entry                      // of an import: one entry for each operation, with its source's time
	overwrote map[Ref]map[string]overwrite // whose value was replaced in a race
	transfers
	notices   []Notice
	conflicts []Conflict
	merged    int     // bytes of texts so far
	stuck     []stuck // what an undo cannot give back
	out       leftOut // of it, what a rule refused in an earlier round
}

// overwrite is what the log keeps of a value that lost a race.
type overwrite struct {
	Member uuid.UUID `json:"member"`
	Value  value     `json:"value"`
}

func newWork(w *world, who rights, client uuid.UUID, transaction Transaction) *work {
	return &work{world: w, who: who, client: client, transaction: transaction,
		changed: map[Ref]*record{}, numbers: map[uuid.UUID]int64{}, overwrote: map[Ref]map[string]overwrite{}, transfers: newTransfers()}
}

func (w *work) lookup(ref Ref) *record {
	if found := w.changed[ref]; found != nil {
		return found
	}
	return w.world.lookup(ref)
}

// visible returns the record that a reference names. What is absent and what the actor may not see are one error.
func (w *work) visible(ref Ref) (*record, error) {
	kind, id, ok := ref.Parse()
	if !ok || nounOf(kind) == nil {
		return nil, notFound(fmt.Sprintf("The record %q", ref))
	}
	found := w.lookup(ref)
	if found != nil && (w.who.seesRecord(found) || fault("leak_404")) {
		return found, nil
	}
	if w.refused[refusedKey{id, w.client}] {
		return nil, &Error{Kind: NotFound, Code: CodeDepends, Text: "Not sent: what this builds on was refused."}
	}
	return nil, notFound("This " + kind)
}

// edit returns the record in a form that may be changed.
func (w *work) edit(found *record) *record {
	ref := found.ref()
	if mine := w.changed[ref]; mine != nil {
		return mine
	}
	mine := found.clone()
	w.changed[ref] = mine
	w.order = append(w.order, ref)
	return mine
}

// create puts a new record on the table.
func (w *work) create(fresh *record) {
	w.changed[fresh.ref()] = fresh
	w.order = append(w.order, fresh.ref())
}

func (w *work) touches(kind string) bool {
	for ref := range w.changed {
		if w.changed[ref].kind == kind {
			return true
		}
	}
	return false
}

// returnsVocabulary tells whether a team, status, label, project, milestone or cycle comes out of the trash.
func (w *work) returnsVocabulary() bool {
	return slices.ContainsFunc(w.order, func(ref Ref) bool {
		was, now := w.world.lookup(ref), w.changed[ref]
		return slices.Contains([]string{"team", "status", "label", "project", "milestone", "cycle"}, now.kind) && restored(was, now)
	})
}

func (w *work) all(kind string) []*record {
	var changed []*record
	for _, ref := range w.order {
		if found := w.changed[ref]; found.kind == kind {
			changed = append(changed, found)
		}
	}
	return overlaid(w.world.all(kind), changed)
}

func (w *work) rightsOf(member uuid.UUID) rights {
	if w.touches("team") || w.touches("member") {
		return rightsIn(w.lookup(NewRef("member", member)), w.all("team"))
	}
	return w.world.rightsOf(member)
}

// teamOf is the team of a status or label; the zero id for what is of the whole workspace.
func (w *work) teamOf(ref string) uuid.UUID {
	if found := w.lookup(Ref(ref)); found != nil {
		return nounOf(found.kind).team(found)
	}
	return uuid.Nil
}

// defaultStatus is where a team's new issues start: its first status to be done, else of the backlog, else any.
func (w *work) defaultStatus(team uuid.UUID) *record {
	var best *record
	order := []string{"unstarted", "backlog", "triage", "started", "completed", "canceled"}
	place := func(r *record) (int, int64) {
		return slices.Index(order, r.text("category")), integer(r.fields["position"])
	}
	for _, status := range w.all("status") {
		if status.deleted() || status.refersTo("team") != team {
			continue
		}
		if best == nil || before(place, status, best) {
			best = status
		}
	}
	return best
}

func before(place func(*record) (int, int64), a, b *record) bool {
	rankA, positionA := place(a)
	rankB, positionB := place(b)
	return rankA < rankB || rankA == rankB && positionA < positionB
}

// takeNumber gives the team's next number, or the one wished for where an import finds it free.
func (w *work) takeNumber(team uuid.UUID, wished int64) int64 {
	next, mine := w.numbers[team]
	if !mine {
		next = max(w.world.numbers[team], 1)
	}
	number := next
	if wished > 0 && !w.taken[team][wished] {
		number = wished
		w.takenIn(team)[wished] = true
	} else {
		for w.taken[team][number] {
			number++
		}
	}
	w.numbers[team] = max(next, number+1)
	return number
}

// parentLoops tells whether an issue would lie below itself.
func (w *work) parentLoops(issue *record) bool {
	seen := map[uuid.UUID]bool{issue.id: true}
	for at := issue.refersTo("parent"); at != uuid.Nil; at = w.parentOf(at) {
		if seen[at] {
			return true
		}
		seen[at] = true
	}
	return false
}

func (w *work) parentOf(issue uuid.UUID) uuid.UUID {
	if found := w.lookup(NewRef("issue", issue)); found != nil {
		return found.refersTo("parent")
	}
	return w.parents[issue]
}

// finish applies the rules to what the operations left, record by record.
func (w *work) finish() error {
	if err := w.settleTransfers(); err != nil {
		return err
	}
	w.subscribeMentioned()
	w.subscribeCommenter()
	w.settleTriage()
	w.wakeCommented()
	w.planCycles()
	for _, ref := range slices.Clone(w.order) {
		if err := w.finishRecord(ref); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) finishRecord(ref Ref) error {
	was, now := w.world.lookup(ref), w.changed[ref]
	noun := nounOf(now.kind)
	if err := w.checkReferences(noun, was, now); err != nil {
		return err
	}
	if !w.who.seesRecord(now) && was == nil {
		return notFound("This " + now.kind)
	}
	if err := noun.allow(w.who, was, now); err != nil {
		return err
	}
	return noun.check(w, was, now)
}

// checkReferences refuses new references to what is absent, hidden or in the trash.
func (w *work) checkReferences(noun noun, was, now *record) error {
	for _, field := range noun.fields() {
		if field.shape.refers == "" || field.policy == internal || !changed(was, now, field.name) {
			continue
		}
		for _, ref := range newReferences(was, now, field.name) {
			target, err := w.visible(ref)
			if err != nil {
				return err
			}
			if target.deleted() && field.policy != fixed {
				return deletedUnder(target, now.ref(), field.name, nil)
			}
		}
	}
	return nil
}

func newReferences(was, now *record, field string) []Ref {
	if single, ok := now.fields[field].(string); ok && single != "" {
		return []Ref{Ref(single)}
	}
	var added []Ref
	for _, ref := range now.set(field) {
		if was == nil || !slices.Contains(was.set(field), ref) {
			added = append(added, Ref(ref))
		}
	}
	return added
}

// entries are what the log will hold under V, and stamps each changed field with it.
func (w *work) entries(version int64) []entry {
	var entries []entry
	for _, ref := range w.order {
		was, now := w.world.lookup(ref), w.changed[ref]
		made, differs := w.entry(was, now, version)
		if !differs {
			delete(w.changed, ref)
			continue
		}
		entries = append(entries, made)
		entries = append(entries, w.departures(was, now, made)...)
		if made.Op == Create && now.deleted() {
			made.Op, made.Before, made.After = Delete, map[string]value{}, map[string]value{}
			entries = append(entries, made)
		}
	}
	w.order = slices.DeleteFunc(w.order, func(ref Ref) bool { return w.changed[ref] == nil })
	if len(w.steps) > 0 {
		entries = w.steps
	}
	for i := range entries {
		entries[i].Ordinal, entries[i].Version, entries[i].Topics = i, version, w.heard(entries[i])
	}
	return entries
}

// heard are a line's topics without those of members who do not see what it is about: that theirs moved would tell of it.
func (w *work) heard(e entry) []string {
	deaf := func(topic string) bool {
		return ofMember(topic) && !w.rightsOf(Ref(topic).ID()).sees(*e.Team)
	}
	if e.Issue == nil || !slices.ContainsFunc(e.Topics, deaf) {
		return e.Topics
	}
	return slices.DeleteFunc(slices.Clone(e.Topics), deaf) // several lines may share them
}

func (w *work) entry(was, now *record, version int64) (entry, bool) {
	from, to := difference(was, now)
	op := opOf(was, now)
	if len(to) == 0 && op == Set {
		return entry{}, false
	}
	tellTransfer(was, now, from, to)
	w.stamp(now, op, to, version)
	w.stampGroups(now, from["labels"], to["labels"], version)
	now.version = version
	if len(w.steps) == 0 && isEdit(now.kind, op, to) {
		now.updatedAt = w.at
	}
	made := w.newEntry(now, version)
	made.Op, made.Before, made.After, made.Overwrote = op, from, to, w.overwrote[now.ref()]
	made.Topics = w.topicsOf(was, now)
	w.tellInboxes(&made)
	return made, true
}

// stamp notes who set the fields that differ, and who deleted or restored. One stamp stands for all fields of a new record.
func (w *work) stamp(now *record, op Verb, fields map[string]value, version int64) {
	by := stamp{version, w.who.member, w.client, w.at}
	if op == Create {
		now.stamps.set(stampOfCreation, by)
		return
	}
	if op == Delete || op == Restore {
		now.stamps.set(stampOfTrash, by)
	}
	for name := range fields {
		now.stamps.set(name, by)
	}
}

// stampGroups notes who last chose in each group of labels.
func (w *work) stampGroups(now *record, before, after value, version int64) {
	was, _ := before.([]string)
	is, _ := after.([]string)
	for _, label := range slices.Concat(was, is) {
		group := w.groupOf(label)
		if group != "" && slices.Contains(was, label) != slices.Contains(is, label) {
			now.stamps.set(groupStamp(group), stamp{version, w.who.member, w.client, w.at})
		}
	}
}

func (w *work) newEntry(r *record, version int64) entry {
	noun := nounOf(r.kind)
	team, other := teamsOf(r)
	return entry{
		Version: version, Kind: r.kind, Record: r.id, Team: optional(team), OtherTeam: optional(other), Issue: optional(noun.issue(r)),
		Topics: noun.topics(r), Member: optional(w.who.member), Client: optional(w.client), Transaction: w.transaction.ID, At: w.at,
	}
}

func optional(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func opOf(was, now *record) Verb {
	switch {
	case was == nil:
		return Create
	case !was.deleted() && now.deleted():
		return Delete
	case was.deleted() && !now.deleted():
		return Restore
	}
	return Set
}

// topicsOf are the topics before and after: what a record left is stale too. Those before of an issue that changes team
// stand in the line of its departure, for the readers of the team it left.
func (w *work) topicsOf(was, now *record) []string {
	all := map[string]bool{}
	for _, r := range []*record{was, now} {
		if r == nil || r == was && now.kind == "issue" && transferred(was, now) {
			continue
		}
		for _, topic := range w.topicsAs(r) {
			all[topic] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
