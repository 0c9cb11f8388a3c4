package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"testing"

	"tandem/sync"
)

// errLost is what a client gets instead of the answer that was on its way.
var errLost = errors.New("the answer was lost")

// deafConn sends and, once the server has answered, loses the answer.
type deafConn struct{ net.Conn }

func (c deafConn) Read(p []byte) (int, error) {
	if _, err := c.Conn.Read(p); err != nil {
		return 0, err
	}
	return 0, errLost
}

func TestS11_AnAnswerLostAfterTheCommitIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ref, transaction := h.create("Only once")
	body, err := json.Marshal(sync.Push{Client: h.ben.client, Transactions: []sync.Transaction{transaction}})
	must(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.serve()+"/acme/sync/push", bytes.NewReader(body))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: "tandem", Value: string(h.ben.token)})
	var dialer net.Dialer
	deaf := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		return deafConn{conn}, err
	}}}
	if _, err := deaf.Do(r); !errors.Is(err, errLost) {
		t.Fatalf("the answer came: %v", err)
	}

	again := h.ben.push(transaction).Results[0]
	if again.Status != sync.Applied || !again.Replayed || again.Version != h.head() {
		t.Errorf("%+v", again)
	}
	page := h.ben.get("/acme/f/team/ENG")
	if n := page.find(".issue-row").Length(); n != 1 {
		t.Errorf("the list shows %d issues", n)
	}
	page.one("[data-record='" + string(ref) + "']")
}
