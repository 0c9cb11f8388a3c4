package sync

import (
	"slices"
	"time"
)

// commit makes the transaction part of the model under the next V, if it changed anything.
func (w *modelWork) commit() {
	version, changed := w.head+1, false
	for _, ref := range w.order {
		was, now := w.records[ref], w.changed[ref]
		before, after := modelDifference(was, now)
		if was != nil && len(after) == 0 && was.deleted == now.deleted {
			continue
		}
		changed = true
		for field := range after {
			now.stamps[field] = stamp{version, w.member, w.client, w.now}
		}
		if was != nil && was.deleted != now.deleted {
			now.trash = stamp{version, w.member, w.client, w.now}
		}
		now.version = version
		now.past = append(now.past, modelPast{version, now.copy().fields})
		w.records[ref] = now
		w.remember(modelChange{ref, modelVerb(was, now), before, after, w.member, version, w.now})
		if was == nil && now.deleted {
			w.remember(modelChange{ref, Delete, nil, nil, w.member, version, w.now})
		}
	}
	if !changed {
		return
	}
	w.head = version
	w.model.head = version
	for team, line := range w.moved {
		w.lines[team] = line
	}
	for ref, loose := range w.loosened {
		if loose {
			w.loose[ref] = true
		}
	}
}

func (w *modelWork) remember(change modelChange) {
	id := w.transaction.ID
	w.changes[id] = append(w.changes[id], change)
}

func modelVerb(was, now *modelRecord) Verb {
	switch {
	case was == nil:
		return Create
	case now.deleted && !was.deleted:
		return Delete
	case was.deleted && !now.deleted:
		return Restore
	}
	return Set
}

func modelDifference(was, now *modelRecord) (before, after map[string]any) {
	before, after = map[string]any{}, map[string]any{}
	for field, v := range now.fields {
		if was == nil || !same(was.fields[field], v) {
			after[field] = v
			if was != nil {
				before[field] = was.fields[field]
			}
		}
	}
	if now.rank != nil && (was == nil || !was.rank.is(now.rank)) {
		after["rank"] = now.rank
		if was != nil {
			before["rank"] = was.rank
		}
	}
	return before, after
}

func (w *modelWork) undo(op Operation) string {
	var own []modelChange
	for _, change := range w.changes[op.Transaction] {
		if change.member == w.member {
			own = append(own, change)
		}
	}
	if len(own) == 0 {
		return CodeNotFound
	}
	if w.now.Sub(own[0].at) > 24*time.Hour {
		return CodeInvalid
	}
	w.rules = map[Ref]string{}
	for _, change := range slices.Backward(own) {
		w.reverse(change)
	}
	w.leaveOut()
	refused := 0
	for _, change := range own {
		if w.rules[change.ref] != "" {
			refused++
		}
	}
	switch {
	case op.Partial:
		w.tellStuck()
	case refused == len(own):
		return w.firstRule()
	default:
		w.conflicts = w.stuck
	}
	return ""
}

func (w *modelWork) firstRule() string { return w.rules[w.stuck[0].Record] }

func (w *modelWork) tellStuck() {
	for _, s := range w.stuck {
		notice := modelNotice{Code: "not_undone", Record: s.Record, Field: s.Field, Mine: s.Mine, Theirs: s.Theirs, By: s.By}
		if !s.Rule {
			notice.Version = w.get(s.Record).stamps[s.Field].Version
		}
		w.notices = append(w.notices, notice)
	}
}

// leaveOut drops what the rules refuse until they refuse nothing.
func (w *modelWork) leaveOut() {
	for dropped := true; dropped; {
		dropped = false
		for _, ref := range slices.Clone(w.order) {
			if code := w.rule(ref); code != "" {
				w.keepAway(ref, code)
				delete(w.changed, ref)
				delete(w.loosened, ref)
				w.order = slices.DeleteFunc(w.order, func(r Ref) bool { return r == ref })
				dropped = true
			}
		}
	}
}

