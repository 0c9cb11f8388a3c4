package handlers

import (
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"

	"tandem/sync"
)

const (
	filePatience = 10       // times as long as another body a file may take
	fieldsBeside = 64 << 10 // bytes that an upload has beside its file
	fieldLength  = 4 << 10
	nameLength   = 120 // code points of a file's name that are kept
)

var (
	errNotUploaded = refuse(http.StatusBadRequest, sync.CodeMalformed, "This upload cannot be read. Send the file as the field file of multipart/form-data, and no others but those of the form.")
	errNoFile      = &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Text: "Choose a file first.", Fields: map[string]string{"file": "Choose a file first."}}
)

// upload is a form with a file, which lies on disk until it is closed.
type upload struct {
	form
	name   string
	file   sync.NewFile
	opened *os.File
}

func (u *upload) close() {
	if u.opened != nil {
		u.opened.Close()
	}
}

// readUpload reads a form whose "file" is one, in little memory, and looks at what it is. From here on the body may be as long as a file,
// and takes its time: call it only for somebody who may upload. beside names the short fields that the form has, _tx apart.
func (s *Server) readUpload(c echo.Context, beside ...string) (*upload, error) {
	body, parts, err := s.uploadBody(c)
	if err != nil {
		return nil, errNotUploaded
	}
	up, values := &upload{}, url.Values{}
	for err == nil {
		var part *multipart.Part
		if part, err = parts.NextPart(); err == nil {
			err = up.take(part, body, values, append(beside, "_tx"))
		}
	}
	if err == io.EOF {
		up.form = newForm(values)
		up.counted = true // by takeUpload
		err = up.look()
	}
	if err != nil {
		up.close()
		return nil, uploadError(err)
	}
	return up, nil
}

// uploadBody gives a body, and what comes after it, the time that a file takes.
func (s *Server) uploadBody(c echo.Context) (*limitedBody, *multipart.Reader, error) {
	parts, err := c.Request().MultipartReader()
	body, sent := c.Request().Body.(*limitedBody)
	if err != nil || !sent {
		return nil, nil, errNotUploaded
	}
	until := time.Now().Add(filePatience * s.patience)
	_ = body.connection.SetReadDeadline(until) // what cannot has no connection to keep busy
	_ = body.connection.SetWriteDeadline(until.Add(exportPatience))
	body.left, body.rest, body.beyond = fieldsBeside, 2*sync.MaxFile, sync.ErrFileTooLarge
	return body, parts, nil
}

// take reads one part. Only the file may be long.
func (u *upload) take(part *multipart.Part, body *limitedBody, values url.Values, beside []string) error {
	switch name := part.FormName(); {
	case slices.Contains(beside, name):
		value, err := io.ReadAll(io.LimitReader(part, fieldLength))
		if len(value) == fieldLength {
			return errNotUploaded
		}
		values.Add(name, string(value))
		return err
	case name != "file" || u.opened != nil:
		return errNotUploaded
	case part.FileName() == "": // a form where none was chosen
		return nil
	}
	var err error
	if u.opened, err = os.CreateTemp("", "tandem-upload-"); err != nil {
		return err
	}
	_ = os.Remove(u.opened.Name()) // while it is open it is there all the same, and no longer than this process
	u.name = fileName(part.FileName())
	body.left = sync.MaxFile + fieldsBeside
	_, err = io.Copy(u.opened, part)
	body.left = min(body.left, fieldsBeside)
	return err
}

// look tells the type of the file by its first bytes, as browsers would, and how large an image is by its header: none is decoded.
func (u *upload) look() error {
	if u.opened == nil {
		return errNoFile
	}
	first := make([]byte, 512)
	n, err := u.opened.ReadAt(first, 0)
	if err != nil && err != io.EOF {
		return err
	}
	u.file = sync.NewFile{Content: u.opened, Type: http.DetectContentType(first[:n])}
	u.file.Width, u.file.Height = imageSize(u.file.Type, io.NewSectionReader(u.opened, 0, sync.MaxFile))
	_, err = u.opened.Seek(0, io.SeekStart)
	return err
}

// uploadError tells what the sender did wrong from what did not work here.
func uploadError(err error) error {
	if told, ok := errors.AsType[*sync.Error](err); ok {
		return told
	}
	if _, ours := errors.AsType[*fs.PathError](err); ours {
		return fmt.Errorf("keep an upload on disk: %w", err)
	}
	if errors.Is(err, errTooSlow) {
		return errTooSlow
	}
	return errNotUploaded
}

// imageSize is zero for what is no image, or none that is understood.
func imageSize(kind string, content io.Reader) (width, height int) {
	read, known := map[string]func(io.Reader) (image.Config, error){"image/png": png.DecodeConfig, "image/jpeg": jpeg.DecodeConfig, "image/gif": gif.DecodeConfig}[kind]
	if !known {
		return 0, 0
	}
	size, err := read(content)
	if err != nil {
		return 0, 0
	}
	return size.Width, size.Height
}

// fileName makes the name that a file was sent under fit what the name of an attachment may be.
func fileName(sent string) string {
	sent = sent[strings.LastIndexAny(sent, `/\`)+1:]
	plain := strings.Map(func(r rune) rune {
		if sync.NotInFileName(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, sent)
	plain = strings.TrimLeft(strings.Join(strings.Fields(plain), " "), ". ")
	if runes := []rune(plain); len(runes) > nameLength {
		plain = string(runes[:nameLength/2]) + "…" + string(runes[len(runes)-nameLength/2+1:])
	}
	return or(plain, "file")
}
