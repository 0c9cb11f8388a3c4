package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// problem is an error as HTTP tells it: RFC 9457's members and ours.
type problem struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Detail string            `json:"detail,omitempty"`
	Code   string            `json:"code"`
	Fields map[string]string `json:"fields,omitempty"`
	Epoch  uuid.UUID         `json:"epoch,omitzero"`

	after int // seconds until it is worth trying again
}

// refusal is an error of HTTP itself, not of the domain.
type refusal struct{ problem }

func (r *refusal) Error() string { return r.Code + ": " + r.Detail }

func refuse(status int, code, text string) error {
	return &refusal{newProblem(status, code, text)}
}

func newProblem(status int, code, text string) problem {
	return problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: text, Code: code}
}

// errNotThere is what is absent, and what is hidden from the reader: they are not told apart.
var errNotThere = refuse(http.StatusNotFound, sync.CodeNotFound, notThere)

const (
	notThere = "There is nothing here, or nothing for you to see."
	failed   = "Something went wrong on our side. What you typed is not lost: go back and try again."
)

// statusOf is the status of each kind; codes of the wire's own have theirs.
var (
	statusOf = map[sync.Kind]int{
		sync.Invalid: http.StatusUnprocessableEntity, sync.NotFound: http.StatusNotFound, sync.Forbidden: http.StatusForbidden,
		sync.Conflicted: http.StatusConflict, sync.SignedOut: http.StatusUnauthorized, sync.TooMany: http.StatusTooManyRequests,
	}
	statusOfCode = map[string]int{
		sync.CodeMalformed: http.StatusBadRequest, sync.CodeUnknownOp: http.StatusBadRequest, sync.CodeTooLarge: http.StatusRequestEntityTooLarge,
	}
)

// problemOf never tells the cause: what is not meant for the reader becomes a fixed sentence.
func problemOf(err error) problem {
	if told, ok := errors.AsType[*refusal](err); ok {
		return told.problem
	}
	if told, ok := errors.AsType[*sync.Error](err); ok && told.Kind != sync.Internal {
		return problemOfKind(told)
	}
	if told, ok := errors.AsType[*echo.HTTPError](err); ok && told.Code < 500 {
		return problemOfRouter(told.Code)
	}
	return newProblem(http.StatusInternalServerError, "internal", failed)
}

func problemOfKind(told *sync.Error) problem {
	status, known := statusOfCode[told.Code]
	if !known {
		status = statusOf[told.Kind]
	}
	p := newProblem(status, told.Code, told.Text)
	p.Fields = told.Fields
	switch {
	case told.Kind == sync.NotFound && told.Code == sync.CodeNotFound:
		p.Detail = notThere
	case told.Code == sync.CodeEpoch:
		p.Epoch, _ = uuid.Parse(told.Text)
		p.Detail = "The server was restored from a backup; pull before you push."
	case told.Kind == sync.TooMany:
		p.after = 60
	}
	return p
}

func problemOfRouter(status int) problem {
	switch status {
	case http.StatusNotFound:
		return newProblem(status, sync.CodeNotFound, notThere)
	case http.StatusRequestEntityTooLarge:
		return newProblem(status, sync.CodeTooLarge, errTooLarge.Text)
	}
	return newProblem(status, "refused", http.StatusText(status)+".")
}

// fail is the only place that answers an error.
func (s *Server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if errors.Is(err, errTooSlow) { // the request's context ended with its connection, so there is no page to make
		_ = c.NoContent(http.StatusRequestTimeout)
		return
	}
	if gone(c.Request().Context()) {
		return
	}
	p := problemOf(err)
	if p.Status >= 500 {
		c.Set(causeKey, err)
	}
	h := c.Response().Header()
	h.Del("ETag")
	h.Del("Content-Encoding")
	h.Set("Cache-Control", "no-store")
	if p.after > 0 {
		h.Set("Retry-After", strconv.Itoa(p.after))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge(c))
	}
	if wrong := s.answer(c, p); wrong != nil {
		s.logger.ErrorContext(c.Request().Context(), "answering an error failed", "request_id", requestID(c), "err", wrong)
	}
}

// challenge says how a program signs in, and whether the token that it sent was the reason.
func challenge(c echo.Context) string {
	if _, sent := bearerToken(c); sent {
		return `Bearer realm="tandem", error="invalid_token"`
	}
	return `Bearer realm="tandem"`
}

func (s *Server) answer(c echo.Context, p problem) error {
	lost := s.typedBefore(c, p)
	_, program := bearerToken(c)
	switch {
	case wantsJSON(c):
		return answerJSON(c, p)
	case len(lost) > 0:
		return s.refusalOf(c, p, "Your text", lost)
	case wantsFragment(c):
		return s.html(c, p.Status, views.ErrorNotice(noticeOf(c, p)))
	case p.Status == http.StatusUnauthorized && c.Request().Method == http.MethodGet && !program:
		return c.Redirect(http.StatusSeeOther, views.SignInPath(c.Request().URL.RequestURI()))
	}
	return s.html(c, p.Status, views.ProblemPage(s.bare(c, p.Title), pageOf(c, p)))
}

// typedBefore is what somebody wrote while their session ended.
func (s *Server) typedBefore(c echo.Context, p problem) []views.TypedText {
	if p.Status != http.StatusUnauthorized || c.Request().Method != http.MethodPost || below(c, "sync") {
		return nil
	}
	f, err := readForm(c)
	if err != nil {
		return nil
	}
	return f.typed()
}

func answerJSON(c echo.Context, p problem) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(p.Status, "application/problem+json", body)
}

// wantsJSON: the wire speaks nothing else; elsewhere Accept decides.
func wantsJSON(c echo.Context) bool {
	accept := c.Request().Header.Get("Accept")
	return below(c, "sync") || strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

func wantsFragment(c echo.Context) bool {
	return below(c, "f") || fromHTMX(c)
}

// below tells whether the URL lies below a segment of its workspace, whether or not there is such a route.
func below(c echo.Context, segment string) bool {
	segments := strings.SplitN(c.Request().URL.Path, "/", 4)
	return len(segments) > 2 && segments[2] == segment
}

func noticeOf(c echo.Context, p problem) views.NoticeData {
	d := views.NoticeData{Text: p.Detail}
	if p.Status >= 500 {
		d.RequestID = requestID(c)
	}
	if p.Status == http.StatusUnauthorized {
		d.Link, d.Action = views.SignInPath(pageBehind(c)), "Sign in"
	}
	return d
}

// pageBehind is the page that a fragment or form belongs to.
func pageBehind(c echo.Context) string {
	if current, err := url.Parse(c.Request().Header.Get("HX-Current-URL")); err == nil && current.Path != "" {
		return localPath(current.RequestURI(), "/")
	}
	return back(c, "/")
}

func pageOf(c echo.Context, p problem) views.ProblemData {
	d := views.ProblemData{Title: p.Title, Text: p.Detail, Link: "/", Action: "Go to Tandem"}
	if p.Status >= 500 {
		d.RequestID = requestID(c)
	}
	if p.Status == http.StatusUnauthorized {
		d.Link, d.Action = views.SignInPath(pageBehind(c)), "Sign in"
	}
	return d
}