func (w *modelWork) keepAway(ref Ref, code string) {
	w.rules[ref] = code
	w.stuck = slices.DeleteFunc(w.stuck, func(c modelConflict) bool { return c.Record == ref })
	w.stuck = append(w.stuck, modelConflict{Record: ref, Rule: true})
}

func (w *modelWork) clashes(ref Ref, field string, wrote, was any) {
	r := w.get(ref)
	w.stuck = append(w.stuck, modelConflict{Record: ref, Field: field, Base: wrote, Mine: was, Theirs: r.fields[field],
		By: NewRef("member", r.stamps[field].Member), Version: r.version})
}

func (w *modelWork) reverse(change modelChange) {
	code := w.visible(change.ref)
	if code == "" && change.op == Set {
		code = w.target(change.ref)
	}
	if code == "" && change.op != Set {
		r := w.get(change.ref)
		differs := r.deleted == (change.op == Delete)
		if differs && r.trash.Version > change.version && r.trash.Member != w.member {
			code = CodeInvalid
		}
	}
	if code != "" {
		w.keepAway(change.ref, code)
		return
	}
	if change.op == Create {
		w.unmake(change)
		return
	}
	mine := w.edit(change.ref)
	if change.op != Set {
		mine.deleted = change.op == Restore
	}
	for _, field := range modelFields(change.ref) {
		if wrote, has := change.after[field]; has {
			w.reverseField(change.ref, mine, field, wrote, change.before[field])
		}
	}
}

// modelFields are a record's fields in the order in which conflicts name them.
func modelFields(ref Ref) []string {
	switch kind, _, _ := ref.Parse(); kind {
	case "issue":
		return []string{"title", "description", "status", "priority", "assignee", "labels", "subscribers", "estimate", "rank", "reactions"}
	case "comment":
		return []string{"body", "reactions"}
	case "relation":
		return []string{"issue", "kind", "other"}
	case "member":
		return []string{"role"}
	case "team":
		return []string{"name", "private", "members"}
	}
	return []string{"name"}
}

func (w *modelWork) unmake(change modelChange) {
	before := len(w.stuck)
	for _, field := range modelFields(change.ref) {
		last := w.get(change.ref).stamps[field]
		if field != "rank" && field != "reactions" && last.Version > change.version && last.Member != w.member {
			w.clashes(change.ref, field, change.after[field], nil)
		}
	}
	if len(w.stuck) == before {
		w.edit(change.ref).deleted = true
	}
}

func (w *modelWork) reverseField(ref Ref, mine *modelRecord, field string, wrote, was any) {
	if field == "rank" {
		w.reverseRank(ref, mine, wrote.(*modelRank), was.(*modelRank))
		return
	}
	current := mine.fields[field]
	switch {
	case same(current, was):
	case field == "labels" || field == "subscribers" || field == "members" || field == "reactions":
		set := current.([]string)
		for _, added := range wrote.([]string) {
			if !slices.Contains(was.([]string), added) {
				set = putIn(set, added, false)
			}
		}
		for _, removed := range was.([]string) {
			if !slices.Contains(wrote.([]string), removed) {
				set = putIn(set, removed, true)
			}
		}
		mine.fields[field] = set
	case same(current, wrote):
		mine.fields[field] = was
	case field == "description" || field == "body":
		together, clean := Merge(wrote.(string), current.(string), was.(string))
		if !clean {
			w.clashes(ref, field, wrote, was)
			return
		}
		mine.fields[field] = together
	default:
		w.clashes(ref, field, wrote, was)
	}
}

func (w *modelWork) reverseRank(ref Ref, mine *modelRecord, wrote, was *modelRank) {
	if mine.rank.is(was) || !mine.rank.is(wrote) {
		return
	}
	mine.rank = &modelRank{}
	w.loosened[ref] = true
	if was.text != "" && !w.taken(ref, was) {
		mine.rank = &modelRank{text: was.text}
	}
}

func (w *modelWork) taken(self Ref, rank *modelRank) bool {
	team := w.teamOf(self)
	for _, other := range w.line(team) {
		if other != self && w.get(other).rank.is(rank) {
			return true
		}
	}
	return false
}
