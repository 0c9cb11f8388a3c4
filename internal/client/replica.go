package client

import (
	"maps"
	"sync"
)

// Record is what the replica holds of one: its fields by name, whole.
type Record struct {
	Version int64
	Fields  map[string]any
}

// replica is all that the member may see, as it is at one version. It goes from one version to the next in one step.
type replica struct {
	mu      sync.Mutex
	epoch   string
	version int64
	records map[string]Record
}

func (r *replica) at() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.version
}

func (r *replica) ofEpoch() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.epoch
}

func (r *replica) get(ref string) (Record, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	record, found := r.records[ref]
	return record, found
}

func (r *replica) all() (map[string]Record, int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.records), r.version
}

// stage gathers the pages of one pull.
type stage struct {
	fresh   bool // it began at 0: what the replica holds is not to be kept
	epoch   string
	version int64
	changes []Change
}

// begin is the stage of a pull that goes on from what the replica holds.
func (r *replica) begin() *stage {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &stage{epoch: r.epoch, version: r.version, fresh: r.version == 0}
}

// add takes a page. Its version is the cursor of the next one.
func (s *stage) add(page Page) {
	s.epoch, s.version = page.Epoch, page.Version
	s.changes = append(s.changes, page.Changes...)
}

// step brings the replica to where the last page of a pull ends.
func (r *replica) step(s *stage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.fresh {
		r.records = make(map[string]Record, len(s.changes))
	}
	for _, change := range s.changes {
		if change.Op == "put" {
			r.records[change.Record] = Record{change.Version, change.Fields}
			continue
		}
		delete(r.records, change.Record) // deleted, or out of sight
	}
	r.epoch, r.version = s.epoch, s.version
}
