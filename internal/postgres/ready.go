package postgres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// waitReady returns when the server accepts connections. It sets no limit of its own: after a crash the repair takes as long as it takes.
func waitReady(ctx context.Context, cluster string, p *process, log *serverLog) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !isReady(cluster, p.pid()) {
		select {
		case <-tick.C:
		case <-p.exited:
			return fmt.Errorf("start postgresql in %s: it ended at once (%s) and said:\n%s", cluster, p.state(), log.tail())
		case <-ctx.Done():
			return fmt.Errorf("start postgresql in %s: %w", cluster, context.Cause(ctx))
		}
	}
	return nil
}

// isReady reads postmaster.pid: line 1 is the process, line 8 its state. The file of a killed server says "ready" too, and for the
// first moments of a new one it is still there, so the process must be ours.
func isReady(cluster string, pid int) bool {
	text, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	return len(lines) >= 8 && lines[0] == strconv.Itoa(pid) && strings.TrimSpace(lines[7]) == "ready"
}
