package sync

import (
	"maps"
	"slices"
	stdsync "sync"
)

// How many keys a bump names before it coalesces further.
const (
	mailboxRecords = 256
	mailboxTopics  = 64
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
}

// mailbox holds what one reader has not been told yet, in bounded memory however slow they are: past 256 records only
// topics are kept, past 64 topics only that all may be stale.
type mailbox struct {
	mu       stdsync.Mutex
	told     int64
	version  int64
	records  map[string]bool
	topics   map[string]bool
	coarse   bool // records are no longer counted
	all      bool
	access   bool
	open     bool // before it has caught up with the log nothing is handed out
	watchers int
	wake     chan struct{}
}

func newMailbox(told int64) *mailbox {
	return &mailbox{told: told, version: told, records: map[string]bool{}, topics: map[string]bool{}, wake: make(chan struct{}, 1)}
}

// put leaves one entry's keys.
func (m *mailbox) put(version int64, record string, topics []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version = max(m.version, version)
	m.add(record, topics)
	m.signal()
}

func (m *mailbox) add(record string, topics []string) {
	if m.all {
		return
	}
	for _, topic := range topics {
		m.topics[topic] = true
	}
	if !m.coarse {
		m.records[record] = true
	}
	if len(m.records) > mailboxRecords {
		m.coarse = true
		clear(m.records)
	}
	if len(m.topics) > mailboxTopics {
		m.all = true
		clear(m.records)
		clear(m.topics)
	}
}

// pass notes that the log went on without anything for this reader. It wakes nobody: a heartbeat tells it.
func (m *mailbox) pass(version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.empty() && m.open {
		m.told = max(m.told, version)
	}
	m.version = max(m.version, version)
}

func (m *mailbox) putAll(version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version = max(m.version, version)
	m.all = true
	m.signal()
}

func (m *mailbox) putAccess(version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version = max(m.version, version)
	m.access = true
	m.signal()
}

// startAt says from where the reader is told, and how far the log went when they came.
func (m *mailbox) startAt(told, version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told, m.version = told, max(m.version, version)
}

func (m *mailbox) watchersAre(count int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watchers = count
}

// caughtUp opens the mailbox.
func (m *mailbox) caughtUp() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open = true
	m.signal()
}

// signal is called with the lock held.
func (m *mailbox) signal() {
	if !m.open || m.empty() {
		return
	}
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

func (m *mailbox) empty() bool {
	return len(m.records) == 0 && len(m.topics) == 0 && !m.all && !m.access
}

// take hands out everything as one event; false when there is nothing.
func (m *mailbox) take() (Event, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.open || m.empty() {
		return Event{}, false
	}
	event := Event{From: m.told, Version: m.version, All: m.all || m.access, Access: m.access, Spread: spread(m.watchers)}
	if !event.All {
		event.Records, event.Topics = slices.Sorted(maps.Keys(m.records)), slices.Sorted(maps.Keys(m.topics))
	}
	m.told, m.coarse, m.all, m.access = m.version, false, false, false
	clear(m.records)
	clear(m.topics)
	return event, true
}

// spread keeps a crowd from refetching in the same instant: a millisecond for each five watchers past a hundred.
func spread(watchers int) int {
	if watchers <= 100 {
		return 0
	}
	return min(watchers/5, 2000)
}

func (m *mailbox) toldUpTo() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.told
}
