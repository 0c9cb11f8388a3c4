//go:build fault

package nemesis

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func buildFlags() []string { return []string{"build", "-tags", "fault"} }

// betrayed says for each built-in fault what a round must find; any of the words will do.
var betrayed = map[string][]string{
	"version_gap":     {"the log goes from version"},
	"no_replay_check": {"was done twice", "was answered", "still unsent"},
	"result_apart":    {"results are stored", "was done twice"},
	"lost_hint":       {"stays at version"},
	"no_tombstone":    {"in the log it is there for them false"},
	"leak_404":        {"reached what is hidden"},
	"list_no_catchup": {"stays at version"},
	"self_conflict":   {"conflicts with its own author"},
}

// TestFaultsTurnARoundRed shows that the suite can fail: with each fault on, a few rounds find it.
func TestFaultsTurnARoundRed(t *testing.T) {
	s := newStage(t)
	for name, words := range betrayed {
		t.Run(name, func(t *testing.T) {
			must(t, s.restart(t.Context(), "TANDEM_FAULT="+name))
			var stories []string
			for i := range 5 {
				r := s.play(t.Context(), uint64(i), 2*time.Second, 20, 10*time.Second)
				story := r.log.findings()
				if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(story, word) }) {
					t.Logf("found in round %d", i)
					return
				}
				stories = append(stories, story)
			}
			t.Errorf("five rounds did not find %s, but:\n%s", name, strings.Join(stories, "\n"))
		})
	}
}

// restart starts the nodes anew in another environment.
func (s *stage) restart(ctx context.Context, env ...string) error {
	for _, node := range s.nodes {
		err := node.kill()
		node.env = env
		if err = errors.Join(err, node.revive(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// findings are the failures alone.
func (l *timeline) findings() string {
	var lines []string
	for _, one := range l.failures() {
		lines = append(lines, one.text)
	}
	return strings.Join(lines, "\n")
}
