package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// account is the user who runs the server: whoever runs this program, or, because PostgreSQL refuses to run as root, another one in
// root's place.
type account struct {
	uid, gid uint32
	name     string
	other    bool // not the user who runs this program
}

// nobody is the user of last resort on every Unix of today.
const nobody = 65534

// serverAccount never changes for a cluster once made: its owner runs it.
func serverAccount(cluster string) account {
	if os.Geteuid() != 0 {
		return account{name: "you"}
	}
	if uid, gid, ok := ownerOf(cluster); ok && uid != 0 {
		return account{uid, gid, fmt.Sprint("number ", uid), true}
	}
	if uid, gid, ok := lookup(superuser); ok {
		return account{uid, gid, superuser, true}
	}
	return account{nobody, nobody, "nobody", true}
}

func lookup(name string) (uid, gid uint32, ok bool) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, 0, false
	}
	uid64, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid64, err2 := strconv.ParseUint(u.Gid, 10, 32)
	return uint32(uid64), uint32(gid64), err1 == nil && err2 == nil && uid64 != 0
}

// prepareFolder makes the data folder if it is absent, and finds out who will run the server in it.
func prepareFolder(folder string) (account, error) {
	runAs := serverAccount(clusterFolder(folder))
	if err := makeFolder(folder, runAs); err != nil {
		return runAs, fmt.Errorf("make the data folder: %w", err)
	}
	return runAs, runAs.checkEnter(folder)
}

// makeFolder leaves the mode of an existing folder alone; a new one can be entered by the server's user and no other.
func makeFolder(folder string, runAs account) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	err := os.Mkdir(folder, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil && runAs.other {
		err = errors.Join(os.Chown(folder, -1, int(runAs.gid)), os.Chmod(folder, 0o710))
	}
	return err
}

// own gives a folder that we have just made to the server's user.
func (a account) own(folder string) error {
	if !a.other {
		return nil
	}
	return os.Chown(folder, int(a.uid), int(a.gid))
}

// checkEnter says which folder on the way to this one is closed to the server's user, before PostgreSQL says it less clearly.
func (a account) checkEnter(folder string) error {
	if !a.other || a.canEnter(folder) {
		return nil
	}
	for parent := filepath.Dir(folder); parent != folder && !a.canEnter(parent); parent = filepath.Dir(folder) {
		folder = parent
	}
	return fmt.Errorf("the user who runs postgresql for root (%s) cannot enter %s: "+
		"choose another data folder with --data, or open this one with `chmod o+x %[2]s`", a.name, folder)
}

// canEnter asks the kernel, which knows of more than the mode's bits.
func (a account) canEnter(folder string) bool {
	cmd := exec.Command("/bin/sh", "-c", ":")
	cmd.Dir = folder
	cmd.SysProcAttr = attributes(a)
	return !errors.Is(cmd.Run(), fs.ErrPermission)
}

// output runs a short command as this user and returns what it wrote.
func (a account) output(ctx context.Context, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = "/", minimalEnvironment()
	cmd.SysProcAttr = attributes(a)
	text, err := cmd.Output()
	return string(text), err
}
