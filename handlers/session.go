package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// visit is a request of a member in a workspace: who acts is an argument, never dug out of a context.
type visit struct {
	sync.Actor
	slug     views.Workspace
	person   sync.Person
	token    sync.Token // of the session, or the access token
	readOnly bool
}

// client is the client id of the forms of this sign-in: a double submit is a replay, another sign-in is another author.
func (v visit) client() uuid.UUID {
	sum := sha256.Sum256([]byte(v.token))
	return sync.Derive(v.Workspace, "session", hex.EncodeToString(sum[:]))
}

type memberHandler func(c echo.Context, v visit) error

// in lets members of the workspace in the URL through to a handler.
func (s *Server) in(handle memberHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, err := s.visitOf(c)
		if err != nil {
			return err
		}
		setMember(c, v)
		if v.readOnly && c.Request().Method != http.MethodGet {
			return refuse(http.StatusForbidden, sync.CodeReadOnly, "This token may read, not write.")
		}
		for range 3 {
			if err = handle(c, v); !errors.Is(err, errRightsMoved) && !errors.Is(err, sync.ErrRightsMoved) {
				break
			}
		}
		return err
	}
}

// setMember says whose the answer is, so that nothing is kept under another's name.
func setMember(c echo.Context, v visit) {
	c.Response().Header().Set("Tandem-Member", string(sync.NewRef("member", v.Member)))
}

func (s *Server) visitOf(c echo.Context) (visit, error) {
	slug := c.Param("ws")
	if !workspaceSlug.MatchString(slug) {
		return visit{}, errNotThere // /favicon.ico and the like: no sign-in would help
	}
	v := visit{slug: views.Workspace(slug)}
	var err error
	if bearer, sent := bearerToken(c); sent {
		err = s.admit(c, bearer, &v)
	} else {
		v.person, v.token, err = s.signedIn(c)
	}
	if err == nil {
		v.Actor, err = s.engine.ActorIn(c.Request().Context(), slug, v.person.ID)
	}
	return v, err
}

// bearerToken is the access token of a request. Who sends one is asked for nothing else: a cookie beside it does not count.
// Other schemes are those of proxies in front.
func bearerToken(c echo.Context) (token sync.Token, sent bool) {
	scheme, rest, _ := strings.Cut(c.Request().Header.Get("Authorization"), " ")
	return sync.Token(strings.TrimSpace(rest)), strings.EqualFold(scheme, "Bearer")
}

// admit lets an access token in, to its own workspace alone.
func (s *Server) admit(c echo.Context, token sync.Token, v *visit) error {
	grant, err := s.engine.Granted(c.Request().Context(), token)
	if err != nil {
		return err
	}
	c.Set(personKey, grant.Person.ID)
	if grant.Slug != string(v.slug) {
		return errNotThere
	}
	v.person, v.token, v.readOnly = grant.Person, token, grant.ReadOnly
	return nil
}

// signedIn finds whose session the request's cookie opens.
func (s *Server) signedIn(c echo.Context) (sync.Person, sync.Token, error) {
	token := sessionToken(c)
	person, err := s.engine.SignedIn(c.Request().Context(), token)
	if err == nil {
		c.Set(personKey, person.ID)
	}
	return person, token, err
}

// cookieName has the prefix that binds a cookie to its host wherever browsers accept it.
func cookieName(c echo.Context) string {
	if c.Scheme() == "https" {
		return "__Host-tandem"
	}
	return "tandem"
}

func sessionToken(c echo.Context) sync.Token {
	cookie, err := c.Cookie(cookieName(c))
	if err != nil {
		return ""
	}
	return sync.Token(cookie.Value)
}

// begin gives the browser a session. The token is always a new one, so that nobody can plant theirs before.
func (s *Server) begin(c echo.Context, token sync.Token) {
	s.forget(c)
	c.SetCookie(newCookie(c, cookieName(c), string(token), 90*24*60*60))
}

// forget ends the session that the browser still holds, and its streams.
func (s *Server) forget(c echo.Context) {
	if old := sessionToken(c); old != "" {
		_ = s.engine.SignOut(c.Request().Context(), old) // one that could not be ended here ends by its age
		s.streams.signOut(old)
	}
}

// newCookie makes a cookie that scripts cannot read. With an age below zero it removes the one of its name.
func newCookie(c echo.Context, name, value string, age int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: c.Scheme() == "https", SameSite: http.SameSiteLaxMode}
}

// localPath returns where a form or link wants to go on to, if that is a path of this site, else instead.
func localPath(wish, instead string) string {
	parsed, err := url.Parse(wish)
	local := err == nil && parsed.Scheme == "" && parsed.Host == "" && strings.HasPrefix(wish, "/") && !strings.HasPrefix(wish, "//")
	if !local || strings.ContainsAny(wish, "\\\r\n\t\x00") || strings.HasPrefix(parsed.Path, "//") {
		return instead
	}
	return wish
}

// back is the page that a form came from, if it is one of ours.
func back(c echo.Context, instead string) string {
	if next := c.FormValue("_next"); next != "" {
		return localPath(next, instead)
	}
	from, err := url.Parse(c.Request().Referer())
	if err != nil || from.Host != c.Request().Host || !readable(c, from.Path) {
		return instead
	}
	return localPath(from.RequestURI(), instead)
}

// readable tells whether a path answers GET: the page that a form stands on may be a conflict or a new share, which answered
// a form itself.
func readable(c echo.Context, path string) bool {
	found := c.Echo().NewContext(c.Request(), nil)
	c.Echo().Router().Find(http.MethodGet, path, found)
	return found.Get(echo.ContextKeyHeaderAllow) == nil
}
