package sync

import (
	"maps"
	"slices"

	"github.com/google/uuid"
)

// doMove puts an issue before or after another as it stands now, and sets the fields of the group it lands in. A
// neighbour that has vanished, or that the actor may not see, counts as absent; without any the end is meant.
func (w *work) doMove(op Operation) error {
	found, err := w.target(op, nil, "")
	if err != nil {
		return err
	}
	if found.kind != "issue" {
		return invalid("record", "Only issues are moved.")
	}
	values, err := w.readFields(found, op.Set)
	if err != nil {
		return err
	}
	mine := w.edit(found)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		w.land(mine, name, values[name], op.Base)
	}
	mine.fields["rank"] = w.rankFor(mine, op)
	w.placed[mine.ref()] = mine.refersTo("team")
	return nil
}

// land sets a field of the group that an issue is moved into. It overwrites, and says so when it took the place of
// what somebody else had just set.
func (w *work) land(mine *record, field string, wanted value, base *int64) {
	if same(mine.fields[field], wanted) || w.emptyAlready(mine.fields[field], wanted) {
		return
	}
	last, stamped := mine.stamps.of(field)
	unseen := base == nil && w.isRace(last) || base != nil && last.Version > *base
	if stamped && last.Client != w.client && unseen {
		w.overwrite(mine, field, wanted, last)
	}
	mine.fields[field] = wanted
}

// rankFor is the rank that the move asks for. One that stands right already is kept.
func (w *work) rankFor(mine *record, op Operation) string {
	line := w.rankLine(mine.refersTo("team"))
	if after := w.neighbour(mine, op.After); after != "" {
		return w.rankIn(line, mine, after, line.next(after))
	}
	if before := w.neighbour(mine, op.Before); before != "" {
		return w.rankIn(line, mine, line.previous(before), before)
	}
	return w.rankIn(line, mine, line.end(), "")
}

func (w *work) rankIn(line *rankLine, mine *record, low, high string) string {
	own, here := mine.text("rank"), w.homeOf(mine) == mine.refersTo("team") // from another team it may be like a neighbour's
	if here && (own == low && low != "" || own == high && high != "") {
		return own
	}
	rank := rankBetween(low, high)
	line.learn(rank)
	return rank
}

// neighbour is the rank of the issue that the move names, or "" for none that counts.
func (w *work) neighbour(mine *record, ref Ref) string {
	if ref == "" || ref == mine.ref() {
		return ""
	}
	found, err := w.visible(ref)
	if err != nil || found.deleted() || found.kind != "issue" || found.refersTo("team") != mine.refersTo("team") {
		return ""
	}
	return found.text("rank")
}

// rankFirst is a rank above all others of a team.
func (w *work) rankFirst(team uuid.UUID) string {
	line := w.rankLine(team)
	rank := rankBetween("", line.top())
	line.learn(rank)
	return rank
}
