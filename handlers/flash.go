package handlers

import (
	"encoding/base64"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// flashCookie carries to the next page what a plain form did, and its way back. Fragments leave it alone, and so do pages that
// the service worker fetches to keep them, which nobody sees now.
const flashCookie = "tandem-flash"

func setFlash(c echo.Context, text string, undo uuid.UUID) {
	value := base64.RawURLEncoding.EncodeToString([]byte(idOf(undo) + " " + text))
	c.SetCookie(newCookie(c, flashCookie, value, 60))
}

func takeFlash(c echo.Context) views.Flash {
	cookie, err := c.Cookie(flashCookie)
	if err != nil || c.Request().Header.Get("Tandem-Keep") != "" {
		return views.Flash{}
	}
	c.SetCookie(newCookie(c, flashCookie, "", -1))
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	undo, text, found := strings.Cut(string(raw), " ")
	if _, wrong := uuid.Parse(undo); err != nil || !found || wrong != nil && undo != "" {
		return views.Flash{}
	}
	return views.Flash{Text: text, Undo: undo}
}

// said words what a form did: whose value it replaced, if it met somebody else's write.
func said(label string, result sync.Result) string {
	text := label + ": done."
	if len(result.Notices) > 0 {
		text += " Somebody else had just changed it; Undo brings back what they chose."
	}
	return text
}
