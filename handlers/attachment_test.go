package handlers

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"log/slog"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
)

// attach hangs a file on an issue, as ann.
func (h *house) attach(issue sync.Ref, name, content string) sync.Ref {
	h.t.Helper()
	file, err := h.engine.KeepFile(h.t.Context(), h.ann.actor, sync.NewFile{Content: strings.NewReader(content), Type: "text/plain; charset=utf-8"})
	must(h.t, err)
	ref := sync.NewRef("attachment", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: ref, Set: map[string]any{"issue": string(issue), "name": name, "file": file.String()}})
	return ref
}

// upload sends a file as a form does; fields are pairs of name and value.
func (b *browser) upload(path, name string, content []byte, fields []string, headers ...string) answer {
	b.house.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		must(b.house.t, form.WriteField(fields[i], fields[i+1]))
	}
	part, err := form.CreateFormFile("file", name)
	must(b.house.t, err)
	_, err = part.Write(content)
	must(b.house.t, err)
	must(b.house.t, form.Close())
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r, headers...)
}

// uploaded sends a file as a script does.
func (b *browser) uploaded(issue, name string, content []byte) (made uploaded) {
	b.house.t.Helper()
	b.upload("/acme/issue/"+issue+"/attachment", name, content, nil, "Accept", "application/json").is(http.StatusCreated).decode(&made)
	return made
}

func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	var to bytes.Buffer
	must(t, png.Encode(&to, image.NewGray(image.Rect(0, 0, width, height))))
	return to.Bytes()
}

func TestAttachment_IsUploadedByAPlainFormShownAndRemoved(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, shot := h.issue("Fix login"), picture(t, 30, 20)
	page := h.ben.get("/acme/issue/" + issue.key).ok()
	form := page.one("form[action$=attachment]")
	if form.AttrOr("enctype", "") != "multipart/form-data" {
		t.Error("the form does not send its file")
	}
	tx := form.Find("[name=_tx]").AttrOr("value", "")
	at := "/acme/issue/" + issue.key + "/attachment"
	for range 2 { // a double submit
		h.ben.upload(at, `C:\my shots\login (1).png`, shot, []string{"_tx", tx}).to("/acme/issue/" + issue.key + "#files")
	}
	h.ben.upload(at, "notes.txt", []byte("Sesame"), []string{"_tx", tx}).to("/acme/issue/" + issue.key + "#files") // Back, then another file
	page = h.ben.get("/acme/issue/" + issue.key).ok()
	if n := page.find(".attachment").Length(); n != 2 {
		t.Fatalf("%d files are shown", n)
	}
	picture := page.one(".attachment__image")
	if picture.AttrOr("width", "") != "30" || picture.AttrOr("height", "") != "20" {
		t.Error("the page does not say how large the image is")
	}
	page.has("attached login (1).png", "attached notes.txt")
	file := h.ann.get(picture.AttrOr("src", "")).ok()
	if file.body != string(shot) || file.header.Get("Content-Type") != "image/png" {
		t.Errorf("%d bytes of %s", len(file.body), file.header.Get("Content-Type"))
	}
	h.ben.submit(page, ".attachment:has(img) form").is(http.StatusSeeOther)
	if n := h.ben.get("/acme/issue/" + issue.key).ok().has("removed login (1).png").find(".attachment").Length(); n != 1 {
		t.Errorf("%d files are shown", n)
	}
	h.ann.get(picture.AttrOr("src", "")).is(http.StatusNotFound)
}

func TestAttachment_IsShownByTextsOfItsIssue(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	shot, notes := h.ben.uploaded(issue.key, "a [b] (c_d).png", picture(t, 3, 2)), h.ben.uploaded(issue.key, "notes.txt", []byte("Sesame"))
	h.ben.post("/acme/issue/"+issue.key+"/comment", []string{"body", "See " + shot.Markdown + " and " + notes.Markdown}).is(http.StatusSeeOther)
	page := h.ann.get("/acme/issue/" + issue.key).ok()
	image := page.one(".comment img")
	if image.AttrOr("alt", "") != "a [b] (c_d).png" {
		t.Errorf("the image is called %q", image.AttrOr("alt", ""))
	}
	if got := h.ann.get(image.AttrOr("src", "")).ok().header.Get("Content-Type"); got != "image/png" {
		t.Error(got)
	}
	if link := page.one(`.comment [data-field=body] a[href*="/attachment/"]`); link.Text() != "notes.txt" || link.AttrOr("href", "") != notes.URL {
		t.Errorf("%s leads to %s", link.Text(), link.AttrOr("href", ""))
	}
}

