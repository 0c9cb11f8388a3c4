package sync

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
)

// NATSBus sends hints through a NATS server, which may be away for as long as it likes.
type NATSBus struct {
	*hints
	url    string
	logger *slog.Logger
}

// NewNATSBus makes a bus over the servers at url: one, or several with commas between. It connects when it listens.
func NewNATSBus(url string, logger *slog.Logger) *NATSBus {
	return &NATSBus{hints: newHints(), url: url, logger: logger}
}

// Listen receives and sends until ctx ends. The client connects anew for ever; what makes it give up all the same is met
// by beginning again.
func (b *NATSBus) Listen(ctx context.Context, hear func(uuid.UUID, int64), heed func(string)) {
	for ctx.Err() == nil {
		err := b.connected(ctx, hear, heed)
		if ctx.Err() == nil {
			b.warn("the bus gave up, it begins again", err)
			pause(ctx, time.Second)
		}
	}
}

func (b *NATSBus) connected(ctx context.Context, hear func(uuid.UUID, int64), heed func(string)) error {
	closed := make(chan error, 1)
	conn, err := nats.Connect(b.url, append(b.options(ctx), nats.ClosedHandler(func(conn *nats.Conn) { closed <- conn.LastError() }))...)
	if err != nil {
		return fmt.Errorf("connect the bus: %w", err)
	}
	defer conn.Close()
	if !conn.IsConnected() {
		b.warn("the bus cannot be reached, until then other nodes' changes are polled for", conn.LastError())
	}
	if _, err := conn.Subscribe(busChannel, func(message *nats.Msg) { readHints(string(message.Data), hear, heed) }); err != nil {
		return fmt.Errorf("listen to the bus: %w", err)
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-closed:
			return err
		case <-b.wake:
		}
		b.send(conn)
		pause(ctx, busInterval)
	}
}

// send lets hints go that cannot be sent now: those who missed them poll.
func (b *NATSBus) send(conn *nats.Conn) {
	for _, payload := range b.payloads() {
		if err := conn.Publish(busChannel, []byte(payload)); err != nil {
			return
		}
	}
}

func (b *NATSBus) options(ctx context.Context) []nats.Option {
	return []nats.Option{
		nats.Name("tandem"), nats.SetCustomDialer(dialUntil(ctx)),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second), nats.IgnoreAuthErrorAbort(),
		nats.ReconnectBufSize(-1), // hints of an hour ago are worth nothing
		nats.PingInterval(busSilence), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if ctx.Err() == nil {
				b.warn("bus connection lost, until it is back other nodes' changes are polled for", err)
			}
		}),
		nats.ConnectHandler(func(conn *nats.Conn) { b.logger.Info("the bus is connected", "server", conn.ConnectedServerName()) }),
		nats.ReconnectHandler(func(conn *nats.Conn) {
			b.logger.Info("the bus is connected again", "server", conn.ConnectedServerName())
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { b.warn("the bus reports an error", err) }),
	}
}

// warn never names the URL, which may hold a password.
func (b *NATSBus) warn(text string, err error) { b.logger.Warn(text, "err", err) }

// dialer implements nats.CustomDialer.
type dialer func(network, address string) (net.Conn, error)

// Dial connects, or ends with the bus: stopping never waits for a server.
func (d dialer) Dial(network, address string) (net.Conn, error) { return d(network, address) }

func dialUntil(ctx context.Context) dialer {
	return func(network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}
