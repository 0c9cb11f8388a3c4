package handlers

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// showSettings leads to the first page of the settings.
func (s *Server) showSettings(c echo.Context, v visit) error {
	return c.Redirect(http.StatusSeeOther, v.slug.Settings())
}

func (s *Server) showAccount(c echo.Context, v visit) error {
	return s.accountPage(c, v, http.StatusOK, nil)
}

func (s *Server) accountPage(c echo.Context, v visit, status int, with func(*views.AccountSettingsData)) error {
	page, snapshot, err := s.look(c, v, "Account", "settings")
	if err != nil {
		return err
	}
	tokens, err := s.engine.Tokens(c.Request().Context(), v.Workspace, v.person.ID)
	if err != nil {
		return err
	}
	passkeys, err := s.engine.Passkeys(c.Request().Context(), v.person.ID)
	if err != nil {
		return err
	}
	data := views.AccountSettingsData{Name: snapshot.Me().Name, Appearance: appearanceOf(c), Keys: !v.person.NoKeys, Tokens: accessTokens(tokens), Passkeys: passkeysOf(passkeys),
		Origin: s.passkeyOrigin(c), KeptDays: int(s.engine.Retention().Hours() / 24)}
	if with != nil {
		with(&data)
	}
	return s.page(c, status, snapshot, views.AccountSettingsPage(page, data))
}

func (s *Server) setAccount(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if _, err = s.setMember(c, v, f, v.Member, "Rename yourself", "name"); err != nil {
		fields, mendable := wrongFields(err)
		if !mendable {
			return s.refused(c, v, f, "Account", err)
		}
		return s.accountPage(c, v, http.StatusUnprocessableEntity, func(d *views.AccountSettingsData) { d.Name, d.Errors = f.text("name"), fields })
	}
	return seeOther(c, v.slug.AccountSettings())
}

// setMember sets fields of a member at the version that is now, unless the form names the one that it showed.
func (s *Server) setMember(c echo.Context, v visit, f form, id uuid.UUID, label string, fields ...string) (sync.Result, error) {
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return sync.Result{}, err
	}
	member, known := snapshot.Member(id)
	if !known {
		return sync.Result{}, errNotThere
	}
	ops := f.set(sync.NewRef("member", id), fields...)
	if ops[0].Base == nil {
		ops[0].Base = &member.Version
	}
	return s.apply(c.Request().Context(), v, f, label, ops)
}

// setKeys is of the person, in every browser.
func (s *Server) setKeys(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if err := s.engine.SetSingleKeys(c.Request().Context(), v.person.ID, v.token, f.Get("keys") == "on"); err != nil {
		return err
	}
	return seeOther(c, back(c, v.slug.AccountSettings()))
}

func (s *Server) listMembers(c echo.Context, v visit) error {
	return s.memberPage(c, v, http.StatusOK, nil)
}

func (s *Server) memberPage(c echo.Context, v visit, status int, with func(*views.MemberSettingsData)) error {
	page, snapshot, err := s.look(c, v, "People", "settings")
	if err != nil {
		return err
	}
	data := views.MemberSettingsData{Admin: snapshot.Admin(), Role: sync.Member}
	for _, member := range snapshot.Members() {
		data.Members = append(data.Members, views.MemberItem{Member: memberOf(member), Email: member.Email, Role: member.Role, Placeholder: member.Placeholder})
	}
	if with != nil {
		with(&data)
	}
	return s.page(c, status, snapshot, views.MemberSettingsPage(page, data))
}

func (s *Server) setRole(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return errNotThere
	}
	result, err := s.setMember(c, v, f, id, "Set role", "role")
	if err != nil {
		return s.refused(c, v, f, "Set role", err)
	}
	return s.wroteSetting(c, v.slug.MemberSettings(), "Set role", result)
}

// wroteSetting goes back to the page of the settings that a form came from.
func (s *Server) wroteSetting(c echo.Context, path, label string, result sync.Result) error {
	if !fromHTMX(c) {
		setFlash(c, said(label, result), result.ID)
	}
	return seeOther(c, back(c, path))
}

// adminsOf are those whom somebody asks for what only admins may do.
func adminsOf(snapshot sync.Snapshot) (admins []views.Member) {
	for _, member := range snapshot.Members() {
		if member.Role == sync.Admin && !member.Placeholder {
			admins = append(admins, memberOf(member))
		}
	}
	return admins
}
