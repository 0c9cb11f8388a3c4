package sync

import "strings"

// Stretch is a part of two texts that are compared: in both, gone from the first, or come with the second.
type Stretch struct {
	Kind StretchKind
	Text string
}

// StretchKind tells which of two texts holds a stretch.
type StretchKind uint8

// The kinds of stretches.
const (
	Kept StretchKind = iota
	Gone
	Come
)

// Compare tells by lines, and within changed ones by words, what became of a text. What was kept and what is gone make the first
// text, what was kept and what has come the second.
func Compare(was, is string) []Stretch {
	return compare(lines(was), lines(is), func(was, is []string) []Stretch {
		return compare(words(strings.Join(was, "")), words(strings.Join(is, "")), replaced)
	})
}

// compare walks over the tokens that both texts have; finer tells what became of a place between two of them.
func compare(was, is []string, finer func(was, is []string) []Stretch) []Stretch {
	kept := match(was, is)
	var all []Stretch
	from, to := 0, 0
	for at := 0; at <= len(was); at++ {
		next := len(is)
		if at < len(was) {
			if next = kept[at]; next < 0 {
				continue
			}
		}
		if at > from || next > to {
			all = joined(all, finer(was[from:at], is[to:next])...)
		}
		if at < len(was) {
			all = joined(all, Stretch{Kept, was[at]})
		}
		from, to = at+1, next+1
	}
	return all
}

func replaced(was, is []string) []Stretch {
	return []Stretch{{Gone, strings.Join(was, "")}, {Come, strings.Join(is, "")}}
}

// joined appends stretches, those of a kind as one.
func joined(all []Stretch, more ...Stretch) []Stretch {
	for _, one := range more {
		last := len(all) - 1
		switch {
		case one.Text == "":
		case last >= 0 && all[last].Kind == one.Kind:
			all[last].Text += one.Text
		default:
			all = append(all, one)
		}
	}
	return all
}
