package nemesis

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// progress is how many rounds pass between two lines that say how it goes.
const progress = 25

// TestS80_S81_S82_NothingIsLostUnderFaults runs rounds of random faults; S81 and S82 are judged in each of them.
func TestS80_S81_S82_NothingIsLostUnderFaults(t *testing.T) {
	span, perSecond := settings()
	first := *seed
	if first == 0 {
		first = uint64(time.Now().UnixNano()) % 1_000_000
	}
	s := newStage(t)
	sum := &summary{began: time.Now(), faults: map[string]int{}, phases: map[string]time.Duration{}}
	for i := range *rounds {
		r := s.play(t.Context(), roundSeed(first, i), span, perSecond, healing)
		sum.add(r)
		if story := r.log.story(); story != "" {
			t.Errorf("round %d of seed %d (again with -rounds 1 -seed %d -round %s) failed:\n%s%s", i, first, r.seed, span, story, s.words())
		}
		t.Logf("round %d: %v", i, r.phases)
		if (i+1)%progress == 0 {
			fmt.Fprintf(os.Stderr, "%s\n", sum) // at once, not when the test ends
		}
		if t.Context().Err() != nil {
			break
		}
	}
	t.Logf("seed %d: %s", first, sum)
}

// roundSeed is the first seed itself in the first round, so that any round can be run by itself.
func roundSeed(first uint64, round int) uint64 {
	if round == 0 {
		return first
	}
	return rand.New(rand.NewPCG(first, uint64(round))).Uint64N(1_000_000_000)
}

// words is what the nodes have logged last.
func (s *stage) words() string {
	var words strings.Builder
	for _, node := range s.nodes {
		said := node.said.String()
		fmt.Fprintf(&words, "%s logged last:\n%s\n", node.name, said[max(0, len(said)-4000):])
	}
	return words.String()
}

// summary counts over all rounds.
type summary struct {
	began                  time.Time
	rounds, failed         int
	applied, refused       int
	copies, lost           int64
	unavailable, fragments int
	phases                 map[string]time.Duration // the longest of each
	faults                 map[string]int
}

func (s *summary) add(r *round) {
	s.rounds++
	if len(r.log.failures()) > 0 {
		s.failed++
	}
	applied, refused := r.acknowledged()
	s.applied, s.refused, s.lost, s.fragments = s.applied+applied, s.refused+refused, s.lost+r.lostCommits.Load(), s.fragments+r.fragments
	for _, actor := range r.actors {
		s.copies += actor.transport.copies.Load()
		s.unavailable += actor.history.failed
	}
	for name, n := range r.count {
		s.faults[name] += n
	}
	for _, phase := range r.phases {
		s.phases[phase.name] = max(s.phases[phase.name], phase.took)
	}
}

// String is the summary as it is printed.
func (s *summary) String() string {
	var line strings.Builder
	fmt.Fprintf(&line, "%d rounds in %s, %d failed; %d transactions applied, %d refused; %d pushes sent once more, %d answers to COMMIT lost, "+
		"%d answers of 5xx, %d fragments seen; the longest drain %s, convergence %s, furnishing %s, check %s; faults:", s.rounds, time.Since(s.began).Round(time.Second), s.failed,
		s.applied, s.refused, s.copies, s.lost, s.unavailable, s.fragments, s.longest("drain"), s.longest("converge"), s.longest("furnish"), s.longest("check"))
	names := strikes{count: s.faults}
	for _, name := range names.names() {
		fmt.Fprintf(&line, " %s %d;", name, s.faults[name])
	}
	return line.String()
}

func (s *summary) longest(phase string) time.Duration { return s.phases[phase].Round(time.Millisecond) }
