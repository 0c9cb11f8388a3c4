package nemesis

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/client"
)

// transport is a client's way out. It can send a push twice at the same time, and an earlier one once more.
type transport struct {
	base    *http.Transport
	servers []string
	history *history

	twice, again atomic.Bool
	copies       atomic.Int64
	echoes       sync.WaitGroup // requests of its own that are under way

	mu      sync.Mutex
	earlier []byte // the body of a push that went before
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodPost {
		if strings.HasSuffix(request.URL.Path, "/sync/pull") {
			t.history.asks()
		}
		return t.base.RoundTrip(request)
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	t.copy(request, body)
	own := request.Clone(request.Context())
	own.Body = io.NopCloser(bytes.NewReader(body))
	return t.base.RoundTrip(own)
}

func (t *transport) copy(request *http.Request, body []byte) {
	t.mu.Lock()
	earlier := t.earlier
	if rand.N(3) == 0 {
		t.earlier = body
	}
	t.mu.Unlock()
	if t.twice.Load() {
		t.echo(request, body, 0)
	}
	if t.again.Load() && earlier != nil {
		t.echo(request, earlier, rand.N(200*time.Millisecond))
	}
}

// echo sends a push by itself, to either node, and keeps what it is answered beside what the client was.
func (t *transport) echo(request *http.Request, body []byte, later time.Duration) {
	header, server := request.Header.Clone(), t.servers[rand.N(len(t.servers))]
	t.copies.Add(1)
	t.echoes.Go(func() {
		time.Sleep(later) // the delay of a request on its way, not a wait for anything
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		echo, err := http.NewRequestWithContext(ctx, http.MethodPost, server+request.URL.Path, bytes.NewReader(body))
		if err != nil {
			return
		}
		echo.Header = header
		response, err := t.base.RoundTrip(echo)
		if err != nil {
			return // lost like any other
		}
		defer response.Body.Close()
		var answer struct{ Results []client.Result }
		if response.StatusCode == http.StatusOK && strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") &&
			json.NewDecoder(response.Body).Decode(&answer) == nil {
			for _, result := range answer.Results {
				t.history.answered(result)
			}
		}
	})
}
