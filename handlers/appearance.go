package handlers

import (
	"slices"

	"github.com/labstack/echo/v4"

	"tandem/views"
)

// The cookies that say what one browser shows.
const (
	themeCookie    = "tandem-theme"
	textSizeCookie = "tandem-text-size"
	pausedCookie   = "tandem-paused"
)

// appearances are the values that each cookie may have. Whatever else it says counts as nothing.
func appearances() map[string][]string {
	return map[string][]string{themeCookie: {"light", "dark"}, textSizeCookie: views.TextSizes(), pausedCookie: {"on"}}
}

func appearanceOf(c echo.Context) views.Appearance {
	allowed := appearances()
	said := func(name string) string {
		if cookie, err := c.Cookie(name); err == nil && slices.Contains(allowed[name], cookie.Value) {
			return cookie.Value
		}
		return ""
	}
	return views.Appearance{Theme: said(themeCookie), TextSize: said(textSizeCookie), Paused: said(pausedCookie) != ""}
}

// setAppearance is of the browser, not of the person.
func (s *Server) setAppearance(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	said := map[string]string{themeCookie: f.Get("theme"), textSizeCookie: f.Get("text_size"), pausedCookie: f.Get("paused")}
	for name, allowed := range appearances() {
		age := 365 * 24 * 60 * 60
		if !slices.Contains(allowed, said[name]) || said[name] == "100" {
			said[name], age = "", -1
		}
		c.SetCookie(newCookie(c, name, said[name], age))
	}
	return seeOther(c, back(c, v.slug.AccountSettings()))
}
