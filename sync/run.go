package sync

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// raceWindow is how long after a write another one to the same field still counts as made at the same time.
const raceWindow = 10 * time.Second

// run does a transaction's operations in order. The first error refuses the whole; conflicts are gathered.
func (w *work) run() error {
	if w.brings() {
		return w.bringAll()
	}
	if w.who.program && mixed(w.transaction.Ops) {
		return invalid("ops", "A transaction of an import holds operations of its source alone, or none.")
	}
	for _, op := range w.transaction.Ops {
		if err := w.do(op); err != nil {
			return err
		}
	}
	if len(w.conflicts) > 0 {
		return &Error{Kind: Conflicted, Code: CodeConflict, Conflicts: w.conflicts,
			Text: "Somebody changed this after you saw it. Nothing of yours was applied."}
	}
	return w.finish()
}

// mixed tells whether some operations are a source's history and others are not: the log could not say both.
func mixed(ops []Operation) bool {
	own := func(op Operation) bool { return op.imported == nil }
	return slices.ContainsFunc(ops, own) && slices.ContainsFunc(ops, func(op Operation) bool { return !own(op) })
}

func (w *work) do(op Operation) error {
	if op.imported != nil && w.who.program {
		return w.doImported(op)
	}
	return w.doOne(op)
}

func (w *work) doOne(op Operation) error {
	switch op.Op {
	case Create:
		return w.doCreate(op)
	case Set:
		return w.doSet(op)
	case Text:
		return w.doText(op)
	case Add, Remove:
		return w.doMembership(op)
	case Move:
		return w.doMove(op)
	case Delete, Restore:
		return w.doTrash(op)
	case Undo:
		return w.doUndo(op)
	case Advance:
		if w.who.program {
			return w.doAdvance(op)
		}
	case Withdraw:
		if w.who.program {
			return w.doWithdraw(op)
		}
	}
	return &Error{Kind: Invalid, Code: CodeUnknownOp, Text: fmt.Sprintf("There is no operation %q.", op.Op)}
}

// target is the live record that an edit is meant for. Of a deleted one the author's text is handed back.
func (w *work) target(op Operation, mine value, fieldName string) (*record, error) {
	found, err := w.visible(op.Record)
	if err != nil {
		return nil, err
	}
	return found, w.liveUnder(found, op.Record, fieldName, mine)
}

// liveUnder refuses to edit what lies in the trash, itself or with its issue.
func (w *work) liveUnder(found *record, ref Ref, fieldName string, mine value) error {
	if found.deleted() {
		return deletedUnder(found, ref, fieldName, mine)
	}
	if issue := nounOf(found.kind).issue(found); issue != uuid.Nil && issue != found.id {
		if parent := w.lookup(NewRef("issue", issue)); parent != nil && parent.deleted() {
			return deletedUnder(parent, ref, fieldName, mine)
		}
	}
	return nil
}

func (w *work) doCreate(op Operation) error {
	kind, id, ok := op.Record.Parse()
	noun := nounOf(kind)
	if !ok || noun == nil {
		return invalid("record", fmt.Sprintf("%q names no record that can be made.", op.Record))
	}
	if w.lookup(op.Record) != nil {
		return invalid("record", "A record with this id exists, or existed.")
	}
	by, at := w.authorship(op)
	fresh := newRecord(noun, id, by, at)
	if err := w.fill(noun, fresh, op.Set); err != nil {
		return err
	}
	if some, ok := noun.(heir); ok && !w.who.program {
		some.inherit(w, fresh, op.Set)
	}
	if err := noun.complete(w, fresh); err != nil {
		return err
	}
	w.create(fresh)
	if kind == "team" && !w.who.program {
		w.who = w.rightsOf(w.who.member) // what follows in this transaction may build on the new team
	}
	return nil
}

// authorship is who makes a record and when: the actor now, or whoever the import says.
func (w *work) authorship(op Operation) (uuid.UUID, time.Time) {
	if op.imported != nil && w.who.program {
		return op.imported.member, op.imported.at
	}
	return w.who.member, w.at
}

// now is when the operation at hand happens: in an import when it did at the source.
func (w *work) now() time.Time {
	if w.source != nil {
		return w.source.at
	}
	return w.at
}

func newRecord(noun noun, id, author uuid.UUID, at time.Time) *record {
	fresh := &record{kind: noun.name(), id: id, createdAt: at, updatedAt: at, fields: map[string]value{}}
	for _, field := range noun.fields() {
		fresh.fields[field.name] = field.shape.zero
	}
	if _, has := fieldOf(noun, "author"); has && author != uuid.Nil {
		fresh.fields["author"] = string(NewRef("member", author))
	}
	return fresh
}

// fill sets the fields that the author of a new record gave. All that is wrong is named at once.
func (w *work) fill(noun noun, fresh *record, given map[string]any) error {
	wrong := map[string]string{}
	for name, raw := range given {
		field, known := fieldOf(noun, name)
		if refusal := w.maySet(field, known, Create); refusal != "" {
			wrong[name] = refusal
			continue
		}
		v, bad := field.shape.read(raw)
		if bad != "" {
			wrong[name] = bad
			continue
		}
		fresh.fields[name] = v
	}
	return invalidFields(wrong)
}

// maySet says why a field cannot be named in an operation, or nothing.
func (w *work) maySet(field field, known bool, verb Verb) string {
	switch {
	case !known || field.policy == internal && !w.who.program:
		return "There is no such field."
	case w.who.program:
		return ""
	case field.policy == server:
		return "The server sets this."
	case field.policy == fixed && verb != Create:
		return "This is chosen once, when the record is made."
	case field.policy == merged && verb != Create:
		return "A long text is changed by a text operation."
	case field.policy == commutes && verb != Create, field.policy == own:
		return "A set is changed by add and remove."
	}
	return ""
}

