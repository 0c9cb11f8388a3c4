package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

const htmlType = "text/html; charset=utf-8"

// render draws a component into memory, so that one that breaks can still become a clean error.
func render(ctx context.Context, component templ.Component) ([]byte, error) {
	buffer := templ.GetBuffer()
	defer templ.ReleaseBuffer(buffer)
	if err := component.Render(ctx, buffer); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return bytes.Clone(buffer.Bytes()), nil
}

// page sends a whole page. It has a transaction id of its own in its forms, so it is never taken from a cache.
func (s *Server) page(c echo.Context, status int, snapshot sync.Snapshot, component templ.Component) error {
	return s.pageAround(c, status, snapshot, nil, component)
}

// pageAround sends a whole page that has a piece in it which others have too.
func (s *Server) pageAround(c echo.Context, status int, snapshot sync.Snapshot, piece *sharedPiece, component templ.Component) error {
	setVersion(c, snapshot.Version)
	return s.htmlAround(c, status, piece, component)
}

// html sends what is no snapshot of a workspace, or a fragment that is not kept.
func (s *Server) html(c echo.Context, status int, component templ.Component) error {
	return s.htmlAround(c, status, nil, component)
}

func (s *Server) htmlAround(c echo.Context, status int, piece *sharedPiece, component templ.Component) error {
	buffer := templ.GetBuffer()
	defer templ.ReleaseBuffer(buffer) // sent by then
	if err := component.Render(c.Request().Context(), buffer); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	body := buffer.Bytes()
	if len(body) < worthCompressing {
		return c.Blob(status, htmlType, body)
	}
	return sendCompressed(c, status, htmlType, body, s.zips.compressedOnce(body, piece))
}

func setVersion(c echo.Context, version int64) {
	c.Response().Header().Set("Tandem-Version", strconv.FormatInt(version, 10))
}

// worthCompressing is the length below which compressing gains nothing over one packet.
const worthCompressing = 1200

// send writes a body, compressed for those who take it.
func send(c echo.Context, status int, contentType string, body []byte) error {
	if len(body) < worthCompressing {
		return c.Blob(status, contentType, body)
	}
	return sendCompressed(c, status, contentType, body, func(to coding) []byte { return compress(body, to) })
}

// sendCompressed writes a body, or what compressed makes of it for those who take that.
func sendCompressed(c echo.Context, status int, contentType string, body []byte, compressed func(coding) []byte) error {
	h := c.Response().Header()
	h.Add("Vary", "Accept-Encoding")
	to := codingFor(c.Request())
	if to == plain {
		return c.Blob(status, contentType, body)
	}
	h.Set("Content-Encoding", string(to))
	return c.Blob(status, contentType, compressed(to))
}

// fromHTMX tells whether htmx sent the request, which wants a fragment instead of a page.
func fromHTMX(c echo.Context) bool { return c.Request().Header.Get("HX-Request") == "true" }

// seeOther goes on to a page after a write: a redirect for a plain form, for htmx the same by its header.
func seeOther(c echo.Context, path string) error {
	if fromHTMX(c) {
		c.Response().Header().Set("HX-Redirect", path)
		return c.NoContent(http.StatusOK)
	}
	return c.Redirect(http.StatusSeeOther, path)
}
