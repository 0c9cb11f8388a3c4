package sync

import (
	stdsync "sync"

	"github.com/google/uuid"
)

// mailbox holds what one reader has not been told yet, in bounded memory however slow they are. What many are told alike
// is one event that all of them point to; only a reader who lags gathers keys of their own.
type mailbox struct {
	mu       stdsync.Mutex
	told     int64
	version  int64
	whole    *Event    // all that waits, as it came
	keys     staleKeys // all that waits, gathered
	access   bool
	lost     bool               // with the access, something may have gone out of sight
	renewed  bool               // another epoch has begun
	notes    map[uuid.UUID]bool // issues of which somebody came or went; the reader looks at them, so they are few
	open     bool               // before it has caught up with the log nothing is handed out
	watchers int
	notify   func() // called without the lock when there may be something to take; nil = nobody listens yet
}

func newMailbox(told int64) *mailbox { return &mailbox{told: told, version: told} }

// put leaves an event; from there on it is the mailbox's to share with others, so nobody may change it.
func (m *mailbox) put(e *Event) {
	m.mu.Lock()
	if m.open && m.empty() && m.told == e.From {
		m.whole = e
	} else {
		m.gather(e)
	}
	m.version, m.watchers = max(m.version, e.Version), e.watchers
	m.unlockAndWake()
}

// gather is called with the lock held.
func (m *mailbox) gather(e *Event) {
	if m.whole != nil {
		m.keys.addEvent(m.whole)
		m.whole = nil
	}
	m.keys.addEvent(e)
}

// pass notes that the log went on without anything for this reader. Alone it wakes nobody: a heartbeat tells it.
func (m *mailbox) pass(version int64) {
	m.mu.Lock()
	if m.empty() && m.open {
		m.told = max(m.told, version)
	}
	m.version = max(m.version, version)
	m.unlockAndWake()
}

func (m *mailbox) putAll(version int64) {
	m.mu.Lock()
	m.version = max(m.version, version)
	m.keys.dropAll()
	m.unlockAndWake()
}

// putAccess notes that the rights changed, and whether they show less. It wakes nobody: the key that changed them comes next.
func (m *mailbox) putAccess(version int64, lost bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version = max(m.version, version)
	m.access, m.lost = true, m.lost || lost
}

// startAt says from where the reader is told, and how far the log went when they came.
func (m *mailbox) startAt(told, version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told, m.version = told, max(m.version, version)
}

// caughtUp opens the mailbox.
func (m *mailbox) caughtUp() {
	m.mu.Lock()
	m.open = true
	m.unlockAndWake()
}

// listen has f called from now on, and at once if something waits already.
func (m *mailbox) listen(f func()) {
	m.mu.Lock()
	m.notify = f
	m.unlockAndWake()
}

func (m *mailbox) unlockAndWake() {
	wake := m.notify
	if !m.open || m.empty() && len(m.notes) == 0 {
		wake = nil
	}
	m.mu.Unlock()
	if wake != nil {
		wake()
	}
}

func (m *mailbox) empty() bool { return m.whole == nil && m.keys.empty() && !m.access }

// note leaves that somebody came to an issue or went. Who is there is looked up when it is told.
func (m *mailbox) note(issue uuid.UUID) {
	m.mu.Lock()
	if m.notes == nil {
		m.notes = map[uuid.UUID]bool{}
	}
	m.notes[issue] = true
	m.unlockAndWake()
}

// takeNote hands out one note.
func (m *mailbox) takeNote() (issue uuid.UUID, noted bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.open {
		return issue, false
	}
	for issue := range m.notes {
		delete(m.notes, issue)
		return issue, true
	}
	return issue, false
}

// take hands out everything as one event; false when there is nothing.
func (m *mailbox) take() (Event, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.open || m.empty() {
		return Event{}, false
	}
	if m.renewed {
		m.renewed = false
		return Event{From: m.told, Version: m.version, Renewed: true}, true
	}
	event := m.event()
	m.told, m.whole, m.keys, m.access, m.lost = m.version, nil, staleKeys{}, false, false
	return event, true
}

func (m *mailbox) event() Event {
	if m.whole != nil && m.whole.Version == m.version && !m.access {
		return *m.whole
	}
	if m.whole != nil {
		m.keys.addEvent(m.whole)
	}
	event := Event{From: m.told, Version: m.version, All: m.keys.all || m.access, Access: m.access, Lost: m.lost, Spread: spread(m.watchers)}
	if !event.All {
		event.Records, event.Topics = m.keys.sorted()
	}
	return event
}

// state tells the V up to which everything was told, and the V that is known of.
func (m *mailbox) state() (told, version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.told, m.version
}
