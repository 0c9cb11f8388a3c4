package nemesis

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// line is a wire that can be cut, slowed down and robbed.
type line struct {
	proxy *toxiproxy.Proxy
	count atomic.Int64 // of its toxics so far, for their names
}

func newLine(name, to string) (*line, error) {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	l := &line{proxy: toxiproxy.NewProxy(server, name, "127.0.0.1:0", to)}
	return l, l.mend()
}

// addr stays the same when the line was cut and mended.
func (l *line) addr() string { return l.proxy.Listen }

// cut ends all connections, and refuses new ones.
func (l *line) cut() { l.proxy.Stop() }

func (l *line) mend() error { return l.proxy.Start() }

// poison puts a toxic on the line, upstream or downstream, and returns it and what takes it off again. Toxics that hold
// data back break their connections when they go.
func (l *line) poison(kind, direction string, attributes map[string]int) (toxics.Toxic, func() error, error) {
	name := fmt.Sprintf("%s-%d", kind, l.count.Add(1))
	body, err := json.Marshal(map[string]any{"name": name, "type": kind, "stream": direction, "attributes": attributes})
	if err != nil {
		return nil, nil, err
	}
	made, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(string(body)))
	if err != nil {
		return nil, nil, err
	}
	return made.Toxic, func() error { return l.proxy.Toxics.RemoveToxic(context.Background(), name) }, nil
}

// committed tells whether PostgreSQL says that a write is committed: after COMMIT, or after the round trip that took the lock and wrote.
func committed(answer []byte) bool {
	const idle = "Z\x00\x00\x00\x05I"
	ended := bytes.Contains(answer, []byte("COMMIT\x00")) || bytes.Contains(answer, []byte("SELECT 1\x00")) && bytes.HasSuffix(answer, []byte(idle))
	return ended && bytes.Contains(answer, []byte("INSERT 0 "))
}

// loseCommit takes away what PostgreSQL answers to the commit of a write, and ends the connection: it is committed, and
// whoever asked for it cannot know.
type loseCommit struct {
	lost atomic.Int64
}

// Pipe implements toxics.Toxic.
func (t *loseCommit) Pipe(stub *toxics.ToxicStub) {
	for {
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-stub.Input:
			if chunk == nil {
				stub.Close()
				return
			}
			if committed(chunk.Data) {
				t.lost.Add(1)
				stub.Close()
				return
			}
			stub.Output <- chunk
		}
	}
}
