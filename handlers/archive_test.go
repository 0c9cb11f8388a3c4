package handlers

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/sync"
)

const archivePath = "/acme/settings/export"

// parts reads a zip file whole; its parts stand in their order.
func parts(t testing.TB, file string) (names []string, contents map[string]string) {
	t.Helper()
	opened, err := zip.NewReader(strings.NewReader(file), int64(len(file)))
	must(t, err)
	contents = map[string]string{}
	for _, part := range opened.File {
		from, err := part.Open()
		must(t, err)
		content, err := io.ReadAll(from)
		must(t, err)
		names, contents[part.Name] = append(names, part.Name), string(content)
	}
	return names, contents
}

func TestArchive_IsTakenFromThePageByAPlainForm(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden := h.hide()
	h.issue("=cmd|' /C calc'!A0", func(set map[string]any) { set["description"] = "مرحبا 🚀 <b>" })
	page := h.ann.get(archivePath).ok()
	page.one(`a[aria-current=page][href="` + archivePath + `"]`)
	page.has("also those that you do not see")
	file := h.ann.submit(page, "form:has([data-action=export-workspace])").ok()
	for name, want := range map[string]string{"Content-Type": "application/zip", "Content-Disposition": `attachment; filename="acme.zip"`, "Cache-Control": "no-store"} {
		if got := file.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	names, contents := parts(t, file.body)
	want := []string{"README.txt", "schema.json", "issues.csv"}
	for _, kind := range []string{"workspace", "member", "team", "status", "label", "project", "milestone", "cycle", "template", "issue", "comment", "attachment", "relation", "view", "display"} {
		want = append(want, "data/"+kind+".jsonl")
	}
	want = append(want, "attachments/"+hidden.attachment+"/Sesame.png")
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if contents["attachments/"+hidden.attachment+"/Sesame.png"] != "sesame" || !strings.Contains(contents["README.txt"], "tandem import workspace") {
		t.Error("the file or the words are others")
	}
	if again := h.ann.post(archivePath, nil).ok(); again.body != file.body {
		t.Error("the second time it was another one")
	}
	var schema ArchiveContents
	must(t, json.Unmarshal([]byte(contents["schema.json"]), &schema))
	if diff := cmp.Diff(ArchiveContents{ArchiveFormat, sync.SavedKinds()}, schema); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
	h.comparesWithPull(contents)
	h.comparesTables(contents["issues.csv"])
}

// comparesWithPull holds the records against what the protocol tells ann, who sees all.
func (h *house) comparesWithPull(contents map[string]string) {
	h.t.Helper()
	there := map[string]any{}
	for name, lines := range contents {
		if !strings.HasPrefix(name, ArchiveData) {
			continue
		}
		for line := range strings.Lines(lines) {
			var record sync.SavedRecord
			must(h.t, json.Unmarshal([]byte(line), &record))
			delete(record.Fields, "next_number") // which pull does not tell
			there[string(record.Record)] = record.Fields
		}
	}
	var pulled struct {
		Changes []struct {
			Record string
			Fields map[string]any
		}
	}
	h.ann.get("/acme/sync/pull?since=0&limit=5000").ok().decode(&pulled)
	absent := map[string]bool{}
	for _, kind := range sync.SavedKinds() {
		absent[kind.Kind] = kind.Absent != ""
	}
	for _, change := range pulled.Changes {
		if kind, _, _ := strings.Cut(change.Record, ":"); absent[kind] {
			continue
		}
		delete(change.Fields, "placeholder")
		if diff := cmp.Diff(change.Fields, there[change.Record]); diff != "" {
			h.t.Errorf("%s (-pull +file):\n%s", change.Record, diff)
		}
		delete(there, change.Record)
	}
	if len(there) > 0 {
		h.t.Errorf("too much: %v", slices.Sorted(maps.Keys(there)))
	}
}

// comparesTables holds the table against those of the teams.
func (h *house) comparesTables(table string) {
	h.t.Helper()
	var want []string
	for _, team := range []string{"ENG", "SEC"} {
		want = append(want, slices.Collect(strings.Lines(h.ann.get("/acme/team/" + team + "/issues.csv").ok().body))[1:]...)
	}
	got := slices.Collect(strings.Lines(table))
	if got[0] != csvHeader+"\r\n" {
		h.t.Errorf("it begins with %q", got[0])
	}
	slices.Sort(want)
	rest := slices.Sorted(slices.Values(got[1:]))
	if diff := cmp.Diff(want, rest); diff != "" {
		h.t.Errorf("lines (-teams +file):\n%s", diff)
	}
}

func TestArchive_HoldsNoSecret(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.hide()
	issue := h.issue("Shared")
	link, err := h.engine.Share(t.Context(), h.ann.actor, h.ann.client, issue.ref, "", nil)
	must(t, err)
	program := h.program(h.ann, "write")
	h.ann.post("/acme/settings/invite", []string{"role", "member"}).ok()
	h.exec("update person set password_hash = 'argon2id-of-ann'")
	own := sync.NewRef("view", newID())
	h.ben.apply(sync.Operation{Op: sync.Create, Record: own, Set: map[string]any{"team": string(sync.NewRef("team", h.eng)), "name": "Bens own", "private": true}})
	_, contents := parts(t, h.ann.post(archivePath, nil).ok().body)
	whole := fmt.Sprint(contents)
	secrets := []string{"argon2id", "Bens own", h.ann.person.ID.String()}
	for _, token := range []sync.Token{h.ann.token, program.bearer, link} {
		sum := sha256.Sum256([]byte(token))
		secrets = append(secrets, string(token), hex.EncodeToString(sum[:]))
	}
	var hashes []string
	rows, err := h.pool.Query(t.Context(), `select encode(token_hash, 'hex') from (select token_hash from session union all select token_hash from token
		union all select token_hash from invite union all select token_hash from share) x`)
	must(t, err)
	for rows.Next() {
		var hash string
		must(t, rows.Scan(&hash))
		hashes = append(hashes, hash)
	}
	must(t, rows.Err())
	if len(hashes) < 5 {
		t.Fatalf("%d hashes", len(hashes))
	}
	for _, secret := range append(secrets, hashes...) {
		if strings.Contains(whole, secret) {
			t.Errorf("%q is in it", secret)
		}
	}
}

func TestArchive_IsForAdminsAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, other := range []*browser{h.ben, h.cleo} {
		page := other.get(archivePath).ok().has("Only an admin can export", "ann")
		if page.find("[data-action=export-workspace]").Length() != 0 {
			t.Error("they are offered it")
		}
		other.post(archivePath, nil, "Accept", "application/json").problem(http.StatusForbidden, sync.CodeForbidden)
	}
	h.stranger().get(archivePath).to("/sign-in?next=" + archivePath)
	h.stranger().post(archivePath, nil, "Accept", "application/json").problem(http.StatusUnauthorized, sync.CodeSignedOut)
	h.program(h.ann, "read").post(archivePath, nil, "Accept", "application/json").problem(http.StatusForbidden, sync.CodeReadOnly)
	h.program(h.ben, "write").post(archivePath, nil, "Accept", "application/json").problem(http.StatusForbidden, sync.CodeForbidden)
	parts(t, h.program(h.ann, "write").post(archivePath, nil).ok().body)
	h.ann.post(archivePath, nil, "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden)
	h.ann.apply(setField(sync.NewRef("member", h.ben.actor.Member), h.head(), "role", sync.Admin))
	_, contents := parts(t, h.ben.post(archivePath, nil).ok().body)
	if !strings.Contains(contents["data/team.jsonl"], "Security") {
		t.Error("an admin who does not see a team gets an archive without it")
	}
}

func TestArchive_OneOfAWorkspaceAtATime(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.archives.patience = 10 * time.Millisecond
	done, err := h.archives.begin(t.Context(), h.ws)
	must(t, err)
	busy := h.ann.post(archivePath, nil, "Accept", "application/json").problem(http.StatusTooManyRequests, sync.CodeRateLimited)
	if busy.header.Get("Retry-After") != "60" || !strings.Contains(busy.body, "under way") {
		t.Errorf("%v %s", busy.header, busy.body)
	}
	h.ben.post(archivePath, nil).is(http.StatusForbidden)
	done()
	parts(t, h.ann.post(archivePath, nil).ok().body)

	for range archivesAtOnce {
		_, err := h.archives.begin(t.Context(), newID())
		must(t, err)
	}
	h.ann.post(archivePath, nil).is(http.StatusTooManyRequests).has("other exports")
}

// A double click gives the first one up: the second waits for its end.
func TestArchive_WaitsForOneThatIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, ws := newArchives(), newID()
		done, err := a.begin(t.Context(), ws)
		must(t, err)
		begun := make(chan error, 1)
		go func() {
			done, err := a.begin(t.Context(), ws)
			if err == nil {
				done()
			}
			begun <- err
		}()
		synctest.Wait() // until nothing goes on by itself
		select {
		case err := <-begun:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
		done()
		must(t, <-begun)

		_, err = a.begin(t.Context(), ws)
		must(t, err)
		from := time.Now()
		if _, err = a.begin(t.Context(), ws); err == nil || time.Since(from) != archivePatience {
			t.Errorf("%v after %v", err, time.Since(from))
		}
	})
}

