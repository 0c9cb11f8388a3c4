package sync

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// entry is one line of the change log: what one transaction did to one record.
type entry struct {
	Version     int64
	Ordinal     int
	Kind        string
	Record      uuid.UUID
	Op          Verb
	Before      map[string]value // the changed fields alone
	After       map[string]value
	Overwrote   map[string]overwrite
	Team        *uuid.UUID // who may see it hangs on the team; nil = the whole workspace
	OtherTeam   *uuid.UUID // and on this one, where a record joins two issues
	Issue       *uuid.UUID // the issue whose history it is part of
	Topics      []string
	Access      []uuid.UUID // members whose rights it changed
	Member      *uuid.UUID
	Client      *uuid.UUID
	Transaction uuid.UUID
	Imported    bool
	At          time.Time
}

func (e entry) ref() Ref { return NewRef(e.Kind, e.Record) }

// entry writes a line of the log.
func (r *rows) entry(e entry) {
	r.begin()
	r.put("version", e.Version)
	r.put("ordinal", int64(e.Ordinal))
	r.put("kind", e.Kind)
	r.put("record_id", e.Record)
	r.put("op", string(e.Op))
	r.put("before", e.Before)
	r.put("after", e.After)
	if e.Overwrote != nil {
		r.put("overwrote", e.Overwrote)
	}
	r.optional("team_id", e.Team)
	r.optional("other_team_id", e.OtherTeam)
	r.optional("issue_id", e.Issue)
	r.put("topics", e.Topics)
	if e.Access != nil {
		r.put("access", e.Access)
	}
	r.optional("member_id", e.Member)
	r.optional("client_id", e.Client)
	r.put("transaction_id", e.Transaction)
	r.put("imported", e.Imported)
	r.put("at", e.At)
	r.end()
}

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
