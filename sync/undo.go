package sync

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// undoWindow is how far back an undo reaches.
const undoWindow = 24 * time.Hour

// doUndo reverses an earlier transaction of one's own, expecting that each field still holds what it wrote. What
// somebody changed since is a conflict with both values, or is left alone when the author asks for a partial undo.
func (w *work) doUndo(op Operation) error {
	if len(w.transaction.Ops) != 1 {
		return invalid("ops", "An undo stands alone in its transaction.")
	}
	changes := w.ownChanges(op.Transaction)
	if len(changes) == 0 {
		return &Error{Kind: NotFound, Code: CodeNotFound, Text: "There is nothing of yours to undo here: it was never sent, or it is no longer kept."}
	}
	for _, change := range slices.Backward(changes) {
		if w.at.Sub(change.At) > undoWindow {
			return &Error{Kind: Invalid, Code: CodeInvalid, Text: "This is more than a day old; change it by hand."}
		}
		if w.followsTransfer(change, changes) {
			continue
		}
		if err := w.reverse(change, op.Partial); err != nil {
			return err
		}
	}
	return nil
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

func (w *work) reverse(change loggedChange, partial bool) error {
	found, err := w.visible(change.Ref)
	if err != nil {
		return err
	}
	if found.deleted() && change.Op == Set {
		return deletedUnder(found, change.Ref, "", nil)
	}
	mine, at := w.edit(found), w.at
	switch change.Op {
	case Create:
		w.keepLaterWork(mine, change, partial)
		mine.deletedAt = &at
		return nil
	case Delete:
		mine.deletedAt = nil
	case Restore:
		mine.deletedAt = &at
	}
	for _, field := range nounOf(found.kind).fields() {
		if _, wrote := change.After[field.name]; wrote {
			w.reverseField(mine, field, change, partial)
		}
	}
	return nil
}

// keepLaterWork is the conflict of undoing a creation that others have built on.
func (w *work) keepLaterWork(mine *record, change loggedChange, partial bool) {
	for _, field := range nounOf(mine.kind).fields() {
		last, stamped := mine.stamps.of(field.name)
		if stamped && last.Version > change.Version && last.Member != w.who.member && field.policy != server && field.policy != internal {
			w.cannotReverse(mine, field.name, nil, change.After[field.name], partial)
		}
	}
}

func (w *work) reverseField(mine *record, field field, change loggedChange, partial bool) {
	current, wrote, was := mine.fields[field.name], change.After[field.name], change.Before[field.name]
	switch {
	case followsTeam(field, mine, change):
		return
	case same(current, was) && !(field.name == "rank" && change.Before["team"] != nil):
		return
	case field.policy == commutes:
		mine.fields[field.name] = reverseSet(mine.set(field.name), wrote, was)
		return
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
	w.cannotReverse(mine, field.name, was, wrote, partial)
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

func (w *work) cannotReverse(mine *record, field string, was, wrote value, partial bool) {
	last, _ := mine.stamps.of(field)
	if partial {
		w.notices = append(w.notices, Notice{Code: "not_undone", Record: mine.ref(), Field: field, Mine: was, Theirs: mine.fields[field],
			By: NewRef("member", last.Member), At: last.At.UTC(), Version: last.Version})
		return
	}
	w.conflicts = append(w.conflicts, Conflict{Record: mine.ref(), Field: field, Base: wrote, Mine: was, Theirs: mine.fields[field],
		By: NewRef("member", last.Member), At: moment(last.At), Version: mine.version})
}
