package sync

import "slices"

// Undoing a transfer sets the team back; what came of the transfer is settled anew as for any other. So an issue
// comes back under the number that it had, and to its place, status, labels and parent as far as those still fit.

// followsTransfer tells what of a transaction an undo need not reverse by itself: what went along with an issue, and the
// tie of a sub-issue that has been deleted or has gone out of sight since.
func (w *work) followsTransfer(change loggedChange, all []loggedChange) bool {
	if change.Op != Set {
		return false
	}
	if carriedAlong(change.Ref.kind(), change.After) {
		return true
	}
	parent := text(change.Before["parent"])
	leftBehind := len(change.After) == 1 && parent != "" && slices.ContainsFunc(all, func(other loggedChange) bool {
		return other.Ref == Ref(parent) && other.Before["team"] != nil
	})
	if !leftBehind {
		return false
	}
	found, err := w.visible(change.Ref)
	return err != nil || found.deleted()
}

// followsTeam tells the fields that an undo of a transfer leaves to the settling: the number always, the place where the
// team could not be set back.
func followsTeam(field field, mine *record, change loggedChange) bool {
	was, transferred := change.Before["team"]
	return transferred && mine.kind == "issue" && (field.name == "number" || field.name == "rank" && !same(mine.fields["team"], was))
}
