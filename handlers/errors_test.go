package handlers

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/labstack/echo/v4"

	"tandem/sync"
)

func TestFail(t *testing.T) {
	t.Parallel()
	cause := errors.New("password=hunter2")
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"invalid":         {&sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Text: "Wrong.", Fields: map[string]string{"title": "Empty."}, Err: cause}, 422, "invalid"},
		"not there":       {&sync.Error{Kind: sync.NotFound, Code: sync.CodeNotFound, Text: "This issue is not there.", Err: cause}, 404, "not_found"},
		"wrapped":         {fmt.Errorf("load: %w", &sync.Error{Kind: sync.Forbidden, Code: sync.CodeForbidden, Text: "No."}), 403, "forbidden"},
		"conflict":        {&sync.Error{Kind: sync.Conflicted, Code: sync.CodeConflict, Text: "Both."}, 409, "conflict"},
		"deleted":         {&sync.Error{Kind: sync.Conflicted, Code: sync.CodeDeleted, Text: "Gone."}, 409, "deleted"},
		"signed out":      {&sync.Error{Kind: sync.SignedOut, Code: sync.CodeSignedOut, Text: "Sign in."}, 401, "signed_out"},
		"too many":        {&sync.Error{Kind: sync.TooMany, Code: sync.CodeRateLimited, Text: "Wait."}, 429, "rate_limited"},
		"malformed":       {&sync.Error{Kind: sync.Invalid, Code: sync.CodeMalformed}, 400, "malformed"},
		"unknown op":      {&sync.Error{Kind: sync.Invalid, Code: sync.CodeUnknownOp}, 400, "unknown_op"},
		"too large":       {errTooLarge, 413, "too_large"},
		"no route":        {echo.ErrNotFound, 404, "not_found"},
		"no method":       {echo.ErrMethodNotAllowed, 405, "refused"},
		"internal":        {&sync.Error{Text: "secret", Err: cause}, 500, "internal"},
		"foreign":         {fmt.Errorf("query: %w", cause), 500, "internal"},
		"echo's internal": {echo.NewHTTPError(http.StatusInternalServerError, cause.Error()), 500, "internal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &logged{}
			h := &house{t: t, Server: New(Options{Engine: sync.New(sync.Options{}), Static: assets(), Logger: slog.New(slog.NewJSONHandler(log, nil))})}
			t.Cleanup(h.Server.Close)
			h.echo.GET("/acme/sync/x", func(echo.Context) error { return c.err })
			h.echo.GET("/acme/f/x", func(echo.Context) error { return c.err })
			h.echo.GET("/acme/x", func(echo.Context) error { return c.err })
			h.stranger().get("/acme/sync/x").problem(c.status, c.code).lacks("hunter2", "secret", "This issue")
			h.stranger().get("/acme/x", "Accept", "application/json").problem(c.status, c.code).lacks("hunter2", "secret")
			fragment := h.stranger().get("/acme/f/x").is(c.status).lacks("hunter2", "secret", "<html")
			fragment.one("#notice")
			page := h.stranger().get("/acme/x").lacks("hunter2", "secret")
			if c.status == 401 {
				page.to("/sign-in?next=/acme/x")
			} else {
				page.is(c.status).one("main .problem h1")
			}
			if asksForHelp := page.find(".problem__request").Length() == 1; asksForHelp != (c.status >= 500) {
				t.Error("the request's id is shown where it is of no use, or is missing")
			}
			lines := log.lines(t)
			if len(lines) != 4 || lines[3]["route"] != "/acme/x" || (lines[3]["err"] != nil) != (c.status >= 500) {
				t.Errorf("%v", lines)
			}
		})
	}
}

func TestFail_OnAPanic(t *testing.T) {
	t.Parallel()
	log := &logged{}
	h := &house{t: t, Server: New(Options{Engine: sync.New(sync.Options{}), Static: assets(), Logger: slog.New(slog.NewJSONHandler(log, nil))})}
	t.Cleanup(h.Server.Close)
	h.echo.GET("/x", func(echo.Context) error { panic("hunter2") })
	h.stranger().get("/x").is(500).lacks("hunter2").one(".problem__request")
	if line := log.lines(t)[0]; line["status"] != float64(500) || !strings.Contains(fmt.Sprint(line["err"]), "hunter2") {
		t.Errorf("%v", line)
	}
}

// logged keeps what is logged.
type logged struct {
	mu   stdsync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) lines(t *testing.T) []map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []map[string]any
	for line := range strings.Lines(l.text.String()) {
		var values map[string]any
		must(t, json.Unmarshal([]byte(line), &values))
		lines = append(lines, values)
	}
	return lines
}

func TestLog_HoldsRoutesAndNoPaths(t *testing.T) {
	t.Parallel()
	log := &logged{}
	h := setup(t, func(o *Options) { o.Logger = slog.New(slog.NewJSONHandler(log, nil)) })
	issue := h.issue("Confidential")
	h.ben.get("/acme/issue/" + issue.key + "?token=hunter2").ok()
	h.ben.get("/e/hunter2").is(404)
	lines := log.lines(t)
	line := lines[len(lines)-2]
	if line["route"] != "/:ws/issue/:key" || line["status"] != float64(200) || line["person_id"] != h.ben.person.ID.String() || line["method"] != "GET" || line["request_id"] == "" || line["bytes"] == float64(0) {
		t.Errorf("%v", line)
	}
	if text := log.text.String(); strings.Contains(text, "hunter2") || strings.Contains(text, "Confidential") || strings.Contains(text, issue.key) {
		t.Error("the log tells what it must not")
	}
}
