package sync

import (
	"context"
	"log/slog"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/singleflight"

	"tandem/queries"
)

// Options are what an Engine needs. Pool is required.
type Options struct {
	Pool   *pgxpool.Pool
	Logger *slog.Logger
	// Bus carries hints to other nodes. Nil: this node is alone, and the poll finds what others write.
	Bus Bus
	// Clock maps PostgreSQL's time at which a group began to the time that its rules count with. Nil: as it is.
	Clock func(time.Time) time.Time
	// Poll is how often the heads of watched workspaces are read. Zero: once a second.
	Poll time.Duration
	// Mentions lists the handles that a long text names, as it is shown. Nil: texts mention nobody.
	Mentions func(text string) []string
	// Mail says that there is a way to send e-mail, so that what shall be told by it is kept until SendMail. All nodes say the same.
	Mail bool
	// Retention is how long the log and the stored results are kept. Zero: for good.
	Retention time.Duration
	// FileSpace is how many bytes the files of a workspace may have in all. Zero: no limit.
	FileSpace int64
}

// Engine is the one road for reads and writes of every workspace. It is safe for concurrent use. Start it before
// the first subscription, Stop it when all requests have ended.
type Engine struct {
	pool      *pgxpool.Pool
	queries   *queries.Queries
	logger    *slog.Logger
	bus       Bus
	clock     func(time.Time) time.Time
	poll      time.Duration
	retention time.Duration
	fileSpace int64
	mentions  func(string) []string
	mails     bool
	most      int // transactions in a group; a benchmark shows what one alone costs
	words     vocabularies
	account   account
	owners    owners
	records   *recentRecords
	counts    issueCounts
	latest    int32 // latestRead, or less in a test
	presence  *presence
	views     *shareViews
	scan      chan struct{}      // taken by whoever reads all issues of a workspace, one at a time: such readings must not take all connections
	following singleflight.Group // the log, for the inboxes of one workspace

	mu         stdsync.Mutex
	committers map[uuid.UUID]*committer
	hubs       map[uuid.UUID]*hub

	background context.Context
	cancel     context.CancelFunc
	running    stdsync.WaitGroup
}

// New makes an engine; it touches nothing yet.
func New(options Options) *Engine {
	e := &Engine{
		pool: options.Pool, queries: queries.New(), logger: options.Logger, bus: options.Bus, clock: options.Clock, poll: options.Poll,
		retention: options.Retention, fileSpace: options.FileSpace, mentions: options.Mentions, mails: options.Mail, most: groupTransactions, committers: map[uuid.UUID]*committer{}, hubs: map[uuid.UUID]*hub{},
		account: newAccount(), owners: newOwners(), records: newRecentRecords(), counts: newIssueCounts(), latest: latestRead, presence: newPresence(), views: newShareViews(),
		scan: make(chan struct{}, 1),
	}
	if e.logger == nil {
		e.logger = slog.New(slog.DiscardHandler)
	}
	if e.clock == nil {
		e.clock = func(at time.Time) time.Time { return at }
	}
	if e.poll == 0 {
		e.poll = time.Second
	}
	e.background, e.cancel = context.WithCancel(context.Background())
	return e
}

// Start begins to follow the log of the workspaces that somebody watches.
func (e *Engine) Start() {
	e.running.Go(e.pollHeads)
	e.running.Go(e.sweepSessions)
	e.running.Go(e.sweepPresence)
	e.running.Go(e.sweepFiles)
	e.running.Go(e.keepViews)
	e.running.Go(e.followLogs)
	e.running.Go(e.remind)
	e.running.Go(e.wakeSnoozed)
	e.running.Go(e.keepCycles)
	if e.retention > 0 {
		e.running.Go(e.keepRetention)
	}
	if e.bus != nil {
		e.running.Go(func() { e.bus.Listen(e.background, e.hear, e.hearWord) })
	}
}

// Stop ends the engine's goroutines and returns when they are gone. Writes that wait, and looks at shares that are
// counted, are written.
func (e *Engine) Stop() {
	e.mu.Lock()
	committers := e.committers
	e.committers = nil
	e.mu.Unlock()
	for _, c := range committers {
		c.drain()
	}
	e.cancel()
	e.running.Wait()
	e.lastViews()
}

// committerOf returns nil once the engine has been stopped.
func (e *Engine) committerOf(workspace uuid.UUID) *committer {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.committers == nil {
		return nil
	}
	if e.committers[workspace] == nil {
		e.committers[workspace] = newCommitter(e, workspace)
	}
	return e.committers[workspace]
}
