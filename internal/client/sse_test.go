package client

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadEvent(t *testing.T) {
	t.Parallel()
	stream := ": a comment\n\nretry: 2000\n\nevent: hello\nid: 7\nretry: 2000\ndata: {\"version\": 7}\n\n" +
		"data:two\r\ndata: lines\r\n\r\nevent: bump\nid: 8\ndata: cut o"
	lines, heard := bufio.NewReader(strings.NewReader(stream)), 0
	var events []string
	for {
		e, err := readEvent(lines, func() { heard++ })
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		events = append(events, e.name+"|"+e.id+"|"+string(e.data))
	}
	if diff := cmp.Diff([]string{`hello|7|{"version": 7}`, "||two\nlines"}, events); diff != "" {
		t.Error(diff)
	}
	if heard < 10 {
		t.Errorf("heard of %d lines", heard)
	}
}
