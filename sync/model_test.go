package sync

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
)

// A model is a workspace as DESIGN describes it, kept in plain maps and written without the engine's code but for Merge:
// what it says of a transaction must be what the engine does. It knows issues, comments, relations, labels, teams and
// members.
type model struct {
	head    int64
	now     time.Time
	records map[Ref]*modelRecord
	lines   map[Ref][]Ref // team -> its issues by rank
	loose   map[Ref]bool  // issues of which only the engine knows where an undo has put them
	answers map[[2]uuid.UUID]modelAnswer
	refused map[modelRefused]bool
	changes map[uuid.UUID][]modelChange
	status  map[Ref]Ref // status -> team
}

type modelRefused struct {
	record Ref
	client uuid.UUID
}

type modelRecord struct {
	fields  map[string]any
	stamps  map[string]stamp
	trash   stamp // who last deleted or restored it
	rank    *modelRank
	deleted bool
	version int64
	past    []modelPast
}

// modelRank is a place; its text is the engine's, once it is known.
type modelRank struct{ text string }

func (r *modelRank) is(other *modelRank) bool {
	return r == other || r != nil && other != nil && r.text != "" && r.text == other.text
}

type modelPast struct {
	version int64
	fields  map[string]any
}

type modelChange struct {
	ref           Ref
	op            Verb
	before, after map[string]any // a rank as *modelRank
	member        uuid.UUID
	version       int64
	at            time.Time
}

type modelAnswer struct {
	ops    string
	result modelResult
}

// modelResult is the part of a Result that the model says.
type modelResult struct {
	Status    string
	Code      string
	Version   int64
	Replayed  bool
	Notices   []modelNotice
	Conflicts []modelConflict
}

type modelNotice struct {
	Code         string
	Record       Ref
	Field        string
	Mine, Theirs any
	By           Ref
	Version      int64
}

type modelConflict struct {
	Record             Ref
	Field              string
	Base, Mine, Theirs any
	By                 Ref
	Version            int64
	Rule               bool
}

// apply says what a transaction is answered, and does it.
func (m *model) apply(actor Actor, client uuid.UUID, transaction Transaction) modelResult {
	key := [2]uuid.UUID{transaction.ID, client}
	raw, _ := json.Marshal(transaction.Ops)
	if earlier, done := m.answers[key]; done {
		if earlier.ops != string(raw) {
			return modelResult{Status: Rejected, Code: CodeReused, Version: m.head}
		}
		earlier.result.Replayed = true
		return earlier.result
	}
	w := &modelWork{model: m, member: actor.Member, client: client, transaction: transaction, changed: map[Ref]*modelRecord{},
		moved: map[Ref][]Ref{}, loosened: map[Ref]bool{}}
	result := w.run()
	if result.Status == Rejected || result.Status == InConflict {
		for _, op := range transaction.Ops {
			if op.Op == Create {
				m.refused[modelRefused{op.Record, client}] = true
			}
		}
	}
	result.Version = m.head
	m.answers[key] = modelAnswer{string(raw), result}
	return result
}

// modelWork is one transaction of the model.
type modelWork struct {
	*model
	member, client uuid.UUID
	transaction    Transaction
	changed        map[Ref]*modelRecord
	order          []Ref
	moved          map[Ref][]Ref // team -> its line as this transaction leaves it
	loosened       map[Ref]bool
	notices        []modelNotice
	conflicts      []modelConflict
	stuck          []modelConflict
	rules          map[Ref]string
}

func (w *modelWork) run() modelResult {
	code := ""
	for _, op := range w.transaction.Ops {
		if code = w.do(op); code != "" {
			return w.rejected(code)
		}
	}
	if len(w.conflicts) > 0 {
		return modelResult{Status: InConflict, Conflicts: w.conflicts}
	}
	w.subscribeCommenter()
	for _, ref := range slices.Clone(w.order) {
		if code := w.rule(ref); code != "" {
			return w.rejected(code)
		}
	}
	w.commit()
	return modelResult{Status: Applied, Notices: w.notices}
}

