//go:build !unix

package postgres

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

var errUnsupported = errors.New("running postgresql needs Linux, macOS or another Unix: set DATABASE_URL to a server of your own")

// flock is what Start does first, so no other of these is reached.
func flock(*os.File, bool) error { return errUnsupported }

func funlock(*os.File) {}

func attributes(account) *syscall.SysProcAttr { return nil }

func ownerOf(string) (uid, gid uint32, ok bool) { return 0, 0, false }

type leash struct{}

func tie(*exec.Cmd) (leash, error) { return leash{}, errUnsupported }

func (leash) hold(int) {}
func (leash) untie()   {}
