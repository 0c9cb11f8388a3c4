package handlers

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// push does a client's transactions. Each has its own result; an error is the whole request's, and then nothing was done.
func (s *Server) push(c echo.Context, v visit) error {
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, sync.CodeMalformed, "Send application/json.")
	}
	push, err := readPush(c.Request().Body)
	if err != nil {
		return err
	}
	if err := push.Check(); err != nil {
		return err // before it is counted
	}
	if err := s.limit.take(v.person.ID, len(push.Transactions)); err != nil {
		return err
	}
	_, push.Outside = bearerToken(c)
	answer, err := s.engine.Push(c.Request().Context(), v.Actor, push)
	if err != nil {
		return err
	}
	setVersion(c, answer.Version)
	return sendJSON(c, answer)
}

// readPush refuses what is no UTF-8, since decoding would put other characters in its place.
func readPush(body io.Reader) (push sync.Push, err error) {
	raw, err := io.ReadAll(body)
	if told, ok := errors.AsType[*sync.Error](err); ok {
		return push, told
	}
	if errors.Is(err, errTooSlow) {
		return push, err // nobody knows what it would have been
	}
	if err != nil || !utf8.Valid(raw) || json.Unmarshal(raw, &push) != nil {
		return push, refuse(http.StatusBadRequest, sync.CodeMalformed, "This is not a push that can be read.")
	}
	return push, nil
}

// sendJSON answers what must never come from a cache.
func sendJSON(c echo.Context, answer any) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return send(c, http.StatusOK, "application/json", body)
}
