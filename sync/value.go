package sync

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// A value of a field is nil, a string, an int64, a bool or a sorted []string: what JSON can say, in one form each.
type value = any

// Ref names a record on the wire: "issue:<uuid>".
type Ref string

// NewRef is the reference to a record of a kind.
func NewRef(kind string, id uuid.UUID) Ref {
	var room [64]byte // on the stack, and longer than any reference
	return Ref(appendID(append(append(room[:0], kind...), ':'), id))
}

// appendID writes an id as uuid.String does, which makes a string for each.
func appendID(to []byte, id uuid.UUID) []byte {
	to = append(hex.AppendEncode(to, id[:4]), '-')
	to = append(hex.AppendEncode(to, id[4:6]), '-')
	to = append(hex.AppendEncode(to, id[6:8]), '-')
	to = append(hex.AppendEncode(to, id[8:10]), '-')
	return hex.AppendEncode(to, id[10:])
}

// Parse splits the reference. It reports false for what is not `kind:<uuid>` in the canonical form.
func (r Ref) Parse() (kind string, id uuid.UUID, ok bool) {
	kind, rest, found := strings.Cut(string(r), ":")
	if !found || len(rest) != 36 || strings.ToLower(rest) != rest {
		return "", uuid.Nil, false
	}
	id, err := uuid.Parse(rest)
	if err != nil {
		return "", uuid.Nil, false
	}
	return kind, id, true
}

// kind is the record's kind, or "" where the reference is none.
func (r Ref) kind() string {
	kind, _, _ := r.Parse()
	return kind
}

// ID is the record's id, or the zero id where the reference is none.
func (r Ref) ID() uuid.UUID {
	_, id, _ := r.Parse()
	return id
}

// memberRef is the reference to a member, or "" where the program itself acted.
func memberRef(id uuid.UUID) Ref {
	if id == uuid.Nil {
		return ""
	}
	return NewRef("member", id)
}

// refValue is the value of a reference that may be absent.
func refValue(kind string, id *uuid.UUID) value {
	if id == nil {
		return nil
	}
	return string(NewRef(kind, *id))
}

// refsValue is the value of a set of references.
func refsValue(kind string, ids []uuid.UUID) value {
	refs := make([]string, len(ids))
	for i, id := range ids {
		refs[i] = string(NewRef(kind, id))
	}
	slices.Sort(refs)
	return refs
}

// refID is the id in a reference's value; the zero id for none.
func refID(v value) uuid.UUID {
	text, _ := v.(string)
	return Ref(text).ID()
}

// refIDs are the ids in a set's value.
func refIDs(v value) []uuid.UUID {
	refs, _ := v.([]string)
	ids := make([]uuid.UUID, 0, len(refs))
	for _, ref := range refs {
		ids = append(ids, Ref(ref).ID())
	}
	return ids
}

func text(v value) string { s, _ := v.(string); return s }

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func integer(v value) int64 { n, _ := v.(int64); return n }

func truth(v value) bool { b, _ := v.(bool); return b }

func same(a, b value) bool {
	left, isSet := a.([]string)
	if !isSet {
		_, otherSet := b.([]string)
		return !otherSet && a == b
	}
	right, isSet := b.([]string)
	return isSet && slices.Equal(left, right)
}

// with returns the set with a member; without returns it without. Neither changes the set given.
func with(set []string, member string) []string {
	at, found := slices.BinarySearch(set, member)
	if found {
		return set
	}
	return slices.Insert(slices.Clone(set), at, member)
}

func without(set []string, member string) []string {
	at, found := slices.BinarySearch(set, member)
	if !found {
		return set
	}
	return slices.Delete(slices.Clone(set), at, at+1)
}
