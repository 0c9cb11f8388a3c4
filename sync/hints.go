package sync

import (
	"fmt"
	"strconv"
	"strings"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
)

const (
	busInterval = 20 * time.Millisecond // at most one message in this time and node; a NOTIFY takes a global lock
	busPayload  = 7900                  // bytes; PostgreSQL allows 8,000
	busWords    = 2000                  // that wait to be sent; then the oldest are let go
	busSilence  = 15 * time.Second      // then a connection is tried: one that was cut without a word never says so
	busPatience = 5 * time.Second       // for the answer to that
)

// hints gathers what a bus is still to send: of each workspace the greatest V alone, and the last words, so that it stays
// small however long nothing can be sent. Safe for concurrent use.
type hints struct {
	mu      stdsync.Mutex
	pending map[uuid.UUID]int64
	words   []string
	wake    chan struct{}
}

func newHints() *hints {
	return &hints{pending: map[uuid.UUID]int64{}, wake: make(chan struct{}, 1)}
}

// Publish notes a hint to be sent with the next message.
func (h *hints) Publish(workspace uuid.UUID, version int64) {
	h.mu.Lock()
	h.pending[workspace] = max(h.pending[workspace], version)
	h.mu.Unlock()
	h.rouse()
}

// Say notes a word to be sent with the next message.
func (h *hints) Say(word string) {
	h.mu.Lock()
	h.words = append(h.words[max(0, len(h.words)+1-busWords):], word)
	h.mu.Unlock()
	h.rouse()
}

func (h *hints) rouse() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// payloads takes what is pending, in as many messages as its length needs.
func (h *hints) payloads() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var payloads []string
	var line strings.Builder
	add := func(word string) {
		if line.Len()+len(word) >= busPayload {
			payloads = append(payloads, line.String())
			line.Reset()
		}
		line.WriteString(word + " ")
	}
	for workspace, version := range h.pending {
		add(fmt.Sprintf("%s:%d", workspace, version))
	}
	for _, word := range h.words {
		add(word)
	}
	clear(h.pending)
	h.words = nil
	if line.Len() == 0 {
		return payloads
	}
	return append(payloads, line.String())
}

// readHints hands out what is in a message.
func readHints(payload string, hear func(uuid.UUID, int64), heed func(word string)) {
	for _, word := range strings.Fields(payload) {
		if workspace, version, ok := parseHint(word); ok {
			hear(workspace, version)
		} else {
			heed(word)
		}
	}
}

func parseHint(hint string) (uuid.UUID, int64, bool) {
	id, number, _ := strings.Cut(hint, ":")
	workspace, badID := uuid.Parse(id)
	version, badNumber := strconv.ParseInt(number, 10, 64)
	return workspace, version, badID == nil && badNumber == nil
}
