package sync

import (
	"slices"
	"strings"
	stdsync "sync"

	"github.com/google/uuid"
)

// Event is a bump: what has become stale since the reader was last told. It never holds content.
type Event struct {
	From    int64    `json:"from"` // what the stream had told before
	Version int64    `json:"version"`
	Records []string `json:"records,omitempty"`
	Topics  []string `json:"topics,omitempty"`
	All     bool     `json:"all,omitempty"` // too much to name: everything may be stale
	Spread  int      `json:"spread"`        // milliseconds over which watchers should spread their refetch
	Access  bool     `json:"-"`             // the reader's rights changed: re-read everything
	Lost    bool     `json:"-"`             // with Access: the reader may see less than before
	Renewed bool     `json:"-"`             // nothing but that another epoch has begun; what is stale comes next

	Presence *Presence `json:"-"` // nothing but who is at an issue now

	watchers int
	form     *form // nil: nobody else is told the same
}

// form is what the first of those who were told the same made of it.
type form struct {
	once stdsync.Once
	made any
}

// Form is what from makes of the event, made once for all who are told the same. All members' streams must ask with one
// function, and all streams of shares with one.
func (e Event) Form(from func(Event) any) any {
	if e.form == nil {
		return from(e)
	}
	e.form.once.Do(func() { e.form.made = from(e) })
	return e.form.made
}

// spread keeps a crowd from refetching in the same instant: a millisecond for each five watchers past a hundred.
func spread(watchers int) int {
	if watchers <= 100 {
		return 0
	}
	return min(watchers/5, 2000)
}

// bulletin is a stretch of the log, whole versions of it, on its way to readers. What those who see the same are told
// is worked out once. It belongs to one goroutine.
type bulletin struct {
	from     int64
	notices  []notice
	watchers int
	events   map[audience]*Event
	named    map[string]bool // the topics of members among those of the notices
}

// audience are readers who are told the same of the same stretch.
type audience struct {
	class string // of their rights
	share string // "" = members
	named string // the topic of the one member whom the stretch concerns besides; "" = of none
}

func newBulletin(from int64, notices []notice, watchers int) *bulletin {
	b := &bulletin{from: from, notices: notices, watchers: watchers, events: map[audience]*Event{}, named: map[string]bool{}}
	for _, n := range notices {
		for _, topic := range n.topics {
			if ofMember(topic) {
				b.named[topic] = true
			}
		}
	}
	return b
}

func ofMember(topic string) bool { return strings.HasPrefix(topic, "member:") }

// namedOf is a member's topic if the stretch has it. It is told to them alone: what hangs on it nobody else can show, and
// the many who hear of an issue would make the event one that says nothing but that all may be stale.
func (b *bulletin) namedOf(member uuid.UUID) string {
	if own := string(NewRef("member", member)); b.named[own] {
		return own
	}
	return ""
}

func (b *bulletin) version() int64 { return b.notices[len(b.notices)-1].version }

// eventFor is what an audience is told; concerns picks the notices that are for them. Nil when there are none.
func (b *bulletin) eventFor(who audience, concerns func(notice) bool) *Event {
	event, known := b.events[who]
	if !known {
		event = b.event(who.named, concerns)
		b.events[who] = event
	}
	return event
}

func (b *bulletin) event(named string, concerns func(notice) bool) *Event {
	var stale staleKeys
	for _, n := range b.notices {
		if concerns(n) {
			topics := slices.DeleteFunc(slices.Clone(n.topics), func(topic string) bool { return topic != named && ofMember(topic) })
			stale.add(n.named(), topics)
		}
	}
	if stale.empty() {
		return nil
	}
	event := &Event{From: b.from, Version: b.version(), All: stale.all, Spread: spread(b.watchers), watchers: b.watchers, form: &form{}}
	event.Records, event.Topics = stale.sorted()
	return event
}
