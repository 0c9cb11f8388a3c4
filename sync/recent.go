package sync

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tandem/queries"
)

const (
	recordsKept = 4096        // of all workspaces together
	recordKept  = 8 << 10     // bytes of text; larger records are read anew
	recentLife  = time.Minute // PostgreSQL's clock is read anew after a pause
	recentRest  = time.Second // without the short road, once another node was found to write too
)

// What PostgreSQL calls it when lock_head fails, and when a key is taken.
const (
	logMovedOn      = "TD001"
	uniqueViolation = "23505"
)

// recent is what a committer knows from the group before: as long as the log has not moved on since, which PostgreSQL
// itself checks under the lock, the records are still what they were then, and a group that names no others need not read
// anything before it writes. It belongs to whoever commits; only heard may be told by anybody.
type recent struct {
	epoch uuid.UUID
	head  int64
	words *vocabulary
	at    time.Time // PostgreSQL's clock
	seen  time.Time // when that was, by this node's
	life  int64     // of the records that are known
	rest  time.Time // until when the long road is taken
	heard atomic.Int64
}

// recentRecords keeps records for all committers, those that were used last. Safe for concurrent use.
type recentRecords struct {
	known *lru.Cache[recentKey, *record]
	lives atomic.Int64
}

type recentKey struct {
	life int64
	ref  Ref
}

func newRecentRecords() *recentRecords {
	known, _ := lru.New[recentKey, *record](recordsKept) // the size is above zero
	return &recentRecords{known: known}
}

// applyKnown does a group by the short road, in one round trip. It returns nil without an error when the long one is to
// be taken: what is not plainly applied is decided there, on all that can be read.
func (e *Engine) applyKnown(ctx context.Context, conn *pgx.Conn, ws uuid.UUID, jobs []*job, known *recent) (*world, error) {
	world := e.knownWorld(ws, jobs, known)
	if world == nil || !world.appliesAll(jobs) {
		return nil, nil
	}
	var p queries.Pipeline // one transaction by itself: two statements less than with begin and commit
	at := world.queueAlone(ctx, &p, e.queries, known)
	if at == nil {
		at = queries.Ask(&p, func(db queries.DBTX) (time.Time, error) {
			return e.queries.LockHead(ctx, db, queries.LockHeadParams{WorkspaceID: ws, Epoch: known.epoch, Version: known.head})
		})
		world.queueWrites(ctx, &p, e.queries)
	}
	if err := p.Send(ctx, conn); err != nil {
		code := sqlState(err)
		if code != uniqueViolation { // that comes after the lock: what is known is true, and only this group is not new
			known.miss()
		}
		if conn.IsClosed() {
			return nil, err
		}
		rollBack(ctx, conn)
		if code != logMovedOn && code != uniqueViolation {
			e.logger.Error("a group that should have gone the short road is tried by the long one", "workspace", ws, "error", err)
		}
		return nil, nil
	}
	world.read = reading{known.head, *at, time.Now()}
	return world, nil
}

// sqlState is PostgreSQL's code of an error; "" of one of another origin.
func sqlState(err error) string {
	if failure, ok := errors.AsType[*pgconn.PgError](err); ok {
		return failure.Code
	}
	return ""
}

// knownWorld is the working copy without a question to PostgreSQL; nil when something must be asked.
func (e *Engine) knownWorld(ws uuid.UUID, jobs []*job, known *recent) *world {
	now := time.Now()
	if !known.usable(now) {
		return nil
	}
	needs, owners := needsOf(jobs), e.owners.of(ws, jobs)
	if len(owners.missing) > 0 || !needs.recordsAlone() {
		return nil
	}
	w := newWorld(ws)
	w.epoch, w.head, w.words = known.epoch, known.head, known.words
	w.at = e.clock(known.at.Add(now.Sub(known.seen))).UTC()
	if len(w.learnOwners(owners)) > 0 || !e.records.fill(w, needs, known.life) || len(w.further(needs).refused) > 0 {
		return nil
	}
	return w
}

