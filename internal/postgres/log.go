package postgres

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

// serverLog takes what the server writes to stderr, hands its messages to the logger and keeps the last lines for an error. Only the
// first line of a message is handed on, and only at Debug where it may quote what people wrote: DETAIL, CONTEXT and the like do.
type serverLog struct {
	logger *slog.Logger

	mu      sync.Mutex
	partial []byte
	last    []string
}

const (
	lastLines   = 20
	longestLine = 8 << 10
)

func newServerLog(logger *slog.Logger) *serverLog { return &serverLog{logger: logger} }

// Write never fails: that would end the server's log.
func (l *serverLog) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, text...)
	for {
		line, rest, whole := bytes.Cut(l.partial, []byte("\n"))
		if !whole && len(line) < longestLine {
			return len(text), nil
		}
		l.line(string(line))
		l.partial = rest
	}
}

func (l *serverLog) line(line string) {
	if line == "" {
		return
	}
	l.last = append(l.last, line)
	l.last = l.last[max(0, len(l.last)-lastLines):]
	level, message, found := strings.Cut(line, ":  ")
	if !found {
		return
	}
	switch level {
	case "WARNING", "FATAL", "PANIC":
		l.logger.Warn("postgresql", "level", level, "message", message)
	case "LOG", "ERROR", "NOTICE", "INFO":
		l.logger.Debug("postgresql", "level", level, "message", message)
	}
}

// tail returns the last lines, as they were written.
func (l *serverLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.last, "\n")
}
