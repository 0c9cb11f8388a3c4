package sync

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// policy says how an edit of a field meets others' edits.
type policy uint8

const (
	scalar   policy = iota // the race and stale rule of set
	merged                 // long text: three-way merge
	commutes               // a set: adds and removes commute
	own                    // a set of which each member adds and removes their own; it is no edit of the record
	fixed                  // chosen when the record is created, never after
	server                 // the program's own: naming it is refused
	internal               // the program's own, and never leaves it
)

// String is the policy as the protocol's page calls it.
func (p policy) String() string {
	return [...]string{scalar: "scalar", merged: "text", commutes: "set", own: "set of one's own", fixed: "at creation", server: "server", internal: "internal"}[p]
}

// field declares one field of a noun: its name on the wire, its column, its policy and the shape of its values.
type field struct {
	name   string
	column string
	policy policy
	shape  shape
}

// says tells what values there are.
func (f field) says() string {
	if f.shape.says == "" {
		return fmt.Sprintf("%T", f.shape.zero)
	}
	return f.shape.says
}

// shape reads values from the wire and writes them into columns.
type shape struct {
	says   string                                                 // what values there are, for the protocol's page
	zero   value                                                  // of a new record
	refers string                                                 // the kind that a reference names
	read   func(any) (v value, wrong string)                      // the canonical value, or what is wrong with it
	column func(value) any                                        // what jsonb_to_recordset turns into the column
	stored func(any) value                                        // the value of a column that PostgreSQL writes in another form than ours; else nil
	kept   func(any) (v value, wrong string)                      // reads what was taken before the rules of read were there; nil: read does
	named  func(by uuid.UUID, raw string) (element, wrong string) // of a set: what somebody means by the value of an add or remove
}

func asIs(v value) any { return v }

// line is a one-line text that may not be empty.
func line(most int) shape {
	return shape{says: fmt.Sprintf("one line, 1 to %d code points", most), zero: "", column: asIs, read: func(raw any) (value, string) {
		s, ok := raw.(string)
		s = strings.TrimSpace(s)
		switch {
		case !ok || s == "":
			return nil, "Write something here."
		case utf8.RuneCountInString(s) > most:
			return nil, fmt.Sprintf("At most %d characters.", most)
		case strings.ContainsAny(s, "\n\r"):
			return nil, "One line only."
		}
		return s, wrongText(s)
	}}
}

// phrase is a one-line text that may be empty.
func phrase(most int) shape {
	shape := line(most)
	full := shape.read
	shape.says = fmt.Sprintf("one line, at most %d code points, or empty", most)
	shape.read = func(raw any) (value, string) {
		if raw == nil || raw == "" {
			return "", ""
		}
		return full(raw)
	}
	return shape
}

// longText is Markdown, byte for byte as it was typed.
func longText() shape {
	return shape{says: fmt.Sprintf("Markdown, at most %d KiB", MaxText>>10), zero: "", column: asIs, read: func(raw any) (value, string) {
		s, ok := raw.(string)
		switch {
		case !ok:
			return nil, "Write a text."
		case len(s) > MaxText:
			return nil, fmt.Sprintf("At most %d KiB of text.", MaxText>>10)
		}
		return s, wrongText(s)
	}}
}

func wrongText(s string) string {
	if strings.ContainsRune(s, 0) {
		return "The character NUL cannot be stored."
	}
	if !utf8.ValidString(s) {
		return "This is not UTF-8."
	}
	return ""
}

func pattern(expression, wrong string) shape {
	matcher := regexp.MustCompile(expression)
	return shape{says: "`" + expression + "`", zero: "", column: asIs, read: func(raw any) (value, string) {
		s, _ := raw.(string)
		if !matcher.MatchString(s) {
			return nil, wrong
		}
		return s, ""
	}}
}

func oneOf(choices ...string) shape {
	return shape{says: strings.Join(choices, ", "), zero: choices[0], column: asIs, read: func(raw any) (value, string) {
		s, _ := raw.(string)
		if !slices.Contains(choices, s) {
			return nil, "Choose one of " + strings.Join(choices, ", ") + "."
		}
		return s, ""
	}}
}

// number is a whole number in a range. optional allows null.
func number(from, to int64, optional bool) shape {
	shape := shape{says: fmt.Sprintf("whole number from %d to %d", from, to) + orNull(optional), zero: from, column: asIs}
	if optional {
		shape.zero = nil
	}
	shape.read = func(raw any) (value, string) {
		if raw == nil && optional {
			return nil, ""
		}
		n, ok := wholeNumber(raw)
		if !ok || n < from || n > to {
			return nil, fmt.Sprintf("A whole number from %d to %d.", from, to)
		}
		return n, ""
	}
	return shape
}

func orNull(optional bool) string {
	if optional {
		return ", or null"
	}
	return ""
}

func wholeNumber(raw any) (int64, bool) {
	switch n := raw.(type) {
	case int64:
		return n, true
	case int:
		return int64(n), true
	case float64:
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1<<53
	}
	return 0, false
}

func boolean() shape {
	return shape{says: "true or false", zero: false, column: asIs, read: func(raw any) (value, string) {
		b, ok := raw.(bool)
		if !ok {
			return nil, "Say true or false."
		}
		return b, ""
	}}
}

