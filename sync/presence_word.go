package sync

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// presenceWord is what the words about presence begin with on the bus, where builds that know none leave them out.
const presenceWord = "presence:"

// word is what a tab said, for other nodes.
func (s seating) word() string {
	return fmt.Sprintf("%s%s/%s/%s/%s/%s/%d/%s", presenceWord, s.workspace, s.issue, s.team, s.member, s.tab, s.count, s.state)
}

// hearWord takes what another node's readers said, and this node's own once more, which changes nothing.
func (e *Engine) hearWord(word string) {
	if s, ok := parseSeating(word); ok {
		e.seat(s)
	}
}

func parseSeating(word string) (s seating, ok bool) {
	rest, ours := strings.CutPrefix(word, presenceWord)
	parts := strings.Split(rest, "/")
	if !ours || len(parts) != 7 {
		return s, false
	}
	for i, id := range []*uuid.UUID{&s.workspace, &s.issue, &s.team, &s.member, &s.tab} {
		parsed, err := uuid.Parse(parts[i])
		if err != nil {
			return s, false
		}
		*id = parsed
	}
	count, err := strconv.ParseInt(parts[5], 10, 64)
	s.count, s.state = count, Attention(parts[6])
	return s, err == nil
}
