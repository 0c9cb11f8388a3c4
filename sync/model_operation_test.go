package sync

import (
	"slices"
	"time"
)

func (w *modelWork) create(op Operation) string {
	if w.get(op.Record) != nil {
		return CodeInvalid
	}
	kind, _, _ := op.Record.Parse()
	me := string(NewRef("member", w.member))
	r := &modelRecord{fields: map[string]any{}, stamps: map[string]stamp{}}
	switch kind {
	case "label":
		r.fields = map[string]any{"name": op.Set["name"]}
	case "comment":
		issue := Ref(op.Set["issue"].(string))
		if code := w.visible(issue); code != "" {
			return code
		}
		if w.get(issue).deleted {
			return CodeDeleted
		}
		r.fields = map[string]any{"issue": string(issue), "body": op.Set["body"], "author": me, "reactions": []string{}}
	case "relation":
		for _, end := range []string{"issue", "other"} {
			issue := Ref(op.Set[end].(string))
			if code := w.visible(issue); code != "" {
				return code
			}
			if w.get(issue).deleted {
				return CodeDeleted
			}
			r.fields[end] = string(issue)
		}
		r.fields["kind"] = op.Set["kind"]
	case "issue":
		if op.Set["title"] == "" {
			return CodeInvalid
		}
		team := Ref(op.Set["team"].(string))
		if code := w.visible(team); code != "" {
			return code
		}
		r.fields = map[string]any{"team": string(team), "title": op.Set["title"], "description": "", "priority": int64(0), "estimate": nil,
			"status": string(w.firstStatus(team)), "assignee": nil, "labels": []string{}, "subscribers": []string{me}, "author": me, "reactions": []string{}}
		r.rank = &modelRank{}
		w.moved[team] = slices.Insert(slices.Clone(w.line(team)), 0, op.Record)
	}
	w.changed[op.Record] = r
	w.order = append(w.order, op.Record)
	return ""
}

func (w *modelWork) firstStatus(team Ref) Ref { return NewRef("status", StatusID(team.ID(), "Todo")) }

func (w *modelWork) line(team Ref) []Ref {
	if line, moved := w.moved[team]; moved {
		return line
	}
	return w.lines[team]
}

func (w *modelWork) isRace(last stamp) bool {
	return !w.transaction.Queued && w.now.Sub(last.At) < 10*time.Second
}

func (w *modelWork) set(op Operation) string {
	if code := w.target(op.Record); code != "" {
		return code
	}
	if *op.Base > w.head {
		return CodeInvalid
	}
	if p, given := op.Set["priority"].(int64); given && p > 4 {
		return CodeInvalid
	}
	mine := w.edit(op.Record)
	for _, field := range sortedKeys(op.Set) {
		wanted := op.Set[field]
		if mine.fields[field] == wanted {
			continue
		}
		last, stamped := mine.stamps[field]
		if stamped && last.Version > *op.Base && last.Client != w.client {
			if !w.isRace(last) {
				w.clash(op.Record, field, w.at(op.Record, field, *op.Base), wanted, last)
				continue
			}
			w.replaced(op.Record, field, wanted, last)
		}
		mine.fields[field] = wanted
	}
	return ""
}

func sortedKeys(set map[string]any) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// at is what a field held at a version; nil before the record was made.
func (w *modelWork) at(ref Ref, field string, version int64) any {
	var then any
	for _, p := range w.records[ref].past {
		if p.version <= version {
			then = p.fields[field]
		}
	}
	return then
}

// startedFrom is the text that an author began with, if that is known.
func (w *modelWork) startedFrom(op Operation) (from any) {
	switch {
	case op.From != nil:
		return *op.From
	case w.records[op.Record] == nil: // made by this very transaction
		return w.get(op.Record).fields[op.Field]
	}
	return w.at(op.Record, op.Field, *op.Base)
}

