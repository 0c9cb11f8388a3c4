package main

import (
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/handlers"
	"tandem/static"
	"tandem/sync"
)

// table writes a file of commas.
func table(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "issues.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func importTable(t *testing.T, pool *pgxpool.Pool, args ...string) answer {
	t.Helper()
	return tandem(t, on(pool), "", append([]string{"import", "csv", "--workspace", "acme", "--team", "REP"}, args...)...)
}

const plannedAsText = `select t.key || '-' || i.number || '|' || i.title || '|' || s.name || '|' || i.priority || '|' || coalesce(w.name, '') || '|' || coalesce(i.due::text, '') || '|' ||
	coalesce(i.estimate::text, '') || '|' || coalesce(p.name, '') || '|' || coalesce(m.name, '') || '|' || coalesce(a.number::text, '') || '|' ||
	coalesce((select string_agg(l.name, ',' order by l.name) from label l where l.id = any(i.labels)), '') || '|' || (i.created_at at time zone 'UTC')
	from issue i join team t on t.id = i.team_id join status s on s.id = i.status_id left join member w on w.id = i.assignee_id left join issue a on a.id = i.parent_id
	left join project p on p.id = i.project_id left join milestone m on m.id = i.milestone_id order by i.number`

const linear = "\"ID\",\"Team\",\"Title\",\"Description\",\"Status\",\"Estimate\",\"Priority\",\"Project\",\"Creator\",\"Assignee\",\"Labels\",\"Created\",\"Updated\",\"Completed\",\"Canceled\",\"Due Date\",\"Parent issue\",\"Project Milestone\"\n" +
	`"OLD-3","Old","Child","two` + "\n" + `lines","In dev","5","Urgent","Rocket","lee@example.com","Ann@example.com","Bug, ui","2024-01-05T13:21:20.123Z","2024-01-06T13:21:20Z","","","2024-02-01","OLD-2","Lift-off"` + "\n" +
	`"OLD-2","Old","Parent","","Done","","No priority","","","","","Thu Jan 04 2024 13:21:20 GMT+0000 (GMT)","","2024-01-07T00:00:00Z","","","",""` + "\n"

