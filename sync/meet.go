package sync

import (
	"slices"
	"time"
)

// meet sets a scalar field against what others did to it since the base. The same value is done; a field that nobody
// else has set since the base is simply set; within the race window the later arrival wins and both are told;
// otherwise the author acted on a stale page, which is a conflict.
func (w *work) meet(mine *record, field string, wanted value, base int64) {
	current := mine.fields[field]
	if same(current, wanted) || w.emptyAlready(current, wanted) {
		return
	}
	last, foreign := w.setSince(mine, field, base)
	switch {
	case !foreign:
	case w.isRace(last):
		w.overwrite(mine, field, wanted, last)
	default:
		w.conflict(mine, field, wanted, base, last)
		return
	}
	mine.fields[field] = wanted
}

// emptyAlready tells whether nothing is wanted where the actor sees nothing: what the field refers to is hidden from them, or
// lies in the trash and reads as absent. Who leaves "no project" as it is means no project that they cannot see.
func (w *work) emptyAlready(current, wanted value) bool {
	return wanted == nil && !w.who.program && w.unseen(Ref(text(current)))
}

// unseen tells whether a name reads as absent to the actor: a milestone does with its project. Members bear their names for
// good, and issues are no names.
func (w *work) unseen(ref Ref) bool {
	found := w.lookup(ref)
	if found == nil || found.kind == "member" || found.kind == "issue" {
		return false
	}
	return found.deleted() || !w.who.seesRecord(found) || w.unseen(Ref(found.text("project")))
}

// setSince returns who else has set a field after the base; false when nobody has. One's own last write settled what
// lay before it.
func (w *work) setSince(mine *record, field string, base int64) (stamp, bool) {
	if mine.version <= base {
		return stamp{}, false // nobody has touched the record at all, so its stamps need not be read
	}
	last, stamped := mine.stamps.of(field)
	return last, stamped && last.Version > base && (last.Client != w.client || fault("self_conflict"))
}

// isRace tells a write made at the same time as another from one made on a stale page. Only PostgreSQL's clock counts.
func (w *work) isRace(last stamp) bool {
	return !w.transaction.Queued && w.at.Sub(last.At) < raceWindow
}

// overwrite notes whose value is replaced, for the result of this author and in the log for the other. A transaction
// that sets a field twice replaces theirs once, and not at all when it ends on their value.
func (w *work) overwrite(mine *record, field string, wanted value, last stamp) {
	ref := mine.ref()
	replaced := w.world.lookup(ref).fields[field] // not what an earlier operation of this transaction has put there
	if w.overwrote[ref] == nil {
		w.overwrote[ref] = map[string]overwrite{}
	}
	if _, again := w.overwrote[ref][field]; again {
		w.notices = slices.DeleteFunc(w.notices, func(n Notice) bool { return n.Record == ref && n.Field == field && n.Field != "labels" })
	}
	if same(wanted, replaced) {
		delete(w.overwrote[ref], field)
		return
	}
	w.overwrote[ref][field] = overwrite{Member: last.Member, Value: replaced}
	w.notices = append(w.notices, Notice{Code: "overwrote", Record: ref, Field: field, Mine: wanted, Theirs: w.told(w.who, ref, field, replaced),
		By: memberRef(last.Member), At: last.At.UTC(), Version: last.Version})
}

// conflict notes both values; what the base held is looked up in the log once the group is through.
func (w *work) conflict(mine *record, field string, wanted value, base int64, last stamp) {
	w.nameConflict(mine, last, Conflict{Field: field, Mine: wanted, since: base, askBase: true})
}

// nameConflict adds one. Theirs is what the transaction found, not what an earlier operation of it has put there: nothing
// of that is applied, and who keeps mine sends it as a change of theirs. A field is named once, by the last that clashes.
func (w *work) nameConflict(mine *record, last stamp, met Conflict) {
	met.Record = mine.ref()
	there := w.world.lookup(met.Record)
	if there == nil { // made by this very transaction
		there = mine
	}
	met.Theirs, met.Version, met.By, met.At = w.told(w.who, met.Record, met.Field, there.fields[met.Field]), there.version, memberRef(last.Member), moment(last.At)
	w.conflicts = slices.DeleteFunc(w.conflicts, func(c Conflict) bool { return c.Record == met.Record && c.Field == met.Field && met.Field != "labels" })
	w.conflicts = append(w.conflicts, met)
}

func moment(at time.Time) *time.Time {
	utc := at.UTC()
	return &utc
}

// doText merges a long text with what others made of it since the author began.
func (w *work) doText(op Operation) error {
	if op.Text == nil {
		return invalid("text", "Send the text.")
	}
	found, err := w.target(op, *op.Text, op.Field)
	if err != nil {
		return err
	}
	field, known := fieldOf(nounOf(found.kind), op.Field)
	if !known || field.policy != merged {
		return invalid(op.Field, "There is no such text.")
	}
	wanted, bad := field.shape.read(*op.Text)
	if bad != "" {
		return invalid(op.Field, bad)
	}
	current := found.text(op.Field)
	from, ok := w.startedFrom(found, op)
	if w.merged += len(from) + len(current) + len(*op.Text); w.merged > maxMerged {
		return invalid("ops", "These are too many long texts for one transaction; send them in several.")
	}
	together, clean := Merge(from, current, text(wanted))
	if !ok || !clean {
		last, _ := found.stamps.of(op.Field)
		w.nameConflict(found, last, Conflict{Field: op.Field, Base: knownText(from, ok), Mine: wanted})
		return nil
	}
	if _, bad := field.shape.read(together); bad != "" {
		return invalid(op.Field, bad)
	}
	w.edit(found).fields[op.Field] = together
	return nil
}

// startedFrom is the text that the author began with: what they say, else what the log holds at their base. When it
// has not changed since the base, that is the text as it was before this group.
func (w *work) startedFrom(found *record, op Operation) (from string, ok bool) {
	if op.From != nil {
		return *op.From, true
	}
	if op.Base == nil {
		return "", false
	}
	if then, asked := w.values[valueKey{found.id, op.Field, *op.Base}]; asked && then != nil {
		return text(*then), true
	}
	stored := w.original(found.ref())
	if stored == nil {
		stored = found
	}
	last, stamped := stored.stamps.of(op.Field)
	return stored.text(op.Field), !stamped || last.Version <= *op.Base
}

func knownText(from string, ok bool) value {
	if !ok {
		return nil
	}
	return from
}
