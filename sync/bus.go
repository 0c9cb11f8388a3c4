package sync

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Bus carries hints between nodes: that a workspace has reached a V. It may lose them; the log is the truth.
type Bus interface {
	// Publish never blocks.
	Publish(workspace uuid.UUID, version int64)
	// Listen calls hear for every hint, this node's own too, until ctx ends.
	Listen(ctx context.Context, hear func(workspace uuid.UUID, version int64))
}

const (
	busChannel  = "tandem"
	busInterval = 20 * time.Millisecond // at most one NOTIFY in this time: it takes a global lock
	busPayload  = 7900                  // bytes; PostgreSQL allows 8,000
)

// PostgresBus sends hints as NOTIFY, from a connection of its own and never inside a write's transaction.
type PostgresBus struct {
	url    string
	logger *slog.Logger

	mu      stdsync.Mutex
	pending map[uuid.UUID]int64
	wake    chan struct{}
}

// NewPostgresBus makes a bus over the database at url. It connects when it listens.
func NewPostgresBus(url string, logger *slog.Logger) *PostgresBus {
	return &PostgresBus{url: url, logger: logger, pending: map[uuid.UUID]int64{}, wake: make(chan struct{}, 1)}
}

// Publish notes a hint to be sent with the next NOTIFY.
func (b *PostgresBus) Publish(workspace uuid.UUID, version int64) {
	b.mu.Lock()
	b.pending[workspace] = max(b.pending[workspace], version)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Listen receives and sends until ctx ends, and connects anew when PostgreSQL goes away.
func (b *PostgresBus) Listen(ctx context.Context, hear func(uuid.UUID, int64)) {
	var both stdsync.WaitGroup
	both.Go(func() {
		b.forever(ctx, func(ctx context.Context, conn *pgx.Conn) error { return receive(ctx, conn, hear) })
	})
	both.Go(func() { b.forever(ctx, b.send) })
	both.Wait()
}

func (b *PostgresBus) forever(ctx context.Context, use func(context.Context, *pgx.Conn) error) {
	for ctx.Err() == nil {
		err := b.connected(ctx, use)
		if ctx.Err() == nil {
			b.logger.WarnContext(ctx, "bus connection lost", "err", err)
			pause(ctx, time.Second)
		}
	}
}

func pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}

func (b *PostgresBus) connected(ctx context.Context, use func(context.Context, *pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return fmt.Errorf("connect the bus: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return use(ctx, conn)
}

func receive(ctx context.Context, conn *pgx.Conn, hear func(uuid.UUID, int64)) error {
	if _, err := conn.Exec(ctx, "listen "+busChannel); err != nil {
		return err
	}
	for {
		notification, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		for _, hint := range strings.Fields(notification.Payload) {
			if workspace, version, ok := parseHint(hint); ok {
				hear(workspace, version)
			}
		}
	}
}

func parseHint(hint string) (uuid.UUID, int64, bool) {
	id, number, _ := strings.Cut(hint, ":")
	workspace, badID := uuid.Parse(id)
	version, badNumber := strconv.ParseInt(number, 10, 64)
	return workspace, version, badID == nil && badNumber == nil
}

func (b *PostgresBus) send(ctx context.Context, conn *pgx.Conn) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.wake:
		}
		for _, payload := range b.payloads() {
			if _, err := conn.Exec(ctx, "select pg_notify($1, $2)", busChannel, payload); err != nil {
				return err
			}
		}
		pause(ctx, busInterval)
	}
}

// payloads takes what is pending, in as many notifications as its length needs.
func (b *PostgresBus) payloads() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var payloads []string
	var line strings.Builder
	for workspace, version := range b.pending {
		if line.Len() > busPayload-64 {
			payloads = append(payloads, line.String())
			line.Reset()
		}
		fmt.Fprintf(&line, "%s:%d ", workspace, version)
	}
	clear(b.pending)
	if line.Len() == 0 {
		return payloads
	}
	return append(payloads, line.String())
}
