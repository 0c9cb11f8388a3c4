package client

import (
	"fmt"
	"time"
)

// Transaction is a list of operations that happen together or not at all. Send fills in the ID.
type Transaction struct {
	ID     string      `json:"id"`
	Label  string      `json:"label,omitempty"`
	Queued bool        `json:"queued,omitempty"` // it lay in the outbox for a while: what has changed since is a conflict, not a race
	Ops    []Operation `json:"ops"`
}

// Operation is one step of a transaction. Which members count depends on Op.
type Operation struct {
	Op          string         `json:"op"` // create, set, text, add, remove, move, delete, restore, undo
	Record      string         `json:"record,omitempty"`
	Base        *int64         `json:"base,omitempty"` // set, text: the version that the author saw
	Set         map[string]any `json:"set,omitempty"`
	Field       string         `json:"field,omitempty"`
	From        *string        `json:"from,omitempty"` // text: the very text that the author started from
	Text        *string        `json:"text,omitempty"`
	Value       string         `json:"value,omitempty"`
	After       string         `json:"after,omitempty"`
	Before      string         `json:"before,omitempty"`
	Transaction string         `json:"transaction,omitempty"` // undo
	Partial     bool           `json:"partial,omitempty"`
}

// The statuses of a result.
const (
	Applied  = "applied"
	Conflict = "conflict"
	Rejected = "rejected"
)

// Result is what became of a transaction. It is final: sent again, the same transaction gets the same result.
type Result struct {
	ID        string   `json:"id"`
	Status    string   `json:"status"`
	Version   int64    `json:"version"` // a replica of this version shows the effect
	Replayed  bool     `json:"replayed"`
	Notices   []Clash  `json:"notices,omitempty"`   // what it replaced in a race
	Conflicts []Clash  `json:"conflicts,omitempty"` // why nothing of it was applied
	Error     *Refusal `json:"error,omitempty"`
}

// Clash is a field for which two authors have different values, or, without a field, a record that a rule keeps as it is.
type Clash struct {
	Code    string     `json:"code,omitempty"`
	Record  string     `json:"record"`
	Field   string     `json:"field"`
	Base    any        `json:"base"`
	Mine    any        `json:"mine"`
	Theirs  any        `json:"theirs"`
	By      string     `json:"by,omitempty"`
	At      *time.Time `json:"at,omitempty"`
	Version int64      `json:"version"`
	Text    string     `json:"text,omitempty"` // why, where the values do not say it
}

// Refusal says why a transaction was rejected.
type Refusal struct {
	Code   string            `json:"code"`
	Text   string            `json:"text"`
	Fields map[string]string `json:"fields,omitempty"`
}

// Page is an answer to a pull: records that have changed, or the reason to start over.
type Page struct {
	Epoch   string   `json:"epoch"`
	Version int64    `json:"version"` // the cursor of the next pull
	More    bool     `json:"more"`
	Reset   string   `json:"reset,omitempty"` // epoch, truncated, future, access
	Changes []Change `json:"changes"`
}

// Change is a record as it is now (put), or that it is gone (delete, revoke).
type Change struct {
	Version int64          `json:"version"`
	Record  string         `json:"record"`
	Op      string         `json:"op"`
	Fields  map[string]any `json:"fields,omitempty"`
}

// Problem is an answer that is none to the question. Code is empty when it is not of Tandem but of something in between.
type Problem struct {
	Status int               `json:"status"`
	Code   string            `json:"code"`
	Detail string            `json:"detail"`
	Fields map[string]string `json:"fields,omitempty"`
	After  time.Duration     `json:"-"` // not worth trying again before
}

// Error names what was answered.
func (p *Problem) Error() string {
	return fmt.Sprintf("status %d, code %q: %s", p.Status, p.Code, p.Detail)
}

// push is the body of a push, and pushed its answer.
type (
	push struct {
		Client       string        `json:"client"`
		Epoch        string        `json:"epoch,omitempty"`
		Transactions []Transaction `json:"transactions"`
	}
	pushed struct {
		Epoch   string   `json:"epoch"`
		Version int64    `json:"version"`
		Results []Result `json:"results"`
	}
)
