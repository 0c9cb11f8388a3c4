package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// Snapshot is the moment that a read is true at: all that a page shows belongs to this V. It also names things: who
// and what the ids on the page are, as far as the reader may see them.
type Snapshot struct {
	Version int64
	Epoch   uuid.UUID
	At      time.Time // PostgreSQL's clock
	Rights  string    // equal rights see equal pages; it holds nothing of the reader

	words *vocabulary
	who   rights
}

// As is the same moment as another member of the workspace sees it; false when they see something else.
func (s Snapshot) As(member uuid.UUID) (Snapshot, bool) {
	who := s.words.rightsOf(member)
	same := who.role != "" && sameAccess(who, s.who)
	s.who = who
	return s, same
}

// Names is the V of the names that the snapshot has: under the same, and with the same rights, an id is named the same.
func (s Snapshot) Names() int64 { return s.words.version }

// ErrRightsMoved says that the reader's rights changed between two readings that make one page: what was read later may show
// more than those see whom the page is drawn for. It begins anew.
var ErrRightsMoved = errors.New("the reader's rights changed between two readings")

// sameRights tells whether a later reading was done with the same rights.
func (s Snapshot) sameRights(later Snapshot) error {
	if s.Rights != later.Rights {
		return ErrRightsMoved
	}
	return nil
}

// RightsClass names what a member sees, as Snapshot.Rights does, as far as it is in memory: it may be old, and "" when
// nothing is known.
func (e *Engine) RightsClass(actor Actor) string {
	words := e.words.get(actor.Workspace)
	if words == nil {
		return ""
	}
	return words.rightsOf(actor.Member).class()
}

// read runs queries in one REPEATABLE READ READ ONLY transaction and one round trip, with the reader's names and rights
// as they are in that very snapshot. ask may run more than once, when the vocabulary in memory turns out to be old; an
// error of its ends the reading. A reader who is no member gets NotFound.
func (e *Engine) read(ctx context.Context, actor Actor, ask func(*queries.Pipeline, Snapshot) error) (Snapshot, error) {
	words := e.words.get(actor.Workspace)
	for range 5 {
		var s Snapshot
		if words != nil {
			s = Snapshot{words: words, who: words.rightsOf(actor.Member)}
		}
		var refused error
		head, fresh, err := e.readOnce(ctx, actor.Workspace, words, func(p *queries.Pipeline) {
			if s.who.role != "" {
				refused = ask(p, s)
			}
		})
		if errors.Is(err, pgx.ErrNoRows) {
			return Snapshot{}, notFound("This workspace")
		}
		if mustRetry(err) {
			continue // a migration takes its tables in an order of its own, and PostgreSQL may choose us to give way
		}
		if err != nil {
			return Snapshot{}, fmt.Errorf("read: %w", err)
		}
		if fresh == words {
			if s.who.role == "" {
				return Snapshot{}, notFound("This workspace")
			}
			s.Version, s.Epoch, s.At, s.Rights = head.Version, head.Epoch, e.clock(head.At), s.who.class()
			return s, refused
		}
		words = fresh
	}
	return Snapshot{}, errors.New("read: the vocabulary or the tables kept changing")
}

// readOnce asks with one vocabulary. It returns the vocabulary that belongs to the snapshot: the same one, or a newer
// one that the caller must ask again with.
func (e *Engine) readOnce(ctx context.Context, ws uuid.UUID, words *vocabulary, ask func(*queries.Pipeline)) (queries.GetHeadRow, *vocabulary, error) {
	var p queries.Pipeline
	p.Run(ctx, "begin isolation level repeatable read read only")
	head := queries.Ask(&p, func(db queries.DBTX) (queries.GetHeadRow, error) { return e.queries.GetHead(ctx, db, ws) })
	var questions vocabularyQuestions
	if words == nil {
		questions = askVocabulary(ctx, &p, e.queries, ws)
	} else {
		ask(&p)
	}
	p.Run(ctx, "commit")
	if err := e.send(ctx, &p); err != nil {
		return *head, nil, err
	}
	if words != nil {
		if head.Vocabulary == words.version {
			return *head, words, nil
		}
		return *head, nil, nil
	}
	built := questions.build(head.Vocabulary)
	e.words.put(ws, built)
	return *head, built, nil
}

// planOnce has the statements that follow in a reading run by the plan that they have for all arguments: these find rows by their keys, and PostgreSQL
// would rather plan them anew each time, which takes it several times as long as running them.
func planOnce(ctx context.Context, p *queries.Pipeline) {
	p.Run(ctx, "set local plan_cache_mode = force_generic_plan")
}

func (e *Engine) send(ctx context.Context, p *queries.Pipeline) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("take a connection: %w", err)
	}
	defer conn.Release()
	if err := p.Send(ctx, conn.Conn()); err != nil {
		rollBack(ctx, conn.Conn())
		return err
	}
	return nil
}

// Freshness is what a conditional GET needs: the V of the snapshot, and the last V of what the region shows.
type Freshness struct {
	Snapshot
	Stale int64
	Marks string // what else makes the region another one, which no V tells; "" for nothing
}

// fewPairs of a shown and a seen team are asked one by one: a step along an index each, whatever other teams do.
const fewPairs = 200

// Freshness reads, in one round trip and without any detail, when topics last changed. Of the relations of teams it tells as
// far as the reader sees both ends.
func (e *Engine) Freshness(ctx context.Context, actor Actor, topics ...string) (Freshness, error) {
	var stale *int64
	blocked, names := blockedTeams(topics)
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		teams := s.who.visibleTeams()
		stale = queries.Ask(p, func(db queries.DBTX) (int64, error) {
			return e.queries.GetTopicsVersion(ctx, db, queries.GetTopicsVersionParams{WorkspaceID: actor.Workspace, Names: names,
				BlockedTeamIds: blocked, TeamIDs: teams, FewPairs: len(blocked)*len(teams) <= fewPairs})
		})
		return nil
	})
	if err != nil {
		return Freshness{}, err
	}
	return Freshness{Snapshot: snapshot, Stale: *stale}, nil
}

// Look reads nothing but the snapshot: names, rights and V.
func (e *Engine) Look(ctx context.Context, actor Actor) (Snapshot, error) {
	return e.read(ctx, actor, nothing)
}

// nothing is the question of who only wants the snapshot.
func nothing(*queries.Pipeline, Snapshot) error {
	return nil
}
