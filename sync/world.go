package sync

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// world is the working copy that a group of transactions is applied to: what the database held when the lock was
// taken, and on top what the earlier transactions of the group changed. It belongs to one goroutine.
type world struct {
	workspace uuid.UUID
	epoch     uuid.UUID
	head      int64     // the last V; rises with each transaction that changes something
	at        time.Time // PostgreSQL's clock when the lock was taken
	words     *vocabulary
	read      reading

	loaded  map[Ref]*record // as stored
	current map[Ref]*record // as the group has changed them

	numbers  map[uuid.UUID]int64 // team -> next number
	taken    map[uuid.UUID]map[int64]bool
	ranks    map[uuid.UUID]*rankLine
	parents  map[uuid.UUID]uuid.UUID
	clients  map[uuid.UUID]uuid.UUID // client -> member
	results  map[uuid.UUID][]storedResult
	refused  map[refusedKey]bool
	undoable map[uuid.UUID][]loggedChange
	values   map[valueKey]*value // a text at its base, where an operation names only the base

	files  map[uuid.UUID]queries.ListFilesByIDRow // that attachments name
	rights map[uuid.UUID]rights

	aliases map[aliasKey]int64 // numbers that transferred issues had in their earlier teams
	left    []aliasKey         // those that this group left behind
	counted map[uuid.UUID]bool // teams whose next number has moved

	log       []entry
	answers   []storedResult
	newcomers map[uuid.UUID]uuid.UUID // clients seen for the first time
	depends   []refusedKey
	access    map[uuid.UUID]accessChange // by member
}

// reading is what PostgreSQL said when the lock was taken.
type reading struct {
	head int64
	at   time.Time // its clock
	seen time.Time // when that was, by this node's clock
}

type refusedKey struct{ record, client uuid.UUID }

type valueKey struct {
	record uuid.UUID
	field  string
	base   int64
}

func newWorld(workspace uuid.UUID) *world {
	return &world{
		workspace: workspace,
		loaded:    map[Ref]*record{}, current: map[Ref]*record{},
		numbers: map[uuid.UUID]int64{}, taken: map[uuid.UUID]map[int64]bool{}, ranks: map[uuid.UUID]*rankLine{},
		parents: map[uuid.UUID]uuid.UUID{}, clients: map[uuid.UUID]uuid.UUID{}, results: map[uuid.UUID][]storedResult{},
		refused: map[refusedKey]bool{}, undoable: map[uuid.UUID][]loggedChange{}, values: map[valueKey]*value{},
		files: map[uuid.UUID]queries.ListFilesByIDRow{}, rights: map[uuid.UUID]rights{}, newcomers: map[uuid.UUID]uuid.UUID{}, access: map[uuid.UUID]accessChange{},
		aliases: map[aliasKey]int64{}, counted: map[uuid.UUID]bool{},
	}
}

// lookup returns the record as it stands, or nil.
func (w *world) lookup(ref Ref) *record {
	if found := w.current[ref]; found != nil {
		return found
	}
	return w.original(ref)
}

// original returns the record as it is stored, or nil.
func (w *world) original(ref Ref) *record {
	if found := w.loaded[ref]; found != nil {
		return found
	}
	return w.words.records[ref]
}

// all lists the records of a kind of the vocabulary as they stand.
func (w *world) all(kind string) []*record {
	list := w.words.all(kind)
	var changed []*record
	for _, found := range w.current {
		if found.kind == kind {
			changed = append(changed, found)
		}
	}
	return overlaid(list, changed)
}

// overlaid replaces records of a list by their changed forms and appends the new ones.
func overlaid(list, changed []*record) []*record {
	if len(changed) == 0 {
		return list
	}
	forms := make(map[uuid.UUID]*record, len(changed))
	for _, now := range changed {
		forms[now.id] = now
	}
	list = slices.Clone(list)
	for i, was := range list {
		if now := forms[was.id]; now != nil {
			list[i] = now
			delete(forms, was.id)
		}
	}
	for _, now := range changed {
		if forms[now.id] != nil {
			list = append(list, now)
		}
	}
	return list
}

// rightsOf are a member's rights as the group has left them so far.
func (w *world) rightsOf(member uuid.UUID) rights {
	if known, ok := w.rights[member]; ok {
		return known
	}
	who := rightsIn(w.lookup(NewRef("member", member)), w.all("team"))
	w.rights[member] = who
	return who
}

// take makes a transaction's changes part of the world under the next V and returns its log entries.
func (w *world) take(t *work) []entry {
	entries := t.entries(w.head + 1)
	if len(entries) == 0 {
		return nil
	}
	w.head++
	if fault("version_gap") {
		w.head++
	}
	w.noteAccess(t, entries)
	w.noteTransfers(t)
	for ref, changed := range t.changed {
		w.current[ref] = changed
	}
	maps.Copy(w.numbers, t.numbers)
	w.log = append(w.log, entries...)
	w.rememberForUndo(t, entries)
	return entries
}

// rememberForUndo lets an undo in the same group find what it reverses.
func (w *world) rememberForUndo(t *work, entries []entry) {
	for _, e := range entries {
		if e.Op == Leave {
			continue
		}
		w.undoable[t.transaction.ID] = append(w.undoable[t.transaction.ID],
			loggedChange{Ref: e.ref(), Op: e.Op, Before: e.Before, After: e.After, Member: t.who.member, At: e.At, Version: e.Version})
	}
}

// noteAccess finds whose rights a transaction changed, and marks its entries with them. What comes back out of the trash
// brings the references to it back into records that did not change, so it counts for everybody: they start over.
func (w *world) noteAccess(t *work, entries []entry) {
	returned := t.returnsVocabulary()
	if !t.touches("team") && !t.touches("member") && !returned {
		return
	}
	teams := t.all("team")
	for _, member := range t.all("member") {
		before, after := w.rightsOf(member.id), rightsIn(t.lookup(member.ref()), teams)
		if w.lookup(member.ref()) != nil && (returned || !sameAccess(before, after)) {
			entries[0].Access = append(entries[0].Access, member.id)
			w.access[member.id] = w.access[member.id].then(w.head, after.cover(before))
		}
	}
	clear(w.rights)
}

// writes lists what the group changed, as (stored version, record), in the order of a kind's creation.
func (w *world) writes(kind string) (inserts, updates []*record) {
	for ref, changed := range w.current {
		if changed.kind != kind {
			continue
		}
		if w.original(ref) == nil {
			inserts = append(inserts, changed)
		} else {
			updates = append(updates, changed)
		}
	}
	byID := func(a, b *record) int { return slices.Compare(a.id[:], b.id[:]) }
	slices.SortFunc(inserts, byID)
	slices.SortFunc(updates, byID)
	return inserts, updates
}
