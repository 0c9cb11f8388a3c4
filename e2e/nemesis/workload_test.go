package nemesis

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/google/uuid"

	"tandem/internal/client"
)

// workload makes up what one person does.
type workload struct {
	*rand.Rand
	actor *actor
	world *world
	count int
	own   []string          // issues that this person made
	notes []string          // their comments
	texts map[string]string // transaction -> the issue whose text it writes, until it has ended
}

// next is one thing that a person does: a transaction, or two close together.
func (w *workload) next() []client.Transaction {
	w.count++
	switch n := w.IntN(100); {
	case n < 28:
		return w.one(w.set(w.issue()))
	case n < 34:
		return w.twice()
	case n < 44:
		return w.text()
	case n < 56:
		return w.one(client.Operation{Op: pick(w, "add", "add", "remove"), Record: w.issue(), Field: "labels", Value: pick(w, w.world.labels...)})
	case n < 65:
		return w.one(client.Operation{Op: "move", Record: w.issue(), After: w.issue(), Set: map[string]any{"status": pick(w, w.world.statuses...)}})
	case n < 74:
		return w.comment()
	case n < 80:
		return w.create()
	case n < 86:
		return w.one(client.Operation{Op: pick(w, "delete", "restore", "restore"), Record: w.issue()})
	case n < 91:
		return w.undo()
	case n < 98:
		return w.atomic()
	}
	return w.trespass()
}

func (w *workload) one(ops ...client.Operation) []client.Transaction {
	return []client.Transaction{{ID: uuid.Must(uuid.NewV7()).String(), Queued: w.IntN(6) == 0, Ops: ops}}
}

func pick[T any](w *workload, from ...T) T { return from[w.IntN(len(from))] }

func (w *workload) token() string { return fmt.Sprintf("%d-%d", w.actor.index, w.count) }

func (w *workload) issue() string {
	if len(w.own) > 0 && w.IntN(8) == 0 {
		return pick(w, w.own...)
	}
	return pick(w, w.world.issues...)
}

// base is the version of a record that this person sees.
func (w *workload) base(ref string) *int64 {
	record, _ := w.actor.client.Record(ref)
	return &record.Version
}

func (w *workload) set(ref string) client.Operation {
	set := map[string]any{}
	for range 1 + w.IntN(2) {
		switch w.IntN(6) {
		case 0:
			set["priority"] = w.IntN(5)
		case 1:
			set["estimate"] = w.IntN(100)
		case 2:
			set["status"] = pick(w, w.world.statuses...)
		case 3:
			set["assignee"] = pick(w, w.world.members...)
		case 4:
			set["due"] = fmt.Sprintf("2027-01-%02d", 1+w.IntN(28))
		case 5:
			set["title"] = "title " + w.token()
		}
	}
	return client.Operation{Op: "set", Record: ref, Base: w.base(ref), Set: set}
}

// twice changes one field two times from what is seen before either has arrived: one does not conflict with oneself.
func (w *workload) twice() []client.Transaction {
	ref := w.issue()
	base := w.base(ref)
	var both []client.Transaction
	for i := range 2 {
		both = append(both, w.one(client.Operation{Op: "set", Record: ref, Base: base, Set: map[string]any{"estimate": 100 + (w.count*2+i)%900}})...)
		both[i].Queued = true
	}
	return both
}

// text rewrites a line of a description. While one's own rewriting is under way one waits, as the text that one started
// from is not there yet.
func (w *workload) text() []client.Transaction {
	ref := w.issue()
	for id, busy := range w.texts {
		if w.actor.history.open(id) {
			if busy == ref {
				return w.one(w.set(ref))
			}
			continue
		}
		delete(w.texts, id)
	}
	record, _ := w.actor.client.Record(ref)
	from, _ := record.Fields["description"].(string)
	lines := strings.Split(from, "\n")
	lines[w.IntN(len(lines))] = "Now says " + w.token() + "."
	text := strings.Join(lines, "\n")
	made := w.one(client.Operation{Op: "text", Record: ref, Base: &record.Version, Field: "description", From: &from, Text: &text})
	w.texts[made[0].ID] = ref
	return made
}

func (w *workload) comment() []client.Transaction {
	if len(w.notes) > 0 && w.IntN(4) == 0 {
		return w.one(client.Operation{Op: pick(w, "delete", "restore"), Record: pick(w, w.notes...)})
	}
	ref := mint("comment")
	w.notes = append(w.notes, ref)
	return w.one(client.Operation{Op: "create", Record: ref, Set: map[string]any{"issue": w.issue(), "body": "comment " + w.token()}})
}

// create makes an issue, and comments on it before its creation has arrived.
func (w *workload) create() []client.Transaction {
	ref, note := mint("issue"), mint("comment")
	w.own = append(w.own, ref)
	made := w.one(client.Operation{Op: "create", Record: ref, Set: map[string]any{"team": w.world.eng, "title": "made " + w.token(), "description": paragraphs(w.token())}})
	return append(made, w.one(client.Operation{Op: "create", Record: note, Set: map[string]any{"issue": ref, "body": "first on " + w.token()}})...)
}

func (w *workload) undo() []client.Transaction {
	id := w.actor.history.undoable(w.Rand)
	if id == "" {
		return w.one(w.set(w.issue()))
	}
	return w.one(client.Operation{Op: "undo", Transaction: id})
}

// atomic writes one token into all of the group.
func (w *workload) atomic() []client.Transaction {
	var ops []client.Operation
	for _, ref := range w.world.group {
		ops = append(ops, client.Operation{Op: "set", Record: ref, Base: w.base(ref), Set: map[string]any{"title": "token " + w.token()}})
	}
	return w.one(ops...)
}

// trespass tries what this person may not even see.
func (w *workload) trespass() []client.Transaction {
	if w.IntN(2) == 0 {
		return w.one(client.Operation{Op: "create", Record: mint("comment"), Set: map[string]any{"issue": w.world.secret, "body": "I was here"}})
	}
	return w.one(client.Operation{Op: "set", Record: w.world.secret, Base: new(int64), Set: map[string]any{"title": "I was here"}})
}
