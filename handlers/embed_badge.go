package handlers

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

const svgType = "image/svg+xml; charset=utf-8"

// showBadge is what a share shows as an image. It is as public as the share's page.
func (s *Server) showBadge(c echo.Context, token sync.Token) error {
	share, ended, err := s.shared(c, token)
	if err != nil {
		return err
	}
	if ended {
		body, err := render(c.Request().Context(), views.Badge(views.BadgeData{Words: "This embed is no longer shared"}))
		if err != nil {
			return err
		}
		return c.Blob(http.StatusNotFound, svgType, body)
	}
	s.countView(c, share, true)
	body, err := render(c.Request().Context(), views.Badge(s.badge(share)))
	if err != nil {
		return err
	}
	return s.tagged(c, svgType, body)
}

func (s *Server) badge(share sync.SharePage) views.BadgeData {
	n := named{share.Snapshot}
	if share.Project != nil {
		reached := share.Project.Reached.Issues
		return views.BadgeData{Title: share.Project.Name, Words: fmt.Sprintf("%d of %d done", reached.Done, reached.Scope)}
	}
	if share.Issue == nil {
		open, closed := counted(share.Groups)
		return views.BadgeData{Title: share.Team.Name, Words: fmt.Sprintf("%d open / %d done", open, closed)}
	}
	status := n.status(share.Issue.Status)
	return views.BadgeData{Key: n.Key(share.Issue.Team, share.Issue.Number), Title: share.Issue.Title, Status: status, Words: status.Name,
		Symbol: s.assets.Symbol("status-" + status.Category)}
}