func date() shape {
	return shape{says: "`YYYY-MM-DD`, or null", column: asIs, read: func(raw any) (value, string) {
		if raw == nil {
			return nil, ""
		}
		s, _ := raw.(string)
		day, err := time.Parse(time.DateOnly, s)
		if err != nil || day.Year() < 1900 || day.Year() > 9999 {
			return nil, "Write the day as 2026-11-30."
		}
		return s, ""
	}}
}

// instant is a moment, kept to the microsecond as PostgreSQL does.
func instant() shape {
	const wrong = "Write the time as 2026-11-30T08:00:00Z."
	shape := shape{says: "time as in RFC 3339, or null", column: asIs}
	shape.kept = func(raw any) (value, string) {
		if raw == nil {
			return nil, ""
		}
		at, read := instantOf(raw)
		if !read || at.Year() < 1 || at.Year() > 9999 {
			return nil, wrong
		}
		return instantValue(&at), ""
	}
	shape.read = func(raw any) (value, string) {
		if at, read := instantOf(raw); read && !at.Equal(usual(at)) {
			return nil, wrong
		}
		return shape.kept(raw)
	}
	shape.stored = func(raw any) value {
		v, _ := shape.kept(raw)
		return v
	}
	return shape
}

// firstTime and UntilActivity are between what times can be: in every time zone a year of four digits.
func firstTime() time.Time { return time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC) }

// usual is a time of an import, or the nearest one that can be.
func usual(at time.Time) time.Time {
	switch {
	case at.Before(firstTime()):
		return firstTime()
	case at.After(UntilActivity()):
		return UntilActivity()
	}
	return at
}

func instantValue(at *time.Time) value {
	if at == nil {
		return nil
	}
	return at.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
}

func timezone() shape {
	return shape{says: "name of a time zone, such as Europe/Berlin", zero: "UTC", column: asIs, read: func(raw any) (value, string) {
		s, _ := raw.(string)
		if _, err := time.LoadLocation(s); err != nil || s == "" || s == "Local" {
			return nil, "Name a time zone such as Europe/Berlin."
		}
		return s, ""
	}}
}

// refTo is a reference to a record of a kind; optional allows null.
func refTo(kind string, optional bool) shape {
	return shape{says: "`" + kind + ":<uuid>`" + orNull(optional), refers: kind, column: refColumn, read: func(raw any) (value, string) {
		if raw == nil && optional {
			return nil, ""
		}
		s, _ := raw.(string)
		return readRef(kind, s)
	}}
}

func readRef(kind, s string) (value, string) {
	named, _, ok := Ref(s).Parse()
	if !ok || named != kind {
		return nil, fmt.Sprintf("Name it as %s:<uuid>.", kind)
	}
	return s, ""
}

func refColumn(v value) any {
	if v == nil {
		return nil
	}
	return refID(v)
}

// refsTo is a set of references, written as a sorted array.
func refsTo(kind string) shape {
	return shape{says: "set of `" + kind + ":<uuid>`", zero: []string{}, refers: kind,
		column: func(v value) any { return refIDs(v) },
		named: func(_ uuid.UUID, raw string) (string, string) {
			_, wrong := readRef(kind, raw)
			return raw, wrong
		},
		read: func(raw any) (value, string) {
			refs, wrong := stringsOf(raw)
			for _, ref := range refs {
				if _, bad := readRef(kind, ref); bad != "" {
					wrong = bad
				}
			}
			return refs, wrong
		}}
}

// stringsOf reads an array of strings as a sorted set.
func stringsOf(raw any) (set []string, wrong string) {
	if set, ok := raw.([]string); ok {
		return sortedSet(set), ""
	}
	members, ok := raw.([]any)
	if !ok {
		return nil, "Write an array."
	}
	set = make([]string, 0, len(members))
	for _, member := range members {
		s, ok := member.(string)
		if !ok {
			return nil, "Write an array of strings."
		}
		set = append(set, s)
	}
	return sortedSet(set), ""
}

// sortedSet is never nil: an empty set is written as one, not as null.
func sortedSet(members []string) []string {
	set := append([]string{}, members...)
	slices.Sort(set)
	return slices.Compact(set)
}

// origins is a set of the origins that may frame a share.
func origins() shape {
	return shape{says: "set of origins, such as https://example.com", zero: []string{}, column: asIs, read: func(raw any) (value, string) {
		set, wrong := stringsOf(raw)
		for _, origin := range set {
			if !allowedOrigin.MatchString(origin) {
				wrong = "Write each origin as https://example.com (http only for localhost), or * for any site."
			}
		}
		return set, wrong
	}}
}

var allowedOrigin = regexp.MustCompile(`^(\*|https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?)$`)

// opaque is a value that only the program makes.
func opaque(zero value) shape {
	return shape{zero: zero, column: asIs, read: func(raw any) (value, string) { return raw, "" }}
}

// id is an id that only the program sets, such as the person behind a member.
func id() shape {
	return shape{column: asIs, read: func(raw any) (value, string) {
		s, _ := raw.(string)
		if _, err := uuid.Parse(s); err != nil {
			return nil, "Not an id."
		}
		return s, ""
	}}
}
