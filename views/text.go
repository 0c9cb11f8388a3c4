package views

import (
	"hash/fnv"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// number is a version or count as it stands in attributes.
func number[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// plural is "1 issue", "2 issues".
func plural(n int, word string) string {
	return strconv.Itoa(n) + " " + noun(n, word)
}

// noun is a word in the number that n asks for.
func noun(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// ref is a reference of the protocol; without an id it is the shape of an absent value, "member:".
func ref(kind, id string) string { return kind + ":" + id }

// kindOf is the kind that a reference names.
func kindOf(reference string) string {
	kind, _, _ := strings.Cut(reference, ":")
	return kind
}

// record names a record that forms and nodes are about; it is "" in the templates that scripts fill in.
func record(kind, id string) string {
	if id == "" {
		return ""
	}
	return ref(kind, id)
}

// instant is a time as the protocol writes it.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// day is a date as the protocol writes it, "" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	first := firstLetter(words[0])
	if len(words) == 1 {
		return first
	}
	return first + firstLetter(words[len(words)-1])
}

func firstLetter(word string) string {
	if at := strings.IndexFunc(word, unicode.IsLetter); at > 0 {
		word = word[at:] // of "(Hana)" the H
	}
	r, _ := utf8.DecodeRuneInString(word)
	return strings.ToUpper(string(r))
}

// hueOf spreads ids over the ten hues.
func hueOf(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	return strconv.Itoa(int(h.Sum32() % 10))
}
