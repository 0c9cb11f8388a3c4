package sync

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// A model is a workspace as DESIGN describes it, kept in plain maps and written without the engine's code but for Merge:
// what it says of a transaction must be what the engine does. It knows issues, comments, labels, teams and members.
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
	for _, ref := range slices.Clone(w.order) {
		if code := w.rule(ref); code != "" {
			return w.rejected(code)
		}
	}
	w.commit()
	return modelResult{Status: Applied, Notices: w.notices}
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
	case "comment":
		return w.teamOf(Ref(w.get(ref).fields["issue"].(string)))
	}
	return ""
}

// visible is "" or why the record cannot be named. Rights are those that the transaction began with.
func (w *modelWork) visible(ref Ref) string {
	if w.get(ref) != nil {
		before := modelWork{model: w.model}
		team := w.teamOf(ref)
		if team == "" || w.records[team] != nil && before.seesTeam(w.member, team) {
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
		r.fields = map[string]any{"issue": string(issue), "body": op.Set["body"], "author": me}
	case "issue":
		if op.Set["title"] == "" {
			return CodeInvalid
		}
		team := Ref(op.Set["team"].(string))
		if code := w.visible(team); code != "" {
			return code
		}
		r.fields = map[string]any{"team": string(team), "title": op.Set["title"], "description": "", "priority": int64(0), "estimate": nil,
			"status": string(w.firstStatus(team)), "assignee": nil, "labels": []string{}, "subscribers": []string{me}, "author": me}
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

func (w *modelWork) clash(ref Ref, field string, base, mine any, last stamp) {
	w.conflicts = slices.DeleteFunc(w.conflicts, func(c modelConflict) bool { return c.Record == ref && c.Field == field })
	w.conflicts = append(w.conflicts, modelConflict{Record: ref, Field: field, Base: base, Mine: mine, Theirs: w.get(ref).fields[field],
		By: NewRef("member", last.Member), Version: w.get(ref).version})
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
		last := w.get(op.Record).stamps[op.Field]
		w.conflicts = append(w.conflicts, modelConflict{Record: op.Record, Field: op.Field, Base: from, Mine: *op.Text, Theirs: current,
			By: NewRef("member", last.Member), Version: w.get(op.Record).version})
		return ""
	}
	w.edit(op.Record).fields[op.Field] = together
	return ""
}

func (w *modelWork) membership(op Operation) string {
	if code := w.target(op.Record); code != "" {
		return code
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

// rule is "" or why a record may not become what the transaction makes of it.
func (w *modelWork) rule(ref Ref) string {
	was, now := w.records[ref], w.changed[ref]
	differs := func(field string) bool { return was == nil || !same(was.fields[field], now.fields[field]) }
	kind, _, _ := ref.Parse()
	if status, has := now.fields["status"].(string); has && differs("status") && !w.began().seesTeam(w.member, w.status[Ref(status)]) {
		return CodeNotFound
	}
	if labels, has := now.fields["labels"].([]string); has {
		for _, label := range labels {
			if was != nil && slices.Contains(was.fields["labels"].([]string), label) {
				continue
			}
			if code := w.visible(Ref(label)); code != "" {
				return code
			}
			if w.get(Ref(label)).deleted {
				return CodeDeleted
			}
		}
	}
	switch kind {
	case "issue":
		if differs("status") && w.status[Ref(now.fields["status"].(string))] != Ref(now.fields["team"].(string)) {
			return CodeInvalid
		}
		if assignee, some := now.fields["assignee"].(string); some && differs("assignee") {
			if !w.seesTeam(Ref(assignee).ID(), Ref(now.fields["team"].(string))) {
				return CodeInvalid
			}
			now.fields["subscribers"] = putIn(putIn(now.fields["subscribers"].([]string), assignee, true), now.fields["author"].(string), true)
		}
	case "comment":
		mine := now.fields["author"] == string(NewRef("member", w.member))
		takenAway := was != nil && was.deleted != now.deleted && !differs("body")
		if was != nil && !mine && !(w.began().role(w.member) == Admin && takenAway) {
			return CodeForbidden
		}
		if differs("body") && strings.TrimSpace(now.fields["body"].(string)) == "" {
			return CodeInvalid
		}
	case "label":
		if w.began().role(w.member) == Guest {
			return CodeForbidden
		}
		return w.uniqueName(ref, was, now, differs("name"))
	case "team":
		if began := w.began(); began.role(w.member) != Admin && (!began.inTeam(ref, w.member) || began.role(w.member) == Guest) {
			return CodeForbidden
		}
	case "member":
		if w.began().role(w.member) != Admin && (ref.ID() != w.member || differs("role")) {
			return CodeForbidden
		}
	}
	return ""
}

// began is the world that the transaction found: its author's rights are those.
func (w *modelWork) began() *modelWork { return &modelWork{model: w.model} }

func (w *modelWork) uniqueName(ref Ref, was, now *modelRecord, renamed bool) string {
	if now.deleted || !renamed && !was.deleted {
		return ""
	}
	for other := range w.all() {
		r := w.get(other)
		kind, _, _ := other.Parse()
		if kind == "label" && other != ref && !r.deleted && strings.EqualFold(r.fields["name"].(string), now.fields["name"].(string)) {
			return CodeInvalid
		}
	}
	return ""
}

func (w *modelWork) all() map[Ref]bool {
	all := map[Ref]bool{}
	for ref := range w.records {
		all[ref] = true
	}
	for ref := range w.changed {
		all[ref] = true
	}
	return all
}