// recordsAlone tells whether nothing is needed but the records that are named.
func (n *needs) recordsAlone() bool {
	return len(n.anchors)+len(n.movers)+len(n.teams)+len(n.numbers)+len(n.parents)+len(n.undone)+
		len(n.values)+len(n.places)+len(n.transfers)+len(n.ended)+len(n.shares)+len(n.relations)+len(n.displays)+len(n.projects)+len(n.favourites)+
		len(n.attachments)+len(n.files) == 0
}

// appliesAll decides a group; false when one is not plainly applied. Then nothing is left of the try.
func (w *world) appliesAll(jobs []*job) bool {
	for _, job := range jobs {
		w.decideSafely(job)
		if job.err != nil || job.result.Status != Applied || job.result.Replayed {
			forgetAnswers(jobs)
			return false
		}
	}
	return true
}

// fill puts the records that are named into a world; false when one is not known. What is to be created is not looked
// for: if it is there after all, PostgreSQL refuses the group, and the long road finds out.
func (r *recentRecords) fill(w *world, needs *needs, life int64) bool {
	for _, named := range needs.references {
		if !r.bring(w, named.ref, life) {
			return false
		}
	}
	return true
}

// bring puts a record into a world, a comment with its issue as the long road would.
func (r *recentRecords) bring(w *world, ref Ref, life int64) bool {
	if w.original(ref) != nil {
		return true
	}
	found, known := r.known.Get(recentKey{life, ref})
	if !known {
		return false
	}
	w.loaded[ref] = found
	return found.kind != "comment" || r.bring(w, NewRef("issue", found.refersTo("issue")), life)
}

// usable tells whether the log may still end where it did.
func (k *recent) usable(now time.Time) bool {
	return k.words != nil && now.After(k.rest) && clockRan(now.Sub(k.seen), now.Round(0).Sub(k.seen.Round(0))) && k.heard.Load() <= k.head
}

// clockRan tells whether PostgreSQL's clock can still be told by this node's, which counted ran while passed went by on the
// wall: it stands still while the machine sleeps.
func clockRan(ran, passed time.Duration) bool {
	return ran < recentLife && (passed-ran).Abs() < time.Second
}

// miss forgets everything, and leaves the short road alone for a while.
func (k *recent) miss() {
	k.words, k.rest = nil, time.Now().Add(recentRest)
}

// learn keeps what a committed group has read and written. The records known before stay so, unless another writer came
// between.
func (e *Engine) learn(known *recent, w *world) {
	if known.words == nil || known.epoch != w.epoch || known.head != w.read.head {
		known.life = e.records.lives.Add(1)
	}
	known.epoch, known.head, known.words, known.at, known.seen = w.epoch, w.head, w.words, w.read.at, w.read.seen
	for ref, stored := range w.loaded {
		e.records.keep(recentKey{known.life, ref}, stored)
	}
	for ref, now := range w.current {
		e.records.keep(recentKey{known.life, ref}, now.settled())
	}
	if slices.ContainsFunc(w.log, func(e entry) bool { return slices.Contains(e.Topics, topicVocabulary) }) {
		known.words = nil // the next group reads it anew
	}
}

// keep replaces what is known of a record, and lets a large one go.
func (r *recentRecords) keep(key recentKey, found *record) {
	if len(found.text("title"))+len(found.text("description"))+len(found.text("body")) > recordKept {
		r.known.Remove(key)
		return
	}
	r.known.Add(key, found)
}

// outrun tells the committer of a workspace, if there is one, how far the log is known to have come.
func (e *Engine) outrun(workspace uuid.UUID, version int64) {
	e.mu.Lock()
	committer := e.committers[workspace]
	e.mu.Unlock()
	if committer != nil {
		committer.recent.hear(version)
	}
}

func (k *recent) hear(version int64) {
	for {
		heard := k.heard.Load()
		if version <= heard || k.heard.CompareAndSwap(heard, version) {
			return
		}
	}
}
