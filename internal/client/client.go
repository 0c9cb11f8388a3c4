package client

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Options are what a Client needs. Servers, Workspace and Header are required.
type Options struct {
	Servers   []string    // such as https://tandem.example.com; tried in turn when one does not answer
	Workspace string      // the slug
	Header    http.Header // who asks: Authorization with a bearer token, or what SignIn returned

	ID     string        // of this device, the same for all its life; empty mints one
	Outbox []Transaction // what an earlier run of this device left unsent
	Limit  int           // records in an answer to a pull; 0 leaves it to the server

	HTTP     *http.Client  // nil is http.DefaultClient; redirects are never followed
	Patience time.Duration // how long a request may take; 0 is 30 s
	Silence  time.Duration // after which a stream counts as dead; 0 is 45 s, and the server is heard from every 20
	Retry    Retry

	// Renew is asked for a new Header when the server says that nobody is signed in. Nil: the old one is tried again.
	Renew func(context.Context) (http.Header, error)
	Hooks Hooks
}

// Hooks tell an application what happens. Each may be nil; none may call the Client's Run.
type Hooks struct {
	Result  func(Transaction, Result) // a transaction has ended
	Page    func(since int64, page Page)
	Replica func(reset bool) // the replica has taken a step; reset: from nothing
	Event   func(name string, data []byte)
	Problem func(error) // a request failed and is tried again
}

// Client is one device of one member. Run does its work; all else may be called at any time, from any goroutine.
type Client struct {
	options Options
	http    *http.Client
	outbox  *outbox
	replica *replica

	mu      sync.Mutex
	server  int // which of the servers is asked
	header  http.Header
	wanted  int64 // the replica is behind while it has not reached this version
	forced  bool  // or while this is set
	awake   chan struct{}
	pulling sync.Mutex // held by whoever pulls
	stage   *stage     // pages of a pull that has not come to its end
}

// New makes a client. It asks nothing before Run.
func New(options Options) *Client {
	if options.ID == "" {
		options.ID = uuid.NewString()
	}
	if options.Patience == 0 {
		options.Patience = 30 * time.Second
	}
	if options.Silence == 0 {
		options.Silence = 45 * time.Second
	}
	c := &Client{options: options, http: withoutRedirects(options.HTTP), header: options.Header, forced: true, awake: make(chan struct{}, 1),
		outbox: newOutbox(options.Outbox), replica: &replica{records: map[string]Record{}}}
	return c
}

// Run sends what is in the outbox and keeps the replica up to date, until ctx ends.
func (c *Client) Run(ctx context.Context) {
	var parts sync.WaitGroup
	parts.Go(func() { c.drain(ctx) })
	parts.Go(func() { c.keepUp(ctx) })
	parts.Go(func() { c.listen(ctx) })
	parts.Wait()
}

// ID is the device's.
func (c *Client) ID() string { return c.options.ID }

// Send puts a transaction into the outbox and returns its id. What comes of it is told by Hooks.Result.
func (c *Client) Send(label string, ops ...Operation) string {
	id := uuid.Must(uuid.NewV7()).String()
	c.outbox.put(Transaction{ID: id, Label: label, Ops: ops})
	return id
}

// Put is Send for a transaction with an id of the caller's, whose result may come before Put returns.
func (c *Client) Put(transaction Transaction) { c.outbox.put(transaction) }

// Unsent are the transactions without a result, in order. An application keeps them where they outlive it.
func (c *Client) Unsent() []Transaction { return c.outbox.all() }

// Version is the one that the replica shows.
func (c *Client) Version() int64 { return c.replica.at() }

// Record is one of the replica.
func (c *Client) Record(ref string) (Record, bool) { return c.replica.get(ref) }

// Records are a copy of the replica, and the version that it shows. The records' fields are shared: do not change them.
func (c *Client) Records() (map[string]Record, int64) { return c.replica.all() }
