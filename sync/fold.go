package sync

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// fold works out from the log what a record must hold, and compares it with the record's row. It sees one record after
// the other, the entries of each in their order and then its row, and remembers only the one at hand.
type fold struct {
	verdict *Verdict
	floor   int64

	ref     Ref
	noun    noun
	entries int
	stored  bool
	last    queries.ListFoldRow // entry
	edited  time.Time           // of the last entry that counts as an edit
	created *time.Time          // nil: the creation is not in the log any more
	trashed *time.Time
	settled bool            // whether it lies in the trash is known
	fields  map[string]told // what is known of them: all, unless the log was cut
}

// told is what the log says of a field, and the entry that says it.
type told struct {
	value value
	by    queries.ListFoldRow
}

func (f *fold) take(row queries.ListFoldRow) error {
	if ref := NewRef(row.Kind, row.RecordID); ref != f.ref {
		f.end()
		*f = fold{verdict: f.verdict, floor: f.floor, ref: ref, noun: nounOf(row.Kind), fields: map[string]told{}}
		if f.noun == nil {
			f.verdict.note(Flaw{Version: row.Version, Record: ref, Text: "the log names a kind of record that there is not", torn: true})
		}
	}
	if f.noun == nil {
		return nil
	}
	if row.Stored {
		f.verdict.Records++
		f.stored = true
		return f.compare(row)
	}
	f.verdict.Entries++
	f.entry(row)
	f.last = row
	f.entries++
	return nil
}

// end is called when a record is through.
func (f *fold) end() {
	if f.entries > 0 && !f.stored && f.noun != nil {
		f.note(f.last.Version, "", "the log holds it, the table does not")
	}
}

func (f *fold) note(version int64, field, text string) {
	f.verdict.note(Flaw{Version: version, Record: f.ref, Field: field, Text: text})
}

func (f *fold) entry(row queries.ListFoldRow) {
	before, err := decodeValues(row.Before)
	after, wrong := decodeValues(row.After)
	if err := firstError(err, wrong); err != nil {
		f.note(row.Version, "", "the entry cannot be read: "+err.Error())
		return
	}
	f.verb(row)
	if Verb(row.Op) != Create {
		f.chain(row, before, after)
	}
	for name, v := range after {
		f.fields[name] = told{v, row}
	}
	if isEdit(row.Kind, Verb(row.Op), after) {
		f.edited = row.At
	}
	if at, told := instantOf(after[editedAt]); told {
		f.edited = at
	}
}

// verb follows a record from its creation through the trash and back.
func (f *fold) verb(row queries.ListFoldRow) {
	first := f.entries == 0
	switch op := Verb(row.Op); {
	case op == Create && !first:
		f.note(row.Version, "", fmt.Sprintf("the log creates it, but it was there at V %d already", f.last.Version))
	case op != Create && first && f.floor == 0 && f.ref != NewRef("workspace", f.ref.ID()):
		f.note(row.Version, "", fmt.Sprintf("the log begins with its %s; the entry of its creation is missing", op))
	case op == Delete && f.settled && f.trashed != nil:
		f.note(row.Version, "", fmt.Sprintf("the log deletes it, but it lay in the trash since %s", f.trashed.UTC().Format(time.RFC3339)))
	case op == Restore && f.settled && f.trashed == nil:
		f.note(row.Version, "", "the log restores it, but it did not lie in the trash")
	}
	at := row.At
	switch Verb(row.Op) {
	case Create:
		f.created, f.settled = &at, true
	case Delete:
		f.trashed, f.settled = &at, true
	case Restore:
		f.trashed, f.settled = nil, true
	}
}

