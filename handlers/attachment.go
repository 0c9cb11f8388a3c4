package handlers

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// createAttachment takes a file, from the form on an issue's page or from a script, which is told how a text shows it. Whether it may
// be sent at all is asked before any of it is read.
func (s *Server) createAttachment(c echo.Context, v visit) error {
	ctx := c.Request().Context()
	id, key, err := s.issueToAttachTo(ctx, v, c.Param("key"))
	if err != nil {
		return unread(c, err)
	}
	done, err := s.uploads.begin(v.person.ID)
	if err != nil {
		return unread(c, err)
	}
	defer done()
	if err := s.limit.takeUpload(v.person.ID); err != nil {
		return unread(c, err)
	}
	up, err := s.readUpload(c)
	if err != nil {
		return s.attachmentNotMade(c, v, key, err)
	}
	defer up.close()
	file, err := s.engine.KeepFile(ctx, v.Actor, up.file)
	if err != nil {
		return s.attachmentNotMade(c, v, key, err)
	}
	up.Set("file", file.String()+" "+up.name) // so that another file in a page that was used is another form
	set := map[string]any{"issue": string(sync.NewRef("issue", id)), "name": up.name, "file": file.String()}
	attachment, result, err := s.create(ctx, v, up.form, "attachment", "Attach file", set)
	if err != nil {
		return s.attachmentNotMade(c, v, key, err)
	}
	if wantsJSON(c) {
		return c.JSON(http.StatusCreated, newUploaded(v.slug, attachment, file, up))
	}
	setFlash(c, said("Attach file", result), result.ID)
	return seeOther(c, v.slug.Issue(key)+"#"+views.FilesID)
}

var errIssueTrashed = &sync.Error{Kind: sync.NotFound, Code: sync.CodeDeleted, Text: "This issue is in the trash. Restore it first, then attach the file."}

// unread lets a file that is not wanted arrive first, as far as that is not too long: a browser that is still at sending it when the
// connection ends never hears why.
func unread(c echo.Context, why error) error {
	_, _ = io.Copy(io.Discard, c.Request().Body)
	return why
}

// issueToAttachTo is an issue that a file may be sent for, by its id and its key of today. The page that is read to find out is let go: a
// file may take minutes.
func (s *Server) issueToAttachTo(ctx context.Context, v visit, key string) (uuid.UUID, string, error) {
	issue, err := s.issue(ctx, v, key)
	if err != nil {
		return uuid.Nil, "", err
	}
	if issue.Deleted {
		return uuid.Nil, "", errIssueTrashed
	}
	return issue.ID, issue.key(), nil
}

// attachmentNotMade shows the form again with what is wrong with the file.
func (s *Server) attachmentNotMade(c echo.Context, v visit, key string, err error) error {
	told, ok := errors.AsType[*sync.Error](err)
	if !ok || told.Kind != sync.Invalid || wantsJSON(c) {
		return err
	}
	issue, notRead := s.issue(c.Request().Context(), v, key)
	if notRead != nil {
		return notRead
	}
	return s.issuePage(c, v, problemOf(err).Status, issue, func(d *views.IssuePageData) {
		d.Issue.AttachmentError = or(firstOf(told.Fields), told.Text)
	})
}

// uploaded tells a script what became of its file.
type uploaded struct {
	Record   sync.Ref  `json:"record"`
	File     uuid.UUID `json:"file"` // by which another attachment may name the content
	URL      string    `json:"url"`
	Markdown string    `json:"markdown"` // what a text shows it by
}

func newUploaded(slug views.Workspace, id, file uuid.UUID, up *upload) uploaded {
	url := slug.Attachment(id.String(), up.name)
	link := "[" + plainMarkdown.Replace(up.name) + "](" + strings.NewReplacer("(", "%28", ")", "%29").Replace(url) + ")"
	if shownInline(up.file.Type) {
		link = "!" + link
	}
	return uploaded{sync.NewRef("attachment", id), file, url, link}
}

// plainMarkdown lets a name stand for itself in a text.
var plainMarkdown = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, "`", "\\`", `*`, `\*`, `_`, `\_`, `<`, `\<`, `&`, `\&`)

// showAttachment sends a file. Whoever uploaded it chose each byte, so nothing of it runs here: plain images are shown, all else is bytes
// to save, in a sandbox. It is kept by its reader alone, who asks each time whether they may still see it.
func (s *Server) showAttachment(c echo.Context, v visit) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return errNotThere
	}
	row, content, err := s.engine.Attachment(c.Request().Context(), v.Actor, id)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Type", "application/octet-stream")
	if shownInline(row.Type) {
		h.Set("Content-Type", row.Type)
	}
	h.Set("Content-Disposition", disposition(row))
	h.Set("ETag", `"`+content.Tag()+`"`)
	http.ServeContent(c.Response(), oneRange(c.Request()), "", time.Time{}, sentFile{content, http.NewResponseController(c.Response().Writer)})
	if err := content.Err(); err != nil {
		s.breakOff(c, "a file", err)
	}
	return nil
}

// oneRange is a request for a file that asks for one stretch of it, or else for all: many small ones would have as many pieces read. It is
// a HEAD again where it was one, of which nothing is read.
func oneRange(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range")
	}
	if r.Context().Value(headKey{}) != nil {
		r.Method = http.MethodHead
	}
	return r
}

// sentFile is a file on its way to a reader, however slow: the server's own limit is for whole answers, so each part has one of its own.
type sentFile struct {
	*sync.FileReader
	connection *http.ResponseController
}

// Read implements io.Reader.
func (f sentFile) Read(p []byte) (int, error) {
	_ = f.connection.SetWriteDeadline(time.Now().Add(exportPatience)) // what cannot has no connection to keep busy
	return f.FileReader.Read(p)
}

func disposition(row sync.AttachmentRow) string {
	how := "attachment"
	if shownInline(row.Type) {
		how = "inline"
	}
	return or(mime.FormatMediaType(how, map[string]string{"filename": row.Name}), how)
}

// shownInline tells whether a browser may show a content of a type by itself: images that are nothing else.
func shownInline(kind string) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind)
}

// A list shows an image as it is, very small: not one that takes long to load or to decode.
const (
	thumbBytes  = 1 << 20
	thumbPixels = 4000
)

// attachments are the files that the page lists.
func (p issuePage) attachments() []views.Attachment {
	var list []views.Attachment
	for _, row := range p.Attachments {
		known := row.Width > 0 && row.Height > 0
		image := shownInline(row.Type) && row.Size <= thumbBytes && known && max(row.Width, row.Height) <= thumbPixels
		list = append(list, views.Attachment{ID: idOf(row.ID), Name: row.Name, Size: row.Size, Image: image,
			Width: row.Width, Height: row.Height, Author: named{p.Snapshot}.member(row.Author)})
	}
	return list
}

// attachmentWords say what somebody did about a file, by the name that it got.
func (p issuePage) attachmentWords(change sync.Change) string {
	name := "a file"
	for _, other := range p.Changes {
		if given, _ := other.After["name"].(string); other.Record == change.Record && given != "" && other.Version <= change.Version {
			name = given
		}
	}
	switch _, renamed := change.After["name"]; {
	case change.Op == sync.Create:
		return "attached " + name
	case change.Op == sync.Delete:
		return "removed " + name
	case change.Op == sync.Restore:
		return "brought back " + name
	case renamed:
		return "renamed a file to " + name
	}
	return ""
}
