package sync

import (
	"slices"

	"pgregory.net/rapid"
)

// transaction draws what one of the clients sends: mostly something new, at times an old one again.
func (run *modelRun) transaction() modelSent {
	tab := run.tabs[rapid.SampledFrom([]int{0, 1, 0, 1, 2, 3, 2, 3, 4, 5}).Draw(run.r, "tab")]
	if len(run.sent) > 0 {
		switch rapid.IntRange(0, 24).Draw(run.r, "new or old") {
		case 0:
			return run.earlier("again")
		case 1:
			other := run.earlier("reused")
			other.transaction.Ops = []Operation{run.operation()}
			return other
		case 2, 3, 4, 5, 6:
			return run.undo(tab)
		}
	}
	transaction := Transaction{ID: newID(), Queued: rapid.IntRange(0, 3).Draw(run.r, "queued") == 0}
	for range rapid.IntRange(1, 3).Draw(run.r, "operations") {
		transaction.Ops = append(transaction.Ops, run.operation())
	}
	return modelSent{tab, transaction}
}

func (run *modelRun) earlier(label string) modelSent {
	return run.sent[rapid.IntRange(0, len(run.sent)-1).Draw(run.r, label)]
}

// undo takes something of the last few back, mostly by one of the clients of whoever did it.
func (run *modelRun) undo(tab modelTab) modelSent {
	var did []modelSent
	for _, sent := range run.sent {
		if len(run.m.changes[sent.transaction.ID]) > 0 {
			did = append(did, sent)
		}
	}
	of := run.earlier("undone")
	if len(did) > 0 && rapid.IntRange(0, 9).Draw(run.r, "did something") > 0 {
		did = did[max(0, len(did)-8):]
		of = did[rapid.IntRange(0, len(did)-1).Draw(run.r, "undone")]
	}
	if rapid.IntRange(0, 7).Draw(run.r, "one's own") > 0 {
		tab = of.tab
		if rapid.Bool().Draw(run.r, "another device") {
			tab = run.tabs[run.tabOf(tab)^1]
		}
	}
	run.moved = true
	op := Operation{Op: Undo, Transaction: of.transaction.ID, Partial: rapid.Bool().Draw(run.r, "partial")}
	return modelSent{tab, Transaction{ID: newID(), Ops: []Operation{op}}}
}

func (run *modelRun) tabOf(tab modelTab) int { return slices.Index(run.tabs, tab) }

func (run *modelRun) operation() Operation {
	issue, some := run.pick("issue")
	if !some {
		return run.create()
	}
	switch rapid.IntRange(0, 17).Draw(run.r, "operation") {
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
		if !run.moved {
			return run.move(issue)
		}
		return run.set(issue)
	case 12, 13, 14, 15:
		return run.set(issue)
	case 16:
		return run.react(issue)
	}
	kind := rapid.SampledFrom([]string{"issue", "comment", "label", "relation"}).Draw(run.r, "trashed")
	if record, some := run.pick(kind); some {
		return Operation{Op: run.either(Delete, Restore), Record: record}
	}
	return run.create()
}

func (run *modelRun) react(issue Ref) Operation {
	op := Operation{Op: run.either(Add, Remove), Record: issue, Field: "reactions", Value: rapid.SampledFrom([]string{"👍", "🎉", "👍🎉"}).Draw(run.r, "emoji")}
	if remark, some := run.pick("comment"); some && rapid.Bool().Draw(run.r, "to a comment") {
		op.Record = remark
	}
	return op
}

func (run *modelRun) either(a, b Verb) Verb {
	return rapid.SampledFrom([]Verb{a, b}).Draw(run.r, "verb")
}

// pick draws one of a kind, mostly one that is there.
func (run *modelRun) pick(kind string) (Ref, bool) {
	refs := run.refs[kind]
	if rapid.IntRange(0, 15).Draw(run.r, "there") > 0 {
		refs = slices.DeleteFunc(slices.Clone(refs), func(ref Ref) bool { return run.m.records[ref] == nil })
	}
	if len(refs) == 0 {
		return "", false
	}
	if kind == "issue" && len(refs) > 6 {
		refs = refs[:6] // so that edits meet
	}
	return refs[rapid.IntRange(0, len(refs)-1).Draw(run.r, kind)], true
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
	kind := rapid.SampledFrom([]string{"issue", "issue", "issue", "comment", "comment", "label", "label", "relation"}).Draw(run.r, "kind")
	issue, some := run.pick("issue")
	if (kind == "comment" || kind == "relation") && !some {
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
	case "relation":
		other, _ := run.pick("issue")
		if other == "" {
			other = issue
		}
		return relation(issue, rapid.SampledFrom([]string{Related, Blocks, Duplicate}).Draw(run.r, "relation"), other, ref)
	case "label":
		return Operation{Op: Create, Record: ref, Set: map[string]any{"name": rapid.SampledFrom([]string{"bug", "Bug", "ui", "core"}).Draw(run.r, "name")}}
	}
	team := NewRef("team", run.h.team)
	if rapid.IntRange(0, 4).Draw(run.r, "private") == 0 {
		team = NewRef("team", run.h.private)
	}
	title := rapid.SampledFrom([]string{"Fix login", "Mend logout", "Paint it", "Fix login", "Mend logout", "Paint it", "Fix login", ""}).Draw(run.r, "title")
	return Operation{Op: Create, Record: ref, Set: map[string]any{"team": string(team), "title": title}}
}

func (run *modelRun) set(issue Ref) Operation {
	op := Operation{Op: Set, Record: issue, Base: run.base(issue), Set: map[string]any{}}
	for range rapid.IntRange(1, 2).Draw(run.r, "fields") {
		switch rapid.IntRange(0, 4).Draw(run.r, "field") {
		case 0:
			op.Set["title"] = rapid.SampledFrom([]string{"one", "two", "three"}).Draw(run.r, "title")
		case 1:
			op.Set["priority"] = rapid.SampledFrom([]int64{0, 1, 2, 3, 4, 1, 2, 3, 4, 5}).Draw(run.r, "priority")
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
	team := NewRef("team", run.h.team)
	if rapid.IntRange(0, 6).Draw(run.r, "of the private team") == 0 {
		team = NewRef("team", run.h.private)
	}
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
	run.moved = true
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
