package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is the built binary on a data folder and port of its own; the port stays the same over restarts.
type program struct {
	folder, command string
	addr            string // host:port
	setup           string // the URL of the first run, if it said one
	file            string // of the program

	mu      sync.Mutex
	said    bytes.Buffer
	process *exec.Cmd
	gone    chan struct{}
}

func newProgram(folder, command string) *program {
	return &program{folder: folder, command: command, addr: "127.0.0.1:0", file: bench.program}
}

func (p *program) url(path string) string { return "http://" + p.addr + path }

var (
	listening = regexp.MustCompile(`^tandem: listening on http://(\S+)`)
	setUp     = regexp.MustCompile(`^tandem: set up at (\S+)`)
)

// start returns when the program says that it listens.
func (p *program) start() error {
	cmd := exec.Command(p.file, p.command, "--addr", p.addr, "--data", p.folder)
	cmd.Stderr = writer(p.note)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ready, gone := make(chan struct{}), make(chan struct{})
	p.mu.Lock()
	p.process, p.gone = cmd, gone
	p.mu.Unlock()
	go func() {
		p.read(out, ready)
		cmd.Wait()
		close(gone)
	}()
	select {
	case <-ready:
		return nil
	case <-gone:
		return fmt.Errorf("tandem %s ended: %v", p.command, cmd.ProcessState)
	case <-time.After(60 * time.Second):
		return fmt.Errorf("tandem %s does not listen after 60 s", p.command)
	}
}

func (p *program) read(out io.Reader, ready chan struct{}) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		p.note(append(lines.Bytes(), '\n'))
		if m := setUp.FindStringSubmatch(lines.Text()); m != nil {
			p.setup = m[1]
		}
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			p.addr = m[1]
			close(ready)
		}
	}
}

// becomesNewer stops the program and starts another build of it: a build is named by the program's file.
func (p *program) becomesNewer(t *testing.T) {
	t.Helper()
	file, err := os.ReadFile(p.file)
	if err != nil {
		t.Fatal(err)
	}
	p.stop()
	p.file = filepath.Join(p.folder, "newer")
	if err := os.WriteFile(p.file, append(file, 0), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := p.start(); err != nil {
		t.Fatalf("start the newer build: %v\n%s", err, p.log())
	}
}

// kill ends the program as a power cut would; it returns when the process is gone.
func (p *program) kill() { p.end(syscall.SIGKILL) }

// stop ends the program as Ctrl-C does.
func (p *program) stop() { p.end(syscall.SIGINT) }

func (p *program) end(signal syscall.Signal) {
	p.mu.Lock()
	process, gone := p.process, p.gone
	p.mu.Unlock()
	if process == nil {
		return
	}
	process.Process.Signal(signal)
	select {
	case <-gone:
	case <-time.After(20 * time.Second):
		process.Process.Kill()
		<-gone
	}
}

func (p *program) note(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said.Write(b)
}

// log is what the program said so far.
func (p *program) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// writer makes a function an io.Writer.
type writer func([]byte)

func (w writer) Write(b []byte) (int, error) {
	w(b)
	return len(b), nil
}
