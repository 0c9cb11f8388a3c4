package main

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/handlers"
	"tandem/internal/demo"
	"tandem/queries/querytest"
	"tandem/sync"
)

func TestDemo_ServesTheSameAtEveryStart(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	var first []pulled
	for n := range 2 {
		// A server of one's own is ignored, even one that cannot be reached.
		p := start(t, []string{"DATABASE_URL=postgres://ann@127.0.0.1:1/tandem"}, "demo", "--data", folder)
		if len(p.stdout) != 1 {
			t.Fatalf("printed %q", p.stdout)
		}
		p.signInToDemo("ann", "/acme")
		all := p.pull()
		issues := 0
		for _, one := range all {
			if strings.HasPrefix(string(one.Record), "issue:") {
				issues++
			}
		}
		if issues < 300 {
			t.Errorf("%d issues", issues)
		}
		if n == 0 {
			first = all
		} else if diff := cmp.Diff(first, all); diff != "" {
			t.Errorf("the second start differs (-first +second):\n%s", diff)
		}
		if code := p.stop(syscall.SIGTERM); code != exitDone {
			t.Errorf("exit %d:\n%s", code, p.stderr)
		}
	}
}

func (p *process) signInToDemo(who, next string) {
	p.Helper()
	response, err := p.client.Get(p.address + "/demo/sign-in?as=" + who + "&next=" + next)
	if err != nil {
		p.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusSeeOther || response.Header.Get("Location") != next {
		p.Fatalf("sign in: %s to %q", response.Status, response.Header.Get("Location"))
	}
}

// demoIn loads the demo as a start with a new folder does.
func demoIn(t *testing.T, pool *pgxpool.Pool, files ...string) *site {
	t.Helper()
	db := &database{pool: pool, url: pool.Config().ConnString()}
	p := &program{stderr: t.Output(), stdout: t.Output(), logger: slog.New(slog.DiscardHandler)}
	s := &site{program: p, options: handlers.Options{URL: "http://tandem.example"}, database: db, engine: sync.New(sync.Options{Pool: pool})}
	t.Cleanup(s.engine.Stop)
	if _, err := pool.Exec(t.Context(), "insert into instance (system_identifier, timeline, setup_token_hash) values (1, 1, 'x')"); err != nil {
		t.Fatal(err)
	}
	if err := s.furnish(t.Context(), files); err != nil {
		t.Fatal(err)
	}
	return s
}

const demoAsText = `select t.key || '-' || i.number || '|' || i.id || '|' || i.title || '|' || md5(i.description) || '|' || s.name || '|' || i.priority || '|' ||
	coalesce(m.handle, '') || '|' || cardinality(i.labels) || '|' || (select count(*) from comment c where c.issue_id = i.id)
	from issue i join team t on t.id = i.team_id join status s on s.id = i.status_id left join member m on m.id = i.assignee_id order by t.key, i.number`

func TestDemo_IsWhatTheContentSays(t *testing.T) {
	t.Parallel()
	pool := querytest.DB(t)
	s := demoIn(t, pool)
	content := demo.Content(time.Now())
	got := texts(t, pool, "select t.key || '-' || i.number || '|' || title || '|' || s.name from issue i join team t on t.id = i.team_id join status s on s.id = i.status_id order by i.created_at, t.key")
	numbers := map[string]int{}
	var want []string
	for _, issue := range content.Issues {
		numbers[issue.Team]++
		want = append(want, issue.Team+"-"+strconv.Itoa(numbers[issue.Team])+"|"+issue.Title+"|"+issue.Status)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
	logIsWhole(t, pool)
	for _, who := range content.People {
		if _, err := s.engine.SignIn(t.Context(), who.Email, demoPassword, who.Handle, "test"); err != nil {
			t.Errorf("%s: %v", who.Email, err)
		}
	}

	t.Run("also in another database", func(t *testing.T) {
		t.Parallel()
		other := querytest.DB(t)
		demoIn(t, other)
		if diff := cmp.Diff(texts(t, pool, demoAsText), texts(t, other, demoAsText)); diff != "" {
			t.Errorf("another start differs:\n%s", diff)
		}
	})
}

func TestDemo_ImportsAFileIntoATeamOfItsOwn(t *testing.T) {
	t.Parallel()
	pool := querytest.DB(t)
	demoIn(t, pool, lines(t, strings.ReplaceAll(issueOne, "github.com/o/r", "github.com/o/rocket")+issueOneEnd))
	if n := number(t, pool, "select count(*) from issue i join team t on t.id = i.team_id where t.key = 'ROC' and t.name = 'rocket' and i.number = 7"); n != 1 {
		t.Errorf("%d issues in the team of the file", n)
	}
}

func TestDemoFolder_IsNotWhereRealDataLies(t *testing.T) {
	t.Parallel()
	getenv := func(string) string { return "/home/ann" }
	if demoFolder(getenv) == filepath.Join(usualFolder(getenv), "tandem") {
		t.Error("a demo would wipe the data")
	}
}
