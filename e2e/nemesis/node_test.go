package nemesis

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"time"
)

// node is a `tandem serve` that is stopped, killed and started again at the same address.
type node struct {
	name     string
	database string
	env      []string
	addr     string // host:port; port 0 until it has listened once

	mu      sync.Mutex
	process *exec.Cmd
	gone    chan struct{} // closed when the process is gone
	said    tail
}

var listening = regexp.MustCompile(`^tandem: listening on http://(\S+)`)

// startPatience is for a start beside everything else that the machine does.
const startPatience = 60 * time.Second

// start returns when the node listens. One that runs stays.
func (n *node) start(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running() {
		return nil
	}
	cmd := exec.Command(shared.binary, "serve", "--addr", n.addr, "--rate", "0", "--log-level", "warn")
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "DATABASE_URL=" + n.database}, n.env...)
	cmd.Stderr = &n.said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return err
	}
	ready, gone := make(chan string, 1), make(chan struct{})
	n.process, n.gone = cmd, gone
	go func() {
		readAddress(out, ready)
		_ = cmd.Wait() // ProcessState tells
		close(gone)
	}()
	return n.await(ctx, ready)
}

func readAddress(out io.Reader, ready chan<- string) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if match := listening.FindStringSubmatch(lines.Text()); match != nil {
			ready <- match[1]
		}
	}
}

func (n *node) await(ctx context.Context, ready <-chan string) error {
	select {
	case n.addr = <-ready:
		return nil
	case <-n.gone:
		return fmt.Errorf("%s ended at its start: %v", n.name, n.process.ProcessState)
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(startPatience):
		return fmt.Errorf("%s does not listen after %s", n.name, startPatience)
	}
}

func (n *node) running() bool {
	if n.process == nil {
		return false
	}
	select {
	case <-n.gone:
		return false
	default:
		return true
	}
}

// revive starts a node until it listens: while PostgreSQL is down it ends at once.
func (n *node) revive(ctx context.Context) error {
	var err error
	for ctx.Err() == nil {
		if err = n.start(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.Join(err, ctx.Err())
}

// signal sends one to the process. It is an error if the node has ended by itself.
func (n *node) signal(signal syscall.Signal) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.running() {
		return fmt.Errorf("%s is not running:\n%s", n.name, n.said.String())
	}
	return n.process.Process.Signal(signal)
}

// kill ends the node as a power cut would, and returns when it is gone.
func (n *node) kill() error {
	err := n.signal(syscall.SIGKILL)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process != nil {
		<-n.gone
	}
	return err
}

// tail keeps the end of what a process says.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

const tailMost = 32 << 10

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Write(p)
	if over := t.text.Len() - tailMost; over > 0 {
		t.text.Next(over)
	}
	return len(p), nil
}

// String is what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
