package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// showTrash lists a team's issues in the trash; each is restored on its own page.
func (s *Server) showTrash(c echo.Context, v visit) error {
	trash, err := s.engine.Trash(c.Request().Context(), v.Actor, strings.ToUpper(c.Param("key")))
	if err != nil {
		return err
	}
	n := named{trash.Snapshot}
	page := s.frame(c, v, trash.Snapshot, trash.Team.Name+" trash", "team:"+trash.Team.Key)
	data := views.TrashData{Team: teamOf(trash.Team)}
	for _, group := range trash.Groups {
		for _, row := range n.rows(group.Issues, sync.Family{}) {
			row.Deleted = true
			data.Rows = append(data.Rows, row)
		}
	}
	return s.page(c, http.StatusOK, trash.Snapshot, views.TrashPage(page, data))
}
