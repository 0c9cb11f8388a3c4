package sync

import (
	"slices"
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
)

// How many words an excerpt has, and how many of them may stand before what was found.
const (
	excerptWords = 24
	excerptLead  = 6
)

// Excerpts mark what was found between these two characters, which hardly any text holds.
const (
	MarkStart = "\x02"
	MarkEnd   = "\x03"
)

// searchWords are the words of what somebody typed.
func searchWords(typed string) []string {
	return strings.FieldsFunc(typed, func(r rune) bool { return !inWord(r) })
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// finder tells which words of a text a search found, by their stems as PostgreSQL's dictionary makes them.
type finder struct {
	stems     []string
	beginning string // the last word typed may be the beginning of one
}

func newFinder(typed string) finder {
	var f finder
	for _, word := range searchWords(strings.ToLower(typed)) {
		f.beginning = ""
		if !english.IsStopWord(word) {
			f.beginning = english.Stem(word, false)
			f.stems = append(f.stems, f.beginning)
		}
	}
	return f
}

// find says which of the stems a word has, or -1. Most words are told apart by how they begin, before they are stemmed.
func (f finder) find(word string) int {
	word = strings.ToLower(word)
	alike := func(stem string) bool { return strings.HasPrefix(word, stem[:min(len(stem), 2)]) }
	if !slices.ContainsFunc(f.stems, alike) {
		return -1
	}
	stem := english.Stem(word, false)
	if at := slices.Index(f.stems, stem); at >= 0 {
		return at
	}
	if f.beginning != "" && strings.HasPrefix(stem, f.beginning) {
		return len(f.stems) - 1
	}
	return -1
}

// foundWord is a word of a text, and which stem it was found by; -1 = by none.
type foundWord struct{ from, to, stem int }

func (f finder) words(text string) []foundWord {
	var words []foundWord
	from := -1
	for at, r := range text + " " {
		switch {
		case inWord(r) && from < 0:
			from = at
		case !inWord(r) && from >= 0:
			words = append(words, foundWord{from, at, f.find(text[from:at])})
			from = -1
		}
	}
	return words
}

// excerpt is the stretch of a text where most of what was typed stands together, marked; its beginning where nothing does.
func (f finder) excerpt(text string) string {
	words := f.words(text)
	if len(words) == 0 {
		return ""
	}
	first := max(0, densest(words)-excerptLead)
	last := min(len(words), first+excerptWords)
	at := words[first].from
	var b strings.Builder
	for _, word := range words[first:last] {
		b.WriteString(text[at:word.from])
		at = word.to
		if word.stem < 0 {
			b.WriteString(text[word.from:word.to])
			continue
		}
		b.WriteString(MarkStart + text[word.from:word.to] + MarkEnd)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// densest is the first word from which on most stems are found in one excerpt.
func densest(words []foundWord) int {
	best, most := 0, 0
	for i, word := range words {
		if word.stem < 0 {
			continue
		}
		seen := map[int]bool{}
		for _, other := range words[i:min(len(words), i+excerptWords-excerptLead)] {
			if other.stem >= 0 {
				seen[other.stem] = true
			}
		}
		if len(seen) > most {
			best, most = i, len(seen)
		}
	}
	return best
}
