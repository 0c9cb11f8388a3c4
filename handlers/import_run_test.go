package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/sync"
)

const plainTable = "Title,Status,Who\nFix login,Todo,ann\nPaint it,Doing,ben\n,Todo,\n"

// previews uploads a table and returns where its preview is.
func (b *browser) previews(name, content string) string {
	b.house.t.Helper()
	at := b.upload("/acme/settings/import", name, []byte(content), []string{"team", "ENG"}).is(http.StatusSeeOther).header.Get("Location")
	if !strings.HasPrefix(at, "/acme/settings/import/") || !strings.HasSuffix(at, "?team=ENG") {
		b.house.t.Fatalf("it leads to %s", at)
	}
	return at
}

// runs imports what a preview shows, and returns where the import is once it has ended.
func (b *browser) runs(preview string) string {
	b.house.t.Helper()
	at := b.begins(preview)
	b.house.Server.imports.running.Wait()
	return at
}

func (b *browser) begins(preview string) string {
	b.house.t.Helper()
	page := b.get(preview).ok()
	form, values := page.one("form.import"), []string(nil)
	for _, control := range form.Find("input, select").EachIter() {
		values = append(values, control.AttrOr("name", ""), valueOf(control))
	}
	return b.post(page.one("[data-action=import]").AttrOr("formaction", ""), values).is(http.StatusSeeOther).header.Get("Location")
}

func TestImport_ATableIsUploadedPreviewedImportedAndReported(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.importsTables()
	page := h.ann.get("/acme/settings/import").ok().has("None yet.")
	form := page.one("form[action='/acme/settings/import'][enctype='multipart/form-data']")
	if n := form.Find("select[name=team] option").Length(); n != 2 {
		t.Errorf("%d teams to choose from", n)
	}
	tx := form.Find("[name=_tx]").AttrOr("value", "")
	var at string
	for range 2 { // a double submit
		at = h.ann.upload("/acme/settings/import", "issues.csv", []byte(plainTable), []string{"_tx", tx, "team", "eng"}).is(http.StatusSeeOther).header.Get("Location")
	}
	if n := h.count("select count(*) from import_file"); n != 1 {
		t.Errorf("%d files are kept", n)
	}
	preview := h.ann.get(at).ok().has("2 issues would be made", "1 problem", "a line has no title", "Fix login", "ann · ben")
	if n := preview.find("form.import select[name^=c]").Length(); n != 3 {
		t.Errorf("%d columns to choose from", n)
	}
	preview.one("select[name=c0] option[selected][value=title]")
	preview.one("select[name=c2] option[selected][value='-']")
	preview.one("select[name='s:Doing'] option[selected][value=Doing]")
	if n := h.count("select count(*) from issue"); n != 0 {
		t.Errorf("a preview made %d issues", n)
	}
	run := h.ann.runs(at)
	report := h.ann.get(run).ok().has("Done: 2 issues made", "issues.csv", "Engineering")
	report.lacks("every 2s")
	if n := report.find(".import__issues a[href^='/acme/issue/ENG-']").Length(); n != 2 {
		t.Errorf("%d issues are named", n)
	}
	report.one(".import a[href='/acme/team/ENG']")
	h.ann.get("/acme/settings/import").ok().has("Done: 2 issues made").one(".settings__item a[href='" + run + "']")

	again := h.ann.runs(at)
	if again == run {
		t.Error("it is the same import")
	}
	h.ann.get(again).ok().has("Done: 0 issues made, 2 there already")
	if n := h.count("select count(*) from issue"); n != 2 {
		t.Errorf("there are %d issues", n)
	}
}

func TestImport_IsPreviewedAsItIsChosen(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.importsTables()
	at := h.ann.previews("odd.csv", "Name,State\nFix login,In dev\n")
	page := h.ann.get(at).ok().has("No column holds titles.")
	if page.find("[data-action=import]").Length() > 0 {
		t.Error("it can be imported")
	}
	path, _, _ := strings.Cut(at, "?")
	page = h.ann.get(path + "?c1=status&c0=title&_tx=1&team=eng&c7=title&what=ever").to(path + "?c0=title&c1=status&team=ENG")
	page = h.ann.get(page.header.Get("Location")).ok().has("The team has no status In dev.")
	page.one("select[name='s:In dev'] option[selected][value='']")
	action := path + "/run"
	h.ann.post(action, []string{"team", "ENG", "c0", "title", "c1", "status"}).is(http.StatusUnprocessableEntity).has("cannot be imported yet", "The team has no status In dev.")
	page = h.ann.get(path + "?c0=title&c1=status&s%3AIn+dev=Doing&team=ENG").ok()
	page.one("select[name='s:In dev'] option[selected][value=Doing]")
	page.one("[data-action=import]")
	h.ann.get(path + "?team=ENG&s:In+dev=Doing&c1=status&c0=title").ok() // as somebody else would write the same
	h.ann.get(path + "?c0=-&team=ENG").to(path + "?team=ENG")            // it is left out anyway
	h.ann.get(path).is(http.StatusUnprocessableEntity).has("add its key")
	h.ann.get(path + "?team=NOP").is(http.StatusNotFound)
}

