package sync

import stdsync "sync"

// Event is a bump: what has become stale since the reader was last told. It never holds content.
type Event struct {
	From    int64    `json:"from"` // what the stream had told before
	Version int64    `json:"version"`
	Records []string `json:"records,omitempty"`
	Topics  []string `json:"topics,omitempty"`
	All     bool     `json:"all,omitempty"` // too much to name: everything may be stale
	Spread  int      `json:"spread"`        // milliseconds over which watchers should spread their refetch
	Access  bool     `json:"-"`             // the reader's rights changed: re-read everything
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
}

// audience are readers who are told the same of the same stretch.
type audience struct {
	class string // of their rights
	share string // "" = members
}

func newBulletin(from int64, notices []notice, watchers int) *bulletin {
	return &bulletin{from: from, notices: notices, watchers: watchers, events: map[audience]*Event{}}
}

func (b *bulletin) version() int64 { return b.notices[len(b.notices)-1].version }

// eventFor is what an audience is told; concerns picks the notices that are for them. Nil when there are none.
func (b *bulletin) eventFor(who audience, concerns func(notice) bool) *Event {
	event, known := b.events[who]
	if !known {
		event = b.event(concerns)
		b.events[who] = event
	}
	return event
}

func (b *bulletin) event(concerns func(notice) bool) *Event {
	var stale staleKeys
	for _, n := range b.notices {
		if concerns(n) {
			stale.addNotice(n)
		}
	}
	if stale.empty() {
		return nil
	}
	event := &Event{From: b.from, Version: b.version(), All: stale.all, Spread: spread(b.watchers), watchers: b.watchers, form: &form{}}
	event.Records, event.Topics = stale.sorted()
	return event
}
