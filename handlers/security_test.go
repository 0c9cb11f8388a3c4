package handlers

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tandem/sync"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, path := range []string{"/sign-in", "/acme", "/acme/f/vocabulary", "/nowhere", "/healthz", "/assets/x/app.css"} {
		answer := h.ben.get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; connect-src 'self'; " +
				"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Tandem-Build": assets().Build(), "Strict-Transport-Security": "", "X-Frame-Options": "",
		} {
			if got := answer.header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if answer.header.Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", path)
		}
	}
	if got := h.ben.get("/acme", "X-Forwarded-Proto", "https").header.Get("Strict-Transport-Security"); got == "" {
		t.Error("no HSTS with TLS")
	}
}

func TestCrossSite_WritesAreRefused(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Aimed at")
	url, values := "/acme/issue/"+issue.key+"/priority", []string{"priority", "1", "_base", issue.base()}
	for name, headers := range map[string][]string{
		"another site": {"Sec-Fetch-Site", "cross-site"}, "a sibling": {"Sec-Fetch-Site", "same-site"}, "a foreign origin": {"Origin", "https://evil.example"},
		"a sandbox": {"Origin", "null"},
	} {
		h.ben.post(url, values, headers...).is(http.StatusForbidden)
		h.ben.post("/sign-out", nil, headers...).is(http.StatusForbidden)
		h.ben.pushRaw("{}", headers...).problem(http.StatusForbidden, "cross_site")
		if h.ben.get(url[:len(url)-len("/priority")], headers...).code != http.StatusOK {
			t.Errorf("%s: reading is refused", name)
		}
	}
	for _, headers := range [][]string{{}, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Origin", "http://example.com"}} {
		h.ben.post(url, values, headers...).is(http.StatusSeeOther)
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	h := setup(t)
	plain := h.stranger().get("/demo/sign-in?as=ben&next=/acme").to("/acme").cookie("tandem")
	if plain == nil || !plain.HttpOnly || plain.Secure || plain.SameSite != http.SameSiteLaxMode || plain.Path != "/" || plain.Domain != "" {
		t.Fatalf("%+v", plain)
	}
	secure := h.stranger().get("/demo/sign-in?as=ben", "X-Forwarded-Proto", "https").cookie("__Host-tandem")
	if secure == nil || !secure.Secure || !secure.HttpOnly || secure.Path != "/" || secure.Domain != "" {
		t.Fatalf("%+v", secure)
	}
	h.stranger().get("/acme", "X-Forwarded-Proto", "https", "Cookie", "__Host-tandem="+secure.Value).ok()
	h.stranger().get("/acme", "X-Forwarded-Proto", "https", "Cookie", "tandem="+secure.Value).is(http.StatusSeeOther)
}

// A token that somebody planted before the sign-in opens nothing after it.
func TestSession_CannotBeFixed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	planted := h.stranger()
	planted.token = sync.NewToken()
	signedIn := planted.get("/demo/sign-in?as=ben").cookie("tandem")
	if signedIn.Value == string(planted.token) {
		t.Error("the planted token was taken over")
	}
	planted.get("/acme").is(http.StatusSeeOther)
	old := h.stranger()
	old.token = sync.Token(signedIn.Value)
	old.get("/acme").ok()
	old.get("/demo/sign-in?as=ann").is(http.StatusSeeOther)
	old.get("/acme").to("/sign-in?next=/acme")
}

func TestDemo_IsOnlyOfTheDemo(t *testing.T) {
	t.Parallel()
	h := setup(t, func(o *Options) { o.Demo = false })
	h.stranger().get("/demo/sign-in?as=ben").is(http.StatusNotFound)
	h.ben.get("/demo/sign-in?as=ann").is(http.StatusNotFound)
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for wish, want := range map[string]string{
		"/acme": "/acme", "/acme?x=1#y": "/acme?x=1#y", "/": "/", "": "-", "acme": "-", "//evil.example": "-", "/\\evil.example": "-", "https://evil.example": "-",
		"/%2f/evil.example": "-", "/a\nb": "-", "javascript:alert(1)": "-", "/\tevil": "-", "/%5cevil.example": "/%5cevil.example",
	} {
		if got := localPath(wish, "-"); got != want {
			t.Errorf("%q leads to %q", wish, got)
		}
	}
}

// TestLimits_OfTheTimeOfABody: a real connection, since only that has deadlines.
func TestLimits_OfTheTimeOfABody(t *testing.T) {
	t.Parallel()

	t.Run("a slow sender is answered 408 and its connection ends", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.patience = 50 * time.Millisecond
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		const typed = "application/x-www-form-urlencoded"
		for path, kind := range map[string]string{"/acme/sync/push": "application/json", "/acme/new": typed, "/acme/nothing-here": typed,
			"/acme/issue/" + h.issue("Fix login").key + "/attachment": "multipart/form-data; boundary=x"} {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			must(t, err)
			defer conn.Close()
			must(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
			_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: tandem\r\nCookie: tandem=%s\r\nContent-Type: %s\r\nContent-Length: 1000\r\n\r\n{",
				path, h.ben.token, kind)
			must(t, err)
			raw, err := io.ReadAll(conn) // returns when the server has ended it
			must(t, err)
			if reads := path != "/acme/nothing-here"; reads != strings.HasPrefix(string(raw), "HTTP/1.1 408 ") {
				t.Errorf("%s was answered %.200s", path, raw)
			}
		}
	})

	t.Run("what was sent in time may be worked on for longer", func(t *testing.T) {
		t.Parallel()
		s := &Server{patience: 50 * time.Millisecond}
		e := echo.New()
		e.Use(s.limitBody)
		e.POST("/", func(c echo.Context) error {
			if _, err := io.ReadAll(c.Request().Body); err != nil {
				return err
			}
			select {
			case <-c.Request().Context().Done():
				return errors.New("the request was given up")
			case <-time.After(3 * s.patience): // the work
				return c.NoContent(http.StatusNoContent)
			}
		})
		server := httptest.NewServer(e)
		t.Cleanup(server.Close)
		for range 2 { // over one connection
			response, err := server.Client().Post(server.URL, "text/plain", strings.NewReader("all of it"))
			must(t, err)
			response.Body.Close()
			if response.StatusCode != http.StatusNoContent {
				t.Error(response.Status)
			}
		}
	})
}

func TestLimits_OfTheBody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	big := strings.Repeat("x", sync.MaxPush+1)
	h.ben.post("/acme/new", []string{"title", big}).is(http.StatusRequestEntityTooLarge)
	r := httptest.NewRequest(http.MethodPost, "/sign-in", struct{ *strings.Reader }{strings.NewReader("email=" + big)})
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	h.stranger().do(r).is(http.StatusRequestEntityTooLarge)
}