func TestArchive_IsNotReadOnForWhoHasLeft(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue("Noise", func(set map[string]any) { set["description"] = noise(200 << 10) })
	out := &leaver{ResponseRecorder: httptest.NewRecorder()}
	func() {
		defer func() {
			if reason := recover(); reason != http.ErrAbortHandler { //nolint:errorlint // what net/http compares with
				t.Errorf("the answer ended as if it were whole: %v", reason)
			}
		}()
		r := httptest.NewRequest(http.MethodPost, archivePath, nil)
		h.ann.identify(r)
		h.ServeHTTP(out, r)
	}()
	if out.refused != 1 {
		t.Errorf("%d writes to who had left", out.refused)
	}
	parts(t, h.ann.post(archivePath, nil).ok().body) // the next one may begin
}

// noise is a text that cannot be made shorter.
func noise(length int) string {
	var text strings.Builder
	for sum := sha256.Sum256(nil); text.Len() < length; sum = sha256.Sum256(sum[:]) {
		text.WriteString(hex.EncodeToString(sum[:]))
	}
	return text.String()
}

// The time of an answer is counted from its request on, and not enough for a workspace: here it is over before the first byte.
func TestArchive_MayTakeLong(t *testing.T) {
	t.Parallel()
	h := setup(t)
	content := []byte(noise(1 << 20))
	h.ann.uploaded(h.issue("Large").key, "large.bin", content)
	server := httptest.NewUnstartedServer(h)
	server.Config.WriteTimeout = time.Nanosecond
	server.Start()
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+archivePath, strings.NewReader("_tx="+newID().String()))
	must(t, err)
	h.ann.identify(r)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := server.Client().Do(r)
	must(t, err)
	defer answer.Body.Close()
	file, err := io.ReadAll(answer.Body)
	must(t, err)
	found := false
	_, contents := parts(t, string(file))
	for name, got := range contents {
		found = found || strings.HasSuffix(name, "/large.bin") && got == string(content)
	}
	if !found {
		t.Error("the file did not come")
	}
}

// Who goes away ends the reading, and the next export need not wait for it.
func TestArchive_EndsWithItsRequest(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.archives.patience = time.Minute
	content := []byte(noise(9 << 20))
	h.ann.uploaded(h.issue("Large").key, "large.bin", content)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+archivePath, nil)
	must(t, err)
	h.ann.identify(r)
	answer, err := server.Client().Do(r)
	must(t, err)
	_, err = io.ReadFull(answer.Body, make([]byte, 100))
	must(t, err)
	must(t, answer.Body.Close())
	parts(t, h.ann.post(archivePath, nil).ok().body)
}
