package sync

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Limits of the reactions to one record.
const (
	maxReactions    = 500 // of all members together
	maxOwnReactions = 12
)

// reactions is a set of who answered with which emoji: "member:<uuid>/👍". An add or remove names the emoji alone, and means
// whoever sends it, so that nobody can speak for another.
func reactions() shape {
	return shape{says: "set of `member:<uuid>/<emoji>`; add and remove name one emoji, and mean one's own", zero: []string{}, column: asIs,
		named: func(by uuid.UUID, raw string) (string, string) {
			emoji := tidyEmoji(raw)
			if !isEmoji(emoji) {
				return "", "React with one emoji."
			}
			return string(NewRef("member", by)) + "/" + emoji, ""
		},
		read: func(raw any) (value, string) {
			set, wrong := stringsOf(raw)
			for _, element := range set {
				if who, emoji := reactionOf(element); who == uuid.Nil || !isEmoji(emoji) {
					wrong = "Write each reaction as member:<uuid>/<emoji>."
				}
			}
			return set, wrong
		}}
}

func reactionOf(element string) (who uuid.UUID, emoji string) {
	ref, emoji, _ := strings.Cut(element, "/")
	return Ref(ref).ID(), emoji
}

// checkReactions bounds what one record may hold: it is read and sent whole.
func checkReactions(before, after *record) error {
	if !changed(before, after, "reactions") {
		return nil
	}
	var was []string
	if before != nil {
		was = before.set("reactions")
	}
	had, has := countReactions(was), countReactions(after.set("reactions"))
	for who, count := range has {
		if count > maxOwnReactions && count > had[who] {
			return invalid("reactions", "You have reacted in many ways already; take one back first.")
		}
	}
	if all := len(after.set("reactions")); all > maxReactions && all > len(was) {
		return invalid("reactions", "This has as many reactions as it can hold.")
	}
	return nil
}

func countReactions(set []string) map[uuid.UUID]int {
	each := map[uuid.UUID]int{}
	for _, element := range set {
		who, _ := reactionOf(element)
		each[who]++
	}
	return each
}

// isEdit tells whether a line of the log changes what its record says: that the record moved along with its issue does not,
// nor that somebody reacted to it.
func isEdit(kind string, op Verb, after map[string]value) bool {
	return op != Leave && !carriedAlong(kind, after) && !(op == Set && reacted(kind, after))
}

// reacted tells whether nothing but reactions is new.
func reacted(kind string, after map[string]value) bool {
	for name := range after {
		if field, _ := fieldOf(nounOf(kind), name); field.policy != own {
			return false
		}
	}
	return true
}

func onlyReacted(before, after *record) bool {
	_, to := difference(before, after)
	return opOf(before, after) == Set && reacted(after.kind, to)
}

// Reaction is an emoji, and who answered with it.
type Reaction struct {
	Emoji   string
	Members []uuid.UUID
}

// reactionsIn groups a record's reactions, what most answered with first.
func reactionsIn(set []string) []Reaction {
	var found []Reaction
	for _, element := range set {
		who, emoji := reactionOf(element)
		at := slices.IndexFunc(found, func(r Reaction) bool { return r.Emoji == emoji })
		if at < 0 {
			at, found = len(found), append(found, Reaction{Emoji: emoji})
		}
		found[at].Members = append(found[at].Members, who)
	}
	slices.SortFunc(found, func(a, b Reaction) int {
		if more := len(b.Members) - len(a.Members); more != 0 {
			return more
		}
		return strings.Compare(a.Emoji, b.Emoji)
	})
	return found
}

const (
	joiner      = '\u200d' // makes one emoji of several
	asPicture   = '\ufe0f' // shows a character as an emoji that is text by itself
	asKey       = '\u20e3' // makes a key of a digit
	longest     = 64       // bytes; the longest families and flags have 35
	firstRegion = '\U0001F1E6'
	lastRegion  = '\U0001F1FF'
)

// tidyEmoji gives an emoji its one form: some keyboards leave out that an old character is meant as a picture.
func tidyEmoji(raw string) string {
	raw = strings.TrimSpace(raw)
	if r, size := utf8.DecodeRuneInString(raw); size == len(raw) && r < 0x10000 && isPicture(r) {
		return raw + string(asPicture)
	}
	return raw
}

// isEmoji tells whether a text is one emoji: a picture with its modifiers, several of them joined, a flag or a key. It need not
// be one that there is, only what shows as a single character.
func isEmoji(s string) bool {
	runes := []rune(s)
	switch {
	case len(s) > longest || len(runes) == 0 || !utf8.ValidString(s):
		return false
	case len(runes) == 2 && isRegion(runes[0]) && isRegion(runes[1]):
		return true
	case len(runes) == 3 && strings.ContainsRune("0123456789#*", runes[0]) && runes[1] == asPicture && runes[2] == asKey:
		return true
	}
	for _, part := range strings.Split(s, string(joiner)) {
		rest := []rune(part)
		if len(rest) == 0 || !isPicture(rest[0]) || slices.ContainsFunc(rest[1:], func(r rune) bool { return !isModifier(r) }) {
			return false
		}
	}
	return true
}

func isRegion(r rune) bool { return r >= firstRegion && r <= lastRegion }

// isModifier: skin, look as a picture, and the letters in the flags of regions.
func isModifier(r rune) bool {
	return r == asPicture || r >= 0x1F3FB && r <= 0x1F3FF || r >= 0xE0020 && r <= 0xE007F
}

// isPicture tells whether a character shows as a picture, by the blocks of Unicode that hold them.
func isPicture(r rune) bool {
	switch {
	case r >= 0x1F000 && r <= 0x1FAFF:
		return !isRegion(r) && !isModifier(r)
	case r >= 0x2600 && r <= 0x27BF, r >= 0x231A && r <= 0x23FF, r >= 0x25AA && r <= 0x25FE, r >= 0x2B05 && r <= 0x2B55, r >= 0x2194 && r <= 0x21AA:
		return true
	}
	return strings.ContainsRune("©®‼⁉™ℹⓂ⤴⤵〰〽㊗㊙", r)
}
