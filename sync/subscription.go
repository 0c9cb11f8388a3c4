package sync

import (
	"context"
	"slices"
	stdsync "sync"

	"github.com/google/uuid"

	"tandem/queries"
)

// Subscription is one reader's place in a workspace's stream. Close it when the reader goes.
type Subscription struct {
	hub    *hub
	member uuid.UUID
	share  string          // the share whose topics these are; "" = of none
	topics map[string]bool // of a share: nothing else is told
	box    *mailbox

	mu    stdsync.Mutex
	epoch uuid.UUID
	who   rights
	class string   // of the rights
	asOf  int64    // the V that the rights are of
	known bool     // the rights are; until then what comes is kept
	early []notice // what came before
}

// Listen has f called whenever there may be something to take, and at once if there is already. It is called by the one
// goroutine that tells all readers of the workspace: it must not wait for anything.
func (s *Subscription) Listen(f func()) { s.box.listen(f) }

// Ready fires when there is something to take. It is Listen for those who rather wait.
func (s *Subscription) Ready() <-chan struct{} {
	ready := make(chan struct{}, 1)
	s.Listen(func() {
		select {
		case ready <- struct{}{}:
		default:
		}
	})
	return ready
}

// Take hands out all that has gathered since the last call as one event, and then who is where, issue by issue; false
// when there is nothing.
func (s *Subscription) Take() (Event, bool) {
	if event, waits := s.box.take(); waits {
		return event, true
	}
	for issue, noted := s.box.takeNote(); noted; issue, noted = s.box.takeNote() {
		if event, shown := s.presenceAt(issue); shown {
			return event, true
		}
	}
	return Event{}, false
}

// presenceAt tells who is at an issue, to a reader who sees it.
func (s *Subscription) presenceAt(issue uuid.UUID) (Event, bool) {
	members, team, known := s.hub.engine.presence.at(room{s.hub.workspace, issue})
	s.mu.Lock()
	sees := s.known && s.who.sees(team)
	s.mu.Unlock()
	told := s.Version()
	return Event{From: told, Version: told, Presence: &Presence{NewRef("issue", issue), members}}, known && sees
}

// Version is the V up to which everything was told.
func (s *Subscription) Version() int64 {
	told, _ := s.box.state()
	return told
}

// Head is the V up to which something may wait.
func (s *Subscription) Head() int64 {
	told, head := s.box.state()
	if fault("list_no_catchup") {
		return told // else a client that heeds the V of hello would not need the catching up
	}
	return head
}

// Close ends the subscription. It may be called once.
func (s *Subscription) Close() { s.hub.engine.unsubscribe(s) }

func (s *Subscription) rights() rights {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.who
}

// setRights keeps the newer of two readings, and delivers what came before any rights were known.
func (s *Subscription) setRights(asOf int64, who rights) {
	s.mu.Lock()
	if asOf >= s.asOf {
		s.asOf, s.who, s.class = asOf, who, who.class()
	}
	early := s.early
	s.known, s.early = true, nil
	s.mu.Unlock()
	if len(early) > 0 {
		s.deliver(newBulletin(early[0].version-1, early, 0))
	}
}

// Subscribe opens a reader's stream after the V since. The first event says what was missed. A since in the future of
// the log counts as its head.
func (e *Engine) Subscribe(ctx context.Context, actor Actor, since *int64) (*Subscription, error) {
	s := &Subscription{member: actor.Member, box: newMailbox(0)}
	// First, so that nothing between now and the reading below is missed; what is told twice does no harm.
	if err := e.join(ctx, actor.Workspace, s); err != nil {
		return nil, err
	}
	if err := e.catchUp(ctx, actor, s, since); err != nil {
		s.Close()
		return nil, err
	}
	s.box.caughtUp()
	for _, issue := range e.presence.of(actor.Workspace, actor.Member) {
		s.box.note(issue)
	}
	return s, nil
}

