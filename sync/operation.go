package sync

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Verb is what an operation does; DESIGN's table tells how each meets others' edits.
type Verb string

const (
	Create  Verb = "create"
	Set     Verb = "set"
	Text    Verb = "text"
	Add     Verb = "add"
	Remove  Verb = "remove"
	Move    Verb = "move"
	Delete  Verb = "delete"
	Restore Verb = "restore"
	Undo    Verb = "undo"
)

// Advance is the program's own: it brings a team's cycles to the day that it is. Nobody sends it.
const Advance Verb = "advance"

// Withdraw is the program's own: it takes a member out of all teams.
const Withdraw Verb = "withdraw"

var verbs = map[Verb]bool{Create: true, Set: true, Text: true, Add: true, Remove: true, Move: true, Delete: true, Restore: true, Undo: true}

// Operation is one step of a transaction, as clients send it. Which members count depends on Op.
type Operation struct {
	Op          Verb           `json:"op"`
	Record      Ref            `json:"record,omitempty"`
	Base        *int64         `json:"base,omitempty"`       // the version the author saw
	Set         map[string]any `json:"set,omitempty"`        // create, set, move
	Field       string         `json:"field,omitempty"`      // text, add, remove
	From        *string        `json:"from,omitempty"`       // text: what the author started from
	Text        *string        `json:"text,omitempty"`       // text: what it became
	Value       string         `json:"value,omitempty"`      // add, remove; advance: the cycle that has ended
	After       Ref            `json:"after,omitempty"`      // move
	Before      Ref            `json:"before,omitempty"`     // move
	Transaction uuid.UUID      `json:"transaction,omitzero"` // undo
	Partial     bool           `json:"partial,omitempty"`    // undo what can be undone
	imported    *origin        // set by an import alone: whose doing it was, and when
}

// origin is where imported history comes from.
type origin struct {
	member uuid.UUID
	at     time.Time
}

// By marks an operation of an import as somebody's doing at a time of the source. Only Import honours it, and a
// transaction holds either such operations alone or none.
func (o Operation) By(member uuid.UUID, at time.Time) Operation {
	o.imported = &origin{member, at}
	return o
}

// Transaction is what a client sends: operations that happen together or not at all.
type Transaction struct {
	ID     uuid.UUID   `json:"id"`
	Label  string      `json:"label,omitempty"`
	Queued bool        `json:"queued,omitempty"` // it lay in an outbox, so it cannot be a race
	Ops    []Operation `json:"ops"`
}

// Result is what a transaction was answered, now and at each replay.
type Result struct {
	ID        uuid.UUID    `json:"id"`
	Status    string       `json:"status"`
	Version   int64        `json:"version"` // the V at which its effect is visible
	Replayed  bool         `json:"replayed"`
	Notices   []Notice     `json:"notices,omitempty"`
	Conflicts []Conflict   `json:"conflicts,omitempty"`
	Error     *ProblemBody `json:"error,omitempty"`
	changed   bool
}

// The statuses of a result.
const (
	Applied    = "applied"
	InConflict = "conflict"
	Rejected   = "rejected"
)

// ProblemBody is the error of a rejected transaction as the protocol writes it.
type ProblemBody struct {
	Code   string            `json:"code"`
	Text   string            `json:"text"`
	Fields map[string]string `json:"fields,omitempty"`
}

// Notice tells the later of two racing authors whose value theirs replaced ("overwrote"), and the author of a partial
// undo what stayed as it is ("not_undone"); a Field of "" means the whole record.
type Notice struct {
	Code    string    `json:"code"`
	Record  Ref       `json:"record"`
	Field   string    `json:"field"`
	Mine    any       `json:"mine"`
	Theirs  any       `json:"theirs"`
	By      Ref       `json:"by,omitempty"` // absent: the program's own
	At      time.Time `json:"at,omitzero"`
	Version int64     `json:"version"`
	Text    string    `json:"text,omitempty"` // of not_undone: why
}

// Conflict shows a field that two authors changed from the same base. In an undo of several records, one that a rule
// keeps as it is has no field and says why.
type Conflict struct {
	Record  Ref        `json:"record"`
	Field   string     `json:"field"`
	Base    any        `json:"base"`
	Mine    any        `json:"mine"`
	Theirs  any        `json:"theirs"`
	By      Ref        `json:"by,omitempty"`
	At      *time.Time `json:"at,omitempty"`
	Version int64      `json:"version"`
	Text    string     `json:"text,omitempty"` // of a record that a rule keeps as it is: why
	since   int64      // the author's base
	askBase bool       // Base is still to be read from the log
}

// Limits of the protocol; beyond them a request is refused, never cut.
const (
	MaxTransactions = 200
	MaxOperations   = 1000
	MaxTitle        = 512       // code points
	MaxText         = 256 << 10 // bytes of UTF-8
	MaxPush         = 1 << 20   // bytes
	maxMerged       = 16 << 20  // bytes of texts that a transaction may have merged, the stored ones counted
)

// hasNUL tells whether any text in encoded operations holds the one character that PostgreSQL cannot store.
func hasNUL(encoded []byte) bool {
	if !bytes.Contains(encoded, []byte(`\u0000`)) {
		return false
	}
	unescaped := bytes.ReplaceAll(encoded, []byte(`\\`), nil) // `\\u0000` is a backslash and five characters
	return bytes.Contains(unescaped, []byte(`\u0000`))
}

// Check reports what of a transaction cannot be read at all: an unknown op is the whole request's error.
func (t Transaction) Check() error { return t.check(false) }

func (t Transaction) check(program bool) error {
	if t.ID == uuid.Nil {
		return &Error{Kind: Invalid, Code: CodeMalformed, Text: "Each transaction needs an id."}
	}
	if strings.ContainsRune(t.Label, 0) || len(t.Label) > MaxTitle || !utf8.ValidString(t.Label) {
		return &Error{Kind: Invalid, Code: CodeMalformed, Text: "A transaction's label is a short line."}
	}
	if len(t.Ops) == 0 {
		return &Error{Kind: Invalid, Code: CodeMalformed, Text: "A transaction needs at least one operation."}
	}
	if len(t.Ops) > MaxOperations {
		return &Error{Kind: Invalid, Code: CodeTooLarge, Text: fmt.Sprintf("At most %d operations in a transaction.", MaxOperations)}
	}
	for _, op := range t.Ops {
		if !verbs[op.Op] && !(program && op.Op == Withdraw) {
			return &Error{Kind: Invalid, Code: CodeUnknownOp, Text: fmt.Sprintf("There is no operation %q.", op.Op)}
		}
	}
	return nil
}

// imprint is what the engine keeps of a transaction's operations as they were sent.
type imprint struct {
	sum    []byte // tells two transactions apart that carry the same id
	length int
	nul    bool
}

// imprint encodes the operations. Map members are written in order of their names, so equal operations give equal sums.
func (t Transaction) imprint() (imprint, error) {
	body, err := json.Marshal(t.Ops)
	if err != nil {
		return imprint{}, fmt.Errorf("encode operations: %w", err)
	}
	sum := sha256.Sum256(body)
	return imprint{sum[:16], len(body), hasNUL(body)}, nil
}

// putting are the operations after which a record of a known id has some values, whether it was never made, is there or was deleted.
func putting(ref Ref, version int64, deleted bool, set map[string]any) []Operation {
	if version == 0 {
		return []Operation{{Op: Create, Record: ref, Set: set}}
	}
	ops := []Operation{{Op: Set, Record: ref, Base: &version, Set: set}}
	if deleted {
		return append([]Operation{{Op: Restore, Record: ref}}, ops...)
	}
	return ops
}
