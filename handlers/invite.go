package handlers

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) showInvite(c echo.Context) error {
	token := c.Param("token")
	invite, err := s.engine.InviteOf(c.Request().Context(), sync.Token(token))
	if err != nil {
		return err
	}
	data := views.InviteData{Token: token, Workspace: invite.WorkspaceName}
	if person, _, err := s.signedIn(c); err == nil {
		data.Name, data.Email = person.Name, person.Email
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.html(c, http.StatusOK, views.InvitePage(s.bare(c, "Join "+invite.WorkspaceName), data))
}

func (s *Server) acceptInvite(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, link := c.Request().Context(), sync.Token(c.Param("token"))
	invite, err := s.engine.InviteOf(ctx, link)
	if err != nil {
		return err
	}
	person, token, err := s.join(ctx, c, f)
	if told, ok := errors.AsType[*sync.Error](err); ok && told.Kind != sync.Internal {
		data := views.InviteData{Token: string(link), Workspace: invite.WorkspaceName, Name: f.text("name"), Email: f.text("email"), Errors: told.Fields}
		if len(told.Fields) == 0 {
			data.Errors = map[string]string{"": told.Text}
		}
		return s.html(c, problemOf(err).Status, views.InvitePage(s.bare(c, "Join "+invite.WorkspaceName), data))
	}
	if err != nil {
		return err
	}
	if _, err := s.engine.AcceptInvite(ctx, link, person); err != nil {
		return err
	}
	s.begin(c, token)
	return c.Redirect(http.StatusSeeOther, views.Workspace(invite.Slug).Home("", ""))
}

// join makes an account, or signs in who has one.
func (s *Server) join(ctx context.Context, c echo.Context, f form) (sync.Person, sync.Token, error) {
	person, err := s.engine.AddPerson(ctx, f.person())
	if fields, mendable := wrongFields(err); mendable && len(fields) == 1 && fields["email"] != "" {
		token, wrong := s.engine.SignIn(ctx, f.Get("email"), f.Get("password"), c.RealIP(), c.Request().UserAgent())
		if wrong != nil {
			return sync.Person{}, "", known(wrong, err)
		}
		person, err = s.engine.SignedIn(ctx, token)
		return person, token, err
	}
	if err != nil {
		return sync.Person{}, "", err
	}
	token, err := s.engine.OpenSession(ctx, person.ID, c.Request().UserAgent())
	return person, token, err
}

// known is what to say when somebody with an account gave the wrong password, or an address that is none.
func known(signIn, made error) error {
	if told, ok := errors.AsType[*sync.Error](signIn); ok && told.Kind == sync.Invalid {
		return made
	}
	return signIn
}

func (s *Server) createInvite(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	team := sync.Ref(f.Get("team")).ID()
	token, err := s.engine.CreateInvite(c.Request().Context(), v.Actor, f.Get("role"), team)
	if fields, mendable := wrongFields(err); mendable {
		return s.memberPage(c, v, http.StatusUnprocessableEntity, func(d *views.MemberSettingsData) { d.Role, d.Error = f.Get("role"), firstOf(fields) })
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.memberPage(c, v, http.StatusOK, func(d *views.MemberSettingsData) {
		d.Invite, d.Role = s.base(c)+views.InvitePath(string(token)), f.Get("role")
	})
}
