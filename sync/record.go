package sync

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/google/uuid"
)

// record is any record as the engine works on it: fields by their names on the wire.
type record struct {
	kind      string
	id        uuid.UUID
	version   int64 // 0: not stored yet
	fields    map[string]value
	stamps    stamps
	createdAt time.Time
	updatedAt time.Time
	deletedAt *time.Time
}

func (r *record) ref() Ref { return NewRef(r.kind, r.id) }

func (r *record) deleted() bool { return r.deletedAt != nil }

func (r *record) text(field string) string { return text(r.fields[field]) }

// refersTo is the id that a reference of the record names; the zero id for none.
func (r *record) refersTo(field string) uuid.UUID { return refID(r.fields[field]) }

func (r *record) set(field string) []string { s, _ := r.fields[field].([]string); return s }

// clone copies what a transaction may change. Values themselves are never changed in place.
func (r *record) clone() *record {
	copied := *r
	copied.fields = maps.Clone(r.fields)
	copied.stamps = r.stamps.clone()
	return &copied
}

// settled is the record once the group that changed it is committed.
func (r *record) settled() *record {
	copied := *r
	copied.stamps = r.stamps.settle()
	return &copied
}

// public are the fields that the protocol shows.
func (r *record) public() map[string]any {
	shown := make(map[string]any, len(r.fields)+2)
	for _, field := range nounOf(r.kind).fields() {
		if field.policy != internal {
			shown[field.name] = r.fields[field.name]
		}
	}
	shown["created_at"] = r.createdAt.UTC()
	shown["updated_at"] = r.updatedAt.UTC()
	return shown
}

// difference are the fields that differ, before and after; a record without before gives all.
func difference(before, after *record) (from, to map[string]value) {
	from, to = map[string]value{}, map[string]value{}
	for _, field := range nounOf(after.kind).fields() {
		now := after.fields[field.name]
		if before == nil {
			to[field.name] = now
			continue
		}
		if was := before.fields[field.name]; !same(was, now) {
			from[field.name], to[field.name] = was, now
		}
	}
	return from, to
}

// stored is what every record's row has beside its fields.
func stored(kind string, id uuid.UUID, version int64, stamped json.RawMessage, created, updated time.Time, deleted *time.Time, fields map[string]value) *record {
	return &record{kind: kind, id: id, version: version, fields: fields, stamps: stamps{stored: stamped},
		createdAt: created, updatedAt: updated, deletedAt: deleted}
}
