//go:build unix && (!linux || watchdog)

package postgres

import (
	"fmt"
	"io"
	"os/exec"
)

// leash is a shell that reads from a pipe, for systems whose kernel does not tell a child that its parent died. The pipe closes with this
// program; if the program has not said before that all is over, the shell interrupts the child. The tag watchdog brings it to Linux, to
// be tested there.
type leash struct {
	watchdog *exec.Cmd
	pipe     io.WriteCloser
}

// tie starts the watchdog of cmd, as the same user, before cmd: later, the program could die between the two.
func tie(cmd *exec.Cmd) (leash, error) {
	watchdog := exec.Command("/bin/sh", "-c", `read -r pid && { read -r over || kill -INT "$pid"; }`)
	watchdog.Dir, watchdog.Env = cmd.Dir, cmd.Env
	attributes := *cmd.SysProcAttr
	watchdog.SysProcAttr = &attributes
	pipe, err := watchdog.StdinPipe()
	if err != nil {
		return leash{}, err
	}
	if err := watchdog.Start(); err != nil {
		return leash{}, fmt.Errorf("start the watchdog: %w", err)
	}
	return leash{watchdog, pipe}, nil
}

func (l leash) hold(pid int) { fmt.Fprintln(l.pipe, pid) }

// untie is called when the child is gone, or never came. Its number may soon be another's.
func (l leash) untie() {
	fmt.Fprint(l.pipe, "over\nover\n")
	l.pipe.Close()
	l.watchdog.Wait()
}
