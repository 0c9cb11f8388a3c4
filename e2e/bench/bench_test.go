//go:build linux

package main

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
)

func TestReader_TakesVersionsHoweverTheyAreCut(t *testing.T) {
	t.Parallel()
	const told = "HTTP/1.1 200 OK\r\n\r\n1f\r\nid: 7\nevent: bump\ndata: {}\n\n\r\n20\r\nid: 123\nevent: bump\ndata: {}\n\n\r\n"
	for cut := range len(told) {
		r := &reader{version: -1}
		r.take([]byte(told[:cut]))
		r.take([]byte(told[cut:]))
		if r.version != 123 {
			t.Fatalf("cut at %d: version %d", cut, r.version)
		}
	}
}

func TestTable_ShowsMediansAndTheirRatio(t *testing.T) {
	t.Parallel()
	table := newTable()
	for _, value := range []float64{3, 1, 2} {
		table.addTo("tandem", "a write", "ms", "<= 1.6 ×", value)
		table.addTo("limit", "a write", "ms", "", value*2000)
	}
	var text strings.Builder
	if err := table.print(&text, "A machine.", true); err != nil {
		t.Fatal(err)
	}
	if want := "| a write | ms | 2 | 4,000 | 0.00 | <= 1.6 × |\n"; !strings.HasSuffix(text.String(), want) {
		t.Errorf("no %q in\n%s", want, text.String())
	}
}

func TestTranslator_WritesValuesThatPgbenchLeavesAlone(t *testing.T) {
	t.Parallel()
	if got, want := quote("it's 10:20"), "'it''s 10'||chr(58)||'20'"; got != want {
		t.Errorf("quote: %s", got)
	}
	types := pgtype.NewMap()
	raw, err := types.Encode(pgtype.Int8ArrayOID, pgtype.BinaryFormatCode, []int64{4, 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := textOf(types, pgtype.Int8ArrayOID, pgtype.BinaryFormatCode, raw); err != nil || got != "{4,5}" {
		t.Errorf("an array: %q %v", got, err)
	}
	if got, err := textOf(types, pgtype.JSONBOID, pgtype.BinaryFormatCode, append([]byte{1}, "{}"...)); err != nil || got != "{}" {
		t.Errorf("jsonb: %q %v", got, err)
	}
}
