package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"tandem/views"
)

// showOutbox is the page that scripts fill with what this browser has not sent yet.
func (s *Server) showOutbox(c echo.Context, v visit) error {
	page, snapshot, err := s.look(c, v, "Outbox", "outbox")
	if err != nil {
		return err
	}
	return s.page(c, http.StatusOK, snapshot, views.OutboxPage(page))
}
