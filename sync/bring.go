package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// Bring is the program's own: it makes a record as an archive holds it, with its number, place, people and times. What rules forbid to come
// about may have come about before they were there, or step by step, so nothing is judged but what the record is made of and refers to. Its
// line in the log is one of an import and tells, beside the fields, when the record was last edited.
const Bring Verb = "bring"

// editedAt is the name under which that line tells so.
const editedAt = "updated_at"

// brought is a record of an archive as it was read.
type brought struct {
	noun             noun
	id               uuid.UUID
	fields           map[string]value
	created, updated time.Time
	deleted          *time.Time
	next             int64      // number of a team
	former           []aliasKey // numbers that an issue had in other teams, in the order of keys
	numbers          []int64
}

// CheckSaved tells what a record of an archive refers to, or what is wrong with it.
func CheckSaved(saved SavedRecord) ([]Ref, error) {
	b, err := readSaved(saved.Record, saved.Fields)
	if err != nil {
		return nil, err
	}
	return b.refers(), nil
}

func readSaved(ref Ref, set map[string]any) (*brought, error) {
	kind, id, ok := ref.Parse()
	noun := nounOf(kind)
	if !ok || noun == nil || notSaved[kind] != "" || kind == "workspace" {
		return nil, invalid("record", fmt.Sprintf("%q names no record that can be brought back.", ref))
	}
	b := &brought{noun: noun, id: id, fields: map[string]value{}}
	rest, wrong := maps.Clone(set), map[string]string{}
	var made, edited bool
	b.created, made = instantOf(set["created_at"])
	b.updated, edited = instantOf(set["updated_at"])
	if !made || !edited {
		wrong["created_at"] = "Each record tells when it was made and last edited."
	}
	if raw, has := set["deleted_at"]; has {
		at, read := instantOf(raw)
		if b.deleted = &at; !read || !remembered(kind) {
			wrong["deleted_at"] = "This is no time, or of a kind of which only live records are kept."
		}
	}
	for name, bad := range b.readBeside(set) {
		wrong[name] = bad
	}
	for _, name := range []string{"created_at", "updated_at", "deleted_at", savedNext, savedFormer} {
		delete(rest, name)
	}
	for _, field := range savedFields(noun) {
		raw, given := rest[field.name]
		delete(rest, field.name)
		v, bad := field.readSaved(raw, given)
		if bad != "" {
			wrong[field.name] = bad
		}
		b.fields[field.name] = v
	}
	for name := range rest {
		wrong[name] = "There is no such field."
	}
	return b, invalidFields(wrong)
}

// readBeside reads what an archive tells beside the fields.
func (b *brought) readBeside(set map[string]any) map[string]string {
	wrong := map[string]string{}
	if raw, has := set[savedNext]; has {
		next, whole := wholeNumber(raw)
		if b.next = next; !whole || next < 1 || b.noun.name() != "team" {
			wrong[savedNext] = "This is no number, or not of a team."
		}
	}
	raw, has := set[savedFormer]
	if !has {
		return wrong
	}
	keys, bad := stringsOf(raw)
	for _, key := range keys {
		ref, number, _ := strings.Cut(key, "/")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 1 || Ref(ref).kind() != "team" || b.noun.name() != "issue" {
			bad = "Write each key as team:<uuid>/<number>, of an issue."
		}
		b.former, b.numbers = append(b.former, aliasKey{b.id, Ref(ref).ID()}), append(b.numbers, n)
	}
	if bad != "" {
		wrong[savedFormer] = bad
	}
	return wrong
}

// readSaved reads a value. One that is not there, since the archive is older than the field, is that of a new record, if there is such.
func (f field) readSaved(raw any, given bool) (value, string) {
	if !given {
		raw = f.shape.zero
	}
	_, plain := f.shape.zero.(string)
	if _, is := raw.(string); plain && !is {
		return nil, "Write a text."
	}
	if rank := text(raw); f.name == "rank" && (rank == "" || strings.Trim(rank, digits) != "") {
		return nil, "This is no place in an order."
	}
	if f.shape.kept != nil {
		return f.shape.kept(raw)
	}
	return f.shape.read(raw)
}

// refers lists the records that one refers to.
func (b *brought) refers() (refs []Ref) {
	for _, field := range savedFields(b.noun) {
		if field.shape.refers == "" {
			continue
		}
		switch v := b.fields[field.name].(type) {
		case string:
			refs = append(refs, Ref(v))
		case []string:
			for _, ref := range v {
				refs = append(refs, Ref(ref))
			}
		}
	}
	for _, key := range b.former {
		refs = append(refs, NewRef("team", key.team))
	}
	return refs
}

func (w *work) brings() bool { return w.transaction.Ops[0].Op == Bring }

func (w *work) bringAll() error {
	for _, op := range w.transaction.Ops {
		if !w.who.program || op.Op != Bring {
			return &Error{Kind: Invalid, Code: CodeUnknownOp, Text: fmt.Sprintf("There is no operation %q beside the others.", op.Op)}
		}
		if err := w.bring(op); err != nil {
			return about(op.Record, err)
		}
	}
	return nil
}

// about names the record in what its author is told: an archive has many.
func about(ref Ref, err error) error {
	told, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	named := *told
	named.Text = string(ref) + ": " + told.Text
	return &named
}

