package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// process is a child that does not outlive this program: when the program dies, it gets SIGINT.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process is gone
	err    error         // of its end; read once exited is closed
}

// startProcess starts cmd as runAs, in a group of its own so that Ctrl-C at the terminal is for this program alone. The child and all of
// its children hold the lock.
func startProcess(cmd *exec.Cmd, runAs account, held *lock) (*process, error) {
	cmd.Dir, cmd.Env = "/", minimalEnvironment()
	cmd.SysProcAttr = attributes(runAs)
	cmd.ExtraFiles = []*os.File{held.file}
	cmd.WaitDelay = 5 * time.Second // a grandchild may keep stderr open
	p := &process{cmd: cmd, exited: make(chan struct{})}
	started := make(chan error, 1)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start postgresql: %w", err)
	}
	return p, nil
}

func minimalEnvironment() []string {
	return []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
}

// run keeps its thread until the child is gone: Linux tells the child of the death of the thread that started it, not of the program.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.exited)
	leash, err := tie(p.cmd)
	if err != nil {
		started <- err
		return
	}
	defer leash.untie()
	if err := startInterruptible(p.cmd); err != nil {
		started <- err
		return
	}
	leash.hold(p.pid())
	started <- nil
	p.err = p.cmd.Wait()
}

// startInterruptible starts a child that does not ignore SIGINT. A program started with & in a script ignores it and would hand that on,
// and until the child has set handlers of its own it could not be told to stop. What is caught here is not handed on.
func startInterruptible(cmd *exec.Cmd) error {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt)
	defer signal.Stop(caught)
	return cmd.Start()
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// state says how the process ended; read once exited is closed.
func (p *process) state() string { return p.cmd.ProcessState.String() }

// wait returns how the process ended. When ctx ends it stops the process first.
func (p *process) wait(ctx context.Context) error {
	select {
	case <-p.exited:
		return p.err
	case <-ctx.Done():
		p.stop(context.WithoutCancel(ctx), stopPatience)
		return context.Cause(ctx)
	}
}

// stop asks kindly, then firmly, then kills, and returns when the process is gone. An error means that it was not enough to ask.
func (p *process) stop(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p.signal(os.Interrupt) // fast shutdown: connections are broken off, the cluster is left clean
	select {
	case <-p.exited:
		return nil
	case <-ctx.Done():
	}
	p.signal(syscall.SIGQUIT) // immediate shutdown: the next start repairs
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
		p.signal(os.Kill)
		<-p.exited
	}
	return fmt.Errorf("postgresql did not stop in time and was broken off, the next start repairs: %w", context.Cause(ctx))
}

func (p *process) signal(s os.Signal) {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.cmd.Process.Kill()
	}
}
