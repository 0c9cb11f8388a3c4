package sync

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, base, theirs, mine, want string }{
		{"nobody changed it", "a\n", "a\n", "a\n", "a\n"},
		{"only they did", "a\n", "b\n", "a\n", "b\n"},
		{"only I did", "a\n", "a\n", "c\n", "c\n"},
		{"both alike", "a\n", "b\n", "b\n", "b\n"},
		{"different lines", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"},
		{"neighbouring lines", "a\nb\n", "A\nb\n", "a\nB\n", "A\nB\n"},
		{"words of one line", "the quick brown fox", "the slow brown fox", "the quick brown dog", "the slow brown dog"},
		{"they delete, I add elsewhere", "a\nb\nc\n", "b\nc\n", "a\nb\nc\nd\n", "b\nc\nd\n"},
		{"no newline at the end", "a\nb", "a\nb\nc", "z\na\nb", "z\na\nb\nc"},
		{"CRLF is kept", "a\r\nb\r\n", "a\r\nB\r\n", "A\r\nb\r\n", "A\r\nB\r\n"},
		{"into an empty text", "", "theirs", "theirs", "theirs"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, clean := Merge(test.base, test.theirs, test.mine)
			if !clean || got != test.want {
				t.Errorf("%q, clean %v, want %q", got, clean, test.want)
			}
			turned, clean := Merge(test.base, test.mine, test.theirs)
			if !clean || turned != test.want {
				t.Errorf("the other way round: %q, clean %v", turned, clean)
			}
		})
	}
	clashes := []struct{ name, base, theirs, mine string }{
		{"one word", "fix login", "fix logout", "fix signup"},
		{"both insert at one place", "a\nb\n", "a\nx\nb\n", "a\ny\nb\n"},
		{"deleted and changed", "a\nb\nc\n", "a\nc\n", "a\nB!\nc\n"},
		{"both fill an empty text", "", "theirs", "mine"},
	}
	for _, test := range clashes {
		t.Run("clash: "+test.name, func(t *testing.T) {
			t.Parallel()
			if got, clean := Merge(test.base, test.theirs, test.mine); clean {
				t.Errorf("merged to %q", got)
			}
		})
	}
}

func TestMergeNeverLosesALineThatOneSideAdded(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		var base []string
		for range random.IntN(12) {
			base = append(base, string(rune('a'+random.IntN(4)))+"\n")
		}
		theirs, mine := insertLine(random, base, "THEIRS\n"), insertLine(random, base, "MINE\n")
		merged, clean := Merge(strings.Join(base, ""), theirs, mine)
		if clean && (!strings.Contains(merged, "THEIRS") || !strings.Contains(merged, "MINE") || len(merged) != len(theirs)+len("MINE\n")) {
			t.Fatalf("base %q, theirs %q, mine %q, merged %q", base, theirs, mine, merged)
		}
	}
}

func insertLine(random *rand.Rand, lines []string, line string) string {
	at := random.IntN(len(lines) + 1)
	return strings.Join(lines[:at], "") + line + strings.Join(lines[at:], "")
}
