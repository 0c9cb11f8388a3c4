//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// program is a server of one side, in a process of its own.
type program struct {
	command []string
	env     []string
	log     string // the file that it writes its log to

	cmd  *exec.Cmd
	addr string // host:port
}

const startPatience = 60 * time.Second

// start returns when the program says where it listens.
func (p *program) start() error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.cmd = exec.Command(p.command[0], p.command[1:]...)
	p.cmd.Env, p.cmd.Stderr = append(os.Environ(), p.env...), log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is ours to pass on
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	late := time.AfterFunc(startPatience, func() { p.cmd.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), "listening on http://"); found {
			p.addr = address
			return nil
		}
	}
	p.cmd.Wait()
	return fmt.Errorf("%s does not start, its log says why:\n%s", filepath.Base(p.command[0]), p.lastWords())
}

func (p *program) lastWords() string {
	text, _ := os.ReadFile(p.log) // no log, no words
	return string(text[max(0, len(text)-2000):])
}

// stop returns when the program is gone.
func (p *program) stop() {
	if p == nil || p.cmd == nil {
		return
	}
	p.cmd.Process.Signal(os.Interrupt)
	late := time.AfterFunc(15*time.Second, func() { p.cmd.Process.Kill() })
	defer late.Stop()
	p.cmd.Wait()
	p.cmd = nil
}

func (p *program) restart() error {
	p.stop()
	return p.start()
}

func (p *program) pid() int { return p.cmd.Process.Pid }

func (p *program) cpu() (time.Duration, error) {
	s, err := statusOf(p.pid())
	return s.own, err
}

// build makes both programs from the sources that this command was built from.
func build(ctx context.Context, folder string) error {
	for name, source := range map[string]string{"tandem": "tandem/cmd/tandem", "limit": "tandem/e2e/bench/limit"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(folder, name), source)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", name, err, out)
		}
	}
	return nil
}
