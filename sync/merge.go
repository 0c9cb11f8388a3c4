package sync

import (
	"slices"
	"strings"
	"unicode"
)

// Merge brings two edits of one text together, by lines and where those clash by words. It reports false when both
// changed the same place in different ways; merged is then meaningless.
func Merge(base, theirs, mine string) (merged string, clean bool) {
	switch {
	case theirs == mine || base == mine:
		return theirs, true
	case base == theirs:
		return mine, true
	}
	if merged, clean := merge3(lines(base), lines(theirs), lines(mine), mergeWords); clean {
		return merged, true
	}
	return "", false
}

func mergeWords(base, theirs, mine []string) (string, bool) {
	return merge3(words(strings.Join(base, "")), words(strings.Join(theirs, "")), words(strings.Join(mine, "")), clash)
}

func clash([]string, []string, []string) (string, bool) { return "", false }

// merge3 walks over the base's tokens that all three texts kept, and decides each stretch between two of them: changed
// by one side, by both alike, or by both differently, which finer tries to settle.
func merge3(base, theirs, mine []string, finer func(base, theirs, mine []string) (string, bool)) (string, bool) {
	keptByThem, keptByMe := match(base, theirs), match(base, mine)
	var out strings.Builder
	b, t, m := 0, 0, 0
	for at := 0; at <= len(base); at++ {
		nextT, nextM := len(theirs), len(mine)
		if at < len(base) {
			nextT, nextM = keptByThem[at], keptByMe[at]
			if nextT < 0 || nextM < 0 {
				continue
			}
		}
		stretch, clean := settle(base[b:at], theirs[t:nextT], mine[m:nextM], finer)
		if !clean {
			return "", false
		}
		out.WriteString(stretch)
		if at < len(base) {
			out.WriteString(base[at])
		}
		b, t, m = at+1, nextT+1, nextM+1
	}
	return out.String(), true
}

func settle(base, theirs, mine []string, finer func(base, theirs, mine []string) (string, bool)) (string, bool) {
	switch {
	case slices.Equal(theirs, mine), slices.Equal(base, mine):
		return strings.Join(theirs, ""), true
	case slices.Equal(base, theirs):
		return strings.Join(mine, ""), true
	}
	return finer(base, theirs, mine)
}

// match finds for each token of a the place of the same token in b along a longest common subsequence, or -1.
// Equal ends are matched first; of the middle it is Myers' greedy walk, bounded so that two unlike texts of the size
// limit cost little: past the bound they count as having nothing in common.
func match(a, b []string) []int {
	places := make([]int, len(a))
	for i := range places {
		places[i] = -1
	}
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		places[start] = start
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
		places[endA] = endB
	}
	for _, pair := range common(a[start:endA], b[start:endB]) {
		places[start+pair[0]] = start + pair[1]
	}
	return places
}

// mostEdits bounds the work of common: its cost grows with the square of the edits between two texts.
const mostEdits = 500

// common lists the pairs of a longest common subsequence by Myers' algorithm.
func common(a, b []string) [][2]int {
	most := min(len(a)+len(b), mostEdits)
	reach := make([]int, 2*most+2) // furthest place in a on each diagonal
	var history [][]int
	for edits := 0; edits <= most; edits++ {
		history = append(history, slices.Clone(reach))
		for k := -edits; k <= edits; k += 2 {
			x := furthest(reach, most, k, edits)
			for y := x - k; x < len(a) && y < len(b) && a[x] == b[y]; x, y = x+1, y+1 {
			}
			reach[most+k] = x
			if x >= len(a) && x-k >= len(b) {
				return walkBack(history, most, len(a), len(b))
			}
		}
	}
	return nil
}

func furthest(reach []int, most, k, edits int) int {
	down := k == -edits || k != edits && reach[most+k-1] < reach[most+k+1]
	switch {
	case edits == 0:
		return 0
	case down:
		return reach[most+k+1]
	}
	return reach[most+k-1] + 1
}

func walkBack(history [][]int, most, x, y int) [][2]int {
	var pairs [][2]int
	for edits := len(history) - 1; edits >= 0; edits-- {
		k, reach := x-y, history[edits]
		fromX := furthest(reach, most, k, edits)
		for x > fromX {
			x, y = x-1, y-1
			pairs = append(pairs, [2]int{x, y})
		}
		if edits > 0 {
			if k == -edits || k != edits && reach[most+k-1] < reach[most+k+1] {
				y--
			} else {
				x--
			}
		}
	}
	return pairs
}

func lines(text string) []string { return strings.SplitAfter(text, "\n") }

// words splits into runs of letters and digits, and everything else one by one.
func words(text string) []string {
	var tokens []string
	start, inWord := 0, false
	for i, r := range text {
		isWord := unicode.IsLetter(r) || unicode.IsDigit(r)
		if i > start && (!isWord || !inWord) {
			tokens = append(tokens, text[start:i])
			start = i
		}
		inWord = isWord
	}
	if start < len(text) {
		tokens = append(tokens, text[start:])
	}
	return tokens
}