// Each takes a core for as long as it is read.
func TestImport_TablesOfAWorkspaceAreReadOneAfterTheOther(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.importsTables()
	at := h.ann.previews("a.csv", "Title\nOne\n")
	done, err := h.previews.begin(t.Context(), h.ws)
	must(t, err)
	patience := h.previews.patience
	h.previews.patience = 10 * time.Millisecond
	path, _, _ := strings.Cut(at, "?")
	for _, busy := range []answer{h.ann.get(at), h.ann.post(path+"/run", []string{"team", "ENG"})} {
		if busy.is(http.StatusTooManyRequests).has("Another table of this workspace is being read", "try again"); busy.header.Get("Retry-After") != "10" {
			t.Errorf("Retry-After %q", busy.header.Get("Retry-After"))
		}
	}
	h.ben.get(at).is(http.StatusNotFound)
	_, err = h.previews.begin(t.Context(), newID())
	must(t, err)

	h.previews.patience = patience
	first := make(chan answer, 1)
	go func() { first <- h.ann.get(at) }()
	done()
	(<-first).ok().has("One")
}

// Choices that were changed after the preview are previewed first.
func TestImport_OfWhatWasNotShownIsShownFirst(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.importsTables()
	at := h.ann.previews("a.csv", "Title,State\nOne,Doing\n")
	path, _, _ := strings.Cut(at, "?")
	shown := h.ann.get(at).ok().one("form.import [name=shown]").AttrOr("value", "")
	changed := h.ann.post(path+"/run", []string{"team", "ENG", "shown", shown, "c1", "status"}).to(path + "?c1=status&team=ENG")
	if n := h.count("select count(*) from import_run"); n != 0 {
		t.Errorf("%d imports", n)
	}
	h.ann.get(h.ann.runs(changed.header.Get("Location"))).ok().has("Done: 1 issue made")
	h.ann.get(path + "?team=ENG&shown=" + shown).to(at) // the form of a preview says it again
}

func TestImport_EndsWithTheRightsOfWhoBeganIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	fake := h.importsTables()
	dora := h.join("dora", sync.Admin)
	fake.hold, fake.begun = make(chan struct{}), make(chan struct{})
	run := dora.begins(dora.previews("a.csv", "Title\nOne\nTwo\n"))
	<-fake.begun
	h.ann.apply(setField(sync.NewRef("member", dora.actor.Member), h.head(), "role", sync.Member))
	fake.hold <- struct{}{}
	h.Server.imports.running.Wait()
	h.ann.get(run).ok().has("Failed after 0 of 2 issues", "only admins may")
	if n := h.count("select count(*) from issue"); n != 1 {
		t.Errorf("%d issues", n)
	}
}

// A browser without script sends every choice; a server in front takes some 8 KiB of an address.
func TestImport_OfManyColumnsFitsIntoAnAddress(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.importsTables()
	var names, cells []string
	for i := range 150 {
		names, cells = append(names, fmt.Sprintf("Column %d", i)), append(cells, "x")
	}
	names[149] = "Title"
	at := h.ann.previews("wide.csv", strings.Join(names, ",")+"\n"+strings.Join(cells, ",")+"\n")
	page, whole := h.ann.get(at).ok(), 0
	for _, control := range page.one("form.import").Find("input, select").EachIter() {
		whole += len(control.AttrOr("name", "")) + len("assignee email") + len("=&++")
	}
	if whole > 4<<10 {
		t.Errorf("the form makes an address of %d bytes", whole)
	}
	if n := page.find("form.import select[name^=c]").Length(); n != 150 {
		t.Errorf("%d columns", n)
	}
	if run := h.ann.runs(at); !strings.Contains(h.ann.get(run).ok().body, "Done: 1 issue made") {
		t.Error("it was not imported")
	}
}

