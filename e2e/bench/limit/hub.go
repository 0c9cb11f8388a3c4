package main

import (
	"fmt"
	"sync"
)

// hub is a channel for each stream. Safe for concurrent use.
type hub struct {
	mu      sync.Mutex
	streams map[string]map[chan []byte]bool
}

func (h *hub) join(workspace string) chan []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[workspace] == nil {
		h.streams[workspace] = map[chan []byte]bool{}
	}
	told := make(chan []byte, 16)
	h.streams[workspace][told] = true
	return told
}

func (h *hub) leave(workspace string, told chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams[workspace], told)
}

// tell never waits for a reader: one that is 16 behind misses what comes next.
func (h *hub) tell(workspace string, version int64) {
	message := fmt.Appendf(nil, "id: %d\nevent: bump\ndata: {\"version\":%d}\n\n", version, version)
	h.mu.Lock()
	defer h.mu.Unlock()
	for told := range h.streams[workspace] {
		select {
		case told <- message:
		default:
		}
	}
}
