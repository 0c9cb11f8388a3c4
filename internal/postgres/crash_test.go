package postgres

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestServer_ends_with_a_killed_program(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	o := startOther(t, folder)
	run(t, connect(t, o.line(t)), "CREATE TABLE note AS SELECT 'kept' AS text")
	pid := serverPID(t, folder)
	o.kill(t)

	eventually(t, "the server's process is gone", func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH })
	if exists(filepath.Join(clusterFolder(folder), "postmaster.pid")) {
		t.Error("the server was not shut down cleanly")
	}
	if got := ask(t, connect(t, start(t, folder).URL()), "SELECT text FROM note"); got != "kept" {
		t.Errorf("the note says %q", got)
	}
}

func TestStart_waits_for_the_server_of_a_killed_program(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	var left []string
	for range 3 {
		o := startOther(t, folder)
		connect(t, o.line(t))
		left = append(left, rememberedSockets(folder))
		o.kill(t) // the server is still there when the next one starts
	}
	connect(t, start(t, folder).URL())
	for _, sockets := range left {
		if sockets == "" || exists(sockets) {
			t.Errorf("the killed server's folder %q is still there", sockets)
		}
	}
}

func TestServer_tells_that_it_was_killed(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	s := start(t, folder)
	c := connect(t, s.URL())
	run(t, c, "CREATE TABLE note AS SELECT 'kept' AS text")
	must(t, syscall.Kill(serverPID(t, folder), syscall.SIGKILL))
	<-s.Done()
	must(t, s.Stop(t.Context()))

	next := start(t, folder) // at once: the connection's process may still be there
	if got := ask(t, connect(t, next.URL()), "SELECT text FROM note"); got != "kept" {
		t.Errorf("the note says %q", got)
	}
}

func TestStart_after_an_interrupted_first_one(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	o := startOther(t, folder)
	eventually(t, "initdb is at work", func() bool {
		begun, err := filepath.Glob(filepath.Join(folder, "postgres-unfinished-*", "*"))
		return err != nil || len(begun) > 0
	})
	o.kill(t)
	if exists(clusterFolder(folder)) {
		t.Error("an unfinished cluster is in the place of a whole one")
	}
	connect(t, start(t, folder).URL())
}

// A program started with & in a script ignores SIGINT. What it starts must not, or it could not be told to stop.
func TestProcess_is_interruptible_from_a_program_that_is_not(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	program, err := os.Executable()
	must(t, err)
	cmd := exec.Command("/bin/sh", "-c", `trap "" INT; exec "$0"`, program)
	cmd.Env = append(os.Environ(), "POSTGRES_TEST_SURVIVE="+folder)
	said, err := cmd.CombinedOutput()
	must(t, err)
	if got := string(bytes.TrimSpace(said)); got != "interrupted" {
		t.Errorf("the child of a program that ignores SIGINT: %s", got)
	}
}

// survive runs in the program of the test above.
func survive(folder string) string {
	l, err := tryLock(filepath.Join(folder, "lock"), true)
	if err != nil {
		return err.Error()
	}
	p, err := startProcess(exec.Command("/bin/sh", "-c", "kill -INT $$; exit 0"), serverAccount(folder), l)
	if err != nil {
		return err.Error()
	}
	if err := p.wait(context.Background()); err != nil && strings.Contains(err.Error(), "interrupt") {
		return "interrupted"
	}
	return "survived"
}
