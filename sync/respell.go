package sync

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"tandem/queries"
)

const (
	respelledWords = 8   // of a text, at the most
	similarTitles  = 200 // that are looked at for each
)

// respell puts the words of a text that nothing holds as titles spell them, as far as the reader may see those. What it cannot
// put better stays, and a text of which it can put nothing better is the answer as it came.
func (e *Engine) respell(ctx context.Context, actor Actor, text string) (string, error) {
	words := searchWords(strings.ToLower(text))
	looked := words[:min(len(words), respelledWords)]
	var similar *[]queries.ListSimilarTitlesRow
	_, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		p.Tell(func(db queries.DBTX) error { return e.queries.SetSimilarity(ctx, db) })
		similar = ask(p, len(looked), func(db queries.DBTX) ([]queries.ListSimilarTitlesRow, error) {
			return e.queries.ListSimilarTitles(ctx, db, queries.ListSimilarTitlesParams{Words: looked, WorkspaceID: actor.Workspace,
				TeamIDs: s.who.visibleTeams(), Most: similarTitles})
		})
		return nil
	})
	if err != nil {
		return "", err
	}
	titles := map[string][]string{}
	for _, row := range *similar {
		titles[row.Word] = append(titles[row.Word], row.Title)
	}
	respelled := false
	for i, word := range looked {
		if better := nearest(word, titles[word]); better != "" && better != word {
			words[i], respelled = better, true
		}
	}
	if !respelled {
		return text, nil
	}
	return strings.Join(words, " "), nil
}

// nearest is the word of some titles that takes the fewest changes of letters, of equal ones the most frequent; "" when all take
// too many to be a slip.
func nearest(word string, titles []string) string {
	count := map[string]int{}
	for _, title := range titles {
		for _, other := range searchWords(strings.ToLower(title)) {
			count[other]++
		}
	}
	best, fewest := "", slips(word)+1
	for other, n := range count {
		changes := levenshtein.ComputeDistance(word, other)
		nearer := changes < fewest || changes == fewest && (n > count[best] || n == count[best] && other < best)
		if changes <= slips(word) && nearer {
			best, fewest = other, changes
		}
	}
	return best
}

// slips is how many changes of letters may be meant for none: two letters that changed places are two.
func slips(word string) int {
	switch length := utf8.RuneCountInString(word); {
	case length < 4:
		return 0
	case length == 4:
		return 1
	}
	return 2
}