func (w *work) bring(op Operation) error {
	b, err := readSaved(op.Record, op.Set)
	if err != nil {
		return err
	}
	if w.lookup(op.Record) != nil {
		return invalid("record", "A record with this id exists, or existed.")
	}
	for _, ref := range b.refers() {
		if w.lookup(ref) == nil {
			return notFound("The record " + string(ref))
		}
	}
	fresh := newRecord(b.noun, b.id, uuid.Nil, b.created)
	maps.Copy(fresh.fields, b.fields)
	if fresh.kind != "cycle" { // whose number comes along: to find the next one is to look at all
		if err := b.noun.complete(w, fresh); err != nil { // what hangs together inside: the team of a comment, the next number of a team
			return err
		}
	}
	if fresh.kind == "issue" && !same(b.fields["number"], fresh.fields["number"]) {
		return invalid("number", "This number is taken.")
	}
	maps.Copy(fresh.fields, b.fields)
	if _, has := fieldOf(b.noun, "placeholder"); has {
		fresh.fields["placeholder"] = true // until they come themselves
	}
	fresh.updatedAt, fresh.deletedAt = b.updated, b.deleted
	w.create(fresh)
	w.tellBrought(fresh)
	if b.next > 0 {
		w.numbers[b.id] = b.next
	}
	for i, key := range b.former {
		w.keysLeft[key] = b.numbers[i]
	}
	return nil
}

// tellBrought writes the lines of the log.
func (w *work) tellBrought(r *record) {
	_, fields := difference(nil, r)
	fields[editedAt] = instantValue(&r.updatedAt)
	made := w.newEntry(r, 0)
	made.Op, made.Before, made.After, made.Imported = Create, map[string]value{}, fields, true
	made.Topics = w.topicsOf(nil, r)
	made.Member, made.At = optional(r.refersTo("author")), r.createdAt
	w.steps = append(w.steps, made)
	if r.deleted() {
		made.Op, made.After, made.At, made.Member = Delete, map[string]value{}, *r.deletedAt, nil
		w.steps = append(w.steps, made)
	}
}

// AdoptWorkspace makes a workspace as an archive holds it, under the slug given. False: it is there under that slug already. An error says that
// it is there under another one, or another workspace under this. Until Arrived nothing goes on in it by itself.
func (e *Engine) AdoptWorkspace(ctx context.Context, saved SavedRecord, slug string) (made bool, err error) {
	kind, id, ok := saved.Record.Parse()
	name, bad := line(80).read(saved.Fields["name"])
	created, dated := instantOf(saved.Fields["created_at"])
	updated, edited := instantOf(saved.Fields["updated_at"])
	if !ok || kind != "workspace" || bad != "" || !dated || !edited {
		return false, invalid("record", "The archive does not tell what the workspace is. Take another one.")
	}
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		rows, err := e.queries.InsertBroughtWorkspace(ctx, tx, queries.InsertBroughtWorkspaceParams{
			ID: id, Slug: slug, Name: text(name), Epoch: uuid.New(), CreatedAt: created, UpdatedAt: updated})
		if made = rows > 0; err != nil || !made {
			return err
		}
		return e.queries.InsertWorkspaceLockIfNew(ctx, tx, id)
	})
	if told := domainError(err); told != nil {
		return false, told
	}
	if err != nil || made {
		return made, err
	}
	return false, e.refuseAdoption(ctx, id, slug)
}

// Arrived says that all of an adopted workspace is there. Its cycles go on from then on.
func (e *Engine) Arrived(ctx context.Context, workspace uuid.UUID) error {
	if err := e.queries.EndArrival(ctx, e.pool, workspace); err != nil {
		return fmt.Errorf("end the arrival of a workspace: %w", err)
	}
	return nil
}

// refuseAdoption says why a workspace could not be made, unless it is there.
func (e *Engine) refuseAdoption(ctx context.Context, id uuid.UUID, slug string) error {
	row, err := e.queries.GetWorkspace(ctx, e.pool, id)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return invalid("slug", fmt.Sprintf("There is another workspace %s: choose another name for this one.", slug))
	case err != nil:
		return err
	case row.Slug != slug:
		return invalid("record", fmt.Sprintf("This workspace is here already, as %s: bring it back into another database.", row.Slug))
	}
	return nil
}

// BringFile stores a file under the id by which an archive's attachments name it. One that is there stays. It counts in no limit.
func (e *Engine) BringFile(ctx context.Context, workspace, id uuid.UUID, file NewFile) error {
	sum, size, err := sumOf(file.Content)
	if err != nil {
		return err
	}
	row := queries.InsertFileParams{WorkspaceID: workspace, ID: id, Sha256: sum, Size: size, Type: file.Type, Width: pixels(file.Width), Height: pixels(file.Height)}
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		kept, err := e.queries.ListFilesByID(ctx, tx, queries.ListFilesByIDParams{WorkspaceID: workspace, IDs: []uuid.UUID{id}})
		if err != nil || len(kept) > 0 {
			return err
		}
		stored, err := e.queries.InsertFile(ctx, tx, row)
		if err == nil && stored != id {
			err = invalid("file", "Two files of the archive have the same content and not the same id. Take another one.")
		}
		if err != nil {
			return err
		}
		return e.keepPieces(ctx, tx, row, file.Content)
	})
	if err != nil {
		return fmt.Errorf("bring a file: %w", err)
	}
	return nil
}
