package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tandem/static"
)

// serveAsset serves a file of this build for good. Under the name of another build, which another node may have put into
// its pages during an update, it comes too, but is not kept.
func (s *Server) serveAsset(c echo.Context) error {
	file, found := s.assets.File(c.Param("*"))
	if !found {
		return errNotThere
	}
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if c.Param("build") == string(s.build) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return sendFile(c, file)
}

// serveWorker serves the service worker below no folder, so that it may work for the whole site.
func (s *Server) serveWorker(c echo.Context) error { return s.serveRoot(c, "service_worker.js") }

func (s *Server) serveManifest(c echo.Context) error { return s.serveRoot(c, "manifest.json") }

// serveForOthers serves what other sites load for tandem-embed. Its address stays, so it is kept for an hour and then asked about by the build.
func (s *Server) serveForOthers(name string) echo.HandlerFunc {
	return func(c echo.Context) error {
		file, found := s.assets.File(name)
		if !found {
			return errNotThere
		}
		h := c.Response().Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Cache-Control", "public, max-age=3600")
		h.Set("ETag", etag(string(s.build), ""))
		if _, ok := held(c.Request().Header.Get("If-None-Match"), string(s.build)); ok {
			return c.NoContent(http.StatusNotModified)
		}
		return sendFile(c, file)
	}
}

func (s *Server) serveRoot(c echo.Context, name string) error {
	file, found := s.assets.File(name)
	if !found {
		return errNotThere
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	return sendFile(c, file)
}

func sendFile(c echo.Context, file static.File) error {
	if file.Gzip == nil {
		return c.Blob(http.StatusOK, file.Type, file.Body)
	}
	return sendCompressed(c, http.StatusOK, file.Type, file.Body, func(to coding) []byte {
		if to == brotly {
			return file.Brotli()
		}
		return file.Gzip
	})
}

// health tells that the process answers.
func (s *Server) health(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// ready tells that requests can be answered, also a while from now: the database can be reached, and the server stays.
func (s *Server) ready(c echo.Context) error {
	if s.draining.Load() {
		return c.String(http.StatusServiceUnavailable, "the server is about to stop\n")
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	if _, err := s.engine.NeedsSetup(ctx); err != nil {
		return c.String(http.StatusServiceUnavailable, "the database does not answer\n")
	}
	return c.String(http.StatusOK, "ok\n")
}
