//go:build engines

package engines

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// program is a demo of the built binary on a folder and port of its own; the port stays the same over restarts.
type program struct {
	t            *testing.T
	folder, addr string
	process      *exec.Cmd
}

func newProgram(t *testing.T) *program {
	t.Helper()
	folder, err := os.MkdirTemp(bench.folder, "demo-")
	if err == nil {
		err = os.Chmod(folder, 0o711)
	}
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, folder: folder, addr: "127.0.0.1:0"}
	t.Cleanup(func() { p.end(os.Interrupt) })
	p.start()
	return p
}

func (p *program) url(path string) string { return "http://" + p.addr + path }

// start returns when the program says that it listens.
func (p *program) start() {
	p.t.Helper()
	p.process = exec.Command(bench.program, "demo", "--addr", p.addr, "--data", p.folder)
	out, err := p.process.StdoutPipe()
	if err == nil {
		err = p.process.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	giveUp := time.AfterFunc(time.Minute, func() { p.process.Process.Kill() })
	defer giveUp.Stop()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at, listens := strings.CutPrefix(lines.Text(), "tandem: listening on http://"); listens {
			p.addr = at
			return
		}
	}
	p.t.Fatalf("the demo does not listen: %v", p.process.Wait())
}

// kill ends the program as a power cut would.
func (p *program) kill() { p.end(os.Kill) }

func (p *program) end(signal os.Signal) {
	if p.process == nil {
		return
	}
	_ = p.process.Process.Signal(signal)
	if err := p.process.Wait(); err != nil && signal != os.Kill {
		fmt.Fprintln(os.Stderr, err)
	}
	p.process = nil
}
