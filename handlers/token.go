package handlers

import (
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// revokeToken ends an access token of one's own. Its streams on this node end at once.
func (s *Server) revokeToken(c echo.Context, v visit) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return errNotThere
	}
	ctx := c.Request().Context()
	if err := s.engine.RevokeToken(ctx, v.Workspace, v.person.ID, id); err != nil {
		return err
	}
	s.streams.check(ctx)
	return seeOther(c, v.slug.AccountSettings())
}

func accessTokens(tokens []sync.AccessToken) []views.AccessToken {
	shown := make([]views.AccessToken, len(tokens))
	for i, token := range tokens {
		shown[i] = views.AccessToken{ID: token.ID.String(), Name: token.Name, Scope: token.Scope, Used: timeOf(token.LastUsedAt), Expires: timeOf(token.ExpiresAt)}
	}
	return shown
}

func timeOf(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return at.UTC()
}
