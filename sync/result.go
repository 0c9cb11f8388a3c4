package sync

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// storedResult is a result as it is kept beside the log: what a replay is answered with.
type storedResult struct {
	transaction uuid.UUID
	client      uuid.UUID
	member      uuid.UUID
	fingerprint []byte
	label       string
	at          time.Time
	request     []Operation // of a refused one, for its card; of an undo, for the list of steps
	result      Result
}

// resultBody is the part of a result that is stored as JSON.
type resultBody struct {
	Notices   []Notice     `json:"notices,omitempty"`
	Conflicts []Conflict   `json:"conflicts,omitempty"`
	Error     *ProblemBody `json:"error,omitempty"`
}

func resultFromRow(row queries.ListResultsByTransactionRow) (storedResult, error) {
	stored := storedResult{transaction: row.TransactionID, client: row.ClientID, member: row.MemberID,
		fingerprint: row.Fingerprint, label: row.Label, at: row.At}
	result, err := decodeResult(row.TransactionID, row.Status, row.Version, row.Changed, row.Body)
	stored.result = result
	return stored, err
}

func decodeResult(id uuid.UUID, status string, version int64, changed bool, raw json.RawMessage) (Result, error) {
	var body resultBody
	if err := json.Unmarshal(raw, &body); err != nil {
		return Result{}, fmt.Errorf("decode the result of %s: %w", id, err)
	}
	return Result{ID: id, Status: status, Version: version, Notices: body.Notices,
		Conflicts: body.Conflicts, Error: body.Error, changed: changed}, nil
}

// result writes what InsertLog reads.
func (r *rows) result(s storedResult) {
	r.begin()
	r.put("transaction_id", s.transaction)
	r.put("client_id", s.client)
	r.put("member_id", s.member)
	r.put("fingerprint", `\x`+hex.EncodeToString(s.fingerprint))
	r.put("label", s.label)
	r.put("status", s.result.Status)
	r.put("version", s.result.Version)
	r.put("changed", s.result.changed)
	r.put("body", resultBody{s.result.Notices, s.result.Conflicts, s.result.Error})
	if s.request != nil {
		r.put("request", s.request)
	}
	r.put("at", s.at)
	r.end()
}

// replay finds what a transaction was answered before. A used id with other operations is refused and leaves the
// first result as it was.
func (w *world) replay(job *job) (Result, bool) {
	for _, earlier := range w.results[job.transaction.ID] {
		if earlier.client != job.client {
			continue
		}
		if !bytes.Equal(earlier.fingerprint, job.sum) {
			return Result{ID: job.transaction.ID, Status: Rejected, Version: w.head, Error: &ProblemBody{
				Code: CodeReused, Text: "This transaction id was used for something else; send it under a new one."}}, true
		}
		result := earlier.result
		result.Replayed = true
		return result, true
	}
	return Result{}, false
}

// refusal turns the author's error into a result. It reports false for an error of the server, which is never stored.
func refusal(id uuid.UUID, head int64, err error) (Result, bool) {
	told, ok := errors.AsType[*Error](err)
	if !ok || told.Kind == Internal {
		return Result{}, false
	}
	result := Result{ID: id, Status: Rejected, Version: head, Conflicts: told.Conflicts}
	if told.Kind == Conflicted {
		result.Status = InConflict
		return result, true
	}
	result.Error = &ProblemBody{Code: told.Code, Text: told.Text, Fields: told.Fields}
	return result, true
}

// Err is the result as an error: nil when it was applied.
func (r Result) Err() error {
	switch r.Status {
	case Applied:
		return nil
	case InConflict:
		return &Error{Kind: Conflicted, Code: CodeConflict, Conflicts: r.Conflicts,
			Text: "Somebody changed this after you saw it. Nothing of yours was applied."}
	}
	return &Error{Kind: kindOf(r.Error.Code), Code: r.Error.Code, Text: r.Error.Text, Fields: r.Error.Fields, Conflicts: r.Conflicts}
}

func kindOf(code string) Kind {
	switch code {
	case CodeForbidden:
		return Forbidden
	case CodeNotFound, CodeDepends:
		return NotFound
	case CodeDeleted:
		return Conflicted
	}
	return Invalid
}
