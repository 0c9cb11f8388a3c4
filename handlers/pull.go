package handlers

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// pull tells what changed after the V that the client holds.
func (s *Server) pull(c echo.Context, v visit) error {
	wanted, err := readPull(c)
	if err != nil {
		return err
	}
	answer, err := s.engine.Pull(c.Request().Context(), v.Actor, wanted)
	if err != nil {
		return err
	}
	setVersion(c, answer.Version)
	if answer.Reset != "" {
		return sendJSON(c, map[string]any{"reset": answer.Reset, "epoch": answer.Epoch, "version": answer.Version})
	}
	return sendJSON(c, pulled{answer, append([]sync.RecordChange{}, answer.Changes...)})
}

// pulled always lists its changes, also when there are none.
type pulled struct {
	sync.PullResult
	Changes []sync.RecordChange `json:"changes"`
}

func readPull(c echo.Context) (sync.Pull, error) {
	malformed := refuse(http.StatusBadRequest, sync.CodeMalformed, "since is a version, limit from 1 to 5000, epoch a uuid.")
	var pull sync.Pull
	var err error
	if raw := c.QueryParam("since"); raw != "" {
		if pull.Since, err = strconv.ParseInt(raw, 10, 64); err != nil || pull.Since < 0 {
			return pull, malformed
		}
	}
	if raw := c.QueryParam("limit"); raw != "" {
		if pull.Limit, err = strconv.Atoi(raw); err != nil || pull.Limit < 1 || pull.Limit > sync.PullMost {
			return pull, malformed
		}
	}
	if raw := c.QueryParam("epoch"); raw != "" {
		if pull.Epoch, err = uuid.Parse(raw); err != nil {
			return pull, malformed
		}
	}
	return pull, nil
}
