package sync

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// rows writes what jsonb_to_recordset turns into the rows of a table. By hand, since each write of each record passes
// here and reflection over maps was the largest cost of a group; a column that is not named becomes null.
type rows struct {
	json  []byte
	count int
}

// rowsRoom is what a few rows need, so that a lone write does not grow its memory step by step.
const rowsRoom = 4 << 10

// begin starts the next row.
func (r *rows) begin() {
	separator := byte(',')
	if r.count == 0 {
		r.json, separator = make([]byte, 0, rowsRoom), '['
	}
	r.json = append(r.json, separator, '{')
	r.count++
}

func (r *rows) end() { r.json = append(r.json, '}') }

// all ends the list.
func (r *rows) all() json.RawMessage {
	if r.count == 0 {
		return json.RawMessage("[]")
	}
	return append(r.json, ']')
}

// put names a column of the row. Nil is left out.
func (r *rows) put(column string, v any) {
	switch v := v.(type) {
	case nil:
	case string:
		r.quote(column, v)
	case int64:
		r.json = strconv.AppendInt(r.name(column), v, 10)
	case bool:
		r.json = strconv.AppendBool(r.name(column), v)
	case uuid.UUID:
		r.id(column, v)
	case time.Time:
		r.json = append(v.AppendFormat(append(r.name(column), '"'), time.RFC3339Nano), '"')
	default:
		r.encode(column, v)
	}
}

// name writes the column's name and returns where its value goes on.
func (r *rows) name(column string) []byte {
	if last := r.json[len(r.json)-1]; last != '{' {
		r.json = append(r.json, ',')
	}
	r.json = append(r.json, '"')
	r.json = append(r.json, column...)
	return append(r.json, '"', ':')
}

func (r *rows) quote(column, s string) {
	quoted, err := jsontext.AppendQuote(r.name(column), s)
	if err != nil {
		panic(fmt.Sprintf("column %s: %v", column, err)) // fields were checked to be UTF-8
	}
	r.json = quoted
}

func (r *rows) id(column string, id uuid.UUID) {
	r.json = append(appendID(append(r.name(column), '"'), id), '"')
}

// optional names an id that may be absent.
func (r *rows) optional(column string, id *uuid.UUID) {
	if id != nil {
		r.id(column, *id)
	}
}

// encode is for what is rare or small: sets, stamps, details.
func (r *rows) encode(column string, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("column %s: %v", column, err)) // values are what JSON can say
	}
	r.json = append(r.name(column), raw...)
}

// record writes a record, but for the columns named; expected is the version that the update must find.
func (r *rows) record(now *record, expected int64, but ...string) {
	r.begin()
	r.put("id", now.id)
	r.put("expected", expected)
	r.put("version", now.version)
	r.put("stamps", now.stamps.toMerge())
	r.put("created_at", now.createdAt)
	r.put("updated_at", now.updatedAt)
	if now.deletedAt != nil {
		r.put("deleted_at", *now.deletedAt)
	}
	for _, field := range nounOf(now.kind).fields() {
		if slices.Contains(but, field.column) {
			continue
		}
		r.put(field.column, field.shape.column(now.fields[field.name]))
	}
	r.end()
}
