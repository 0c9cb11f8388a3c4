package sync

import (
	"maps"
	"slices"

	"github.com/google/uuid"
)

// An undo goes in rounds: what a rule refuses is left out, and all the rest is worked out anew without it, since more
// may hang on a record than itself: the comments of a transferred issue, its family, a name that stays taken.

// leftOut are the records that the rounds so far have left out, in the order of their refusal.
type leftOut struct {
	refusals []stuck
	refs     map[Ref]bool
}

// reverseAll reverses what can go back, and notes in stuck all that cannot.
func (w *work) reverseAll(changes []loggedChange) error {
	w.out.refs = map[Ref]bool{}
	ranks := w.knownRanks()
	for known := -1; known < len(w.out.refusals); {
		known = len(w.out.refusals)
		w.startOver(ranks)
		if err := w.reverseRound(changes); err != nil {
			return err
		}
	}
	w.stuck = append(w.stuck, w.out.refusals...)
	return nil
}

// startOver forgets a round, as an undo stands alone in its transaction. Ranks are learned by the whole group, so that
// those of the round are taken back.
func (w *work) startOver(ranks map[uuid.UUID][]string) {
	w.changed, w.order, w.stuck = map[Ref]*record{}, nil, nil
	w.numbers, w.transfers = map[uuid.UUID]int64{}, newTransfers()
	for team, line := range w.ranks {
		line.known = slices.Clone(ranks[team])
	}
}

func (w *work) knownRanks() map[uuid.UUID][]string {
	known := map[uuid.UUID][]string{}
	for team, line := range w.ranks {
		known[team] = slices.Clone(line.known)
	}
	return known
}

func (w *work) reverseRound(changes []loggedChange) error {
	before := len(w.out.refusals)
	for _, change := range slices.Backward(changes) {
		if w.out.refs[change.Ref] || w.followsTransfer(change, changes) {
			continue
		}
		if err := w.reverse(change); err != nil {
			return err
		}
	}
	reversed := maps.Clone(w.changed)
	if err := w.settleTransfers(); err != nil || len(w.out.refusals) > before {
		return err
	}
	return w.leaveRefused(reversed)
}

// leaveRefused leaves out each record that a rule would refuse: a reference gone, a right lost, a name taken. What
// settling alone has touched goes with its issue.
func (w *work) leaveRefused(reversed map[Ref]*record) error {
	for _, ref := range slices.Clone(w.order) {
		refused := w.finishRecord(ref)
		if refused == nil {
			continue
		}
		cause := ref
		if reversed[ref] == nil {
			cause = w.settledWith(ref)
		}
		if err := w.leaveOut(cause, refused); err != nil {
			return err
		}
		delete(w.changed, ref)
		w.order = slices.DeleteFunc(w.order, func(other Ref) bool { return other == ref })
	}
	return nil
}

// settledWith is the issue whose transfer has touched a record.
func (w *work) settledWith(ref Ref) Ref {
	was, now := w.world.lookup(ref), w.changed[ref]
	switch {
	case was.kind == "issue":
		return Ref(was.text("parent"))
	case changed(was, now, "other_team") && !changed(was, now, "team"):
		return Ref(was.text("other"))
	}
	return Ref(was.text("issue"))
}

// leaveOut notes what the next round must do without; an error that is no rule's ends the whole.
func (w *work) leaveOut(ref Ref, err error) error {
	rule, ok := ruleOf(err)
	if !ok {
		return err
	}
	if !w.out.refs[ref] {
		w.out.refs[ref] = true
		w.out.refusals = append(w.out.refusals, stuck{record: ref, rule: rule})
	}
	return nil
}