func TestImportCSV_OfLinear(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	file := table(t, linear)
	for _, dry := range []string{"--dry-run", ""} {
		args := []string{file}
		if dry != "" {
			args = append(args, dry)
		}
		got := importTable(t, pool, args...)
		if got.code != exitFailed || !strings.Contains(got.stderr, "the team REP has no status In dev; it has ") || !strings.Contains(got.stderr, "In Progress") {
			t.Fatalf("%+v", got)
		}
	}
	if n := number(t, pool, "select count(*) from team where key = 'REP'"); n != 0 {
		t.Error("what is refused made a team")
	}
	args := []string{file, "--map-status", "in DEV=In Progress"}
	got := importTable(t, pool, append(args, "--dry-run")...)
	if got.code != exitDone || !strings.Contains(got.stderr, "found 2 issues") || !strings.Contains(got.stderr, "these columns are not taken: Team") {
		t.Fatalf("%+v", got)
	}
	if n := number(t, pool, "select count(*) from issue"); n != 0 {
		t.Errorf("a dry run made %d issues", n)
	}
	want := []string{
		"REP-2|Parent|Done|0||||||||2024-01-04 13:21:20",
		"REP-3|Child|In Progress|1|Ann|2024-02-01|5|Rocket|Lift-off|2|bug,ui|2024-01-05 13:21:20.123",
	}
	for _, told := range []string{"imported 2 issues", "there already: 2 issues"} {
		if got := importTable(t, pool, args...); got.code != exitDone || !strings.Contains(got.stderr, told) {
			t.Fatalf("%+v", got)
		}
		if diff := cmp.Diff(want, texts(t, pool, plannedAsText)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	if n := number(t, pool, "select count(*) from issue where completed_at = '2024-01-07T00:00:00Z' and number = 2"); n != 1 {
		t.Error("it was not completed when Linear says")
	}
	logIsWhole(t, pool)
}

func TestImportCSV_OfAnyTable(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	file := table(t, "\xEF\xBB\xBFSubject;Who;Points;Noise\r\nPaint;Mo;1,5;x\r\n;nobody;;\r\nWash;Ann;2;y\r\n")
	got := importTable(t, pool, file)
	if got.code != exitFailed || !strings.Contains(got.stderr, "no column holds titles") {
		t.Fatalf("%+v", got)
	}
	for _, wrong := range [][]string{{"--map", "Subject"}, {"--map", "Subject=headline"}} {
		if got := importTable(t, pool, append(wrong, file)...); got.code != exitMisuse {
			t.Errorf("%+v", got)
		}
	}
	if got := importTable(t, pool, file, "--map", "Subject=title", "--map", "Whom=assignee"); got.code != exitFailed || !strings.Contains(got.stderr, `the column "whom", which is not there`) {
		t.Errorf("%+v", got)
	}
	got = importTable(t, pool, file, "--map", "Subject=title", "--map", "Who=assignee", "--map", "Points=estimate", "--map", "Noise=-")
	if got.code != exitDone || !strings.Contains(got.stderr, file+":3: there is no title") || !strings.Contains(got.stderr, file+":2: no whole number") || strings.Contains(got.stderr, "not taken") {
		t.Fatalf("%+v", got)
	}
	if n := number(t, pool, `select count(*) from issue i join member m on m.id = i.assignee_id where title = 'Paint' and m.name = 'Mo' and m.placeholder
		or title = 'Wash' and m.handle = 'ann' and estimate = 2`); n != 2 {
		t.Errorf("%d are as in the file", n)
	}
}

// exportOf is a team's file as ann gets it.
func exportOf(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	assets, err := static.New("test")
	if err != nil {
		t.Fatal(err)
	}
	engine := sync.New(sync.Options{Pool: pool})
	engine.Start()
	t.Cleanup(engine.Stop)
	server := handlers.New(handlers.Options{Engine: engine, Static: assets})
	t.Cleanup(server.Close)
	person, err := engine.PersonByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	token, err := engine.OpenSession(t.Context(), person.ID, "test")
	if err != nil {
		t.Fatal(err)
	}
	r, w := httptest.NewRequest(http.MethodGet, "/acme/team/REP/issues.csv", nil), httptest.NewRecorder()
	r.AddCookie(&http.Cookie{Name: "tandem", Value: string(token)})
	server.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestImportCSV_OfOurOwnExportIsExportedTheSame(t *testing.T) {
	t.Parallel()
	first, second := furnished(t), furnished(t)
	strange := "Key,Title,Description,Status,Priority,Assignee,Assignee email,Labels,Project,Milestone,Parent,Due,Estimate,Created,Updated,Completed\n" +
		"OLD-1,'=1+1,\"Grüße 🚀\n\n'@home, \"\"quoted\"\"\",Todo,Urgent,Ann,ann@example.com,\"\"\"a, b\"\", bug\",'-x,''+y,,2024-05-01,3,2024-01-01T10:00:00.123456Z,,\n" +
		"OLD-7,''=apostrophes,'@home,Done,Low,Lee,lee@example.com,,'-x,,OLD-9,,,2024-01-02T10:00:00Z,2024-01-05T10:00:00Z,2024-01-04T10:00:00Z\n" +
		"OLD-8,Same time,,Canceled,No priority,Mo,,,,,,,,2024-01-02T10:00:00Z,,\n" +
		"OLD-9,Above,\"" + strings.Repeat("long ", 14000) + "end\",In Progress,Medium,,,,,,,,,2024-01-03T10:00:00Z,,\n"
	if got := importTable(t, first, table(t, strange)); got.code != exitDone || strings.Contains(got.stderr, "left out") {
		t.Fatalf("%+v", got)
	}
	exported := exportOf(t, first)
	for _, part := range []string{"REP-1,'=1+1,", "REP-7,''=apostrophes,'@home,", `"""a, b"", bug",'-x,''+y`, "REP-9,,,2024-01-02T10:00:00Z", "2024-01-04T10:00:00Z\r\n"} {
		if !strings.Contains(exported, part) {
			t.Errorf("%q is not in %.3000s", part, exported)
		}
	}
	if got := importTable(t, second, table(t, exported)); got.code != exitDone || strings.Contains(got.stderr, "left out") {
		t.Fatalf("%+v", got)
	}
	if diff := cmp.Diff(withoutUpdated(t, exported), withoutUpdated(t, exportOf(t, second))); diff != "" {
		t.Errorf("(-first +second)\n%.3000s", diff)
	}
}

// withoutUpdated is a file without the column that an import cannot keep.
func withoutUpdated(t *testing.T, file string) string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var kept strings.Builder
	w := csv.NewWriter(&kept)
	for _, line := range lines {
		line[15] = ""
		if err := w.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return kept.String()
}