func (w *modelWork) subscribeCommenter() {
	for _, ref := range slices.Clone(w.order) {
		if kind, _, _ := ref.Parse(); kind != "comment" || w.records[ref] != nil || w.changed[ref].deleted {
			continue
		}
		issue, author := Ref(w.changed[ref].fields["issue"].(string)), w.changed[ref].fields["author"].(string)
		if found := w.get(issue); !found.deleted && !slices.Contains(found.fields["subscribers"].([]string), author) {
			w.edit(issue).fields["subscribers"] = putIn(found.fields["subscribers"].([]string), author, true)
		}
	}
}

// rejected hands back the text of an edit that came too late.
func (w *modelWork) rejected(code string) modelResult {
	return modelResult{Status: Rejected, Code: code}
}

func (w *modelWork) get(ref Ref) *modelRecord {
	if found := w.changed[ref]; found != nil {
		return found
	}
	return w.records[ref]
}

func (w *modelWork) edit(ref Ref) *modelRecord {
	if mine := w.changed[ref]; mine != nil {
		return mine
	}
	mine := w.records[ref].copy()
	w.changed[ref] = mine
	w.order = append(w.order, ref)
	return mine
}

func (r *modelRecord) copy() *modelRecord {
	c := *r
	c.fields, c.stamps = map[string]any{}, map[string]stamp{}
	for k, v := range r.fields {
		c.fields[k] = v
	}
	for k, v := range r.stamps {
		c.stamps[k] = v
	}
	return &c
}

func (w *modelWork) role(member uuid.UUID) string {
	return w.get(NewRef("member", member)).fields["role"].(string)
}

func (w *modelWork) inTeam(team Ref, member uuid.UUID) bool {
	return slices.Contains(w.get(team).fields["members"].([]string), string(NewRef("member", member)))
}

func (w *modelWork) seesTeam(member uuid.UUID, team Ref) bool {
	open := w.get(team).fields["private"] != true && w.role(member) != Guest
	return open || w.inTeam(team, member)
}

// teamOf is the team that a record belongs to, or "" for the whole workspace.
func (w *modelWork) teamOf(ref Ref) Ref {
	switch kind, _, _ := ref.Parse(); kind {
	case "team":
		return ref
	case "issue":
		return Ref(w.get(ref).fields["team"].(string))
	case "comment", "relation":
		return w.teamOf(Ref(w.get(ref).fields["issue"].(string)))
	}
	return ""
}

// otherTeam is that of the second issue of a relation.
func (w *modelWork) otherTeam(ref Ref) Ref {
	if other, joins := w.get(ref).fields["other"].(string); joins {
		return w.teamOf(Ref(other))
	}
	return ""
}

// visible is "" or why the record cannot be named. Rights are those that the transaction began with.
func (w *modelWork) visible(ref Ref) string {
	if w.get(ref) != nil {
		before := modelWork{model: w.model}
		sees := func(team Ref) bool { return team == "" || w.records[team] != nil && before.seesTeam(w.member, team) }
		if sees(w.teamOf(ref)) && sees(w.otherTeam(ref)) {
			return ""
		}
	}
	if w.refused[modelRefused{ref, w.client}] {
		return CodeDepends
	}
	return CodeNotFound
}

// target is "" or why a record cannot be edited.
func (w *modelWork) target(ref Ref) string {
	if code := w.visible(ref); code != "" {
		return code
	}
	if w.get(ref).deleted {
		return CodeDeleted
	}
	if issue, of := w.get(ref).fields["issue"].(string); of && w.get(Ref(issue)).deleted {
		return CodeDeleted
	}
	return ""
}

func (w *modelWork) do(op Operation) string {
	switch op.Op {
	case Create:
		return w.create(op)
	case Set:
		return w.set(op)
	case Text:
		return w.text(op)
	case Add, Remove:
		return w.membership(op)
	case Move:
		return w.move(op)
	case Delete, Restore:
		return w.trash(op)
	}
	return w.undo(op)
}
