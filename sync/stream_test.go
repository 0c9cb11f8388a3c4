package sync

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"tandem/queries/querytest"
)

// patience bounds how long a test waits for what must come.
const patienceInTests = 10 * time.Second

// next waits for the reader's next event.
func next(t testing.TB, s *Subscription) Event {
	t.Helper()
	deadline, ready := time.After(patienceInTests), s.Ready()
	for {
		if event, ok := s.Take(); ok {
			return event
		}
		select {
		case <-ready:
		case <-deadline:
			t.Fatal("no event came")
		}
	}
}

func (h *house) watch(t testing.TB, e *Engine, actor Actor, since *int64) *Subscription {
	t.Helper()
	s, err := e.Subscribe(t.Context(), actor, since)
	must(t, err)
	t.Cleanup(s.Close)
	return s
}

func TestStream(t *testing.T) {
	t.Parallel()

	t.Run("a write is told with its record and topics", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, version := h.issue(t, "Fix login")
		s := h.watch(t, h.Engine, h.ben, nil)
		h.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 1))
		event := next(t, s)
		if event.From != version || event.Version != version+1 || !slices.Contains(event.Records, string(issue)) ||
			!slices.Contains(event.Topics, string(NewRef("team", h.team))) {
			t.Errorf("%+v", event)
		}
	})

	t.Run("S30 a resumed stream says at once what was missed", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		_, since := h.issue(t, "First")
		var refs []string
		for n := range 7 {
			issue, _ := h.issue(t, fmt.Sprint("missed ", n))
			refs = append(refs, string(issue))
		}
		event := next(t, h.watch(t, h.Engine, h.ben, &since))
		slices.Sort(refs)
		if event.From != since || event.Version != since+7 || !slices.Equal(event.Records, refs) {
			t.Errorf("%+v", event)
		}
	})

	t.Run("S31 a lost hint is made good by the poll", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		other := New(Options{Pool: h.pool, Poll: 50 * time.Millisecond}) // no bus: it never hears of what h writes
		other.Start()
		t.Cleanup(other.Stop)
		s := h.watch(t, other, h.ben, nil)
		issue, version := h.issue(t, "Fix login")
		if event := next(t, s); event.Version != version || !slices.Contains(event.Records, string(issue)) {
			t.Errorf("%+v", event)
		}
	})

	t.Run("S32 a write on one node is told on another over the bus", func(t *testing.T) {
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
		s := one.watch(t, two, one.ben, nil)
		one.awaitBus(t, s)
		_, version := one.issue(t, "Fix login")
		for event := next(t, s); event.Version < version; event = next(t, s) {
		}
	})

	t.Run("S45 nothing of a hidden team is told", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		secret, version := h.issueIn(t, h.private, "Secret")
		s := h.watch(t, h.Engine, h.ben, nil)
		for range 50 {
			version = h.applied(t, h.ann, h.annsTab, setField(secret, version, "title", fmt.Sprint("Secret ", version))).Version
		}
		open, _ := h.issue(t, "Open")
		event := next(t, s)
		if !slices.Equal(event.Records, []string{string(open)}) {
			t.Errorf("records %v", event.Records)
		}
		if slices.Contains(event.Topics, string(NewRef("team", h.private))) {
			t.Errorf("topics %v", event.Topics)
		}
	})

	t.Run("S48 whoever is added to a team is told that their rights changed, then of its issues", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		s := h.watch(t, h.Engine, h.ben, nil)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Add, Record: NewRef("team", h.private), Field: "members", Value: string(NewRef("member", h.ben.Member))})
		for event := next(t, s); !event.Access; event = next(t, s) {
		}
		issue, _ := h.issueIn(t, h.private, "Secret")
		for event := next(t, s); !slices.Contains(event.Records, string(issue)); event = next(t, s) {
		}
	})

	t.Run("S34 a reader who takes nothing costs bounded memory and then hears that all is stale", func(t *testing.T) {
		t.Parallel()
		box := newMailbox(0)
		box.caughtUp()
		for n := range 10000 {
			issue := fmt.Sprint("issue:", n)
			box.put(&Event{From: int64(n), Version: int64(n + 1), Records: []string{issue}, Topics: []string{issue, "team:1"}})
			if len(box.keys.records) > mailboxRecords || len(box.keys.topics) > mailboxTopics {
				t.Fatalf("%d records, %d topics are kept", len(box.keys.records), len(box.keys.topics))
			}
		}
		if event, ok := box.take(); !ok || !event.All || event.Version != 10000 || event.From != 0 {
			t.Errorf("%+v", event)
		}
	})
}

