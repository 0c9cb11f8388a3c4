package handlers

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	stdsync "sync"

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
	setVersion(c, snapshot.Version)
	return s.html(c, status, component)
}

// html sends what is no snapshot of a workspace, or a fragment that is not kept.
func (s *Server) html(c echo.Context, status int, component templ.Component) error {
	body, err := render(c.Request().Context(), component)
	if err != nil {
		return err
	}
	return send(c, status, htmlType, body)
}

func setVersion(c echo.Context, version int64) {
	c.Response().Header().Set("Tandem-Version", strconv.FormatInt(version, 10))
}

// worthGzip is the length below which compressing gains nothing over one packet.
const worthGzip = 1200

// send writes a body, compressed for those who take it.
func send(c echo.Context, status int, contentType string, body []byte) error {
	if len(body) < worthGzip {
		return c.Blob(status, contentType, body)
	}
	return sendEither(c, status, contentType, body, func() []byte { return compress(body) })
}

func sendEither(c echo.Context, status int, contentType string, body []byte, compressed func() []byte) error {
	c.Response().Header().Add("Vary", "Accept-Encoding")
	if !takesGzip(c.Request()) {
		return c.Blob(status, contentType, body)
	}
	c.Response().Header().Set("Content-Encoding", "gzip")
	return c.Blob(status, contentType, compressed())
}

func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" {
			return strings.ReplaceAll(quality, " ", "") != "q=0"
		}
	}
	return false
}

// packers keep the memory that compressing needs.
var packers = stdsync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, 6) // the level is one that there is
	return w
}}

func compress(body []byte) []byte {
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	var small bytes.Buffer
	w.Reset(&small)
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	_ = w.Close()
	return small.Bytes()
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
