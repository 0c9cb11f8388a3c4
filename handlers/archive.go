package handlers

import (
	"bufio"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// showArchive says what an export of the workspace holds, and lets admins take one.
func (s *Server) showArchive(c echo.Context, v visit) error {
	page, snapshot, err := s.look(c, v, "Export", "settings")
	if err != nil {
		return err
	}
	var names []string
	for _, admin := range adminsOf(snapshot) {
		names = append(names, admin.Name)
	}
	return s.page(c, http.StatusOK, snapshot, views.ArchivePage(page, views.ArchiveData{Admin: snapshot.Admin(), Admins: strings.Join(names, " or ")}))
}

// createArchive sends the whole workspace as a file while it is read. Who goes away ends the reading.
func (s *Server) createArchive(c echo.Context, v visit) error {
	if _, err := readForm(c); err != nil { // to its end: from there on it is seen when the reader goes away
		return err
	}
	ctx := c.Request().Context()
	snapshot, err := s.engine.Look(ctx, v.Actor)
	if err != nil {
		return err
	}
	if !snapshot.Admin() { // whom nobody tells whether there is another export under way
		return refuse(http.StatusForbidden, sync.CodeForbidden, "Only an admin may export the workspace. Ask one of them.")
	}
	done, err := s.archives.begin(ctx, v.Workspace)
	if err != nil {
		return err
	}
	defer done()
	err = s.engine.Archive(ctx, v.Actor, func(archive *sync.Archive) error {
		out := bufio.NewWriterSize(&archiveAnswer{answer: c.Response(), name: string(v.slug) + ".zip"}, 64<<10)
		if err := WriteArchive(ctx, archive, out); err != nil {
			return err
		}
		return out.Flush()
	})
	if err != nil && c.Response().Committed {
		s.breakOff(c, "an export", err)
	}
	return err
}

// archiveAnswer is the answer that an archive is written to. Its header goes out with the first part, when all rights are known.
type archiveAnswer struct {
	answer *echo.Response
	name   string
}

// Write implements io.Writer.
func (a *archiveAnswer) Write(p []byte) (int, error) {
	_ = http.NewResponseController(a.answer.Writer).SetWriteDeadline(time.Now().Add(exportPatience)) // as of an exportedFile
	if !a.answer.Committed {
		h := a.answer.Header()
		h.Set("Content-Type", "application/zip")
		h.Set("Content-Disposition", `attachment; filename="`+a.name+`"`)
		h.Set("Cache-Control", "no-store")
		a.answer.WriteHeader(http.StatusOK)
	}
	return a.answer.Write(p)
}

const (
	archivesAtOnce  = 4               // of a node: each keeps a connection to PostgreSQL for as long as its reader takes
	archivePatience = 2 * time.Second // with one that is given up for the next, as by a double click
)

// newArchives lets a workspace be exported once at a time.
func newArchives() *turns {
	return &turns{patience: archivePatience, most: archivesAtOnce, after: 60,
		same:  "An export of this workspace is under way. Wait until it has ended, then try again.",
		other: "The server is busy with other exports. Try again in some minutes."}
}
