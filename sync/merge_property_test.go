package sync

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestMergeProperties says what a merge must hold for any three texts.
func TestMergeProperties(t *testing.T) {
	t.Parallel()
	lines := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c d", "c e", ""}), 0, 8)
	text := rapid.Custom(func(r *rapid.T) string { return strings.Join(lines.Draw(r, "lines"), "\n") })
	check := func(name string, property func(*rapid.T)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range rounds(20, 2000) {
				rapid.Check(t, property)
			}
		})
	}

	check("one side alone is taken", func(r *rapid.T) {
		base, edited := text.Draw(r, "base"), text.Draw(r, "edited")
		for _, merged := range []func() (string, bool){
			func() (string, bool) { return Merge(base, base, edited) },
			func() (string, bool) { return Merge(base, edited, base) },
			func() (string, bool) { return Merge(base, edited, edited) },
		} {
			if got, clean := merged(); !clean || got != edited {
				r.Fatalf("%q, clean %v", got, clean)
			}
		}
	})

	check("who comes first makes no difference", func(r *rapid.T) {
		base, theirs, mine := text.Draw(r, "base"), text.Draw(r, "theirs"), text.Draw(r, "mine")
		one, clean := Merge(base, theirs, mine)
		other, too := Merge(base, mine, theirs)
		if clean != too || clean && one != other {
			r.Fatalf("%q (%v), the other way round %q (%v)", one, clean, other, too)
		}
	})

	check("lines that either side put in are all there, none twice, and none that either took out", func(r *rapid.T) {
		base := numbered(rapid.IntRange(0, 10).Draw(r, "lines"))
		theirs, added := edit(r, base, "theirs")
		mine, too := edit(r, base, "mine")
		merged, clean := Merge(strings.Join(base, ""), strings.Join(theirs, ""), strings.Join(mine, ""))
		if !clean {
			return
		}
		got := strings.SplitAfter(merged, "\n")
		for _, line := range slices.Concat(added, too) {
			if !slices.Contains(got, line) {
				r.Fatalf("%q is lost: base %q, theirs %q, mine %q, merged %q", line, base, theirs, mine, merged)
			}
		}
		for _, line := range base {
			want := slices.Contains(theirs, line) && slices.Contains(mine, line)
			if slices.Contains(got, line) != want {
				r.Fatalf("%q is there: %v, base %q, theirs %q, mine %q, merged %q", line, !want, base, theirs, mine, merged)
			}
		}
		if wanted := len(added) + len(too); len(got)-1 > len(base)+wanted {
			r.Fatalf("a line came twice: %q", merged)
		}
	})

	check("a line put between lines that are all alike is not lost either", func(r *rapid.T) {
		base := rapid.SliceOfN(rapid.SampledFrom([]string{"a\n", "b\n"}), 0, 8).Draw(r, "base")
		theirs, added := edit(r, base, "theirs")
		mine, too := edit(r, base, "mine")
		merged, clean := Merge(strings.Join(base, ""), strings.Join(theirs, ""), strings.Join(mine, ""))
		for _, line := range slices.Concat(added, too) {
			if clean && strings.Count(merged, line) != 1 {
				r.Fatalf("%q is there %d times: base %q, theirs %q, mine %q, merged %q", line, strings.Count(merged, line), base, theirs, mine, merged)
			}
		}
	})

	check("edits with an untouched line between them merge, each as it was made", func(r *rapid.T) {
		base := numbered(rapid.IntRange(3, 12).Draw(r, "lines"))
		fence := rapid.IntRange(1, len(base)-2).Draw(r, "fence")
		above, _ := edit(r, base[:fence], "theirs")
		below, _ := edit(r, base[fence+1:], "mine")
		theirs := slices.Concat(above, base[fence:])
		mine := slices.Concat(base[:fence+1], below)
		want := strings.Join(slices.Concat(above, base[fence:fence+1], below), "")
		got, clean := Merge(strings.Join(base, ""), strings.Join(theirs, ""), strings.Join(mine, ""))
		if !clean || got != want {
			r.Fatalf("base %q, theirs %q, mine %q: %q, clean %v", base, theirs, mine, got, clean)
		}
	})

	check("words that either side put into one line are all there", func(r *rapid.T) {
		base := numbered(rapid.IntRange(1, 8).Draw(r, "words"))
		theirs, added := edit(r, base, "theirs")
		mine, too := edit(r, base, "mine")
		inLine := func(words []string) string { return strings.ReplaceAll(strings.Join(words, ""), "\n", " ") }
		merged, clean := Merge(inLine(base), inLine(theirs), inLine(mine))
		for _, word := range slices.Concat(added, too) {
			if clean && !slices.Contains(strings.Fields(merged), strings.TrimSpace(word)) {
				r.Fatalf("%q is lost: base %q, theirs %q, mine %q, merged %q", word, base, theirs, mine, merged)
			}
		}
	})
}

// numbered are lines that are all different.
func numbered(count int) []string {
	lines := make([]string, count)
	for i := range lines {
		lines[i] = "line" + string(rune('A'+i)) + "\n"
	}
	return lines
}

// edit takes lines out and puts others in, named by whose they are.
func edit(r *rapid.T, base []string, who string) (edited, added []string) {
	for at := 0; at <= len(base); at++ {
		if rapid.IntRange(0, 4).Draw(r, "insert") == 0 {
			line := who + string(rune('a'+at)) + "\n"
			edited, added = append(edited, line), append(added, line)
		}
		if at < len(base) && rapid.IntRange(0, 4).Draw(r, "delete") > 0 {
			edited = append(edited, base[at])
		}
	}
	return edited, added
}
