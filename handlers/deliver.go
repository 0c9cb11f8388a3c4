package handlers

import (
	"context"
	stdsync "sync"
	"time"
	"unicode/utf8"

	"tandem/sync"
)

const deliverEvery = 5 * time.Second

// sender goes once through what is to be told by now.
type sender func(context.Context, func(context.Context, sync.Letter) error) error

// Deliver sends what members are to be told by e-mail and in their browsers, until ctx ends. On several nodes each letter goes out
// from one, and neither way waits for the other.
func (s *Server) Deliver(ctx context.Context) {
	var ways stdsync.WaitGroup
	if s.mail != nil {
		ways.Go(func() { s.deliver(ctx, s.engine.SendMail, s.sendLetter) })
	}
	if s.notify != nil {
		ways.Go(func() { s.deliver(ctx, s.engine.SendPush, s.sendNotifications) })
	}
	ways.Wait()
}

func (s *Server) deliver(ctx context.Context, round sender, send func(context.Context, sync.Letter) error) {
	ticker := time.NewTicker(deliverEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := round(ctx, send); err != nil && ctx.Err() == nil {
				s.logger.WarnContext(ctx, "something could not be sent; what may go through later is tried again", "err", err)
			}
		}
	}
}

// excerpt is the beginning of a text.
func excerpt(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
