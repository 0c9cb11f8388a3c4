package sync

import (
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// Kind says what went wrong in the terms of the domain, never of HTTP or SQL.
type Kind uint8

const (
	Internal   Kind = iota // zero value: a bug or an outage; the text is never shown
	Invalid                // the author must change the input; Fields says where
	NotFound               // absent, or hidden from this reader: the two are not told apart
	Forbidden              // seen, but not allowed
	Conflicted             // the author acted on a stale page; Conflicts holds both values
	SignedOut              // nobody is signed in, or no longer
	TooMany                // more than the limit allows; RetryAfter on the wire
)

// The protocol's codes.
const (
	CodeInvalid      = "invalid"
	CodeForbidden    = "forbidden"
	CodeNotFound     = "not_found"
	CodeDeleted      = "deleted"
	CodeDepends      = "depends"
	CodeReused       = "reused"
	CodeUpdateNeeded = "update_needed"
	CodeConflict     = "conflict"
	CodeClientTaken  = "client_taken"
	CodeEpoch        = "epoch"
	CodeUnknownOp    = "unknown_op"
	CodeMalformed    = "malformed"
	CodeTooLarge     = "too_large"
	CodeSignedOut    = "signed_out"
	CodeReadOnly     = "read_only"
	CodeRateLimited  = "rate_limited"
)

// Error is the only error type that crosses out of this package.
type Error struct {
	Kind      Kind
	Code      string            // the protocol's code, such as "depends"
	Text      string            // safe to show to the reader
	Fields    map[string]string // form field -> what is wrong with it
	Conflicts []Conflict        // both values of each field, for Conflicted and for "deleted"
	Err       error             // cause, for the log only
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Text, e.Err)
	}
	return e.Code + ": " + e.Text
}

func (e *Error) Unwrap() error { return e.Err }

func notFound(what string) *Error {
	return &Error{Kind: NotFound, Code: CodeNotFound, Text: what + " is not there, or not for you to see."}
}

func forbidden(text string) *Error {
	return &Error{Kind: Forbidden, Code: CodeForbidden, Text: text}
}

func invalid(field, text string) *Error {
	return &Error{Kind: Invalid, Code: CodeInvalid, Text: text, Fields: map[string]string{field: text}}
}

func deleted(text string) *Error {
	return &Error{Kind: NotFound, Code: CodeDeleted, Text: text}
}

// fromConstraint turns a violated constraint into the author's error. The rules are checked in memory under the lock
// before, so this is the net below them.
var fromConstraint = map[string]*Error{
	"person_email_unique":    invalid("email", "Somebody with this e-mail address is already here."),
	"workspace_slug_unique":  invalid("slug", "This address is taken."),
	"member_handle_unique":   invalid("handle", "This handle is taken."),
	"member_person_unique":   invalid("email", "This person is already a member."),
	"team_key_unique":        invalid("key", "This key is taken."),
	"issue_number_unique":    invalid("number", "This number is taken."),
	"issue_rank_unique":      invalid("rank", "Somebody took this place meanwhile; move it again."),
	"share_token_unique":     invalid("token", "This token is taken."),
	"issue_priority_check":   invalid("priority", "Choose a priority from 0 to 4."),
	"status_category_check":  invalid("category", "Choose one of the categories."),
	"team_key_check":         invalid("key", "Two to seven capital letters or digits, a letter first."),
	"member_role_check":      invalid("role", "Choose admin, member or guest."),
	"workspace_slug_check":   invalid("slug", "Two to 31 lower-case letters, digits or dashes, a letter first."),
	"person_email_check":     invalid("email", "Write the address in lower case."),
	"session_token_hash_key": invalid("token", "This token is taken."),
	"token_hash_unique":      invalid("token", "This token is taken."),

	"passkey_credential_unique": invalid("passkey", "This passkey is here already."),
	"import_run_one":            errImports,
}

// domainError returns the author's error for a violated constraint, or nil when PostgreSQL failed for another reason.
func domainError(err error) *Error {
	failure, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return nil
	}
	known, ok := fromConstraint[failure.ConstraintName]
	if !ok {
		return nil
	}
	told := *known
	told.Err = err
	return &told
}

// mustRetry reports an error that PostgreSQL asks to answer by doing the transaction again.
func mustRetry(err error) bool {
	failure, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (failure.Code == "40001" || failure.Code == "40P01")
}

// errBroken marks an error that leaves open whether a commit happened.
var errBroken = errors.New("the connection broke")

// unstorable is what a transaction is told that PostgreSQL refused for its data, when no rule had seen it coming.
func unstorable(err error) *Error {
	failure, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || len(failure.Code) < 2 || !slices.Contains([]string{"22", "23", "54"}, failure.Code[:2]) {
		return nil
	}
	return &Error{Kind: Invalid, Code: CodeInvalid, Text: "This cannot be stored as it is.", Err: err}
}
