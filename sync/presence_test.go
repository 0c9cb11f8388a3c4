package sync

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tandem/queries/querytest"
)

// tab is one that somebody has open at an issue.
type tab struct {
	h     *house
	at    *Engine
	actor Actor
	id    uuid.UUID
	count int64
	issue Ref
}

func (h *house) tab(actor Actor, issue Ref) *tab {
	return &tab{h: h, at: h.Engine, actor: actor, id: newID(), issue: issue}
}

func (b *tab) says(t testing.TB, state Attention) {
	t.Helper()
	b.count++
	must(t, b.at.Attend(t.Context(), b.actor, Attendance{b.issue.ID(), b.id, b.count, state}))
}

// sees waits until a reader was told that those are at the issue: "ann ben…" with … for who types.
func (h *house) sees(t testing.TB, s *Subscription, want string) {
	t.Helper()
	event := next(t, s)
	for event.Presence == nil {
		event = next(t, s)
	}
	if got := h.wordsOf(*event.Presence); got != want {
		t.Errorf("told %q, not %q", got, want)
	}
}

func (h *house) wordsOf(p Presence) string {
	names := map[Ref]string{NewRef("member", h.ann.Member): "ann", NewRef("member", h.ben.Member): "ben"}
	var words []string
	for _, one := range p.Members {
		word := names[one.Member]
		if one.Typing {
			word += "…"
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

func (h *house) toldNothing(t testing.TB, s *Subscription) {
	t.Helper()
	for event, more := s.Take(); more; event, more = s.Take() {
		if event.Presence != nil {
			t.Errorf("told %+v", *event.Presence)
		}
	}
}

func TestPresence_S43(t *testing.T) {
	t.Parallel()

	t.Run("S43 those at an issue are told who comes, types and goes, and nothing is written", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		ann, ben := h.watch(t, h.Engine, h.ann, nil), h.watch(t, h.Engine, h.ben, nil)
		anns, bens := h.tab(h.ann, issue), h.tab(h.ben, issue)
		anns.says(t, Looking)
		h.sees(t, ann, "ann")
		h.toldNothing(t, ben)
		bens.says(t, Looking)
		h.sees(t, ann, "ann ben")
		h.sees(t, ben, "ann ben")
		bens.says(t, Typing)
		h.sees(t, ann, "ann ben…")
		bens.says(t, Left)
		h.sees(t, ann, "ann")
		if page := h.page(t, issue); page.Snapshot.Version != version {
			t.Errorf("the log went from %d to %d", version, page.Snapshot.Version)
		}
	})

	t.Run("S43 two tabs of one member are one, and each tab that comes is told who is there", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		anns := h.tab(h.ann, issue)
		anns.says(t, Looking)
		one, two := h.tab(h.ben, issue), h.tab(h.ben, issue)
		one.says(t, Looking)
		ann, ben := h.watch(t, h.Engine, h.ann, nil), h.watch(t, h.Engine, h.ben, nil) // who was there already is told
		h.sees(t, ann, "ann ben")
		h.sees(t, ben, "ann ben")
		two.says(t, Looking)
		h.sees(t, ben, "ann ben")
		h.toldNothing(t, ann)
		one.says(t, Left)
		h.toldNothing(t, ann)
		two.says(t, Left)
		h.sees(t, ann, "ann")
	})

	t.Run("S43 who is not heard of any more is gone within 45 s, and types no longer after 8", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		ann := h.watch(t, h.Engine, h.ann, nil)
		anns, bens := h.tab(h.ann, issue), h.tab(h.ben, issue)
		bens.says(t, Typing)
		anns.says(t, Looking)
		h.sees(t, ann, "ann ben…")
		h.clock.advance(8 * time.Second)
		h.sees(t, ann, "ann ben")
		h.clock.advance(14 * time.Second)
		bens.says(t, Looking)
		for range 2 {
			h.clock.advance(21 * time.Second)
			anns.says(t, Looking)
		}
		h.toldNothing(t, ann)
		h.clock.advance(2 * time.Second)
		h.sees(t, ann, "ann")
		h.clock.advance(time.Hour)
		h.presence.sweep(h.clock.now(time.Time{}))
		h.presence.mu.Lock()
		defer h.presence.mu.Unlock()
		if len(h.presence.rooms) > 0 || len(h.presence.seats) > 0 {
			t.Errorf("%v and %v are kept of those who are gone", h.presence.rooms, h.presence.seats)
		}
	})

	t.Run("S43 what a tab said before it left does not come after it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		bens := h.tab(h.ben, issue)
		bens.count = 1
		bens.says(t, Left)
		bens.count = 0
		bens.says(t, Typing)
		if members, _, _ := h.presence.at(room{h.ws, issue.ID()}); len(members) > 0 {
			t.Errorf("%v", members)
		}
	})

	t.Run("S43 S44 only those who see the issue come in or are told", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		secret, _ := h.issueIn(t, h.private, "Secret")
		issue, version := h.issue(t, "Fix login")
		if err := h.Attend(t.Context(), h.ben, Attendance{secret.ID(), newID(), 1, Looking}); !isKind(err, NotFound) {
			t.Errorf("%v", err)
		}
		ben := h.watch(t, h.Engine, h.ben, nil)
		h.tab(h.ben, issue).says(t, Looking)
		h.sees(t, ben, "ben")
		moved := h.applied(t, h.ann, h.annsTab, setField(issue, version, "team", string(NewRef("team", h.private))))
		for event := next(t, ben); event.Version < moved.Version; event = next(t, ben) {
		}
		h.tab(h.ann, issue).says(t, Looking)
		h.toldNothing(t, ben)
	})

	t.Run("S43 S46 who goes right after an issue moved out of sight is not told to whom it left", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		anns := h.tab(h.ann, issue)
		anns.says(t, Looking)
		h.tab(h.ben, issue).says(t, Looking)
		ben := h.watch(t, h.Engine, h.ben, nil)
		h.sees(t, ben, "ann ben")
		moved := h.applied(t, h.ann, h.annsTab, setField(issue, version, "team", string(NewRef("team", h.private))))
		for event := next(t, ben); event.Version < moved.Version; event = next(t, ben) {
		}
		anns.says(t, Left)
		h.toldNothing(t, ben)
	})

	t.Run("S43 a member's tabs take bounded memory", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		for range 3 * mostSeats {
			h.tab(h.ben, issue).says(t, Looking)
		}
		if got := h.presence.seats[h.ben.Member]; got != mostSeats {
			t.Errorf("%d seats", got)
		}
	})

	t.Run("S43 who comes on one node is seen on another", func(t *testing.T) {
		t.Parallel()
		pool := querytest.DB(t)
		url := pool.Config().ConnString()
		one := &house{clock: &testClock{at: time.Now()}, annsTab: newID(), bensTab: newID()}
		one.Engine = New(Options{Pool: pool, Bus: NewPostgresBus(url, quiet()), Poll: time.Hour})
		two := New(Options{Pool: pool, Bus: NewPostgresBus(url, quiet()), Poll: time.Hour})
		for _, e := range []*Engine{one.Engine, two} {
			e.Start()
			t.Cleanup(e.Stop)
		}
		one.furnish(t)
		issue, _ := one.issue(t, "Fix login")
		ben := one.watch(t, two, one.ben, nil)
		one.awaitBus(t, ben)
		bens, anns := one.tab(one.ben, issue), one.tab(one.ann, issue)
		bens.at = two
		bens.says(t, Looking)
		one.sees(t, ben, "ben")
		anns.says(t, Looking)
		one.sees(t, ben, "ann ben")
		anns.says(t, Left)
		one.sees(t, ben, "ben")
	})
}

func TestPresence_WordsOfOtherBuildsAreLeftOut(t *testing.T) {
	t.Parallel()
	s := seating{room{newID(), newID()}, seat{newID(), newID()}, newID(), 7, Typing}
	if got, ok := parseSeating(s.word()); !ok || got != s {
		t.Errorf("%+v became %+v", s, got)
	}
	for _, word := range []string{"", "x", "presence:", "presence:a/b/c/d/e/1/looking", s.word() + "/more", fmt.Sprint(newID(), ":", 7)} {
		if _, ok := parseSeating(word); ok {
			t.Errorf("%q is understood", word)
		}
	}
}

func isKind(err error, kind Kind) bool {
	told, ok := asError(err)
	return ok && told.Kind == kind
}