func invalidFields(wrong map[string]string) error {
	if len(wrong) == 0 {
		return nil
	}
	first := slices.Sorted(maps.Keys(wrong))[0]
	return &Error{Kind: Invalid, Code: CodeInvalid, Text: first + ": " + wrong[first], Fields: wrong}
}

func (w *work) doSet(op Operation) error {
	found, err := w.target(op, firstText(op.Set), "")
	if err != nil {
		return err
	}
	if op.Base == nil {
		return invalid("base", "Name the version that you saw as base.")
	}
	if *op.Base > w.head && !w.who.program {
		return invalid("base", "This version is not there yet; nobody can have seen it.")
	}
	values, err := w.readFields(found, op.Set)
	if err != nil {
		return err
	}
	mine := w.edit(found)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		w.meet(mine, name, values[name], *op.Base)
	}
	return nil
}

// firstText is the text of a set that would be lost with a deleted record.
func firstText(set map[string]any) value {
	for _, name := range []string{"title", "name", "body"} {
		if s, ok := set[name].(string); ok {
			return s
		}
	}
	return nil
}

func (w *work) readFields(found *record, given map[string]any) (map[string]value, error) {
	wrong, values := map[string]string{}, map[string]value{}
	for name, raw := range given {
		field, known := fieldOf(nounOf(found.kind), name)
		if refusal := w.maySet(field, known, Set); refusal != "" {
			wrong[name] = refusal
			continue
		}
		v, bad := field.shape.read(raw)
		if bad != "" {
			wrong[name] = bad
			continue
		}
		if field.shape.refers != "" && same(found.fields[name], v) && w.shown(w.who, v) == nil && v != nil {
			return nil, notFound("This " + field.shape.refers) // nothing would change, but that would tell what it is
		}
		values[name] = v
	}
	return values, invalidFields(wrong)
}

// doMembership adds to a set or removes from it. Both commute; a label of a group takes its sibling's place.
func (w *work) doMembership(op Operation) error {
	found, err := w.target(op, nil, op.Field)
	if err != nil {
		return err
	}
	field, known := fieldOf(nounOf(found.kind), op.Field)
	if !known || field.policy != commutes && field.policy != own {
		return invalid(op.Field, "There is no such set.")
	}
	by, _ := w.authorship(op)
	var bad string
	if op.Value, bad = field.shape.named(by, op.Value); bad != "" {
		return invalid(op.Field, bad)
	}
	mine := w.edit(found)
	if op.Op == Remove {
		mine.fields[op.Field] = without(mine.set(op.Field), op.Value)
		return nil
	}
	if w.leaveGroup(mine, op) {
		mine.fields[op.Field] = with(mine.set(op.Field), op.Value)
	}
	return nil
}

// leaveGroup takes out the label that excludes the one which comes: one value takes another's place, so the rule of
// set holds. Without a base only a race is told; the author saw nothing to compare with.
func (w *work) leaveGroup(mine *record, op Operation) bool {
	group := w.groupOf(op.Value)
	if group == "" {
		return true
	}
	for _, other := range mine.set(op.Field) {
		if other == op.Value || w.groupOf(other) != group {
			continue
		}
		last, stamped := mine.stamps.of(groupStamp(group))
		foreign := stamped && last.Client != w.client
		switch {
		case foreign && op.Base != nil && last.Version > *op.Base && !w.isRace(last):
			w.conflict(mine, op.Field, op.Value, *op.Base, last)
			return false
		case foreign && w.isRace(last):
			w.overwrite(mine, op.Field, op.Value, last)
		}
		mine.fields[op.Field] = without(mine.set(op.Field), other)
	}
	return true
}

// groupOf is the group of a label, or "".
func (w *work) groupOf(label string) string {
	if found := w.lookup(Ref(label)); found != nil && found.kind == "label" {
		return found.text("group")
	}
	return ""
}

// groupStamp names the stamp of a group of labels: of which only one is there, like a scalar field.
func groupStamp(group string) string { return "labels/" + group }

// doTrash deletes or restores. Doing it twice changes nothing.
func (w *work) doTrash(op Operation) error {
	found, err := w.visible(op.Record)
	if err != nil {
		return err
	}
	if found.deleted() == (op.Op == Delete) {
		return nil
	}
	mine := w.edit(found)
	mine.deletedAt = nil
	if op.Op == Delete {
		at := w.at
		mine.deletedAt = &at
	}
	return nil
}

// doImported does an operation as somebody's of the source, at its time there. Each makes a log entry of its own.
func (w *work) doImported(op Operation) error {
	was := w.lookup(op.Record)
	if was != nil {
		was = was.clone()
	}
	op.imported = &origin{op.imported.member, usual(op.imported.at)} // a slip of the source's: no reason to refuse all of it
	w.source = op.imported
	if err := w.doOne(op); err != nil {
		return err
	}
	if err := w.finish(); err != nil {
		return err
	}
	if now := w.changed[op.Record]; now != nil {
		w.step(was, now, op)
	}
	return nil
}

func (w *work) step(was, now *record, op Operation) {
	from, to := difference(was, now)
	if len(to) == 0 && opOf(was, now) == Set {
		return
	}
	if isEdit(now.kind, opOf(was, now), to) {
		now.updatedAt = op.imported.at
	}
	made := w.newEntry(now, 0)
	made.Op, made.Before, made.After = opOf(was, now), from, to
	made.Topics = w.topicsOf(was, now)
	made.Member, made.At, made.Imported = optional(op.imported.member), op.imported.at, true
	w.steps = append(w.steps, made)
}
