package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

func TestRecognise_AnotherClusterBeginsNewEpochs(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	epoch, head := headOf(t, pool)

	if log := recogniseIn(t, pool); log != "" {
		t.Errorf("the same cluster: %s", log)
	}
	if same, _ := headOf(t, pool); same != epoch {
		t.Error("the same cluster began a new epoch")
	}
	for _, change := range []string{"system_identifier = system_identifier + 1", "timeline = timeline + 1"} {
		if _, err := pool.Exec(t.Context(), "update instance set "+change); err != nil {
			t.Fatal(err)
		}
		if log := recogniseIn(t, pool); !strings.Contains(log, "another cluster") {
			t.Errorf("%s: %q", change, log)
		}
		newEpoch, newHead := headOf(t, pool)
		if newEpoch == epoch || newHead < head+1_000_000_000 {
			t.Errorf("%s: epoch %s -> %s, head %d -> %d", change, epoch, newEpoch, head, newHead)
		}
		epoch = newEpoch
	}
	if log := recogniseIn(t, pool); log != "" {
		t.Errorf("once is enough: %s", log)
	}
}

func recogniseIn(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	var log bytes.Buffer
	if err := recognise(t.Context(), pool, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
		t.Fatal(err)
	}
	return log.String()
}

// headOf is the epoch of acme and where V stands at least.
func headOf(t *testing.T, pool *pgxpool.Pool) (epoch uuid.UUID, head int64) {
	t.Helper()
	err := pool.QueryRow(t.Context(), "select epoch, greatest(base_version, (select max(version) from change where workspace_id = id)) from workspace").Scan(&epoch, &head)
	if err != nil {
		t.Fatal(err)
	}
	return epoch, head
}

func TestMajorOf(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]int{"15.18 (Debian 15.18-0+deb12u1)": 15, "18beta1": 18, "9.6.24": 9, "16": 16, "": 0} {
		if got := majorOf(version); got != want {
			t.Errorf("%q: %d", version, got)
		}
	}
}
