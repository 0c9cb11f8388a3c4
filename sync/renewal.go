package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// An epoch ends when PostgreSQL is replaced by a copy of itself: by its standby, or from a backup. The log may have lost
// its end then, and with it what readers have been told, changes of rights among it. So a hub whose workspace has another
// epoch takes nothing as known: it reads its readers' rights anew, and tells them the epoch and that all may be stale.

// hearHead takes what the poll has read.
func (h *hub) hearHead(head queries.ListHeadsRow) {
	h.mu.Lock()
	h.polled = head
	h.mu.Unlock()
	h.hear(head.Version, nil)
}

// renew looks whether the poll has found another epoch. On an error the next poll tries again.
func (h *hub) renew(ctx context.Context) error {
	h.mu.Lock()
	head, same := h.polled, h.polled.Epoch == h.epoch
	subscribers := slices.Collect(maps.Keys(h.subscribers))
	h.mu.Unlock()
	if same {
		return nil
	}
	h.engine.logger.WarnContext(ctx, "the workspace has another epoch: its readers start over", "workspace_id", h.workspace, "epoch", head.Epoch)
	for _, s := range subscribers {
		if err := h.renewOne(ctx, s, head); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.epoch, h.cursor = head.Epoch, max(h.cursor, head.Version) // all of it is stale for them, so none of it is told one by one
	return nil
}

// renewOne tells one reader, unless they came when the epoch had begun.
func (h *hub) renewOne(ctx context.Context, s *Subscription, head queries.ListHeadsRow) error {
	if s.topics != nil {
		s.box.putAll(head.Version)
		return nil
	}
	snapshot, err := h.engine.read(ctx, Actor{h.workspace, s.member}, nothing)
	told, ours := errors.AsType[*Error](err)
	switch {
	case err == nil:
		if s.enter(snapshot.Epoch, snapshot.Version) {
			s.box.putRenewed(snapshot.Version)
		} else {
			s.box.putAll(snapshot.Version) // what they read when they came may be of before
		}
		s.setRights(snapshot.Version, snapshot.who)
	case ours && told.Kind == NotFound:
		s.enter(head.Epoch, head.Version)
		s.setRights(head.Version, rights{})
		s.box.putRenewed(head.Version)
	default:
		return fmt.Errorf("read the rights of %s: %w", s.member, err)
	}
	return nil
}

// enter notes the epoch that the log has at a V, and tells whether the reader was told another one before. V never falls
// from one epoch to the next, so of two readings the later one is known by it.
func (s *Subscription) enter(epoch uuid.UUID, version int64) (other bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version < s.asOf || s.epoch == epoch {
		return false
	}
	other = s.epoch != uuid.Nil
	s.epoch = epoch
	return other
}

// Epoch is the one that the log has now, as far as this reader is told.
func (s *Subscription) Epoch() uuid.UUID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.epoch
}

// putRenewed leaves that versions count anew: told by itself, and then that all may be stale.
func (m *mailbox) putRenewed(version int64) {
	m.mu.Lock()
	m.version = max(m.version, version)
	m.renewed = true
	m.keys.dropAll()
	m.unlockAndWake()
}
