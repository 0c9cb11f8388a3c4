package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	issueOne = `{"type":"issue","issue":{"number":7,"html_url":"https://github.com/o/r/issues/7","title":"Crash on start","body":"It <b>crashes</b>.\r\nAlways.",` +
		`"state":"closed","state_reason":"completed","user":{"login":"Kim"},"labels":[{"name":"BUG","color":"ff0000"},{"name":"ui","color":"00ff00"}],` +
		`"assignees":[{"login":"lee"},{"login":"max"}],"created_at":"2024-05-01T10:00:00Z","updated_at":"2024-05-04T10:00:00Z","closed_at":"2024-05-03T10:00:00Z"},` +
		`"events":[{"event":"renamed","actor":{"login":"lee"},"created_at":"2024-05-01T11:00:00Z","rename":{"from":"Crash","to":"Crash on start"}},` +
		`{"event":"labeled","actor":{"login":"lee"},"created_at":"2024-05-01T12:00:00Z","label":{"name":"ui","color":"00ff00"}},` +
		`{"event":"assigned","actor":{"login":"lee"},"assignee":{"login":"lee"},"created_at":"2024-05-01T13:00:00Z"},` +
		`{"event":"commented","id":1,"actor":{"login":"ann"},"user":{"login":"ann"},"body":"Same here.","created_at":"2024-05-02T10:00:00Z"},` +
		`{"event":"closed","actor":null,"created_at":"2024-05-03T10:00:00Z"}`
	issueOneEnd     = `]}`
	issueOneComment = `,{"event":"commented","id":2,"user":null,"body":"Thanks!","created_at":"2024-05-05T10:00:00Z"}`
	issueTwo        = `{"number":3,"html_url":"https://github.com/o/r/issues/3","title":"Older","body":null,"state":"open","user":{"login":"kim"},"labels":[],"created_at":"2024-04-01T10:00:00Z"}`
	pullThree       = `{"number":8,"html_url":"https://github.com/o/r/pull/8","pull_request":{},"title":"Fix","body":"","state":"closed","user":{"login":"pia"},"labels":[],"created_at":"2024-05-06T10:00:00Z","closed_at":"2024-05-07T10:00:00Z"}`
)

// lines writes a file of one value a line.
func lines(t *testing.T, values ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "issues.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(values, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func importInto(t *testing.T, pool *pgxpool.Pool, team string, args ...string) answer {
	t.Helper()
	return tandem(t, on(pool), "", append([]string{"import", "github", "--workspace", "acme", "--team", team}, args...)...)
}

func TestImport_KeepsWhatTheSourceHas(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	got := importInto(t, pool, "rep", lines(t, issueOne+issueOneEnd, issueTwo, pullThree))
	if got.code != exitDone || got.stdout != "" {
		t.Fatalf("%+v", got)
	}
	for _, part := range []string{"found 2 issues, 1 comment, 4 steps of history, 0 problems", "left out 1 pull request",
		"imported 2 issues and 1 comment\n", "people: 1 matched, 3 made as placeholders; labels: 1 matched, 1 made"} {
		if !strings.Contains(got.stderr, part) {
			t.Errorf("%q is not in the report:\n%s", part, got.stderr)
		}
	}
	want := []string{
		"REP-3|Older||Todo|kim|||kim|2024-04-01 10:00:00",
		"REP-7|Crash on start|It <b>crashes</b>.\nAlways.|Done|kim|lee|bug,ui|kim,lee,max|2024-05-01 10:00:00",
	}
	if diff := cmp.Diff(want, texts(t, pool, issuesAsText)); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Same here.|ann|2024-05-02 10:00:00"}, texts(t, pool, commentsAsText)); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"create|title: Crash|kim|2024-05-01 10:00:00", "set|title: Crash on start|lee|2024-05-01 11:00:00", "set|title: |lee|2024-05-01 12:00:00",
		"set|title: |lee|2024-05-01 13:00:00", "set|title: |nobody|2024-05-03 10:00:00",
	}, texts(t, pool, historyAsText)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	logIsWhole(t, pool)
}

const (
	issuesAsText = `select t.key || '-' || i.number || '|' || title || '|' || description || '|' || s.name || '|' || coalesce(a.handle, '') || '|' || coalesce(w.handle, '') || '|' ||
		coalesce((select string_agg(l.name, ',' order by l.name) from label l where l.id = any(i.labels)), '') || '|' ||
		coalesce((select string_agg(m.handle, ',' order by m.handle) from member m where m.id = any(i.subscribers)), '') || '|' || (i.created_at at time zone 'UTC')
		from issue i join team t on t.id = i.team_id join status s on s.id = i.status_id
		left join member a on a.id = i.author_id left join member w on w.id = i.assignee_id order by i.number`
	commentsAsText = `select body || '|' || coalesce(m.handle, 'nobody') || '|' || (c.created_at at time zone 'UTC')
		from comment c left join member m on m.id = c.author_id order by c.created_at`
	historyAsText = `select c.op || '|title: ' || coalesce(c.after->>'title', '') || '|' || coalesce(m.handle, 'nobody') || '|' || (c.at at time zone 'UTC')
		from change c join issue i on i.id = c.record_id left join member m on m.id = c.member_id
		where i.number = 7 and imported order by c.version, c.ordinal`
)