// One of two readers takes nothing while 10,000 versions pass; what it is told at last covers all of them.
func TestS34_AReaderWhoTakesNothingHoldsUpNobody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	stalled, healthy := h.watch(t, h.Engine, h.ben, nil), h.watch(t, h.Engine, h.ben, nil)
	head, team := healthy.Version(), string(NewRef("team", h.team))
	hub := h.watched(h.ws)
	for version := head + 1; version <= head+10000; version++ {
		record := fmt.Sprint("issue:", version)
		hub.hear(version, []notice{{version: version, record: record, team: h.team, topics: []string{record, team}}})
		event := next(t, healthy)
		if event.From != version-1 || event.Version != version || !slices.Equal(event.Records, []string{record}) {
			t.Fatalf("at %d: %+v", version, event)
		}
	}
	if waiting := stalled.box.keys; len(waiting.records) > mailboxRecords || len(waiting.topics) > mailboxTopics {
		t.Errorf("%d records and %d topics wait", len(waiting.records), len(waiting.topics))
	}
	if event := next(t, stalled); event.From != head || event.Version != head+10000 || !event.All {
		t.Errorf("%+v", event)
	}
	hub.hear(head+10001, []notice{{version: head + 10001, record: "issue:1", team: h.team, topics: []string{team}}})
	if event := next(t, stalled); event.From != head+10000 || event.All || !slices.Equal(event.Records, []string{"issue:1"}) {
		t.Errorf("%+v", event)
	}
}

// An issue that many hear of does not make everything stale for everybody: each is told of themselves alone.
func TestStream_ManySubscribersAreNotToldOfEachOther(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, _ := h.issue(t, "Fix login")
	adds := []Operation{addTo(issue, "subscribers", h.ref(h.ben))}
	for i := range mailboxTopics + 1 {
		member := NewRef("member", newID())
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: member, Set: map[string]any{"name": fmt.Sprint("Reader ", i), "handle": fmt.Sprint("reader", i)}})
		adds = append(adds, addTo(issue, "subscribers", member))
	}
	h.applied(t, h.ann, h.annsTab, adds...)
	ben, cleo := h.watch(t, h.Engine, h.ben, nil), h.watch(t, h.Engine, h.cleo, nil)
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "A word to all"))
	for s, want := range map[*Subscription][]string{ben: {string(issue), string(h.ref(h.ben))}, cleo: {string(issue)}} {
		if event := next(t, s); event.All || !slices.Equal(event.Topics, want) {
			t.Errorf("told %v, all: %t", event.Topics, event.All)
		}
	}
}

// What is told alike is worked out once, and made into its form once; who sees less is told less.
func TestBulletin_IsSharedByWhoSeeTheSame(t *testing.T) {
	t.Parallel()
	open, hidden := newID(), newID()
	b := newBulletin(4, []notice{{version: 5, record: "issue:1", team: open, topics: []string{"t1"}}, {version: 6, record: "issue:2", team: hidden, topics: []string{"t2"}}}, 2)
	all := func(notice) bool { return true }
	some := func(n notice) bool { return n.team == open }
	one, two := b.eventFor(audience{class: "all"}, all), b.eventFor(audience{class: "all"}, all)
	if one != two || one.From != 4 || one.Version != 6 || !slices.Equal(one.Records, []string{"issue:1", "issue:2"}) {
		t.Errorf("%+v, %+v", one, two)
	}
	if less := b.eventFor(audience{class: "some"}, some); less.Version != 6 || !slices.Equal(less.Records, []string{"issue:1"}) || !slices.Equal(less.Topics, []string{"t1"}) {
		t.Errorf("%+v", less)
	}
	if none := b.eventFor(audience{class: "none"}, func(notice) bool { return false }); none != nil {
		t.Errorf("%+v", none)
	}
	made := 0
	count := func(Event) any { made++; return made }
	if one.Form(count) != 1 || two.Form(count) != 1 {
		t.Errorf("made %d times", made)
	}
}

// Rights change between versions: nothing later is told by the old ones, and no version is told in parts.
func TestHub_TellsWholeVersionsAndCutsWhereRightsChange(t *testing.T) {
	t.Parallel()
	whom := []uuid.UUID{newID()}
	batch := []notice{{version: 1}, {version: 2}, {version: 2, access: whom}, {version: 3}, {version: 4, access: whom}}
	var lengths []int
	for len(batch) > 0 {
		n := stretchLength(batch)
		lengths, batch = append(lengths, n), batch[n:]
	}
	if !slices.Equal(lengths, []int{1, 3, 1}) {
		t.Errorf("%v", lengths)
	}
}

// awaitBus writes until the other node hears of it, which shows that its listener is connected.
func (h *house) awaitBus(t testing.TB, s *Subscription) {
	t.Helper()
	deadline := time.After(patienceInTests)
	for {
		h.issue(t, "Knock")
		select {
		case <-s.Ready():
			return
		case <-deadline:
			t.Fatal("the bus never told anything")
		case <-time.After(20 * time.Millisecond):
		}
	}
}
