package sync

import (
	"context"
	"fmt"
	"maps"
	"slices"
	stdsync "sync"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// hub tells the readers of one workspace on this node what has become stale, strictly in the order of V. What a hint
// skips it reads from the log, so that a lost hint costs time and never a change. It lives while somebody subscribes.
type hub struct {
	engine    *Engine
	workspace uuid.UUID
	wake      chan struct{}
	stop      context.CancelFunc

	mu          stdsync.Mutex
	epoch       uuid.UUID
	polled      queries.ListHeadsRow // what the poll last read
	cursor      int64                // all up to here has been delivered
	hinted      int64                // the log reaches at least here
	local       []notice
	subscribers map[*Subscription]bool
	inTurn      []*Subscription // the same, for going through; nil after one has come or gone
}

// notice is what the hub needs of a log entry.
type notice struct {
	version int64
	op      Verb
	record  string // "" for what bumps do not name
	team    uuid.UUID
	other   uuid.UUID // team of what joins two issues
	topics  []string
	access  []uuid.UUID
}

// named are the records that a bump names.
func (n notice) named() []string {
	if n.record == "" {
		return nil
	}
	return []string{n.record}
}

// logPage is how many entries the hub reads from the log at a time.
const logPage = 2000

// logPatience ends a reading of a database that does not answer; one whose machine has vanished never would.
const logPatience = 5 * time.Second

// join puts a subscription on its workspace's hub, and makes one that begins at the head of the log when nobody watches
// yet. Joining and leaving take one lock, so that nobody joins a hub that is just being ended.
func (e *Engine) join(ctx context.Context, workspace uuid.UUID, s *Subscription) error {
	head, err := e.queries.GetHead(ctx, e.pool, workspace)
	if err != nil {
		return fmt.Errorf("read the head: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.background.Err() != nil {
		return errStopped
	}
	s.hub = e.hubs[workspace]
	if s.hub == nil {
		ctx, stop := context.WithCancel(e.background)
		s.hub = &hub{engine: e, workspace: workspace, wake: make(chan struct{}, 1), stop: stop,
			epoch: head.Epoch, polled: queries.ListHeadsRow{Epoch: head.Epoch}, cursor: head.Version, hinted: head.Version, subscribers: map[*Subscription]bool{}}
		e.hubs[workspace] = s.hub
		e.running.Go(func() { s.hub.run(ctx) })
	}
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.subscribers[s] = true
	s.hub.inTurn = nil
	return nil
}

func (e *Engine) unsubscribe(s *Subscription) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subscribers, s)
	s.hub.inTurn = nil
	if len(s.hub.subscribers) == 0 && e.hubs[s.hub.workspace] == s.hub {
		delete(e.hubs, s.hub.workspace)
		s.hub.stop()
	}
}

// published tells this node's readers and the other nodes what a group has committed.
func (e *Engine) published(workspace uuid.UUID, world *world) {
	e.owners.remember(world)
	e.spreadCrowded(workspace, world.log)
	if len(world.log) == 0 || fault("lost_hint") {
		return
	}
	if e.bus != nil {
		e.bus.Publish(workspace, world.head)
	}
	if hub := e.watched(workspace); hub != nil {
		hub.hear(world.head, noticesOf(world.log))
	}
}

func noticesOf(log []entry) []notice {
	notices := make([]notice, len(log))
	for i, entry := range log {
		notices[i] = notice{version: entry.Version, op: entry.Op, record: toldAs(entry.ref()), topics: entry.Topics, access: entry.Access}
		if entry.Team != nil {
			notices[i].team = *entry.Team
		}
		if entry.OtherTeam != nil {
			notices[i].other = *entry.OtherTeam
		}
	}
	return notices
}

func (e *Engine) watched(workspace uuid.UUID) *hub {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.hubs[workspace]
}

// hear takes a hint of the bus.
func (e *Engine) hear(workspace uuid.UUID, version int64) {
	e.outrun(workspace, version)
	if hub := e.watched(workspace); hub != nil {
		hub.hear(version, nil)
	}
}

func (h *hub) hear(version int64, local []notice) {
	h.mu.Lock()
	h.hinted = max(h.hinted, version)
	h.local = append(h.local, local...)
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// pollHeads is the net below lost hints.
func (e *Engine) pollHeads() {
	ticker := time.NewTicker(e.poll)
	defer ticker.Stop()
	for {
		select {
		case <-e.background.Done():
			return
		case <-ticker.C:
			if err := e.pollOnce(); err != nil && e.background.Err() == nil {
				e.logger.WarnContext(e.background, "poll of heads failed", "err", err)
			}
		}
	}
}

func (e *Engine) pollOnce() error {
	e.mu.Lock()
	workspaces := slices.Collect(maps.Keys(e.hubs))
	e.mu.Unlock()
	if len(workspaces) == 0 || fault("lost_hint") {
		return nil
	}
	ctx, cancel := context.WithTimeout(e.background, logPatience)
	defer cancel()
	heads, err := e.queries.ListHeads(ctx, e.pool, workspaces)
	if err != nil {
		return fmt.Errorf("read heads: %w", err)
	}
	for _, head := range heads {
		if hub := e.watched(head.ID); hub != nil {
			hub.hearHead(head)
		}
	}
	return nil
}

func (h *hub) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
		if err := h.follow(ctx); err != nil && ctx.Err() == nil {
			h.engine.logger.WarnContext(ctx, "reading the log failed; the next poll tries again", "workspace_id", h.workspace, "err", err)
		}
	}
}

