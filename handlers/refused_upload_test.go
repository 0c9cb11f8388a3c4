package handlers

import (
	"bufio"
	"bytes"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tandem/sync"
)

// sendsWhole sends a form with a file to a real server as browsers do, all of it before anything of the answer is read.
func (b *browser) sendsWhole(server, path, beside string, length int) (status int, body string) {
	b.house.t.Helper()
	var sent bytes.Buffer
	form := multipart.NewWriter(&sent)
	must(b.house.t, form.WriteField(beside, "ENG"))
	part, err := form.CreateFormFile("file", "a.csv")
	must(b.house.t, err)
	_, err = io.WriteString(part, "Title\n"+strings.Repeat("x\n", length/2))
	must(b.house.t, err)
	must(b.house.t, form.Close())
	r := httptest.NewRequest(http.MethodPost, server+path, &sent)
	r.Header.Set("Content-Type", form.FormDataContentType())
	if b.token != "" {
		r.AddCookie(&http.Cookie{Name: "tandem", Value: string(b.token)})
	}
	at, err := url.Parse(server)
	must(b.house.t, err)
	line, err := net.Dial("tcp", at.Host)
	must(b.house.t, err)
	defer line.Close()
	if err := r.Write(line); err != nil {
		b.house.t.Fatalf("%s: the line broke while the form was sent: %v", path, err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(line), r)
	if err != nil {
		b.house.t.Fatalf("%s: the line broke before the answer was read: %v", path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(b.house.t, err)
	return answer.StatusCode, string(text)
}

// A browser that is still at sending when the connection ends never hears why.
func TestUpload_ThatIsRefusedHearsWhy(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.importsTables()
	server, issue := h.serve(), h.issue("Fix login")
	const imports = "/acme/settings/import"
	for name, c := range map[string]struct {
		who          *browser
		path, beside string
		length       int
		status       int
		words        string
	}{
		"by who may not import":       {h.ben, imports, "team", sync.MaxFile, http.StatusForbidden, "Ask an admin"},
		"by who is signed out":        {h.stranger(), imports, "team", sync.MaxFile, http.StatusUnauthorized, "Sign in"},
		"of a form that is another":   {h.ann, imports, "what", sync.MaxFile, http.StatusBadRequest, "This upload cannot be read."},
		"that is too large":           {h.ann, imports, "team", 2 * sync.MaxFile, http.StatusRequestEntityTooLarge, "at most 10 MiB"},
		"to what is not there":        {h.ann, "/acme/nothing", "team", sync.MaxFile, http.StatusNotFound, "nothing here"},
		"to what takes no file":       {h.ann, "/acme/issue/" + issue.key + "/title", "title", 3 * sync.MaxPush, http.StatusUnprocessableEntity, "title"},
		"to an issue that is not one": {h.ann, "/acme/issue/ENG-4711/attachment", "_tx", sync.MaxFile, http.StatusNotFound, "nothing here"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := c.who.sendsWhole(server, c.path, c.beside, c.length)
			if status != c.status || !strings.Contains(body, c.words) {
				t.Errorf("%d %q", status, body)
			}
		})
	}
}
