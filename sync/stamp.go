package sync

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"
)

// stamp says who last set a field.
type stamp struct {
	Version int64     `json:"v"`
	Member  uuid.UUID `json:"m"`
	Client  uuid.UUID `json:"c"`
	At      time.Time `json:"t"`
}

// stampOfCreation is the name under which the stamp of all fields that were never set since lies: a new record has one
// stamp, not one for each field, which would be most of its row.
const stampOfCreation = "*"

// stampOfTrash is the name under which lies who last deleted or restored the record.
const stampOfTrash = "*trash"

// stamps are those of one record: as they were read, on top the ones that earlier groups have stored since, and on top
// those that this group has set. What was read is only decoded when somebody asks, which most writes never do; what is set
// is merged into the row by the update.
type stamps struct {
	stored  json.RawMessage
	settled map[string]stamp // never changed in place: records share it
	fresh   map[string]stamp
}

// of returns a field's stamp; false when nobody has set it.
func (s stamps) of(field string) (stamp, bool) {
	if found, ok := s.since(field); ok {
		return found, true
	}
	stored := s.decoded()
	if found, ok := stored[field]; ok {
		return found, true
	}
	if found, ok := s.since(stampOfCreation); ok {
		return found, true
	}
	found, ok := stored[stampOfCreation]
	return found, ok
}

// since returns a stamp that was set after the record was read.
func (s stamps) since(name string) (stamp, bool) {
	if found, ok := s.fresh[name]; ok {
		return found, true
	}
	found, ok := s.settled[name]
	return found, ok
}

// unset tells whether nobody has set a field after a V.
func (s stamps) unset(field string, since int64) bool {
	last, stamped := s.of(field)
	return !stamped || last.Version <= since
}

// decoded is empty for a record that is not stored yet. Stored stamps are what this program wrote, so that one which
// cannot be read is a bug; the transaction that met it fails, and no other.
func (s stamps) decoded() map[string]stamp {
	if len(s.stored) == 0 {
		return nil
	}
	var all map[string]stamp
	if err := json.Unmarshal(s.stored, &all); err != nil {
		panic(fmt.Sprintf("stamps %q: %v", s.stored, err))
	}
	return all
}

func (s *stamps) set(field string, by stamp) {
	if s.fresh == nil {
		s.fresh = map[string]stamp{}
	}
	s.fresh[field] = by
}

// toMerge are the stamps that the update merges into the stored ones; never nil, since null would erase them.
func (s stamps) toMerge() map[string]stamp {
	if s.fresh == nil {
		return map[string]stamp{}
	}
	return s.fresh
}

func (s stamps) clone() stamps {
	return stamps{s.stored, s.settled, maps.Clone(s.fresh)}
}

// settle are the stamps once the group is committed.
func (s stamps) settle() stamps {
	if len(s.fresh) == 0 {
		return s
	}
	settled := make(map[string]stamp, len(s.settled)+len(s.fresh))
	maps.Copy(settled, s.settled)
	maps.Copy(settled, s.fresh)
	return stamps{stored: s.stored, settled: settled}
}
