package sync

import (
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// transaction draws what one of the clients sends: mostly something new, at times an old one again.
func (run *modelRun) transaction() modelSent {
	tab := rapid.SampledFrom(run.tabs).Draw(run.r, "tab")
	if len(run.sent) > 0 {
		switch rapid.IntRange(0, 11).Draw(run.r, "new or old") {
		case 0:
			return rapid.SampledFrom(run.sent).Draw(run.r, "again")
		case 1:
			other := rapid.SampledFrom(run.sent).Draw(run.r, "reused")
			other.transaction.Ops = []Operation{run.operation()}
			return other
		case 2, 3:
			return modelSent{tab, Transaction{ID: newID(), Ops: []Operation{run.undo()}}}
		}
	}
	transaction := Transaction{ID: newID(), Queued: rapid.IntRange(0, 3).Draw(run.r, "queued") == 0}
	for range rapid.IntRange(1, 3).Draw(run.r, "operations") {
		transaction.Ops = append(transaction.Ops, run.operation())
	}
	return modelSent{tab, transaction}
}

func (run *modelRun) undo() Operation {
	of := uuid.Nil
	if len(run.sent) > 0 {
		of = rapid.SampledFrom(run.sent[max(0, len(run.sent)-12):]).Draw(run.r, "undone").transaction.ID
	}
	return Operation{Op: Undo, Transaction: of, Partial: rapid.Bool().Draw(run.r, "partial")}
}

func (run *modelRun) operation() Operation {
	issue, some := run.pick("issue")
	if !some {
		return run.create()
	}
	switch rapid.IntRange(0, 13).Draw(run.r, "operation") {
	case 0, 1:
		return run.create()
	case 2, 3, 4:
		return run.set(issue)
	case 5, 6:
		return run.text(issue)
	case 7:
		if label, some := run.pick("label"); some {
			return Operation{Op: run.either(Add, Remove), Record: issue, Field: "labels", Value: string(label)}
		}
		return run.create()
	case 8:
		who, _ := run.pick("member")
		return Operation{Op: run.either(Add, Remove), Record: issue, Field: "subscribers", Value: string(who)}
	case 9:
		return run.membership()
	case 10, 11:
		return run.move(issue)
	}
	kind := rapid.SampledFrom([]string{"issue", "comment", "label"}).Draw(run.r, "trashed")
	if record, some := run.pick(kind); some {
		return Operation{Op: run.either(Delete, Restore), Record: record}
	}
	return run.create()
}

func (run *modelRun) either(a, b Verb) Verb {
	return rapid.SampledFrom([]Verb{a, b}).Draw(run.r, "verb")
}

func (run *modelRun) pick(kind string) (Ref, bool) {
	if len(run.refs[kind]) == 0 {
		return "", false
	}
	return rapid.SampledFrom(run.refs[kind]).Draw(run.r, kind), true
}

// base is a version at which the record could be seen, mostly the last.
func (run *modelRun) base(ref Ref) *int64 {
	base := run.m.head
	if record := run.m.records[ref]; record != nil && rapid.Bool().Draw(run.r, "stale") {
		base = rapid.SampledFrom(record.past).Draw(run.r, "base").version
	}
	return &base
}

func (run *modelRun) create() Operation {
	kind := rapid.SampledFrom([]string{"issue", "issue", "comment", "label"}).Draw(run.r, "kind")
	issue, some := run.pick("issue")
	if kind == "comment" && !some {
		kind = "issue"
	}
	ref := NewRef(kind, newID())
	if old, some := run.pick(kind); some && rapid.IntRange(0, 15).Draw(run.r, "fresh") == 0 {
		ref = old
	} else {
		run.refs[kind] = append(run.refs[kind], ref)
	}
	switch kind {
	case "comment":
		return comment(issue, ref, run.body())
	case "label":
		return Operation{Op: Create, Record: ref, Set: map[string]any{"name": rapid.SampledFrom([]string{"bug", "Bug", "ui", "core"}).Draw(run.r, "name")}}
	}
	team, _ := run.pick("team")
	title := rapid.SampledFrom([]string{"Fix login", "Mend logout", "Paint it", ""}).Draw(run.r, "title")
	return Operation{Op: Create, Record: ref, Set: map[string]any{"team": string(team), "title": title}}
}

func (run *modelRun) set(issue Ref) Operation {
	op := Operation{Op: Set, Record: issue, Base: run.base(issue), Set: map[string]any{}}
	for range rapid.IntRange(1, 2).Draw(run.r, "fields") {
		switch rapid.IntRange(0, 4).Draw(run.r, "field") {
		case 0:
			op.Set["title"] = rapid.SampledFrom([]string{"one", "two", "three"}).Draw(run.r, "title")
		case 1:
			op.Set["priority"] = rapid.Int64Range(0, 5).Draw(run.r, "priority")
		case 2:
			op.Set["estimate"] = rapid.SampledFrom([]any{nil, int64(1), int64(2)}).Draw(run.r, "estimate")
		case 3:
			op.Set["status"] = string(run.someStatus())
		case 4:
			op.Set["assignee"] = nil
			if who, _ := run.pick("member"); rapid.Bool().Draw(run.r, "assigned") {
				op.Set["assignee"] = string(who)
			}
		}
	}
	return op
}

func (run *modelRun) someStatus() Ref {
	team, _ := run.pick("team")
	name := rapid.SampledFrom([]string{"Todo", "Doing", "Done"}).Draw(run.r, "status")
	return NewRef("status", StatusID(team.ID(), name))
}

func (run *modelRun) text(issue Ref) Operation {
	op := Operation{Op: Text, Record: issue, Field: "description"}
	if remark, some := run.pick("comment"); some && rapid.IntRange(0, 2).Draw(run.r, "of a comment") == 0 {
		op.Record, op.Field = remark, "body"
	}
	text := run.body()
	op.Base, op.Text = run.base(op.Record), &text
	if record := run.m.records[op.Record]; record != nil && rapid.Bool().Draw(run.r, "with from") {
		from := rapid.SampledFrom(record.past).Draw(run.r, "from").fields[op.Field].(string)
		op.From = &from
	}
	return op
}

// body is a text of a few lines, often alike, so that edits meet.
func (run *modelRun) body() string {
	text := ""
	for _, line := range []string{"one", "two", "three"} {
		text += line + rapid.SampledFrom([]string{"", "", "", "", "!", " and more"}).Draw(run.r, "line") + "\n"
	}
	return text
}

func (run *modelRun) membership() Operation {
	if rapid.IntRange(0, 4).Draw(run.r, "role") == 0 {
		record := NewRef("member", run.h.ben.Member)
		return Operation{Op: Set, Record: record, Base: run.base(record), Set: map[string]any{"role": rapid.SampledFrom([]string{Member, Guest}).Draw(run.r, "role")}}
	}
	team, _ := run.pick("team")
	who := rapid.SampledFrom([]Actor{run.h.ben, run.h.cleo}).Draw(run.r, "who")
	return Operation{Op: run.either(Add, Remove), Record: team, Field: "members", Value: string(NewRef("member", who.Member))}
}

func (run *modelRun) move(issue Ref) Operation {
	op := Operation{Op: Move, Record: issue}
	switch neighbour, _ := run.pick("issue"); rapid.IntRange(0, 4).Draw(run.r, "place") {
	case 0:
	case 1, 2:
		op.After = neighbour
	default:
		op.Before = neighbour
	}
	if rapid.IntRange(0, 2).Draw(run.r, "lands") == 0 {
		op.Set = map[string]any{"status": string(run.someStatus())}
		if rapid.Bool().Draw(run.r, "has seen") {
			op.Base = run.base(issue)
		}
	}
	return op
}
