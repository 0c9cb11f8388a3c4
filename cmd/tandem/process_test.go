package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	stdsync "sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
)

// process is the program as people start it.
type process struct {
	*testing.T
	cmd     *exec.Cmd
	stdout  []string // the lines until it was ready
	address string
	stderr  *lockedBuffer
	ended   chan struct{}
	client  *http.Client
}

// lockedBuffer may be read while it is written.
type lockedBuffer struct {
	mu     stdsync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

const patience = time.Minute

// start returns when the program says that it listens. It is stopped at the end of the test.
func start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{T: t, cmd: exec.Command(binary, append(args, "--addr", "127.0.0.1:0")...), stderr: &lockedBuffer{}, ended: make(chan struct{})}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, env...)
	p.cmd.Stderr = p.stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.stop(syscall.SIGTERM) })
	ready := make(chan bool, 1)
	go p.read(out, ready)
	select {
	case ok := <-ready:
		if !ok {
			t.Fatalf("the program ended before it was ready:\n%s", p.stderr)
		}
	case <-time.After(patience):
		t.Fatalf("the program was not ready in time:\n%s", p.stderr)
	}
	p.client = newClient()
	return p
}

func newClient() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

var listening = regexp.MustCompile(`^tandem: listening on (http://127\.0\.0\.1:[1-9]\d*)$`)

// read gathers what is printed until the program is ready, then waits for its end.
func (p *process) read(out io.Reader, ready chan<- bool) {
	told := false
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if told {
			p.Errorf("printed when all was said: %q", lines.Text())
			continue
		}
		p.stdout = append(p.stdout, lines.Text())
		if match := listening.FindStringSubmatch(lines.Text()); match != nil {
			p.address, told = match[1], true
			ready <- true
		}
	}
	if !told {
		ready <- false
	}
	_ = p.cmd.Wait() // ProcessState tells
	close(p.ended)
}

// stop sends a signal and returns the exit code, -1 when a signal ended the process.
func (p *process) stop(signal syscall.Signal) int {
	p.Helper()
	_ = p.cmd.Process.Signal(signal) // it may have ended
	return p.wait()
}

func (p *process) wait() int {
	p.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.Errorf("the program did not end:\n%s", p.stderr)
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) signIn() {
	p.Helper()
	form := url.Values{"email": {"ann@example.com"}, "password": {annsPassword}}
	response, err := p.client.PostForm(p.address+"/sign-in", form)
	if err != nil {
		p.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		p.Fatalf("sign in: %s", response.Status)
	}
}

// push sends transactions; an error is that of the connection.
func (p *process) push(client uuid.UUID, transactions []sync.Transaction) (sync.PushResult, error) {
	body, err := json.Marshal(sync.Push{Client: client, Transactions: transactions})
	if err != nil {
		return sync.PushResult{}, err
	}
	response, err := p.client.Post(p.address+"/acme/sync/push", "application/json", bytes.NewReader(body))
	if err != nil {
		return sync.PushResult{}, err
	}
	defer response.Body.Close()
	var result sync.PushResult
	return result, json.NewDecoder(response.Body).Decode(&result)
}

// pulled is a record as a client that pulls everything sees it.
type pulled struct {
	Record sync.Ref
	Fields struct{ Title, Key string }
}

func (p *process) pull() []pulled {
	p.Helper()
	response, err := p.client.Get(p.address + "/acme/sync/pull?since=0&limit=5000")
	if err != nil {
		p.Fatal(err)
	}
	defer response.Body.Close()
	var all struct{ Changes []pulled }
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil {
		p.Fatalf("pull: %s: %v", response.Status, err)
	}
	return all.Changes
}

// titles counts the issues of each title.
func (p *process) titles() map[string]int {
	p.Helper()
	counts := map[string]int{}
	for _, one := range p.pull() {
		if kind, _, _ := one.Record.Parse(); kind == "issue" {
			counts[one.Fields.Title]++
		}
	}
	return counts
}

// team is the team ENG.
func (p *process) team() sync.Ref {
	p.Helper()
	for _, one := range p.pull() {
		if kind, _, _ := one.Record.Parse(); kind == "team" && one.Fields.Key == "ENG" {
			return one.Record
		}
	}
	p.Fatal("there is no team ENG")
	return ""
}

// linesOf reads lines until the end.
func linesOf(r io.Reader) iter.Seq[string] {
	return func(yield func(string) bool) {
		lines := bufio.NewScanner(r)
		for lines.Scan() && yield(lines.Text()) {
			continue
		}
	}
}