// A list is no place for an image that takes long to load or to decode.
func TestAttachment_ListsOnlySmallImagesAsTheyAre(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	h.ben.uploaded(issue.key, "wide.png", picture(t, thumbPixels+1, 1))
	h.ben.uploaded(issue.key, "heavy.png", append(picture(t, 3, 2), make([]byte, thumbBytes)...))
	h.ben.uploaded(issue.key, "unknown.webp", []byte("RIFF\x24\x00\x00\x00WEBPVP8 "))
	small := h.ben.uploaded(issue.key, "small.png", picture(t, thumbPixels, 1))
	if src := h.ann.get("/acme/issue/"+issue.key).ok().one(".attachment__image").AttrOr("src", ""); src != small.URL {
		t.Error(src)
	}
}

// What somebody uploaded must not run as a page of ours.
func TestAttachment_RunsNowhere(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	for name, c := range map[string]struct{ content, how, kind string }{
		"page.png":    {"<!doctype html><script>alert(1)</script>", "attachment", "application/octet-stream"},
		"shot.html":   {string(picture(t, 3, 2)), "inline", "image/png"},
		"icon.svg":    {`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "attachment", "application/octet-stream"},
		"evil.xml":    {`<?xml version="1.0"?><svg/>`, "attachment", "application/octet-stream"},
		"paper.pdf":   {"%PDF-1.7", "attachment", "application/octet-stream"},
		"app.wasm":    {"\x00asm\x01\x00\x00\x00", "attachment", "application/octet-stream"},
		"what":        {"\x00\x01\x02", "attachment", "application/octet-stream"},
		`ä"; x=".gif`: {"GIF89a\x01\x00\x01\x00", "inline", "image/gif"},
	} {
		made := h.ben.uploaded(issue.key, name, []byte(c.content))
		file := h.ann.get(made.URL).ok()
		how, _, _ := strings.Cut(file.header.Get("Content-Disposition"), ";")
		if how != c.how || file.header.Get("Content-Type") != c.kind || file.body != c.content {
			t.Errorf("%s: %s, %s", name, file.header.Get("Content-Disposition"), file.header.Get("Content-Type"))
		}
		csp := file.header.Get("Content-Security-Policy")
		if file.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(csp, "default-src 'none'; sandbox") {
			t.Errorf("%s: %s", name, csp)
		}
	}
}

func TestAttachment_IsKeptByItsReaderAloneAndAskedForEachTime(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issueIn(h.sec, "SEC", "Hidden")
	at := h.ann.uploaded(issue.key, "notes.txt", []byte("0123456789")).URL
	file := h.ann.get(at).ok()
	tag := file.header.Get("ETag")
	if file.header.Get("Cache-Control") != "private, no-cache" || tag == "" {
		t.Errorf("%s, %s", file.header.Get("Cache-Control"), tag)
	}
	if again := h.ann.get(at, "If-None-Match", tag).is(http.StatusNotModified); again.body != "" {
		t.Error("it was sent again")
	}
	if part := h.ann.get(at, "Range", "bytes=3-5").is(http.StatusPartialContent); part.body != "345" {
		t.Errorf("%q", part.body)
	}
	if whole := h.ann.get(at, "Range", "bytes=0-0,5-5,0-0").ok(); whole.body != "0123456789" {
		t.Errorf("of many parts came %q", whole.body)
	}
	h.ben.get(at, "If-None-Match", tag).is(http.StatusNotFound)
	h.stranger().get(at).is(http.StatusSeeOther)
	h.ann.get("/acme/attachment/" + issue.ref.ID().String() + "/notes.txt").is(http.StatusNotFound)
	h.ann.get("/acme/attachment/1/notes.txt").is(http.StatusNotFound)
}

// A browser whose connection ends while it sends never hears why.
func TestAttachment_ThatIsNotWantedArrivesBeforeItIsRefused(t *testing.T) {
	t.Parallel()
	h := setup(t)
	trashed := h.issue("Gone")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: trashed.ref})
	body := strings.NewReader(strings.Repeat("x", 3*sync.MaxPush))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/acme/issue/"+trashed.key+"/attachment", body)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	h.ben.do(r, "Accept", "application/json").is(http.StatusNotFound).has("in the trash")
	if body.Len() > 0 {
		t.Errorf("%d bytes were not read", body.Len())
	}
}

func TestAttachment_RefusesWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	trashed := h.issue("Gone")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: trashed.ref})
	at, before := "/acme/issue/"+issue.key+"/attachment", h.head()
	for length, text := range map[int]string{sync.MaxFile + 1: "at most 10 MiB", sync.MaxFile + 1<<20: "at most 10 MiB"} {
		large := make([]byte, length)
		h.ben.upload(at, "large.bin", large, nil).is(http.StatusRequestEntityTooLarge).has(text).one("form[action$=attachment] [aria-invalid]")
		h.ben.upload(at, "large.bin", large, nil, "Accept", "application/json").is(http.StatusRequestEntityTooLarge).has(text, `"too_large"`)
	}
	h.ben.upload(at, "empty.txt", nil, nil).is(http.StatusUnprocessableEntity).has("This file is empty").one("form[action$=attachment] [aria-invalid]")
	h.ben.upload(at, "", nil, nil).is(http.StatusUnprocessableEntity).has("Choose a file first")
	h.ben.post(at, []string{"file", "x"}).is(http.StatusBadRequest).has("multipart/form-data")
	h.ben.upload(at, "a.txt", []byte("a"), []string{"what", strings.Repeat("x", 20)}).is(http.StatusBadRequest)
	h.ben.upload(at, "a.txt", []byte("a"), []string{"_tx", strings.Repeat("x", 2*fieldLength)}).is(http.StatusBadRequest)
	h.stranger().upload(at, "large.bin", make([]byte, sync.MaxPush), nil).is(http.StatusUnauthorized)
	h.ben.upload("/acme/issue/"+trashed.key+"/attachment", "a.txt", []byte("a"), nil, "Accept", "application/json").is(http.StatusNotFound).has(sync.CodeDeleted)
	h.ben.post("/acme/issue/"+issue.key+"/comment", []string{"body", strings.Repeat("x", sync.MaxPush)}).is(http.StatusRequestEntityTooLarge) // elsewhere nothing is new
	h.program(h.ben, sync.ScopeRead).upload(at, "a.txt", []byte("a"), nil, "Accept", "application/json").is(http.StatusForbidden).has(sync.CodeReadOnly)
	h.program(h.ben, sync.ScopeWrite).upload(at, "b.txt", []byte("b"), nil, "Accept", "application/json").is(http.StatusCreated)
	if after := h.head(); after != before+1 {
		t.Errorf("the log went from %d to %d", before, after)
	}
}

// At the very edge of the limit a file is taken whole or not at all: none is stored and then refused.
func TestLimiter_CountsAFileAsMany(t *testing.T) {
	t.Parallel()
	h := setup(t, func(o *Options) { o.Rate = 2*(uploadWeight+1) + uploadWeight })
	issue := h.issue("Fix login")
	for _, name := range []string{"a.txt", "b.txt"} {
		h.ben.uploaded(issue.key, name, []byte(name))
	}
	h.ben.upload("/acme/issue/"+issue.key+"/attachment", "c.txt", []byte("c"), nil, "Accept", "application/json").is(http.StatusTooManyRequests).has("Too many files")
	few, person := newLimiter(3, nil), newID()
	must(t, few.takeUpload(person))
	must(t, newLimiter(0, nil).takeUpload(person))
}

func TestUploads_AreFewAtOnce(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	var done []func()
	for range uploadsAtOnce {
		end, err := h.uploads.begin(h.ben.person.ID)
		must(t, err)
		done = append(done, end)
	}
	refused := h.ben.upload("/acme/issue/"+issue.key+"/attachment", "a.txt", []byte("a"), nil, "Accept", "application/json").is(http.StatusTooManyRequests)
	if refused.header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	h.ann.uploaded(issue.key, "b.txt", []byte("b"))
	for _, end := range done {
		end()
	}
	h.ben.uploaded(issue.key, "a.txt", []byte("a"))
	if len(h.uploads.under) > 0 {
		t.Errorf("%v are still counted", h.uploads.under)
	}
}

func TestAttachment_IsMadeOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, tx := h.issue("Fix login"), newID().String()
	var made [2]uploaded
	for i := range made { // the first answer was lost
		h.ben.upload("/acme/issue/"+issue.key+"/attachment", "a.txt", []byte("a"), []string{"_tx", tx}, "Accept", "application/json").is(http.StatusCreated).decode(&made[i])
	}
	if made[0] != made[1] || made[0].File == (uuid.UUID{}) {
		t.Errorf("%+v, then %+v", made[0], made[1])
	}
}

// The time of an answer is counted from its request on, and not enough for a file.
func TestAttachment_MayTakeLong(t *testing.T) {
	t.Parallel()
	const patience = 100 * time.Millisecond
	h := setup(t)
	server := httptest.NewUnstartedServer(h)
	server.Config.WriteTimeout = patience
	server.Start()
	t.Cleanup(server.Close)
	ask := func(method, path, kind string, body io.Reader) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, body)
		must(t, err)
		r.AddCookie(&http.Cookie{Name: "tandem", Value: string(h.ben.token)})
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Accept", "application/json")
		answer, err := server.Client().Do(r)
		must(t, err)
		return answer
	}
	content := make([]byte, sync.MaxFile)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content) // never fails

	read, write := io.Pipe()
	form := multipart.NewWriter(write)
	go func() {
		part, _ := form.CreateFormFile("file", "large.bin")
		_, _ = part.Write(content[:100])
		<-time.After(3 * patience) // the line
		_, _ = part.Write(content[100:])
		_ = write.CloseWithError(form.Close())
	}()
	answer := ask(http.MethodPost, "/acme/issue/"+h.issue("Fix login").key+"/attachment", form.FormDataContentType(), read)
	var made uploaded
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || answer.StatusCode != http.StatusCreated {
		t.Fatalf("%s, %v", answer.Status, err)
	}

	answer = ask(http.MethodGet, made.URL, "", nil)
	got := make([]byte, 100)
	_, err := io.ReadFull(answer.Body, got)
	must(t, err)
	<-time.After(3 * patience) // the line
	rest, err := io.ReadAll(answer.Body)
	must(t, err)
	if !bytes.Equal(append(got, rest...), content) {
		t.Error("another file came back")
	}
}

func TestAttachment_IsNotReadForItsHead(t *testing.T) {
	t.Parallel()
	h := setup(t)
	made := h.ben.uploaded(h.issue("Fix login").key, "a.bin", make([]byte, 1<<20))
	h.exec("delete from file_piece")
	head := h.ben.do(httptest.NewRequestWithContext(t.Context(), http.MethodHead, made.URL, nil)).ok()
	if head.body != "" || head.header.Get("Content-Length") != strconv.Itoa(1<<20) {
		t.Errorf("%d bytes of %s", len(head.body), head.header.Get("Content-Length"))
	}
}

// A file of which a part cannot be read is no answer in good order, and the log says why.
func TestAttachment_BreaksOffWhereItCannotBeRead(t *testing.T) {
	t.Parallel()
	log := &logged{}
	h := setup(t, func(o *Options) { o.Logger = slog.New(slog.NewJSONHandler(log, nil)) })
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	made := h.ben.uploaded(h.issue("Fix login").key, "a.bin", make([]byte, 1<<20))
	h.exec("delete from file_piece where ordinal = 2")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+made.URL, nil)
	must(t, err)
	r.AddCookie(&http.Cookie{Name: "tandem", Value: string(h.ben.token)})
	answer, err := server.Client().Do(r)
	must(t, err)
	if _, err = io.ReadAll(answer.Body); err == nil {
		t.Error("it passes for the whole file")
	}
	if !slices.ContainsFunc(log.lines(t), func(line map[string]any) bool { return line["msg"] == "a file broke off" && line["err"] != "" }) {
		t.Error("the log does not know")
	}
}

// What fails here is told as ours, and logged. It changes the environment, so it is not parallel.
func TestAttachment_FailsWithoutAFolderForTemporaryFiles(t *testing.T) {
	h := setup(t)
	issue := h.issue("Fix login")
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	h.ben.upload("/acme/issue/"+issue.key+"/attachment", "a.txt", []byte("a"), nil).is(http.StatusInternalServerError)
}

func TestFileName(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"a.png": "a.png", "": "file", "..": "file", "/etc/passwd": "passwd", `C:\x\y.txt`: "y.txt", ".bashrc": "bashrc", "a\r\nb.txt": "ab.txt",
		"cod\u202egpj.exe": "codgpj.exe", "a\xff.txt": "a.txt", " a  b ": "a b", "ünïcode 🎉.png": "ünïcode 🎉.png",
	} {
		if got := fileName(sent); got != want {
			t.Errorf("%q became %q", sent, got)
		}
	}
	long := fileName(strings.Repeat("ä", 500) + ".tar.gz")
	if n := len([]rune(long)); n != nameLength || !strings.HasSuffix(long, "ä.tar.gz") {
		t.Errorf("%d: %s", n, long)
	}
}
