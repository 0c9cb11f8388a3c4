package handlers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"tandem/sync"
)

// An issue's page shows more than the issue: the titles of those that its texts refer to, of the one above it, of those
// below. Which they are is only known to who has read the page. So what a reading found beside the page's own is kept, and
// with it one round trip tells whether anything that is shown has changed; only then is it read, and found, anew.

// beside is what a reading showed that is not the page's own.
type beside struct {
	epoch   uuid.UUID
	version int64 // V of the reading
	topics  []string
}

// holds tells whether nothing that was shown has changed since the reading.
func (b beside) holds(fresh sync.Freshness) bool {
	return b.epoch == fresh.Epoch && fresh.Stale <= b.version
}

func (b beside) size() int { return 48*len(b.topics) + 256 }

// besideBytes bounds what is kept of all readings together, besideTopics what a region may name.
const (
	besideBytes  = 8 << 20
	besideTopics = 128
)

// others are issues that are shown beside a page's own, and their teams.
type others map[uuid.UUID]uuid.UUID

func (o others) add(title sync.IssueTitle) { o[title.ID] = title.Team }

// addFamily adds what rows show of the issues below and above theirs, which are of the same team.
func (o others) addFamily(rows ...sync.IssueRow) {
	for _, row := range rows {
		o[row.ID] = row.Team
		if row.Parent != uuid.Nil {
			o[row.Parent] = row.Team
		}
	}
}

// addBlockers adds what rows show of the issues that block theirs, but for those of the team that the page is of.
func (o others) addBlockers(family sync.Family, own uuid.UUID) {
	for _, blockers := range family.Blockers {
		for _, one := range blockers {
			if one.Team != own {
				o[one.ID] = one.Team
			}
		}
	}
}

// topics are what makes a page stale that shows the others. Of very many their teams stand for them.
func (o others) topics() []string {
	kind, ids := "issue", slices.Collect(maps.Keys(o))
	if len(ids) > besideTopics {
		kind, ids = "team", slices.Collect(maps.Values(o))
	}
	topics := make([]string, len(ids))
	for i, id := range ids {
		topics[i] = string(sync.NewRef(kind, id))
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

// reading is what a page's reading found.
type reading interface {
	snapshot() sync.Snapshot
	beside() []string
}

// followed is when a page last changed, with all that it shows beside its own.
type followed[T reading] struct {
	fresh  sync.Freshness
	beside []string
	read   func(context.Context) (T, error) // reads the page, unless finding out has read it already
}

// follow looks when a page last changed. what names the page; look is asked with the topics beside the page's own.
func follow[T reading](ctx context.Context, s *Server, v visit, what any, look func(context.Context, []string) (sync.Freshness, error),
	read func(context.Context) (T, error)) (followed[T], error) {
	class := s.engine.RightsClass(v.Actor)
	known, _ := s.beside.get(lookKey{v.Workspace, class, what})
	fresh, err := look(ctx, known.topics)
	if err != nil || fresh.Rights == class && known.holds(fresh) {
		return followed[T]{fresh, known.topics, read}, err
	}
	found, err := readTogether(ctx, s, lookKey{v.Workspace, fresh.Rights, what}, fresh, read)
	if err != nil {
		return followed[T]{}, err
	}
	at, topics := found.snapshot(), found.beside()
	s.beside.add(lookKey{v.Workspace, at.Rights, what}, beside{at.Epoch, at.Version, topics})
	if !slices.Equal(topics, known.topics) || !sameMoment(fresh.Snapshot, at) {
		fresh, err = look(ctx, topics) // the first one did not ask for these
	}
	again := func(ctx context.Context) (T, error) {
		if fresh.Stale <= at.Version && sameMoment(fresh.Snapshot, at) {
			return found, nil
		}
		return read(ctx)
	}
	return followed[T]{fresh, topics, again}, err
}

// sameMoment tells whether two readings word days alike, for readers with the same rights.
func sameMoment(a, b sync.Snapshot) bool {
	return a.Epoch == b.Epoch && a.Rights == b.Rights && days(a) == days(b)
}

// readTogether reads a page once for all who found the same change of it.
func readTogether[T reading](ctx context.Context, s *Server, key lookKey, fresh sync.Freshness, read func(context.Context) (T, error)) (T, error) {
	answer := s.reading.DoChan(fmt.Sprint(key, fresh.Epoch, fresh.Stale), func() (any, error) {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), drawTime)
		defer cancel()
		return safely(func() (T, error) { return read(bounded) })
	})
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case result := <-answer:
		found, _ := result.Val.(T)
		if told, ok := errors.AsType[*sync.Error](result.Err); ok && told.Kind == sync.NotFound {
			return read(ctx) // the one who asked may have lost what the others still see
		}
		return found, result.Err
	}
}
