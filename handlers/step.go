package handlers

import (
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// listSteps tells what the member may undo and redo, newest first, whichever device it was done on.
func (s *Server) listSteps(c echo.Context, v visit) error {
	steps, err := s.engine.UndoSteps(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	return sendJSON(c, map[string][]step{"undo": stepsOf(steps.Undo), "redo": stepsOf(steps.Redo)})
}

// step is one of them as the protocol writes it.
type step struct {
	Transaction uuid.UUID `json:"transaction"`
	Label       string    `json:"label"`
	At          time.Time `json:"at"`
}

func stepsOf(steps []sync.UndoStep) []step {
	told := []step{}
	for _, one := range steps {
		told = append(told, step{one.Transaction, one.Label, one.At.UTC()})
	}
	return told
}
