package handlers

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// newSetup is the first run's page; its link works once.
func (s *Server) newSetup(c echo.Context) error {
	token := c.QueryParam("token")
	if err := s.engine.MaySetUp(c.Request().Context(), sync.Token(token)); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.html(c, http.StatusOK, views.SetupPage(s.bare(c, "Set up"), views.SetupData{Token: token, TeamName: "Engineering", TeamKey: "ENG"}))
}

func (s *Server) createSetup(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	person, slug, err := s.engine.SetUpInstance(ctx, sync.Token(f.Get("token")), f.setUp(s.starter))
	if fields, mendable := wrongFields(err); mendable {
		return s.html(c, http.StatusUnprocessableEntity, views.SetupPage(s.bare(c, "Set up"), f.setupData(fields)))
	}
	if err != nil {
		return err
	}
	if err := s.nameWorkspace(ctx, person, slug, f.text("workspace")); err != nil {
		return err
	}
	token, err := s.engine.OpenSession(ctx, person.ID, c.Request().UserAgent())
	if err != nil {
		return err
	}
	s.begin(c, token)
	return c.Redirect(http.StatusSeeOther, views.Workspace(slug).Home("", ""))
}

// setUp is what the form asks for. The engine makes the address of the name that it is given: that is the address which
// was chosen, if one was, and the workspace gets its own name afterwards.
func (f form) setUp(starter sync.Starter) sync.SetUp {
	return sync.SetUp{Person: f.person(), Workspace: or(f.text("slug"), f.text("workspace")), TeamName: f.text("team"), TeamKey: f.text("key"), Starter: starter}
}

func (f form) person() sync.NewPerson {
	return sync.NewPerson{Name: f.text("name"), Email: f.text("email"), Password: f.Get("password")}
}

// nameWorkspace gives a new workspace the name that was typed.
func (s *Server) nameWorkspace(ctx context.Context, founder sync.Person, slug, name string) error {
	actor, err := s.engine.ActorIn(ctx, slug, founder.ID)
	if err != nil {
		return err
	}
	snapshot, err := s.engine.Look(ctx, actor)
	if err != nil {
		return err
	}
	_, base := snapshot.Workspace()
	_, err = s.engine.Apply(ctx, actor, sync.Derive(actor.Workspace, "setup"), sync.Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Name the workspace",
		Ops: []sync.Operation{{Op: sync.Set, Record: sync.NewRef("workspace", actor.Workspace), Base: &base, Set: map[string]any{"name": name}}}})
	if told, ok := errors.AsType[*sync.Error](err); ok && told.Kind == sync.Invalid {
		return nil // a name that cannot be taken leaves the address as the name; settings can change it
	}
	return err
}

func (f form) setupData(wrong map[string]string) views.SetupData {
	if f.Get("slug") != "" && wrong["workspace"] != "" {
		wrong["slug"] = wrong["workspace"]
		delete(wrong, "workspace")
	}
	return views.SetupData{Token: f.Get("token"), Name: f.text("name"), Email: f.text("email"), Title: f.text("workspace"), Slug: f.text("slug"),
		TeamName: f.text("team"), TeamKey: f.text("key"), Errors: wrong}
}
