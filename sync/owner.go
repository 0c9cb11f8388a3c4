package sync

import (
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
)

// ownersKept is how many clients a node remembers: those who wrote last.
const ownersKept = 20_000

// owners remembers whose a client id is, which never changes, so that a client's second write need not ask. A restored
// database may know less than was seen before, so what is remembered counts in one epoch only. Safe for concurrent use.
type owners struct {
	known *lru.Cache[clientKey, owner]
}

type clientKey struct{ workspace, client uuid.UUID }

type owner struct{ member, epoch uuid.UUID }

func newOwners() owners {
	known, _ := lru.New[clientKey, owner](ownersKept) // the size is above zero
	return owners{known}
}

// knownOwners are those of one group.
type knownOwners struct {
	found   map[uuid.UUID]owner
	missing []uuid.UUID
}

func (o owners) of(workspace uuid.UUID, jobs []*job) knownOwners {
	k := knownOwners{found: map[uuid.UUID]owner{}}
	for _, job := range jobs {
		if known, ok := o.known.Get(clientKey{workspace, job.client}); ok {
			k.found[job.client] = known
			continue
		}
		k.missing = append(k.missing, job.client)
	}
	return k
}

// learnOwners takes over what was remembered in this epoch, and returns the clients to be asked for after all.
func (w *world) learnOwners(k knownOwners) (old []uuid.UUID) {
	for client, known := range k.found {
		if known.epoch != w.epoch {
			old = append(old, client)
			continue
		}
		w.clients[client] = known.member
	}
	return old
}

// remember keeps the owners that a committed group has read or made.
func (o owners) remember(w *world) {
	for client, member := range w.clients {
		o.known.Add(clientKey{w.workspace, client}, owner{member, w.epoch})
	}
}
