package handlers

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// attend takes what a tab says of itself: that somebody looks at an issue, types there, or left it.
func (s *Server) attend(c echo.Context, v visit) error {
	attendance, err := readAttendance(c.Request().Body)
	if err != nil {
		return err
	}
	if err := s.engine.Attend(c.Request().Context(), v.Actor, attendance); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func readAttendance(body io.Reader) (sync.Attendance, error) {
	var told struct {
		Tab    uuid.UUID      `json:"tab"`
		Count  int64          `json:"count"`
		Record sync.Ref       `json:"record"`
		State  sync.Attention `json:"state"`
	}
	err := json.NewDecoder(body).Decode(&told)
	kind, issue, ok := told.Record.Parse()
	if err != nil || !ok || kind != "issue" || !slices.Contains([]sync.Attention{sync.Looking, sync.Typing, sync.Left}, told.State) {
		return sync.Attendance{}, refuse(http.StatusBadRequest, sync.CodeMalformed, `Send {"tab", "count", "record": "issue:<uuid>", "state": "looking", "typing" or "left"}.`)
	}
	return sync.Attendance{Issue: issue, Tab: told.Tab, Count: told.Count, State: told.State}, nil
}
