package postgres

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestMain lets the test binary stand in for another tandem: one with a server, to be killed.
func TestMain(m *testing.M) {
	if folder := os.Getenv("POSTGRES_TEST_SERVE"); folder != "" {
		os.Exit(serve(folder))
	}
	if folder := os.Getenv("POSTGRES_TEST_SURVIVE"); folder != "" {
		fmt.Println(survive(folder))
		return
	}
	os.Exit(m.Run())
}

// serve says its server's URL on stdout, or why there is none, and stops at the end of stdin.
func serve(folder string) int {
	s, err := Start(context.Background(), Options{Folder: folder})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(s.URL())
	io.Copy(io.Discard, os.Stdin)
	if err := s.Stop(context.Background()); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// other is another tandem.
type other struct {
	cmd   *exec.Cmd
	input io.Closer
	said  *bufio.Reader
}

func startOther(t *testing.T, folder string) *other {
	t.Helper()
	program, err := os.Executable()
	must(t, err)
	o := &other{cmd: exec.Command(program)}
	o.cmd.Env = append(os.Environ(), "POSTGRES_TEST_SERVE="+folder)
	o.cmd.Stderr = os.Stderr
	o.input, err = o.cmd.StdinPipe()
	must(t, err)
	output, err := o.cmd.StdoutPipe()
	must(t, err)
	o.said = bufio.NewReader(output)
	must(t, o.cmd.Start())
	t.Cleanup(func() { o.input.Close(); o.cmd.Wait() })
	return o
}

func (o *other) line(t *testing.T) string {
	t.Helper()
	line, err := o.said.ReadString('\n')
	if err != nil {
		t.Fatalf("the other tandem said %q: %v", line, err)
	}
	return strings.TrimSpace(line)
}

// kill returns when the other tandem is gone.
func (o *other) kill(t *testing.T) {
	t.Helper()
	must(t, o.cmd.Process.Kill())
	o.cmd.Wait()
}

// dataFolder is not t.TempDir(), which root's PostgreSQL user may not enter.
func dataFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "tandem-test-")
	must(t, err)
	must(t, os.Chmod(folder, 0o711))
	t.Cleanup(func() { must(t, os.RemoveAll(folder)) })
	return folder
}

// start starts a server that really writes to disk, and stops it with the test.
func start(t *testing.T, folder string) *Server {
	t.Helper()
	return startWith(t, Options{Folder: folder})
}

func startWith(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	must(t, err)
	t.Cleanup(func() { s.Stop(context.Background()) })
	return s
}

// refuse is a Start that should fail; it returns what the error says.
func refuse(t *testing.T, o Options) string {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err == nil {
		s.Stop(context.Background())
		t.Fatal("started, and should have refused")
	}
	return err.Error()
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func run(t *testing.T, c *pgx.Conn, sql string) {
	t.Helper()
	_, err := c.Exec(t.Context(), sql)
	must(t, err)
}

// ask returns the one value that a query yields, as text.
func ask(t *testing.T, c *pgx.Conn, sql string) string {
	t.Helper()
	var answer string
	must(t, c.QueryRow(t.Context(), "SELECT ("+sql+")::text").Scan(&answer))
	return answer
}

// serverPID is the process of the server that runs in folder.
func serverPID(t *testing.T, folder string) int {
	t.Helper()
	text, err := os.ReadFile(clusterFolder(folder) + "/postmaster.pid")
	must(t, err)
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	must(t, err)
	return pid
}

// eventually waits for what no channel tells.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	late := time.After(30 * time.Second)
	for !is() {
		select {
		case <-time.After(2 * time.Millisecond):
		case <-late:
			t.Fatalf("not after 30 s: %s", what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mention(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q does not mention %q", text, word)
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
