package sync

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
)

// undoWindow is how far back an undo reaches.
const undoWindow = 24 * time.Hour

// stuck is what an undo cannot give back: a field that somebody changed since, or a record that a rule keeps as it is.
type stuck struct {
	record Ref
	field  string // "" for a whole record
	wrote  value
	was    value // what the undo would have brought
	theirs value
	last   stamp
	at     int64  // the record's version
	rule   *Error // nil: the values met
}

// doUndo reverses an earlier transaction of one's own, expecting that each field still holds what it wrote. What
// somebody changed since, and what a rule forbids today, keeps the whole from being undone and is named; when the
// author asks for a partial undo, it stays as it is and the rest goes back.
func (w *work) doUndo(op Operation) error {
	if len(w.transaction.Ops) != 1 {
		return invalid("ops", "An undo stands alone in its transaction.")
	}
	changes := w.ownChanges(op.Transaction)
	if len(changes) == 0 {
		return &Error{Kind: NotFound, Code: CodeNotFound, Text: "There is nothing of yours to undo here: it was never sent, or it is no longer kept."}
	}
	if w.at.Sub(changes[0].At) > undoWindow {
		return &Error{Kind: Invalid, Code: CodeInvalid, Text: "This is more than a day old; change it by hand."}
	}
	if err := w.reverseAll(changes); err != nil {
		return err
	}
	if op.Partial {
		w.nameStuck()
		return nil
	}
	return w.stopAtStuck(changes)
}

// ownChanges leaves out what somebody else did under the same id.
func (w *work) ownChanges(transaction uuid.UUID) []loggedChange {
	var own []loggedChange
	for _, change := range w.undoable[transaction] {
		if change.Member == w.who.member {
			own = append(own, change)
		}
	}
	return own
}

func (w *work) reverse(change loggedChange) error {
	found, err := w.visible(change.Ref)
	if err == nil && change.Op == Set {
		err = w.liveUnder(found, change.Ref, "", nil)
	}
	if err == nil {
		err = w.trashIsTheirs(found, change)
	}
	if err != nil {
		return w.stickRecord(change.Ref, err)
	}
	if change.Op == Create && w.hasLaterWork(found, change) {
		return nil
	}
	mine, at := w.edit(found), w.at
	switch change.Op {
	case Create:
		mine.deletedAt = &at
		return nil
	case Delete:
		mine.deletedAt = nil
	case Restore:
		mine.deletedAt = &at
	}
	for _, field := range nounOf(found.kind).fields() {
		if _, wrote := change.After[field.name]; wrote {
			w.reverseField(mine, field, change)
		}
	}
	return nil
}

// trashIsTheirs refuses to delete or restore what somebody else has restored or deleted since.
func (w *work) trashIsTheirs(found *record, change loggedChange) error {
	deletes := change.Op == Create || change.Op == Restore
	if change.Op == Set || found.deleted() == deletes {
		return nil
	}
	last, stamped := found.stamps.of(stampOfTrash)
	if !stamped || last.Version <= change.Version || last.Member == w.who.member {
		return nil
	}
	text := "Somebody deleted this again since."
	if deletes {
		text = "Somebody restored this since."
	}
	return &Error{Kind: Invalid, Code: CodeInvalid, Text: text}
}

// hasLaterWork notes what others have written into a record since it was made: its creation then stands.
func (w *work) hasLaterWork(made *record, change loggedChange) bool {
	before := len(w.stuck)
	for _, field := range nounOf(made.kind).fields() {
		last, stamped := made.stamps.of(field.name)
		if stamped && last.Version > change.Version && last.Member != w.who.member && field.policy != server && field.policy != internal && field.policy != own {
			w.stickField(made, field.name, change.After[field.name], nil)
		}
	}
	return len(w.stuck) > before
}

func (w *work) reverseField(mine *record, field field, change loggedChange) {
	current, wrote, was := mine.fields[field.name], change.After[field.name], change.Before[field.name]
	switch {
	case followsTeam(field, mine, change):
		return
	case isTime(mine.kind, field.name):
		w.reverseTime(mine, field.name, change)
		return
	case field.name == "snoozed_until":
		w.reverseSnooze(mine, change)
		return
	case same(current, was) && !(field.name == "rank" && change.Before["team"] != nil):
		return
	case field.policy == commutes || field.policy == own:
		if back := reverseSet(mine.set(field.name), wrote, was); !w.twoOfAGroup(back) {
			mine.fields[field.name] = back
			return
		}
	case field.name == "rank":
		w.reverseRank(mine, text(wrote), text(was))
		return
	case same(current, wrote):
		mine.fields[field.name] = was
		return
	case field.policy == merged:
		if together, clean := Merge(text(wrote), text(current), text(was)); clean {
			mine.fields[field.name] = together
			return
		}
	}
	w.stickField(mine, field.name, wrote, was)
}

