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
	busSilence  = 15 * time.Second      // then a connection is tried: one that was cut without a word never says so
	busPatience = 5 * time.Second       // for the answer to that
)

// hints gathers what a bus is still to send: of each workspace the greatest V alone, so that it stays small however long
// nothing can be sent. Safe for concurrent use.
type hints struct {
	mu      stdsync.Mutex
	pending map[uuid.UUID]int64
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
	for workspace, version := range h.pending {
		if line.Len() > busPayload-64 {
			payloads = append(payloads, line.String())
			line.Reset()
		}
		fmt.Fprintf(&line, "%s:%d ", workspace, version)
	}
	clear(h.pending)
	if line.Len() == 0 {
		return payloads
	}
	return append(payloads, line.String())
}

// readHints hands out the hints of a message. What is none is left out: another build may have sent it.
func readHints(payload string, hear func(uuid.UUID, int64)) {
	for _, hint := range strings.Fields(payload) {
		if workspace, version, ok := parseHint(hint); ok {
			hear(workspace, version)
		}
	}
}

func parseHint(hint string) (uuid.UUID, int64, bool) {
	id, number, _ := strings.Cut(hint, ":")
	workspace, badID := uuid.Parse(id)
	version, badNumber := strconv.ParseInt(number, 10, 64)
	return workspace, version, badID == nil && badNumber == nil
}