// follow delivers what came, in order, up to what was hinted.
func (h *hub) follow(ctx context.Context) error {
	if err := h.renew(ctx); err != nil {
		return err
	}
	for {
		batch, behind := h.next()
		if len(batch) == 0 && !behind {
			return nil
		}
		if len(batch) == 0 {
			read, err := h.readLog(ctx)
			if err != nil {
				return err
			}
			batch = read
		}
		if len(batch) == 0 {
			return nil
		}
		if err := h.deliver(ctx, batch); err != nil {
			return err
		}
	}
}

// next takes the local entries that continue the cursor, and tells whether the log has more than those. A gap before
// them means that another node wrote: then they are dropped and all of it is read from the log.
func (h *hub) next() (batch []notice, behind bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.cursor
	for i, n := range h.local {
		if n.version <= at {
			if n.version == at && len(batch) > 0 {
				batch = append(batch, n)
			}
			continue
		}
		if n.version != at+1 {
			h.local = h.local[i:]
			return batch, true
		}
		at = n.version
		batch = append(batch, n)
	}
	h.local = nil
	return batch, len(batch) == 0 && h.hinted > h.cursor
}

// readLog reads a page of whole versions after the cursor.
func (h *hub) readLog(ctx context.Context) ([]notice, error) {
	h.mu.Lock()
	since := h.cursor
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, logPatience)
	defer cancel()
	for most := int32(logPage); ; most *= 4 {
		rows, err := h.engine.queries.ListChangesSince(ctx, h.engine.pool, queries.ListChangesSinceParams{WorkspaceID: h.workspace, Since: since, Most: most})
		if err != nil {
			return nil, fmt.Errorf("read the log from %d: %w", since, err)
		}
		// Asked for after the log, so that what was cut in between is noticed.
		floor, err := h.engine.queries.GetFloor(ctx, h.engine.pool, h.workspace)
		if err != nil {
			return nil, fmt.Errorf("read the floor: %w", err)
		}
		if since < floor {
			return h.readAbove(ctx, floor)
		}
		batch := make([]notice, len(rows))
		for i, row := range rows {
			batch[i] = noticeOf(row)
		}
		if whole := wholeVersions(batch, int(most)); len(whole) > 0 || len(batch) == 0 {
			return whole, nil
		}
	}
}

// readAbove goes over what has been cut. Nobody can tell any more what it was, so all may be stale, rights too.
func (h *hub) readAbove(ctx context.Context, floor int64) ([]notice, error) {
	_, subscribers := h.readers()
	everybody := notice{version: floor}
	for _, s := range subscribers {
		if s.share == "" { // its readers are no members
			everybody.access = append(everybody.access, s.member)
		}
	}
	if err := h.refreshRights(ctx, []notice{everybody}, subscribers); err != nil {
		return nil, err
	}
	for _, s := range subscribers {
		s.box.putAll(floor)
	}
	h.mu.Lock()
	h.cursor = max(h.cursor, floor)
	h.mu.Unlock()
	return h.readLog(ctx)
}

// wholeVersions drops the last version of a full page, which may go on in the next one. Nothing is left where that one
// version fills the page.
func wholeVersions(batch []notice, page int) []notice {
	if len(batch) < page {
		return batch
	}
	last := batch[len(batch)-1].version
	return batch[:slices.IndexFunc(batch, func(n notice) bool { return n.version == last })]
}

// deliver tells a batch of whole versions, in stretches that begin where rights change.
func (h *hub) deliver(ctx context.Context, batch []notice) error {
	for len(batch) > 0 {
		count := stretchLength(batch)
		from, subscribers := h.readers()
		if err := h.refreshRights(ctx, batch[:count], subscribers); err != nil {
			return err
		}
		h.engine.presence.follow(h.workspace, batch[:count])
		b := newBulletin(from, batch[:count], len(subscribers))
		for _, s := range subscribers {
			s.deliver(b)
		}
		h.mu.Lock()
		h.cursor = max(h.cursor, b.version())
		h.mu.Unlock()
		batch = batch[count:]
	}
	return nil
}

// stretchLength is how many notices are told at once: whole versions, of which only the first changes rights.
func stretchLength(batch []notice) int {
	for _, n := range batch {
		if len(n.access) > 0 && n.version != batch[0].version {
			return slices.IndexFunc(batch, func(other notice) bool { return other.version == n.version })
		}
	}
	return len(batch)
}

// readers are whom to tell, and from where. The slice is not changed any more.
func (h *hub) readers() (from int64, subscribers []*Subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.inTurn == nil {
		h.inTurn = slices.Collect(maps.Keys(h.subscribers))
	}
	return h.cursor, h.inTurn
}

// refreshRights gives the readers whose rights a stretch changes their new ones before any of it is told. Who is no
// member any more has none; that the reading failed says nothing of rights, so then nothing is told yet.
func (h *hub) refreshRights(ctx context.Context, stretch []notice, subscribers []*Subscription) error {
	changed := map[uuid.UUID]int64{}
	for _, n := range stretch {
		for _, member := range n.access {
			changed[member] = n.version
		}
	}
	if len(changed) == 0 {
		return nil
	}
	head, words, err := h.engine.wordsOf(ctx, h.workspace)
	if err != nil {
		return fmt.Errorf("read rights: %w", err)
	}
	for _, s := range subscribers {
		if version, concerned := changed[s.member]; concerned {
			who := words.rightsOf(s.member)
			s.box.putAccess(version, who.role == "" || !who.cover(s.rights())) // whose own are not known yet may have been shown more
			s.setRights(head, who)
		}
	}
	return nil
}
