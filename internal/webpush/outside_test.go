package webpush_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/webpush"
)

// Somebody who may sign in names the address that the server posts to. Nothing of its own house is reached by that.
func TestOutside_ReachesNothingInside(t *testing.T) {
	t.Parallel()
	var knocked atomic.Int32
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { knocked.Add(1) }))
	defer inside.Close()
	b := newBrowser(t, answering(http.StatusCreated))
	sender := webpush.New(newKey(t), "https://tandem.example.com", webpush.Outside())
	_, port, err := net.SplitHostPort(inside.Listener.Addr().String())
	must(t, err)
	for _, endpoint := range []string{
		inside.URL, "https://localhost:" + port, "https://localhost", "https://127.0.0.1", "https://127.9.9.9", "https://[::1]", "https://10.1.2.3", "https://172.16.0.1", "https://192.168.1.1",
		"https://169.254.169.254/latest/meta-data", "https://[fe80::1]", "https://[fd00::1]", "https://[::ffff:127.0.0.1]", "https://[::ffff:10.0.0.1]", "https://[::7f00:1]",
		"https://[64:ff9b::7f00:1]", "https://[2002:7f00:1::]", "https://100.64.0.1", "https://0.0.0.0", "https://[::]", "https://255.255.255.255", "https://224.0.0.1",
		"https://8.8.8.8:22", "http://8.8.8.8", "http://127.0.0.1:" + port, "ftp://127.0.0.1", "file:///etc/passwd", "",
	} {
		m := b.message("Hello")
		m.Endpoint = endpoint
		if err := sender.Send(t.Context(), m); !errors.Is(err, webpush.ErrRefused) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	if n := knocked.Load(); n != 0 {
		t.Errorf("%d came through", n)
	}
}

func TestOutside_FollowsNowhere(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	b := newBrowser(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/inside") {
			followed.Store(true)
		}
		http.Redirect(w, r, "/inside", http.StatusTemporaryRedirect)
	})
	client := webpush.Outside()
	client.Transport = b.service.Client().Transport // which reaches the test's own service
	err := webpush.New(newKey(t), "https://tandem.example.com", client).Send(t.Context(), b.message("Hello"))
	if !errors.Is(err, webpush.ErrRefused) || followed.Load() {
		t.Errorf("%v", err)
	}
}

func TestOutside_GivesUpOnWhoeverDoesNotAnswer(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	client := webpush.Outside()
	if client.Timeout <= 0 || client.Timeout > 10*time.Second {
		t.Errorf("it waits for %s", client.Timeout)
	}
	client.Transport, client.Timeout = b.service.Client().Transport, 50*time.Millisecond
	err := webpush.New(newKey(t), "https://tandem.example.com", client).Send(t.Context(), b.message("Hello"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	<-b.got // the service has noticed
}