// reverseRank gives an issue its place back, or the one behind whoever has taken it since. A later move stands: where a
// card lies is nobody's value.
func (w *work) reverseRank(mine *record, wrote, was string) {
	if mine.text("rank") != wrote || was == "" {
		return
	}
	line := w.rankLine(mine.refersTo("team"))
	if line.has(was) {
		was = rankBetween(was, line.next(was))
	}
	line.learn(was)
	mine.fields["rank"] = was
	w.placed[mine.ref()] = mine.refersTo("team")
}

// reverseSet takes out what the change added and puts back what it removed.
func reverseSet(current []string, wrote, was value) []string {
	added, _ := wrote.([]string)
	removed, _ := was.([]string)
	for _, member := range added {
		if !slices.Contains(removed, member) {
			current = without(current, member)
		}
	}
	for _, member := range removed {
		if !slices.Contains(added, member) {
			current = with(current, member)
		}
	}
	return current
}

// twoOfAGroup tells whether labels that exclude each other would stand together: somebody has chosen another since.
func (w *work) twoOfAGroup(labels []string) bool {
	seen := map[string]bool{}
	for _, label := range labels {
		group := w.groupOf(label)
		if group != "" && seen[group] {
			return true
		}
		seen[group] = true
	}
	return false
}

func (w *work) stickField(mine *record, field string, wrote, was value) {
	last, _ := mine.stamps.of(field)
	w.stuck = append(w.stuck, stuck{record: mine.ref(), field: field, wrote: wrote, was: was, theirs: mine.fields[field], last: last, at: mine.version})
}

// stickRecord notes a rule's refusal; an error that is none ends the whole.
func (w *work) stickRecord(ref Ref, err error) error {
	rule, ok := ruleOf(err)
	if !ok {
		return err
	}
	w.stuck = slices.DeleteFunc(w.stuck, func(s stuck) bool { return s.record == ref }) // the record says it all
	w.stuck = append(w.stuck, stuck{record: ref, rule: rule})
	return nil
}

func ruleOf(err error) (*Error, bool) {
	rule, ok := errors.AsType[*Error](err)
	return rule, ok && rule.Kind != Internal
}

// nameStuck tells what a partial undo left as it is, and why.
func (w *work) nameStuck() {
	for _, s := range w.stuck {
		notice := Notice{Code: "not_undone", Record: s.record, Field: s.field, Mine: w.told(w.who, s.record, s.field, s.was), Theirs: w.told(w.who, s.record, s.field, s.theirs),
			By: memberRef(s.last.Member), At: s.last.At.UTC(), Version: s.last.Version, Text: "This was changed since."}
		if s.rule != nil {
			notice.Text = s.rule.Text
		}
		w.notices = append(w.notices, notice)
	}
}

// stopAtStuck refuses an undo of which nothing can be done by the rule that stands against it. Otherwise all that is in
// the way is one conflict: the rest can be undone by asking for a partial undo.
func (w *work) stopAtStuck(changes []loggedChange) error {
	refused := map[Ref]bool{}
	for _, s := range w.stuck {
		if s.rule != nil {
			refused[s.record] = true
		}
	}
	stays := func(c loggedChange) bool { return refused[c.Ref] || carriedAlong(c.Ref.kind(), c.After) }
	if len(w.stuck) > 0 && !slices.ContainsFunc(changes, func(c loggedChange) bool { return !stays(c) }) {
		return w.stuck[0].rule
	}
	for _, s := range w.stuck {
		met := Conflict{Record: s.record, Field: s.field, Version: s.at,
			Base: w.told(w.who, s.record, s.field, s.wrote), Mine: w.told(w.who, s.record, s.field, s.was), Theirs: w.told(w.who, s.record, s.field, s.theirs)}
		if s.rule != nil {
			met.Text = s.rule.Text
		} else {
			met.By, met.At = memberRef(s.last.Member), moment(s.last.At)
		}
		w.conflicts = append(w.conflicts, met)
	}
	return nil
}
