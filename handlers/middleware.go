package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// What middleware and handlers leave in the echo.Context for each other.
const (
	requestIDKey = "request_id"
	personKey    = "person_id"
	causeKey     = "cause"
)

// requestID names the request in the log, and on the page of a failure.
func (s *Server) requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(requestIDKey, uuid.NewString())
		return next(c)
	}
}

func requestID(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
}

// logAccess writes one line a request. It answers an error before it logs, so that the status is the one that was sent.
// It never logs a path, which may hold a secret, or a body.
func (s *Server) logAccess(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		s.logAnswer(c, began)
		return nil
	}
}

// logAnswer stands apart so that a stream's stack does not hold for hours what it needs at its end.
func (s *Server) logAnswer(c echo.Context, began time.Time) {
	attributes := []any{"request_id", requestID(c), "method", c.Request().Method, "route", c.Path(), "status", c.Response().Status,
		"ms", time.Since(began).Milliseconds(), "bytes", c.Response().Size}
	if person, known := c.Get(personKey).(uuid.UUID); known {
		attributes = append(attributes, "person_id", person)
	}
	level := slog.LevelInfo
	if cause, failed := c.Get(causeKey).(error); failed {
		level, attributes = slog.LevelError, append(attributes, "err", cause)
	}
	s.logger.Log(c.Request().Context(), level, "request", attributes...)
}

// recoverPanic turns a panic into an error. An aborted response stays one.
func (s *Server) recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			reason := recover()
			if reason == nil {
				return
			}
			if abort, ok := reason.(error); ok && errors.Is(abort, http.ErrAbortHandler) {
				panic(reason)
			}
			err = fmt.Errorf("panic: %v", reason)
		}()
		return next(c)
	}
}

// limitBody refuses a body that is too long, and reads some of the rest, so that the connection stays of use, and of a file that nobody
// wanted: a browser that is still at sending when the connection ends never hears why. A form with a file may be as long as a file. A
// body that comes too slowly ends its connection: the server has no limit of its own, since that would end streams too.
func (s *Server) limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Body == nil || r.Body == http.NoBody {
			return next(c)
		}
		connection := http.NewResponseController(c.Response().Writer)
		_ = connection.SetReadDeadline(time.Now().Add(s.patience)) // what cannot has no connection to keep busy
		_ = connection.SetWriteDeadline(time.Now().Add(s.patience + answerTime))
		body := &limitedBody{ReadCloser: r.Body, connection: connection, left: sync.MaxPush, rest: 4 * sync.MaxPush, beyond: errTooLarge}
		r.Body = body
		file := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") && r.Header.Get("Expect") == "" // else nothing was sent so far
		if file {
			body.rest = sync.MaxFile
		}
		err := next(c)
		if file || body.left < 0 { // what is short may still be read, to show who was signed out what they had written
			body.drain()
		}
		return err
	}
}

// answerTime is how long an answer may take once a slow body is there, or was given up.
const answerTime = 10 * time.Second

// bodyPatience is how long a body may take; 1 MiB comes in that over any line that deserves the name.
const bodyPatience = 30 * time.Second

// limitedBody fails at the first byte beyond its limit.
type limitedBody struct {
	io.ReadCloser
	connection *http.ResponseController
	left       int64
	rest       int64 // of what is too much, that is read
	beyond     error // what it fails with
	ended      bool  // it was read to its end
}

// drain reads what is left, as far as that is not too much.
func (b *limitedBody) drain() {
	if !b.ended {
		_, _ = io.CopyN(io.Discard, b.ReadCloser, max(b.left, 0)+b.rest)
	}
}

var (
	errTooLarge = &sync.Error{Kind: sync.Invalid, Code: sync.CodeTooLarge, Text: "At most 1 MiB at once."}
	errTooSlow  = refuse(http.StatusRequestTimeout, "too_slow", "This took too long to arrive. Try again.")
)

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, b.beyond
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	switch {
	case err == io.EOF:
		b.ended = true
		// From here on the connection is watched for whether the client is still there, and no deadline may end that. A body without
		// its end keeps the deadline, under which net/http gives it up.
		_ = b.connection.SetReadDeadline(time.Time{})
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errTooSlow
	}
	if b.left < 0 {
		return n, b.beyond
	}
	return n, err
}

// safely turns a panic into an error where no request's goroutine would: there it takes the process down.
func safely[T any](run func() (T, error)) (value T, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	return run()
}

const (
	policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; connect-src 'self'; " +
		"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
	permissions = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
)

// headers sets what every answer has. An embed widens who may frame it once its share is known.
func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy+"'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions)
		h.Set("Tandem-Build", string(s.build))
		h.Set("Cache-Control", "private, no-cache")
		if c.Scheme() == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}

// newOriginCheck refuses writes that another site's page makes, without a token in our pages, so that cached pages and
// queued forms stay valid. A sandboxed embed has no origin, and carries the share's token instead.
func newOriginCheck(url string) *http.CrossOriginProtection {
	check := http.NewCrossOriginProtection()
	check.AddInsecureBypassPattern("POST /e/")
	if url != "" {
		_ = check.AddTrustedOrigin(strings.TrimSuffix(url, "/")) // one that is none matches nothing
	}
	return check
}

func (s *Server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.origins.Check(c.Request()); err != nil {
			return refuse(http.StatusForbidden, "cross_site", "This came from another site, so it was not done.")
		}
		return next(c)
	}
}

// throughProxies takes the client's address and scheme from the headers that trusted proxies set.
func throughProxies(trusted []netip.Prefix) (echo.IPExtractor, echo.SchemeExtractor) {
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, prefix := range trusted {
		_, network, err := net.ParseCIDR(prefix.Masked().String())
		if err == nil {
			trust = append(trust, echo.TrustIPRange(network))
		}
	}
	return echo.ExtractIPFromXFFHeader(trust...), echo.ExtractSchemeFromHeaders(trust...)
}

var workspaceSlug = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)

// base is the address that links in mails, snippets and invitations begin with, and the one that passkeys are for.
func (s *Server) base(c echo.Context) string {
	if s.url != "" {
		return strings.TrimSuffix(s.url, "/")
	}
	return c.Scheme() + "://" + c.Request().Host
}

// gone tells whether the client went away before it was answered.
func gone(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }
