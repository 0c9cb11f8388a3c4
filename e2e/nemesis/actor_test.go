package nemesis

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"tandem/internal/client"
)

// patience is how long a request may take. When it was 1.5 s, rounds on a machine with much else to do did not always drain:
// a push that is given up is still done, and its next try waits behind it.
const patience = 5 * time.Second

// actor is one person at one device: a client that may crash, and what it was told.
type actor struct {
	index     int
	world     *world
	guest     guest
	id        string // of the device
	servers   []string
	history   *history
	transport *transport

	mu     sync.Mutex // while held, the client is being replaced
	client *client.Client
	stop   func()
}

func newActor(index int, w *world, g guest, servers []string, log *timeline) *actor {
	a := &actor{index: index, world: w, guest: g, id: uuid.NewString(), servers: servers}
	a.history = newHistory(index, w, log)
	a.transport = &transport{base: &http.Transport{MaxIdleConnsPerHost: 4}, servers: servers, history: a.history}
	return a
}

// start runs the device with what it kept.
func (a *actor) start(ctx context.Context, kept []client.Transaction) {
	a.client = client.New(client.Options{
		Servers: a.servers, Workspace: a.world.slug, Header: a.guest.header, ID: a.id, Outbox: kept, Limit: 25,
		HTTP: &http.Client{Transport: a.transport}, Patience: patience, Silence: 30 * time.Second,
		Retry: client.Retry{First: 10 * time.Millisecond, Most: 250 * time.Millisecond},
		Hooks: client.Hooks{Result: a.history.ended, Page: a.history.page, Replica: a.history.stepped, Problem: a.history.problem, Event: a.history.event},
	})
	a.history.use(a.client)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	running := a.client
	go func() {
		defer close(done)
		running.Run(ctx)
	}()
	a.stop = func() {
		cancel()
		<-done
	}
}

// crash ends the device at once. What it had brought to disk is its outbox; the replica is gone.
func (a *actor) crash() []client.Transaction {
	a.mu.Lock()
	a.stop()
	return a.client.Unsent()
}

// rise starts a crashed device again.
func (a *actor) rise(ctx context.Context, kept []client.Transaction) {
	a.history.forget()
	a.start(ctx, kept)
	a.mu.Unlock()
}

// write does random work at a rate until ctx ends.
func (a *actor) write(ctx context.Context, random *rand.Rand, perSecond float64) {
	work := &workload{Rand: random, actor: a, world: a.world, texts: map[string]string{}}
	for ctx.Err() == nil {
		a.mu.Lock()
		for _, transaction := range work.next() {
			a.history.sent(transaction, a.client.Version())
			a.client.Put(transaction)
		}
		a.mu.Unlock()
		pause := time.Duration(random.ExpFloat64() / perSecond * float64(time.Second))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (a *actor) version() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.client.Version()
}

func (a *actor) unsent() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.client.Unsent())
}

// leave ends the device for good.
func (a *actor) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stop()
	a.transport.base.CloseIdleConnections()
}
