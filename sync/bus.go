package sync

import (
	"context"
	"fmt"
	"log/slog"
	stdsync "sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Bus carries hints between nodes: that a workspace has reached a V. It may lose them; the log is the truth. Words of
// other sorts go beside them, which nobody may rely on.
type Bus interface {
	// Publish never blocks.
	Publish(workspace uuid.UUID, version int64)
	// Say sends a word without white space that is no hint. It never blocks.
	Say(word string)
	// Listen calls hear for every hint and heed for every word, this node's own too, until ctx ends.
	Listen(ctx context.Context, hear func(workspace uuid.UUID, version int64), heed func(word string))
}

const busChannel = "tandem"

// PostgresBus sends hints as NOTIFY, from a connection of its own and never inside a write's transaction.
type PostgresBus struct {
	*hints
	url    string
	logger *slog.Logger
}

// NewPostgresBus makes a bus over the database at url. It connects when it listens.
func NewPostgresBus(url string, logger *slog.Logger) *PostgresBus {
	return &PostgresBus{hints: newHints(), url: url, logger: logger}
}

// Listen receives and sends until ctx ends, and connects anew when PostgreSQL goes away.
func (b *PostgresBus) Listen(ctx context.Context, hear func(uuid.UUID, int64), heed func(string)) {
	var both stdsync.WaitGroup
	both.Go(func() {
		b.forever(ctx, func(ctx context.Context, conn *pgx.Conn) error { return receive(ctx, conn, hear, heed) })
	})
	both.Go(func() { b.forever(ctx, b.send) })
	both.Wait()
}

func (b *PostgresBus) forever(ctx context.Context, use func(context.Context, *pgx.Conn) error) {
	for ctx.Err() == nil {
		err := b.connected(ctx, use)
		if ctx.Err() == nil {
			b.logger.WarnContext(ctx, "bus connection lost, until it is back other nodes' changes are polled for", "err", err)
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

func receive(ctx context.Context, conn *pgx.Conn, hear func(uuid.UUID, int64), heed func(string)) error {
	if _, err := conn.Exec(ctx, "listen "+busChannel); err != nil {
		return err
	}
	for {
		notification, err := nextNotification(ctx, conn)
		if err != nil {
			return err
		}
		if notification != nil {
			readHints(notification.Payload, hear, heed)
		}
	}
}

// nextNotification waits for one, or returns none when the connection was silent and turned out to be alive.
func nextNotification(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	waiting, cancel := context.WithTimeout(ctx, busSilence)
	defer cancel()
	notification, err := conn.WaitForNotification(waiting)
	if err == nil || waiting.Err() == nil || ctx.Err() != nil {
		return notification, err
	}
	trying, cancel := context.WithTimeout(ctx, busPatience)
	defer cancel()
	return nil, conn.Ping(trying)
}

func (b *PostgresBus) send(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "set synchronous_commit = off"); err != nil { // a NOTIFY commits, and a hint may be lost
		return err
	}
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