func TestImport_RefusesWhatIsNoTable(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.importsTables()
	for name, c := range map[string]struct {
		content []byte
		code    int
		text    string
	}{
		"shot.png":  {picture(t, 3, 2), http.StatusUnprocessableEntity, "This is no CSV file. Save the table as CSV"},
		"book.xlsx": {[]byte("PK\x03\x04\x14\x00\x06\x00"), http.StatusUnprocessableEntity, "This is no CSV file."},
		"page.csv":  {[]byte("<!doctype html><table>"), http.StatusUnprocessableEntity, "This is no CSV file."},
		"empty.csv": {nil, http.StatusUnprocessableEntity, "This file is empty."},
		"":          {nil, http.StatusUnprocessableEntity, "Choose a file first."},
		"large.csv": {[]byte(strings.Repeat("x", sync.MaxFile+1)), http.StatusRequestEntityTooLarge, "at most 10 MiB"},
	} {
		h.ann.upload("/acme/settings/import", name, c.content, []string{"team", "ENG"}).is(c.code).has(c.text).one("form[action$=import] [aria-invalid]")
	}
	h.ann.upload("/acme/settings/import", "a.csv", []byte("Title\nx\n"), []string{"team", "NOP"}).is(http.StatusNotFound)
	h.ann.upload("/acme/settings/import", "a.csv", []byte("Title\nx\n"), []string{"what", "x"}).is(http.StatusBadRequest)
	h.ann.get(h.ann.previews("blank.csv", "\n\n")).is(http.StatusUnprocessableEntity).has("No line names the columns.")
	h.ann.get(h.ann.previews("header.csv", "Title\n")).ok().has("There is no issue in this file.")
	if n := h.count("select count(*) from import_run"); n != 0 {
		t.Errorf("%d imports", n)
	}
}

func TestImport_IsForAdminsAndTheirFilesForThemAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.importsTables()
	dora := h.join("dora", sync.Admin)
	at := h.ann.previews("a.csv", "Title\nSesame\n")
	path, _, _ := strings.Cut(at, "?")
	for _, who := range []*browser{h.ben, h.cleo} {
		who.get("/acme/settings/import").ok().has("only admins may", "ann").lacks("multipart/form-data", "a.csv")
		who.upload("/acme/settings/import", "b.csv", []byte("Title\nx\n"), []string{"team", "ENG"}).is(http.StatusForbidden).has("Ask an admin")
		who.get(at).is(http.StatusNotFound)
		who.post(path+"/run", []string{"team", "ENG"}).is(http.StatusNotFound)
	}
	dora.get(at).is(http.StatusNotFound)
	dora.post(path+"/run", []string{"team", "ENG"}).is(http.StatusNotFound)
	h.program(h.ann, sync.ScopeRead).post(path+"/run", []string{"team", "ENG"}).is(http.StatusForbidden)
	h.program(h.ann, sync.ScopeRead).upload("/acme/settings/import", "b.csv", []byte("Title\nx\n"), []string{"team", "ENG"}).is(http.StatusForbidden)
	run := h.ann.runs(at)
	dora.get(run).ok().has("Done: 1 issue made").lacks("Look at its columns again")
	h.ann.get(run).ok().has("Look at its columns again")
	h.ben.get(run).is(http.StatusNotFound)
	h.ben.get("/acme/f" + strings.TrimPrefix(run, "/acme")).is(http.StatusNotFound)
	h.ben.post(run+"/trash", nil).is(http.StatusNotFound)

	hidden := h.ann.runs(strings.Replace(h.ann.previews("secret.csv", "Title\nx\n"), "ENG", "SEC", 1))
	h.ann.get(hidden).ok()
	dora.get(hidden).is(http.StatusNotFound)
	dora.get("/acme/settings/import").ok().has("a.csv").lacks("secret.csv")
	dora.get(strings.Replace(dora.previews("c.csv", "Title\nx\n"), "ENG", "SEC", 1)).is(http.StatusNotFound)
}

func TestImport_TellsHowFarItIsAndOneRunsAtATime(t *testing.T) {
	t.Parallel()
	h := setup(t)
	fake := h.importsTables()
	fake.hold, fake.begun = make(chan struct{}), make(chan struct{})
	at := h.ann.previews("a.csv", "Title\nOne\nTwo\nThree\n")
	run := h.ann.begins(at)
	fragment := "/acme/f" + strings.TrimPrefix(run, "/acme")
	<-fake.begun
	page := h.ann.get(run).ok().has("0 of 3 issues", "Importing.")
	page.one("[data-live='team:" + h.eng.String() + " vocabulary'] [hx-trigger='every 2s']")
	before := h.ann.get(fragment).ok().header.Get("ETag")
	h.ann.get(fragment, "If-None-Match", before).is(http.StatusNotModified)
	path, _, _ := strings.Cut(at, "?")
	h.ann.post(path+"/run", []string{"team", "ENG", "_tx", newID().String()}).is(http.StatusConflict).has("Another import of this workspace is under way")
	fake.hold <- struct{}{}
	<-fake.begun
	h.ann.get(fragment, "If-None-Match", before).ok().has("1 of 3 issues")
	h.ann.get("/acme/settings/import").ok().has("Importing: 1 of 3 issues")
	fake.hold <- struct{}{}
	<-fake.begun
	fake.hold <- struct{}{}
	h.Server.imports.running.Wait()
	h.ann.get(fragment, "If-None-Match", before).ok().has("Done: 3 issues made").lacks("every 2s")
}