func texts(t *testing.T, pool *pgxpool.Pool, sql string) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// logIsWhole checks that in the log each entry's before is the previous after, and the last after the live value.
func logIsWhole(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	const torn = `select count(*) from (
		select e.before, lag(e.after) over (partition by e.record_id, e.field order by e.version, e.ordinal) as previous, e.op
		from (select c.record_id, c.version, c.ordinal, c.op, f.key as field, c.before->f.key as before, f.value as after
			from change c, jsonb_each(c.after) f where c.kind in ('issue', 'comment')) e) e
		where op <> 'create' and before is distinct from previous`
	if n := number(t, pool, torn); n != 0 {
		t.Errorf("%d entries of the log do not begin where the ones before ended", n)
	}
	const astray = `select count(*) from issue i join lateral (
		select (select c.after->>'title' from change c where c.record_id = i.id and c.after ? 'title' order by version desc, ordinal desc limit 1) as title,
			(select c.after->>'status' from change c where c.record_id = i.id and c.after ? 'status' order by version desc, ordinal desc limit 1) as status,
			(select max(version) from change c where c.record_id = i.id) as version) l on true
		where l.title <> i.title or l.status <> 'status:' || i.status_id or l.version <> i.version`
	if n := number(t, pool, astray); n != 0 {
		t.Errorf("%d issues are not what the log ends with", n)
	}
}

func TestImport_TwiceIsOnce(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	first := lines(t, issueOne+issueOneEnd, issueTwo)
	for range 2 {
		if got := importInto(t, pool, "REP", first); got.code != exitDone {
			t.Fatalf("%+v", got)
		}
	}
	before := texts(t, pool, issuesAsText)
	// A newer file: a comment is new, a pull request is asked for, the title has been changed at the source.
	newer := lines(t, strings.Replace(issueOne, `"title":"Crash on start"`, `"title":"Crash"`, 1)+issueOneComment+issueOneEnd, issueTwo, pullThree)
	got := importInto(t, pool, "REP", newer, "--pulls")
	if got.code != exitDone || !strings.Contains(got.stderr, "imported 1 issue and 1 comment\n") || !strings.Contains(got.stderr, "there already: 2 issues and 1 comment\n") {
		t.Errorf("%+v", got)
	}
	want := append(before, "REP-8|Fix||Canceled|pia||pull request|pia|2024-05-06 10:00:00")
	if diff := cmp.Diff(want, texts(t, pool, issuesAsText)); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Same here.|ann|2024-05-02 10:00:00", "Thanks!|nobody|2024-05-05 10:00:00"}, texts(t, pool, commentsAsText)); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
	if n := number(t, pool, "select count(*) from result where status <> 'applied'"); n != 0 {
		t.Errorf("%d refusals are stored", n)
	}
	logIsWhole(t, pool)
}

func TestImport_TakenNumbersAreReplaced(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	other := strings.ReplaceAll(issueTwo, "github.com/o/r", "github.com/o/other")
	for _, file := range []string{lines(t, issueTwo), lines(t, other)} {
		if got := importInto(t, pool, "ENG", file); got.code != exitDone {
			t.Fatalf("%+v", got)
		}
	}
	if got := number(t, pool, "select max(number) from issue"); got != 4 {
		t.Errorf("the second got number %d", got)
	}
}

func TestImport_BrokenLinesDoNotStopTheRest(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	file := lines(t, issueTwo, `{"number": 4, "title":`, `[1, 2`, `{"title": "no number"}`, issueOne+issueOneEnd)
	got := importInto(t, pool, "REP", file)
	if got.code != exitDone || !strings.Contains(got.stderr, "imported 2 issues") {
		t.Errorf("%+v", got)
	}
	for _, place := range []string{":2", ":3", ":4"} {
		if !strings.Contains(got.stderr, file+place) {
			t.Errorf("%s is not in the report:\n%s", place, got.stderr)
		}
	}
	none := importInto(t, pool, "REP", lines(t, `{"number": 4, "title":`, "{}"), "/no/such/file")
	if none.code != exitFailed || lastLine(none.stderr) != "tandem: nothing could be imported" {
		t.Errorf("%+v", none)
	}
}

func TestImport_DryRunChangesNothing(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	got := importInto(t, pool, "REP", lines(t, issueOne+issueOneEnd, issueTwo), "--dry-run")
	if got.code != exitDone || !strings.Contains(got.stderr, "people: 1 matched, 3 would be made") || !strings.Contains(got.stderr, "the team REP would be made") {
		t.Errorf("%+v", got)
	}
	if n := number(t, pool, "select (select count(*) from issue) + (select count(*) from member) + (select count(*) from team)"); n != 2 {
		t.Errorf("there are %d records", n)
	}
}

func TestImport_OfAnUnknownWorkspace(t *testing.T) {
	t.Parallel()
	got := tandem(t, on(furnished(t)), "", "import", "github", lines(t, issueTwo), "--workspace", "other", "--team", "REP")
	if got.code != exitFailed || !strings.Contains(got.stderr, "no workspace other") {
		t.Errorf("%+v", got)
	}
}

func TestImport_APrivateTeamTakesPlaceholdersButNotPeople(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	got := tandem(t, on(pool), annsPassword, "user", "add", "lee@example.com", "--name", "Lee", "--workspace", "acme", "--role", "member", "--password-stdin")
	if got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	if _, err := pool.Exec(t.Context(), "update team set private = true"); err != nil {
		t.Fatal(err)
	}
	if got := importInto(t, pool, "ENG", lines(t, issueOne+issueOneEnd)); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	if assigned := number(t, pool, "select count(*) from issue i join member m on m.id = i.assignee_id where m.handle = 'max'"); assigned != 1 {
		t.Error("the issue is not with the first assignee who may see it")
	}
	if inside := number(t, pool, "select count(*) from team t join member m on m.id = any(t.members) where m.handle = 'lee'"); inside != 0 {
		t.Error("an import let somebody into a private team")
	}
}
