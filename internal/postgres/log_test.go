package postgres

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestServerLog_hands_on_messages_and_not_what_people_wrote(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := newServerLog(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for _, text := range []string{
		"LOG:  database system is rea", "dy\nERROR:  duplicate key\nDETAIL:  Key (title)=(secret) exists\n",
		"STATEMENT:  INSERT\n\tINTO secret\nFATAL:  the database system", " is shutting down\n", "\n", "unfinished",
	} {
		n, err := log.Write([]byte(text))
		if n != len(text) || err != nil {
			t.Fatal(n, err)
		}
	}
	mention(t, out.String(), `level=DEBUG msg=postgresql level=LOG message="database system is ready"`,
		`level=DEBUG msg=postgresql level=ERROR message="duplicate key"`,
		`level=WARN msg=postgresql level=FATAL message="the database system is shutting down"`)
	if strings.Contains(out.String(), "secret") || strings.Count(out.String(), "\n") != 3 {
		t.Errorf("logged too much:\n%s", out.String())
	}
	mention(t, log.tail(), "database system is ready", "Key (title)=(secret) exists")
}

func TestServerLog_keeps_little(t *testing.T) {
	t.Parallel()
	log := newServerLog(silence())
	for range 1000 {
		log.Write([]byte("LOG:  line\n"))
	}
	log.Write(bytes.Repeat([]byte("x"), 10*longestLine))
	if lines := strings.Count(log.tail(), "\n") + 1; lines != lastLines {
		t.Errorf("keeps %d lines", lines)
	}
	if len(log.partial) >= longestLine {
		t.Errorf("keeps a line of %d bytes", len(log.partial))
	}
}
