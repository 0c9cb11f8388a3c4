package sync

import (
	"slices"
	"strings"
)

// A rank is a fraction written in base 62 behind a whole number whose first letter tells its length, so that ranks
// sort as plain text, there is always one between two others, and appending stays short: "a0" < "a0V" < "a1" < "b00".
// Heads 'a' to 'z' count up in longer and longer numbers, 'Z' to 'A' count down.

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const firstRank = "a0"

// maxRank bounds the length of a rank; a move that would need a longer one spreads its neighbours anew.
const maxRank = 40

// rankBetween is a rank between two others. "" stands for no neighbour on that side.
func rankBetween(low, high string) string {
	switch {
	case low == "" && high == "":
		return firstRank
	case low == "":
		return rankBelow(high)
	case high == "":
		return rankAbove(low)
	}
	lowWhole, highWhole := whole(low), whole(high)
	if lowWhole == highWhole {
		return lowWhole + fractionBetween(low[len(lowWhole):], high[len(highWhole):])
	}
	if next := increment(lowWhole); next < high {
		return next
	}
	return lowWhole + fractionBetween(low[len(lowWhole):], "")
}

func rankAbove(low string) string { return increment(whole(low)) }

func rankBelow(high string) string {
	number := whole(high)
	if len(number) < len(high) {
		return number
	}
	return decrement(number)
}

// whole is the whole number that a rank begins with.
func whole(rank string) string {
	head := rank[0]
	if head >= 'a' {
		return rank[:min(len(rank), int(head-'a')+2)]
	}
	return rank[:min(len(rank), int('Z'-head)+2)]
}

func increment(number string) string {
	head, tail := number[0], []byte(number[1:])
	for i := len(tail) - 1; i >= 0; i-- {
		if at := strings.IndexByte(digits, tail[i]); at < len(digits)-1 {
			tail[i] = digits[at+1]
			return string(head) + string(tail)
		}
		tail[i] = digits[0]
	}
	switch {
	case head == 'Z':
		return firstRank
	case head > 'Z':
		return string(head+1) + string(tail) + digits[:1]
	}
	return string(head+1) + string(tail[1:])
}

func decrement(number string) string {
	head, tail := number[0], []byte(number[1:])
	last := digits[len(digits)-1]
	for i := len(tail) - 1; i >= 0; i-- {
		if at := strings.IndexByte(digits, tail[i]); at > 0 {
			tail[i] = digits[at-1]
			return string(head) + string(tail)
		}
		tail[i] = last
	}
	switch {
	case head == 'a':
		return "Z" + string(last)
	case head > 'a':
		return string(head-1) + string(tail[1:])
	}
	return string(head-1) + string(tail) + string(last)
}

// fractionBetween is a fraction between two; an empty high is one. Fractions never end in the digit 0.
func fractionBetween(low, high string) string {
	shared := 0
	for high != "" && shared < len(high) && digitAt(low, shared) == high[shared] {
		shared++
	}
	if shared > 0 {
		return high[:shared] + fractionBetween(low[min(shared, len(low)):], high[shared:])
	}
	from, to := 0, len(digits)
	if low != "" {
		from = strings.IndexByte(digits, low[0])
	}
	if high != "" {
		to = strings.IndexByte(digits, high[0])
	}
	if to-from > 1 {
		return string(digits[(from+to)/2])
	}
	if len(high) > 1 {
		return high[:1]
	}
	return string(digits[from]) + fractionBetween(low[min(1, len(low)):], "")
}

func digitAt(fraction string, at int) byte {
	if at < len(fraction) {
		return fraction[at]
	}
	return digits[0]
}

// rankLine is what is known of a team's ranks while a group is applied: some ranks, sorted, of which each one that an
// operation names stands between its true neighbours. A rank put between two neighbours keeps that true.
type rankLine struct {
	known []string
}

func (l *rankLine) learn(ranks ...string) {
	for _, rank := range ranks {
		at, found := slices.BinarySearch(l.known, rank)
		if rank != "" && !found {
			l.known = slices.Insert(l.known, at, rank)
		}
	}
}

func (l *rankLine) has(rank string) bool {
	_, found := slices.BinarySearch(l.known, rank)
	return found
}

func (l *rankLine) next(rank string) string {
	at, found := slices.BinarySearch(l.known, rank)
	if found {
		at++
	}
	if at < len(l.known) {
		return l.known[at]
	}
	return ""
}

func (l *rankLine) previous(rank string) string {
	at, _ := slices.BinarySearch(l.known, rank)
	if at > 0 {
		return l.known[at-1]
	}
	return ""
}

func (l *rankLine) top() string {
	if len(l.known) == 0 {
		return ""
	}
	return l.known[0]
}

func (l *rankLine) end() string {
	if len(l.known) == 0 {
		return ""
	}
	return l.known[len(l.known)-1]
}
