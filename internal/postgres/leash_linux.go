//go:build !watchdog

package postgres

import (
	"os/exec"
	"syscall"
)

// leash is the kernel's doing here: it sends the signal, even when this program is killed.
type leash struct{}

// tie must be called on the thread that will start cmd and then stay.
func tie(cmd *exec.Cmd) (leash, error) {
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	return leash{}, nil
}

func (leash) hold(int) {}
func (leash) untie()   {}
