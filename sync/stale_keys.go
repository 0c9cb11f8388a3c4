package sync

import (
	"maps"
	"slices"
)

// How many keys a bump names before it coalesces further.
const (
	mailboxRecords = 256
	mailboxTopics  = 64
)

// staleKeys gather what is stale in bounded memory: past 256 records only topics are kept, past 64 topics only that all
// may be stale.
type staleKeys struct {
	records map[string]bool // made with the first key
	topics  map[string]bool
	coarse  bool // records are no longer counted
	all     bool
}

func (k *staleKeys) empty() bool {
	return len(k.records) == 0 && len(k.topics) == 0 && !k.coarse && !k.all
}

// addEvent adds what an event names. One that names topics alone had too many records.
func (k *staleKeys) addEvent(e *Event) {
	switch {
	case e.All:
		k.dropAll()
	case len(e.Records) == 0:
		k.dropRecords()
	}
	k.add(e.Records, e.Topics)
}

func (k *staleKeys) add(records, topics []string) {
	if k.all {
		return
	}
	if k.topics == nil {
		k.records, k.topics = map[string]bool{}, map[string]bool{}
	}
	for _, topic := range topics {
		k.topics[topic] = true
	}
	if !k.coarse {
		for _, record := range records {
			k.records[record] = true
		}
	}
	if len(k.records) > mailboxRecords {
		k.dropRecords()
	}
	if len(k.topics) > mailboxTopics {
		k.dropAll()
	}
}

func (k *staleKeys) dropRecords() { k.records, k.coarse = nil, true }

func (k *staleKeys) dropAll() { *k = staleKeys{all: true} }

// sorted are the names that are left.
func (k *staleKeys) sorted() (records, topics []string) {
	return slices.Sorted(maps.Keys(k.records)), slices.Sorted(maps.Keys(k.topics))
}