func TestImport_IsBrokenOffWhenTheServerStopsAndGoesOnLater(t *testing.T) {
	t.Parallel()
	h := setup(t)
	fake := h.importsTables()
	fake.hold, fake.begun = make(chan struct{}), make(chan struct{})
	at := h.ann.previews("a.csv", "Title\nOne\nTwo\n")
	run := h.ann.begins(at)
	<-fake.begun
	fake.hold <- struct{}{}
	<-fake.begun
	h.Close()
	h.ann.get(run).ok().has("Broken off after 1 of 2 issues")
	fake.begun = nil
	late := h.ann.begins(at) // a request that was under way
	h.ann.get(late).ok().has("Broken off after 0 of 2 issues")

	other := h.node()
	other.importsTables()
	other.ann.get(other.ann.runs(at)).ok().has("Done: 1 issue made, 1 there already")
}

func TestImport_OfANodeThatDiedCountsAsBrokenOff(t *testing.T) {
	t.Parallel()
	h := setup(t)
	fake := h.importsTables()
	fake.hold, fake.begun = make(chan struct{}), make(chan struct{})
	at := h.ann.previews("a.csv", "Title\nOne\nTwo\n")
	run := h.ann.begins(at)
	<-fake.begun
	h.exec("update import_run set seen_at = now() - interval '3 minutes'")
	h.ann.get(run).ok().has("Broken off after 0 of 2 issues")
	path, _, _ := strings.Cut(at, "?")
	second := h.ann.post(path+"/run", []string{"team", "ENG", "_tx", newID().String()}).is(http.StatusSeeOther).header.Get("Location")
	<-fake.begun
	close(fake.hold) // both go on, but the first is told to stop
	<-fake.begun
	h.Server.imports.running.Wait()
	h.ann.get(run).ok().has("Broken off after 0 of 2 issues")
	h.ann.get(second).ok().has("Done: ")
	if n := h.count("select count(*) from issue"); n != 2 {
		t.Errorf("there are %d issues", n)
	}
}

func TestImport_SaysWhyItFailed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	fake := h.importsTables()
	at := h.ann.previews("a.csv", "Title\nOne\nTwo\n")
	fake.fails = &sync.Error{Kind: sync.Invalid, Text: "The team has no status Foo any more."}
	h.ann.get(h.ann.runs(at)).ok().has("Failed after 1 of 2 issues", "The team has no status Foo any more.", "ENG-1")
	fake.fails = errors.New("the disk is full of secrets")
	h.ann.get(h.ann.runs(at)).ok().has("Something went wrong on our side.").lacks("secrets")
	h.ann.get("/acme/settings/import").ok().has("Failed after 1 of 2 issues")
}

func TestImport_IsTakenBackWhole(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.importsTables()
	var table strings.Builder
	table.WriteString("Title\n")
	for i := range 120 {
		fmt.Fprintf(&table, "Issue %d\n", i)
	}
	run := h.ann.runs(h.ann.previews("a.csv", table.String()))
	h.issue("Not imported")
	page := h.ann.get(run).ok().has("The first 50 of 120 issues", "Move 120 issues to the trash")
	h.ann.submit(page, "form[action$='/trash']").to(run)
	h.Server.imports.running.Wait()
	h.ann.get(run).ok().has("Moved to the trash.", "120 issues made").lacks("/acme/issue/ENG-1", "Move 120")
	h.ann.get("/acme/team/ENG").ok().has("Not imported").lacks("Issue 7<")
	if n := h.count("select count(*) from issue where deleted_at is not null"); n != 120 {
		t.Errorf("%d are in the trash", n)
	}
	if n := h.count("select count(*) from change where op = 'delete' and member_id = '" + h.ann.actor.Member.String() + "'"); n != 120 {
		t.Errorf("%d were moved by ann", n)
	}
	if n := h.count("select count(*) from import_run where ended_at is null"); n != 0 {
		t.Error("it has not ended")
	}
}