// clash names a field once, however many of a transaction's operations clash there: whoever answers a conflict chooses one
// value for the field, and of one's own values the last is what one meant. A text is a whole value too, so it is no exception.
func (w *modelWork) clash(ref Ref, field string, base, mine any, last stamp) {
	w.conflicts = slices.DeleteFunc(w.conflicts, func(c modelConflict) bool { return c.Record == ref && c.Field == field })
	there := w.records[ref] // nothing of the transaction is applied, so theirs is what it found
	if there == nil {
		there = w.get(ref)
	}
	w.conflicts = append(w.conflicts, modelConflict{Record: ref, Field: field, Base: base, Mine: mine, Theirs: there.fields[field],
		By: NewRef("member", last.Member), Version: there.version})
}

func (w *modelWork) replaced(ref Ref, field string, wanted any, last stamp) {
	theirs := w.records[ref].fields[field]
	w.notices = slices.DeleteFunc(w.notices, func(n modelNotice) bool { return n.Record == ref && n.Field == field })
	if wanted != theirs {
		w.notices = append(w.notices, modelNotice{Code: "overwrote", Record: ref, Field: field, Mine: wanted, Theirs: theirs,
			By: NewRef("member", last.Member), Version: last.Version})
	}
}

func (w *modelWork) text(op Operation) string {
	if code := w.target(op.Record); code != "" {
		return code
	}
	current := w.get(op.Record).fields[op.Field].(string)
	from := w.startedFrom(op)
	before, known := from.(string)
	together, clean := Merge(before, current, *op.Text)
	if !clean || !known {
		w.clash(op.Record, op.Field, from, *op.Text, w.get(op.Record).stamps[op.Field])
		return ""
	}
	w.edit(op.Record).fields[op.Field] = together
	return ""
}

func (w *modelWork) membership(op Operation) string {
	if code := w.target(op.Record); code != "" {
		return code
	}
	if op.Field == "reactions" {
		if op.Value == "👍🎉" {
			return CodeInvalid
		}
		op.Value = string(NewRef("member", w.member)) + "/" + op.Value
	}
	mine := w.edit(op.Record)
	mine.fields[op.Field] = putIn(mine.fields[op.Field].([]string), op.Value, op.Op == Add)
	return ""
}

func putIn(set []string, value string, in bool) []string {
	set = slices.DeleteFunc(slices.Clone(set), func(s string) bool { return s == value })
	if in {
		set = append(set, value)
		slices.Sort(set)
	}
	return append([]string{}, set...)
}

func (w *modelWork) move(op Operation) string {
	if code := w.target(op.Record); code != "" {
		return code
	}
	mine, team := w.edit(op.Record), w.teamOf(op.Record)
	for field, wanted := range op.Set {
		if mine.fields[field] == wanted {
			continue
		}
		last, stamped := mine.stamps[field]
		unseen := op.Base == nil && w.isRace(last) || op.Base != nil && last.Version > *op.Base
		if stamped && last.Client != w.client && unseen {
			w.replaced(op.Record, field, wanted, last)
		}
		mine.fields[field] = wanted
	}
	w.place(op, mine, team)
	return ""
}

// place puts an issue behind or before another, or at the end. Where it stands already it stays.
func (w *modelWork) place(op Operation, mine *modelRecord, team Ref) {
	before := w.line(team)
	line := slices.DeleteFunc(slices.Clone(before), func(ref Ref) bool { return ref == op.Record })
	at := len(line)
	switch {
	case w.counts(op.After, op.Record, team):
		at = slices.Index(line, op.After) + 1
		w.loosened[op.Record] = w.loosened[op.After] || w.loose[op.After]
	case w.counts(op.Before, op.Record, team):
		at = slices.Index(line, op.Before)
		w.loosened[op.Record] = w.loosened[op.Before] || w.loose[op.Before]
	}
	line = slices.Insert(line, at, op.Record)
	if !slices.Equal(before, line) {
		mine.rank = &modelRank{}
		w.moved[team] = line
	}
}

func (w *modelWork) counts(neighbour, self, team Ref) bool {
	return neighbour != "" && neighbour != self && w.visible(neighbour) == "" && !w.get(neighbour).deleted && w.teamOf(neighbour) == team
}

func (w *modelWork) trash(op Operation) string {
	if code := w.visible(op.Record); code != "" {
		return code
	}
	if w.get(op.Record).deleted != (op.Op == Delete) {
		w.edit(op.Record).deleted = op.Op == Delete
	}
	return ""
}
