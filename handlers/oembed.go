package handlers

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// oEmbed is an answer as https://oembed.com says. HTML, Width and Height are of a share that may be framed; any other is a link.
type oEmbed struct {
	Version      string `json:"version"`
	Type         string `json:"type"`
	Title        string `json:"title"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url"`
	CacheAge     int    `json:"cache_age"` // seconds
	HTML         string `json:"html,omitempty"`
	Width        int    `json:"width,omitempty"`
	Height       int    `json:"height,omitempty"`
}

const oEmbedWidth = 600

// showOEmbed tells consumers of oEmbed how to show a share, by its absolute URL.
func (s *Server) showOEmbed(c echo.Context) error {
	if format := cmp.Or(c.QueryParam("format"), "json"); format != "json" {
		return refuse(http.StatusNotImplemented, "format", "Only format=json is known here.")
	}
	c.Response().Header().Set("Access-Control-Allow-Origin", "*")
	token, size, ours := s.tokenIn(c, c.QueryParam("url"))
	if !ours {
		return refuse(http.StatusNotFound, "not_found", "The url must be that of a share here, such as "+s.base(c)+views.EmbedPath("...")+".")
	}
	share, ended, err := s.shared(c, token)
	if err != nil {
		return err
	}
	if ended {
		return refuse(http.StatusNotFound, "not_found", "This embed is no longer shared.")
	}
	data := s.addressed(c, views.EmbedData{Token: string(token), Shape: shapeOf(share, size)})
	s.fillEmbed(&data, share)
	address := data.Self
	if data.Shape == size {
		address += "?size=" + size
	}
	told := oEmbed{Version: "1.0", Type: "link", Title: data.Title, ProviderName: "Tandem", ProviderURL: s.base(c), CacheAge: 3600}
	if len(share.Origins) > 0 {
		told.Type = "rich"
		told.Width, told.Height = most(c, "maxwidth", oEmbedWidth), most(c, "maxheight", embedHeight(data.Shape))
		told.HTML = embedFrame(address, data.Title, strconv.Itoa(told.Width), told.Height)
	}
	return c.JSON(http.StatusOK, told)
}

// tokenIn is the token in the address of a share, and the size that it asks for; ours is false for an address of anything else.
func (s *Server) tokenIn(c echo.Context, address string) (token sync.Token, size string, ours bool) {
	below, ours := strings.CutPrefix(address, s.base(c)+"/e/")
	below, _, _ = strings.Cut(below, "#")
	below, more, _ := strings.Cut(below, "?")
	asked, _ := url.ParseQuery(more) // what cannot be read asks for nothing
	name, err := url.PathUnescape(strings.TrimSuffix(below, ".svg"))
	return sync.Token(name), asked.Get("size"), ours && err == nil && name != ""
}

// embedHeight is how high a frame is made that cannot follow what it holds.
func embedHeight(shape string) int {
	switch shape {
	case "chip":
		return 20
	case "card":
		return 120
	case "detail":
		return 160
	case "progress":
		return 88
	case "list", "board":
		return 400
	}
	return 72
}

// most is a size, no more than the consumer has room for.
func most(c echo.Context, name string, size int) int {
	room, err := strconv.Atoi(c.QueryParam(name))
	if err != nil || room <= 0 {
		return size
	}
	return min(room, size)
}