// catchUp fills the mailbox with what the log holds since the reader's cursor.
func (e *Engine) catchUp(ctx context.Context, actor Actor, s *Subscription, since *int64) error {
	var missed *[]queries.ListChangesSinceRow
	var access *queries.GetMemberAccessRow
	var floor *int64
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, _ Snapshot) error {
		access = queries.Ask(p, func(db queries.DBTX) (queries.GetMemberAccessRow, error) {
			return e.queries.GetMemberAccess(ctx, db, queries.GetMemberAccessParams{WorkspaceID: actor.Workspace, MemberID: actor.Member})
		})
		floor = e.askFloor(ctx, p, actor.Workspace)
		missed = new([]queries.ListChangesSinceRow)
		if since != nil && !fault("list_no_catchup") {
			missed = e.askChanges(ctx, p, actor.Workspace, *since)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.enter(snapshot.Epoch, snapshot.Version)
	s.setRights(snapshot.Version, snapshot.who)
	from := snapshot.Version
	if since != nil {
		from = min(*since, snapshot.Version)
	}
	s.box.startAt(from, snapshot.Version)
	if access.Version > from {
		s.box.putAccess(access.Version, access.Lost > from)
	}
	if len(*missed) == logPage || from < *floor { // more than is read at once, or than is kept
		s.box.putAll(snapshot.Version)
		return nil
	}
	s.deliverRows(from, *missed)
	return nil
}

func (e *Engine) askChanges(ctx context.Context, p *queries.Pipeline, ws uuid.UUID, since int64) *[]queries.ListChangesSinceRow {
	return queries.Ask(p, func(db queries.DBTX) ([]queries.ListChangesSinceRow, error) {
		return e.queries.ListChangesSince(ctx, db, queries.ListChangesSinceParams{WorkspaceID: ws, Since: since, Most: logPage})
	})
}

func noticeOf(row queries.ListChangesSinceRow) notice {
	n := notice{version: row.Version, op: Verb(row.Op), record: toldAs(NewRef(row.Kind, row.RecordID)), topics: row.Topics, access: row.Access}
	if row.TeamID != nil {
		n.team = *row.TeamID
	}
	if row.OtherTeamID != nil {
		n.other = *row.OtherTeamID
	}
	return n
}

// toldAs is the key by which bumps name a record: "" for what may be one member's alone, or hidden from guests.
func toldAs(ref Ref) string {
	noun := nounOf(ref.kind())
	_, some := noun.(personal)
	_, others := noun.(private)
	if some || others {
		return ""
	}
	return string(ref)
}

func (s *Subscription) deliverRows(from int64, rows []queries.ListChangesSinceRow) {
	if len(rows) == 0 {
		return
	}
	notices := make([]notice, len(rows))
	for i, row := range rows {
		notices[i] = noticeOf(row)
	}
	s.deliver(newBulletin(from, notices, 0))
}

// deliver leaves a bulletin with a reader, as far as they may see what it is about.
func (s *Subscription) deliver(b *bulletin) {
	s.follow(b)
	who, class, known := s.rightsFor(b)
	if !known {
		return
	}
	event := b.eventFor(audience{class, s.share, b.namedOf(s.member)}, func(n notice) bool { return who.seesBoth(n.team, n.other) && s.wants(n.topics) })
	if event == nil {
		s.box.pass(b.version())
		return
	}
	s.box.put(event)
}

// follow lets a share's reader see the team that the share is of now: its issue may have been transferred.
func (s *Subscription) follow(b *bulletin) {
	if s.share == "" {
		return
	}
	for _, n := range b.notices {
		if n.record == s.share {
			s.see(n.team)
		}
	}
}

// see makes one team all that the reader may see.
func (s *Subscription) see(team uuid.UUID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.who.teams = map[uuid.UUID]bool{team: true}
	s.class = s.who.class()
}

// rightsFor returns the reader's rights, or keeps the bulletin until they are known.
func (s *Subscription) rightsFor(b *bulletin) (who rights, class string, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known {
		s.early = append(s.early, b.notices...)
	}
	return s.who, s.class, s.known
}

func (s *Subscription) wants(topics []string) bool {
	return s.topics == nil || slices.ContainsFunc(topics, func(topic string) bool { return s.topics[topic] })
}
