package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// lastCookie holds the workspace that was looked at last, which / leads to.
const lastCookie = "tandem-last"

// showStart leads to where one left off, to the sign-in page, or to the setup.
func (s *Server) showStart(c echo.Context) error {
	if token, sent := bearerToken(c); sent {
		grant, err := s.engine.Granted(c.Request().Context(), token)
		if err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, views.Workspace(grant.Slug).Home("", ""))
	}
	person, _, err := s.signedIn(c)
	if err != nil {
		return s.startSignedOut(c, err)
	}
	workspaces, err := s.engine.Workspaces(c.Request().Context(), person.ID)
	if err != nil {
		return err
	}
	if len(workspaces) == 0 {
		return refuse(http.StatusNotFound, sync.CodeNotFound, "You are in no workspace yet. Ask an admin for an invite link.")
	}
	slug := workspaces[0].Slug
	last, err := c.Cookie(lastCookie)
	for _, workspace := range workspaces {
		if err == nil && workspace.Slug == last.Value {
			slug = workspace.Slug
		}
	}
	return c.Redirect(http.StatusSeeOther, views.Workspace(slug).Home("", ""))
}

func (s *Server) startSignedOut(c echo.Context, err error) error {
	if told, ok := errors.AsType[*sync.Error](err); !ok || told.Kind != sync.SignedOut {
		return err
	}
	needed, err := s.engine.NeedsSetup(c.Request().Context())
	if err != nil {
		return err
	}
	if needed {
		return refuse(http.StatusNotFound, sync.CodeNotFound, "Tandem is not set up yet. Open the link that the program printed when it started.")
	}
	return c.Redirect(http.StatusSeeOther, views.SignInPath(""))
}

func (s *Server) newSession(c echo.Context) error {
	next := localPath(c.QueryParam("next"), "")
	if _, _, err := s.signedIn(c); err == nil {
		return c.Redirect(http.StatusSeeOther, or(next, "/"))
	}
	return s.signInPage(c, http.StatusOK, views.SignInData{Next: next})
}

func (s *Server) createSession(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	token, err := s.engine.SignIn(c.Request().Context(), f.Get("email"), f.Get("password"), c.RealIP(), c.Request().UserAgent())
	return s.answerSignIn(c, f, token, err)
}

// answerSignIn leads on into the session that was opened, or shows the page again with why there is none and with what was typed.
func (s *Server) answerSignIn(c echo.Context, f form, token sync.Token, err error) error {
	if told, ok := errors.AsType[*sync.Error](err); ok {
		p := problemOf(told)
		if p.after > 0 {
			c.Response().Header().Set("Retry-After", "60")
		}
		return s.signInPage(c, p.Status, views.SignInData{Email: f.Get("email"), Next: localPath(f.Get("next"), ""), Error: told.Text})
	}
	if err != nil {
		return err
	}
	s.begin(c, token)
	return c.Redirect(http.StatusSeeOther, localPath(f.Get("next"), "/"))
}

func (s *Server) signInPage(c echo.Context, status int, d views.SignInData) error {
	d.Origin = s.passkeyOrigin(c)
	return s.html(c, status, views.SignInPage(s.bare(c, "Sign in"), d))
}

func (s *Server) endSession(c echo.Context) error {
	s.forget(c)
	c.SetCookie(newCookie(c, cookieName(c), "", -1))
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return c.Redirect(http.StatusSeeOther, views.SignInPath(""))
}

// createDemoSession signs in one of the demo's people without a password. Only the demo has this route.
func (s *Server) createDemoSession(c echo.Context) error {
	ctx := c.Request().Context()
	person, err := s.engine.PersonByEmail(ctx, c.QueryParam("as")+"@example.com")
	if err != nil {
		return err
	}
	token, err := s.engine.OpenSession(ctx, person.ID, c.Request().UserAgent())
	if err != nil {
		return err
	}
	s.begin(c, token)
	return c.Redirect(http.StatusSeeOther, localPath(c.QueryParam("next"), "/"))
}
