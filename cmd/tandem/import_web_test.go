package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/handlers"
	"tandem/internal/importer"
	"tandem/static"
	"tandem/sync"
)

// importSite is ann in front of a server that imports.
type importSite struct {
	t      *testing.T
	server *handlers.Server
	token  sync.Token
}

func newImportSite(t *testing.T, pool *pgxpool.Pool) importSite {
	t.Helper()
	assets, err := static.New("test")
	if err != nil {
		t.Fatal(err)
	}
	engine := sync.New(sync.Options{Pool: pool})
	engine.Start()
	t.Cleanup(engine.Stop)
	web := &webImport{&program{logger: slog.New(slog.DiscardHandler)}, &database{pool: pool}, engine}
	s := importSite{t: t, server: handlers.New(handlers.Options{Engine: engine, Static: assets, Importer: web})}
	t.Cleanup(s.server.Close)
	person, err := engine.PersonByEmail(t.Context(), "ann@example.com")
	if err == nil {
		s.token, err = engine.OpenSession(t.Context(), person.ID, "test")
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s importSite) do(r *http.Request, status int) *httptest.ResponseRecorder {
	s.t.Helper()
	w := httptest.NewRecorder()
	r.AddCookie(&http.Cookie{Name: "tandem", Value: string(s.token)})
	s.server.ServeHTTP(w, r)
	if w.Code != status {
		s.t.Fatalf("%s %s: %d %.2000s", r.Method, r.URL, w.Code, w.Body)
	}
	return w
}

func (s importSite) page(path string) string {
	s.t.Helper()
	return s.do(httptest.NewRequest(http.MethodGet, path, nil), http.StatusOK).Body.String()
}

// uploads sends a table for ENG and returns the path of its preview.
func (s importSite) uploads(content string) string {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("team", "ENG"); err != nil {
		s.t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", "issues.csv")
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err != nil || form.Close() != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/acme/settings/import", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	path, _, _ := strings.Cut(s.do(r, http.StatusSeeOther).Header().Get("Location"), "?")
	return path
}

// imports imports a table and returns the report.
func (s importSite) imports(path string, choice url.Values) string {
	s.t.Helper()
	return s.page(s.begins(path, choice))
}

// begins imports a table, and returns where its report is once it has ended.
func (s importSite) begins(path string, choice url.Values) string {
	s.t.Helper()
	choice.Set("team", "ENG")
	return s.posts(path+"/run", choice)
}

// posts sends a form, and waits for what it began.
func (s importSite) posts(path string, form url.Values) string {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	at := s.do(r, http.StatusSeeOther).Header().Get("Location")
	s.server.AwaitImports()
	return at
}

func (s importSite) has(page string, texts ...string) {
	s.t.Helper()
	document, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		s.t.Fatal(err)
	}
	words := strings.Join(strings.Fields(document.Find(".settings").Text()), " ")
	for _, text := range texts {
		if !strings.Contains(words, text) {
			s.t.Errorf("%q is not in %.3000s", text, words)
		}
	}
}

func TestImportWeb_OfLinear(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	s := newImportSite(t, pool)
	path := s.uploads(linear)
	s.has(s.page(path+"?team=ENG"), "The team has no status In dev.", "2 issues would be made", "1 member found", "1 placeholder would be made", "1 label would be made", "1 label found",
		"1 project would be made", "1 milestone would be made", "ENG-3 Child In dev · Urgent · Ann · Bug, ui · Rocket · due 2024-02-01 · by lee@example.com")
	if n := number(t, pool, "select count(*) from issue"); n != 0 {
		t.Errorf("a preview made %d issues", n)
	}
	mapped := url.Values{"s:In dev": {"In Progress"}}
	s.has(s.page(path+"?s%3AIn+dev=In+Progress&team=ENG"), "Import 2 issues", "ENG-3 Child In Progress")
	for _, told := range []string{"Done: 2 issues made", "Done: 0 issues made, 2 there already"} {
		s.has(s.imports(path, mapped), told)
		want := []string{
			"ENG-2|Parent|Done|0||||||||2024-01-04 13:21:20",
			"ENG-3|Child|In Progress|1|Ann|2024-02-01|5|Rocket|Lift-off|2|bug,ui|2024-01-05 13:21:20.123",
		}
		if diff := cmp.Diff(want, texts(t, pool, plannedAsText)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	s.has(s.page(path+"?s%3AIn+dev=In+Progress&team=ENG"), "0 issues would be made", "2 issues there already", "Child there already", "Parent there already")
	if taken := s.page(s.uploads("Key,Title\nNEW-3,Another\n") + "?team=ENG"); !strings.Contains(taken, "Another") || strings.Contains(taken, "ENG-3") {
		t.Error("the preview shows a number that is taken")
	}
	logIsWhole(t, pool)
	got := tandem(t, on(pool), "", "import", "csv", "--workspace", "acme", "--team", "ENG", table(t, linear), "--map-status", "In dev=In Progress")
	if got.code != exitDone || !strings.Contains(got.stderr, "there already: 2 issues") {
		t.Errorf("the command does not know them: %+v", got)
	}
}

func TestImportWeb_OfAnyTable(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	s := newImportSite(t, pool)
	path := s.uploads("Betreff;Wer;Wer;Punkte\r\nT\xFCr \xF6len;Mo;;1,5\r\n;nobody;;\r\nWash;;Ann;2\r\n")
	s.has(s.page(path+"?team=ENG"), "No column holds titles.", "Tür ölen · Wash", "Column")
	s.has(s.page(path+"?c0=title&c1=assignee&c2=assignee&c3=estimate&team=ENG"), "2 issues would be made", "3 problems", "it was read as Windows-1252", "issues.csv:3: there is no title",
		"no whole number", "Tür ölen Mo (placeholder)")
	choice := url.Values{"c0": {"title"}, "c1": {"assignee"}, "c2": {"assignee"}, "c3": {"estimate"}}
	s.has(s.imports(path, choice), "Done: 2 issues made", "3 problems", "1 placeholder made")
	if n := number(t, pool, `select count(*) from issue i join member m on m.id = i.assignee_id where title = 'Tür ölen' and m.name = 'Mo' and m.placeholder
		or title = 'Wash' and m.handle = 'ann' and estimate = 2`); n != 2 {
		t.Errorf("%d are as in the file", n)
	}
}

// What is beyond the first problems, rows and statuses is counted.
func TestImportWeb_OfManyLines(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	s := newImportSite(t, pool)
	var lines strings.Builder
	lines.WriteString("Key,Title,Status,Estimate,Place\n")
	for i := range 300 {
		fmt.Fprintf(&lines, "OLD-%d,Issue %d,Todo,x,%d\n", i+1, i+1, i)
	}
	path := s.uploads(lines.String())
	s.has(s.page(path+"?team=ENG"), "300 issues would be made", "300 problems", "and 250 more", "The first 20 issues", "Import 300 issues")
	s.has(s.page(path+"?c2=-&c4=status&team=ENG"), "The column of statuses has 300 different ones")
	essay := s.uploads("Title,Status,Labels\nx,\"" + strings.Repeat("word ", 3000) + "\",\"\"\"a\"\nKept,Todo,\n")
	if page := s.page(essay + "?team=ENG"); len(page) > 100<<10 {
		t.Errorf("a page of %d bytes", len(page))
	} else {
		s.has(page, "The column of statuses has 2 different ones")
	}
	s.has(s.imports(path, url.Values{"c3": {"-"}}), "Done: 300 issues made", "The first 50 of 300 issues")
	if n := number(t, pool, "select count(*) from import_run_issue r join issue i on i.id = r.issue_id"); n != 300 {
		t.Errorf("%d are noted", n)
	}
}

// What was planned while the tables were small is planned anew after a large import, and not after each small one.
func TestImportWeb_OfManyIssuesTellsThePlanner(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	s := newImportSite(t, pool)
	for at, issues := range []int{manyIssues - 1, manyIssues} {
		var lines strings.Builder
		lines.WriteString("Key,Title\n")
		for i := range issues {
			fmt.Fprintf(&lines, "OLD-%d,Issue\n", at*manyIssues+i+1)
		}
		before := number(t, pool, "select analyze_count from pg_stat_user_tables where relname = 'issue'")
		s.has(s.imports(s.uploads(lines.String()), url.Values{}), fmt.Sprintf("Done: %d issues made", issues))
		if times := number(t, pool, "select analyze_count from pg_stat_user_tables where relname = 'issue'") - before; times != at {
			t.Errorf("%d issues: the tables were analyzed %d times", issues, times)
		}
	}
}

func TestImportWeb_KeepsOutWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	s := newImportSite(t, furnished(t))
	for table, told := range map[string]string{
		strings.Repeat("x,", mostColumns) + "Title\n":          "at most 500 can be imported",
		"Title\n" + strings.Repeat("x\n", mostIssues+1):        "more than 50000 issues",
		"Title,Note\nx,\n" + strings.Repeat(",\n", 3000):       "",
		"\"Title\n" + strings.Repeat("\nTitle\nx,\"y\"\n", 10): "cannot be read as the names of columns",
	} {
		r, w := httptest.NewRequest(http.MethodGet, s.uploads(table)+"?team=ENG", nil), httptest.NewRecorder()
		r.AddCookie(&http.Cookie{Name: "tandem", Value: string(s.token)})
		s.server.ServeHTTP(w, r)
		if refused := w.Code == http.StatusUnprocessableEntity; refused != (told != "") || !strings.Contains(w.Body.String(), told) {
			t.Errorf("%.20q: %d, not %q", table, w.Code, told)
		}
		if told == "" && !strings.Contains(w.Body.String(), "3000 problems") {
			t.Error("not all problems are counted")
		}
	}
}

func TestImportWeb_ATableThatNobodyWaitsForIsReadNoFurther(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	table, read := webTable{text: []byte("Title\n" + strings.Repeat("x\n", 100)), fields: []string{"title"}, become: map[string]string{}}, 0
	takeSurvey([]string{"a.csv"}, false, table.reader(ctx, func(importer.Issue) {
		if read++; read == 3 {
			leave()
		}
	}))
	if read != 3 {
		t.Errorf("%d issues were read", read)
	}
}

// What was refused once, here since a parent was not there, is not answered so for good.
func TestImportWeb_WhatWasRefusedGoesInOnceItIsMended(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	s := newImportSite(t, pool)
	wrong := s.uploads("Key,Title,Parent\nOLD-1,Parent,\nOLD-2,Child,OLD-3\n")
	s.has(s.imports(wrong, url.Values{}), "Done: 2 issues made", "the parent of csv:ENG#OLD-2 was left out")
	mended := s.uploads("Key,Title,Parent\nOLD-1,Parent,\nOLD-2,Child,OLD-3\nOLD-3,New,\n")
	s.has(s.imports(mended, url.Values{}), "Done: 1 issue made, 2 there already")
	if n := number(t, pool, "select count(*) from issue i join issue p on p.id = i.parent_id where i.title = 'Child' and p.title = 'New'"); n != 1 {
		t.Error("the child is not below the parent that came later")
	}
}

func TestImportWeb_TakenBackMendedImportedAgain(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	s := newImportSite(t, pool)
	const header = "Key,Title,Status,Labels,Priority,Parent,Resolved,Description\n"
	first := s.uploads(header + "OLD-1,Eins,Todo,alt,Urgent,,,old text\nOLD-2,Two,Done,,,OLD-1,2024-01-05,\nOLD-3,Three,Todo,,,,,\n")
	at := s.begins(first, url.Values{})
	s.has(s.page(at), "Done: 3 issues made")
	s.posts(at+"/trash", url.Values{})
	s.has(s.page(at), "Moved to the trash.")

	mended := s.uploads(header + "OLD-1,One,Done,,,,2024-02-03,new text\nOLD-2,Two,Todo,neu,High,OLD-3,,\nOLD-3,Three,Todo,,,,,\nOLD-4,Four,Todo,,,,,\n")
	s.has(s.page(mended+"?team=ENG"), "1 issue would be made", "3 issues of an import that was taken back would be restored", "Import 4 issues")
	again := s.begins(mended, url.Values{})
	s.has(s.page(again), "Done: 1 issue made, 3 restored", "Move 4 issues to the trash")
	want := []string{"1|One|Done|0||new text|2024-02-03 00:00:00", "2|Two|Todo|2|Three||", "3|Three|Todo|0|||", "4|Four|Todo|0|||"}
	if diff := cmp.Diff(want, texts(t, pool, `select i.number || '|' || i.title || '|' || s.name || '|' || i.priority || '|' || coalesce(p.title, '') || '|' || i.description || '|' ||
		coalesce((i.completed_at at time zone 'UTC')::text, '') from issue i join status s on s.id = i.status_id left join issue p on p.id = i.parent_id
		where i.deleted_at is null order by i.number`)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	s.has(s.page(at), "Moved to the trash.")
	if strings.Contains(s.page(at), "Move 3 issues") {
		t.Error("what the second import restored is taken back with the first")
	}
	if _, err := pool.Exec(t.Context(), "update issue set deleted_at = now() where number = 3"); err != nil {
		t.Fatal(err)
	}
	s.has(s.imports(mended, url.Values{}), "Done: 0 issues made, 3 there already", "1 issue of an earlier import in the trash: they stay there")
	logIsWhole(t, pool)
}