// chain compares what an entry says that it replaced with what the entries before it have left.
func (f *fold) chain(row queries.ListFoldRow, before, after map[string]value) {
	for _, name := range slices.Sorted(maps.Keys(after)) {
		was, says := before[name]
		if !says {
			f.note(row.Version, name, "the entry does not say what it replaced")
			continue
		}
		if left, known := f.fields[name]; known && !same(left.value, was) {
			here, there := f.show(name, was, left.value)
			f.note(row.Version, name, fmt.Sprintf("the entry says that it replaced %s, but the entry of V %d had left %s", here, left.by.Version, there))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, says := after[name]; !says {
			f.note(row.Version, name, "the entry says what it replaced, but not by what")
		}
	}
}

// foldedRow is what a record's row has beside its fields.
type foldedRow struct {
	Stamps    map[string]stamp `json:"stamps"`
	CreatedAt time.Time        `json:"created_at"`
	UpdatedAt time.Time        `json:"updated_at"`
	DeletedAt *time.Time       `json:"deleted_at"`
}

// stampOf is the stamp of a field; that of the creation where nobody has set it since.
func (r foldedRow) stampOf(field string) stamp {
	if by, known := r.Stamps[field]; known {
		return by
	}
	return r.Stamps[stampOfCreation]
}

// compare looks whether the row holds what the log says.
func (f *fold) compare(stored queries.ListFoldRow) error {
	if f.entries == 0 {
		if stored.Version > f.floor {
			f.note(stored.Version, "", "the table holds it, the log does not")
		}
		return nil
	}
	var row foldedRow
	var columns map[string]any
	if err := firstError(json.Unmarshal(stored.After, &row), json.Unmarshal(stored.After, &columns)); err != nil {
		return fmt.Errorf("decode %s: %w", f.ref, err)
	}
	if stored.Version != f.last.Version {
		f.differ("version", f.last.Version, stored.Version)
	}
	for _, field := range f.noun.fields() {
		says, known := f.fields[field.name]
		if !known {
			continue
		}
		f.compareField(field, says, columnValue(field, columns[field.column]), row.stampOf(field.name))
	}
	f.compareTimes(row)
	return nil
}

func (f *fold) compareField(field field, says told, holds value, by stamp) {
	if !same(says.value, holds) {
		log, table := f.show(field.name, says.value, holds)
		f.note(says.by.Version, field.name, fmt.Sprintf("the log says %s, the table says %s", log, table))
	}
	// An import is stamped as the program's own, whoever it says did it at the source.
	if says.by.Imported {
		return
	}
	if want := (stamp{says.by.Version, idOf(says.by.MemberID), idOf(says.by.ClientID), says.by.At.UTC()}); !want.equal(by) {
		f.note(says.by.Version, field.name, fmt.Sprintf("the log says that %s set it, the table says %s", want, by))
	}
}

func (f *fold) compareTimes(row foldedRow) {
	if f.created != nil && !f.created.Equal(row.CreatedAt) {
		f.differ("created_at", f.created.UTC(), row.CreatedAt.UTC())
	}
	if !f.edited.IsZero() && !f.edited.Equal(row.UpdatedAt) {
		f.differ("updated_at", f.edited.UTC(), row.UpdatedAt.UTC())
	}
	switch {
	case !f.settled:
	case f.trashed == nil && row.DeletedAt != nil:
		f.note(f.last.Version, "deleted_at", fmt.Sprintf("the log says that it is not in the trash, the table that it is since %s", row.DeletedAt.UTC()))
	case f.trashed != nil && row.DeletedAt == nil:
		f.note(f.last.Version, "deleted_at", fmt.Sprintf("the log says that it is in the trash since %s, the table that it is not", f.trashed.UTC()))
	case f.trashed != nil && !f.last.Imported && !f.trashed.Equal(*row.DeletedAt):
		f.differ("deleted_at", f.trashed.UTC(), row.DeletedAt.UTC())
	}
}

func (f *fold) differ(what string, log, table any) {
	f.note(f.last.Version, what, fmt.Sprintf("the log says %v, the table says %v", log, table))
}

// columnValue is a column, as JSON has it, in the form of its field.
func columnValue(field field, raw any) value {
	switch {
	case field.shape.stored != nil:
		return field.shape.stored(raw)
	case field.shape.refers == "":
		return canonical(raw)
	}
	switch raw := raw.(type) {
	case string:
		return field.shape.refers + ":" + raw
	case []any:
		refs := make([]string, len(raw))
		for i, id := range raw {
			refs[i] = fmt.Sprintf("%s:%v", field.shape.refers, id)
		}
		return sortedSet(refs)
	}
	return nil
}

func idOf(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

func (s stamp) equal(other stamp) bool {
	return s.Version == other.Version && s.Member == other.Member && s.Client == other.Client && s.At.Equal(other.At)
}

func (s stamp) String() string {
	return fmt.Sprintf("%s by client %s at V %d, %s", NewRef("member", s.Member), s.Client, s.Version, s.At.UTC().Format(time.RFC3339Nano))
}

// show puts two values of a field into words. Of long texts it shows where they part; what is secret stays so.
func (f *fold) show(name string, a, b value) (string, string) {
	if field, known := fieldOf(f.noun, name); known && field.policy == internal {
		return "one (kept secret)", "another"
	}
	return inWords(a, b), inWords(b, a)
}

func inWords(v, other value) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		return fmt.Sprintf("%q", around(v, text(other)))
	case []string:
		return "[" + strings.Join(v, " ") + "]"
	}
	return fmt.Sprint(v)
}

// around is the part of a text in which it first differs from another.
func around(s, other string) string {
	const before, most = 20, 60
	own, others := []rune(s), []rune(other)
	at := 0
	for at < len(own) && at < len(others) && own[at] == others[at] {
		at++
	}
	from, cut := max(0, at-before), ""
	if from > 0 {
		cut = "…"
	}
	if len(own)-from > most {
		return cut + string(own[from:from+most]) + "…"
	}
	return cut + string(own[from:])
}
