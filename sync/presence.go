package sync

import (
	"cmp"
	"context"
	"slices"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
)

// Who looks at an issue now, and who types. It is told to those who look at it themselves, is kept in memory alone and
// never in the log. Every node hears of it over the bus and forgets by itself what is not said again, so a browser that
// is killed is gone within 45 seconds.

const (
	presenceLasts = 43 * time.Second // it is said again after each heartbeat, within 22 s
	typingLasts   = 8 * time.Second
	leftLasts     = 5 * time.Second // lest what a tab had said before it left comes after that
	sweepEvery    = time.Second
	mostSeats     = 64 // tabs of one member that count
)

// Attention is what somebody does with an issue.
type Attention string

// What a tab says of itself.
const (
	Looking Attention = "looking"
	Typing  Attention = "typing"
	Left    Attention = "left"
)

// Attendance is what a tab says: that its member looks at an issue, types there, or left it.
type Attendance struct {
	Issue uuid.UUID
	Tab   uuid.UUID
	Count int64 // rises with each that the tab says: they may overtake each other on their way
	State Attention
}

// Presence tells who is at an issue.
type Presence struct {
	Record  Ref       `json:"record"`
	Members []Present `json:"members"`
}

// Present is a member who looks at an issue, however many tabs they have.
type Present struct {
	Member Ref  `json:"member"`
	Typing bool `json:"typing,omitempty"`
}

// Attend takes what a tab says of itself. It is NotFound for an issue that the actor does not see; one may always leave.
func (e *Engine) Attend(ctx context.Context, actor Actor, a Attendance) error {
	s := seating{room: room{actor.Workspace, a.Issue}, seat: seat{actor.Member, a.Tab}, count: a.Count, state: a.State}
	if a.State != Left {
		title, _, err := e.IssueFreshness(ctx, actor, IssueID{ID: a.Issue})
		if err != nil {
			return err
		}
		s.team = title.Team
	}
	e.seat(s)
	if e.bus != nil {
		e.bus.Say(s.word())
	}
	return nil
}

// seat takes what a tab of this node or another said.
func (e *Engine) seat(s seating) {
	concerned := e.presence.take(s, e.clock(time.Now()))
	e.tellPresence(s.room, concerned)
}

func (e *Engine) tellPresence(r room, members map[uuid.UUID]bool) {
	hub := e.watched(r.workspace)
	if hub == nil || len(members) == 0 {
		return
	}
	_, subscribers := hub.readers()
	for _, s := range subscribers {
		if s.share == "" && members[s.member] {
			s.box.note(r.issue)
		}
	}
}

// sweepPresence forgets who did not say again that they are there, all of them in one go.
func (e *Engine) sweepPresence() {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-e.background.Done():
			return
		case <-ticker.C:
			for r, members := range e.presence.sweep(e.clock(time.Now())) {
				e.tellPresence(r, members)
			}
		}
	}
}

// seating is an Attendance as nodes tell it to each other.
type seating struct {
	room
	seat
	team  uuid.UUID // of the issue; zero when the tab left
	count int64
	state Attention
}

type room struct{ workspace, issue uuid.UUID }

type seat struct{ member, tab uuid.UUID }

// presence is who is where, as this node knows. Safe for concurrent use.
type presence struct {
	mu    stdsync.Mutex
	rooms map[room]*attendants
	seats map[uuid.UUID]int // by member, ids are unique over workspaces
}

// attendants are those at one issue.
type attendants struct {
	team uuid.UUID
	at   map[seat]*sitting
}

// sitting is what a tab said last.
type sitting struct {
	count         int64
	state         Attention
	until, typing time.Time
}

func newPresence() *presence {
	return &presence{rooms: map[room]*attendants{}, seats: map[uuid.UUID]int{}}
}

// take notes what a tab said, and answers whom to tell: everybody there if somebody came, went or began to type, and in
// any case the member whose tab came.
func (p *presence) take(s seating, now time.Time) (concerned map[uuid.UUID]bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	here := p.rooms[s.room]
	if here == nil {
		here = &attendants{at: map[seat]*sitting{}}
	}
	one := here.at[s.seat]
	if one != nil && one.count >= s.count || one == nil && p.seats[s.member] >= mostSeats {
		return nil
	}
	before, came := here.members(), one == nil
	if came {
		one = &sitting{}
		here.at[s.seat], p.rooms[s.room] = one, here
		p.seats[s.member]++
	}
	one.count, one.state, one.until, one.typing = s.count, s.state, now.Add(presenceLasts), now.Add(typingLasts)
	if s.state == Left {
		one.until = now.Add(leftLasts)
	}
	if s.team != uuid.Nil {
		here.team = s.team
	}
	if !slices.Equal(before, here.members()) {
		return here.everybody()
	}
	if came && s.state != Left {
		return map[uuid.UUID]bool{s.member: true}
	}
	return nil
}

// sweep forgets what has lapsed, and answers whom to tell, by issue.
func (p *presence) sweep(now time.Time) map[room]map[uuid.UUID]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	concerned := map[room]map[uuid.UUID]bool{}
	for r, here := range p.rooms {
		before := here.members()
		p.lapse(here, now)
		if !slices.Equal(before, here.members()) {
			concerned[r] = here.everybody()
		}
		if len(here.at) == 0 {
			delete(p.rooms, r)
		}
	}
	return concerned
}

// lapse is called with the lock held.
func (p *presence) lapse(here *attendants, now time.Time) {
	for seat, one := range here.at {
		if one.state == Typing && !now.Before(one.typing) {
			one.state = Looking
		}
		if now.Before(one.until) {
			continue
		}
		delete(here.at, seat)
		if p.seats[seat.member]--; p.seats[seat.member] == 0 {
			delete(p.seats, seat.member)
		}
	}
}

// at is who is at an issue, and its team; false when nobody was of late.
func (p *presence) at(r room) (members []Present, team uuid.UUID, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	here := p.rooms[r]
	if here == nil {
		return nil, uuid.Nil, false
	}
	return here.members(), here.team, true
}

// of lists the issues of a workspace that a member looks at.
func (p *presence) of(workspace, member uuid.UUID) (issues []uuid.UUID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for r, here := range p.rooms {
		if r.workspace == workspace && here.everybody()[member] {
			issues = append(issues, r.issue)
		}
	}
	return issues
}

// follow notes which team an issue is of now: on that hangs who is told. The line of its departure bears the team it left.
func (p *presence) follow(workspace uuid.UUID, batch []notice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rooms) == 0 {
		return
	}
	for _, n := range batch {
		if ref := Ref(n.record); ref.kind() == "issue" && n.op != Leave {
			if here := p.rooms[room{workspace, ref.ID()}]; here != nil {
				here.team = n.team
			}
		}
	}
}

// members are those who are there, in an order that does not depend on who came first.
func (a *attendants) members() []Present {
	typing := map[uuid.UUID]bool{}
	for seat, one := range a.at {
		if one.state != Left {
			typing[seat.member] = typing[seat.member] || one.state == Typing
		}
	}
	members := make([]Present, 0, len(typing))
	for member, types := range typing {
		members = append(members, Present{NewRef("member", member), types})
	}
	slices.SortFunc(members, func(a, b Present) int { return cmp.Compare(a.Member, b.Member) })
	return members
}

// everybody are those who are there, as a set.
func (a *attendants) everybody() map[uuid.UUID]bool {
	here := map[uuid.UUID]bool{}
	for seat, one := range a.at {
		if one.state != Left {
			here[seat.member] = true
		}
	}
	return here
}
