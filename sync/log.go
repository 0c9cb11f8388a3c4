package sync

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// entry is one line of the change log: what one transaction did to one record.
type entry struct {
	Version     int64                `json:"version"`
	Ordinal     int                  `json:"ordinal"`
	Kind        string               `json:"kind"`
	Record      uuid.UUID            `json:"record_id"`
	Op          Verb                 `json:"op"`
	Before      map[string]value     `json:"before"` // the changed fields alone
	After       map[string]value     `json:"after"`
	Overwrote   map[string]overwrite `json:"overwrote,omitempty"`
	Team        *uuid.UUID           `json:"team_id"`  // who may see it hangs on the team; nil = the whole workspace
	Issue       *uuid.UUID           `json:"issue_id"` // the issue whose history it is part of
	Topics      []string             `json:"topics"`
	Access      []uuid.UUID          `json:"access"` // members whose rights it changed
	Member      *uuid.UUID           `json:"member_id"`
	Client      *uuid.UUID           `json:"client_id"`
	Transaction uuid.UUID            `json:"transaction_id"`
	Imported    bool                 `json:"imported"`
	At          time.Time            `json:"at"`
}

func (e entry) ref() Ref { return NewRef(e.Kind, e.Record) }

// loggedChange is an entry as it is read back for an undo.
type loggedChange struct {
	Ref     Ref
	Op      Verb
	Before  map[string]value
	After   map[string]value
	Member  uuid.UUID
	At      time.Time
	Version int64
}

// decodeValues reads a log entry's fields in the canonical forms that the engine works on.
func decodeValues(raw json.RawMessage) (map[string]value, error) {
	var loose map[string]any
	if err := json.Unmarshal(raw, &loose); err != nil {
		return nil, err
	}
	values := make(map[string]value, len(loose))
	for name, v := range loose {
		values[name] = canonical(v)
	}
	return values, nil
}

// canonical turns what JSON decodes to into a value: numbers are whole, arrays hold strings.
func canonical(v any) value {
	switch v := v.(type) {
	case float64:
		return int64(v)
	case []any:
		set, _ := stringsOf(v)
		return set
	}
	return v
}
