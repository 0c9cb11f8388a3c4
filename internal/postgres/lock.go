package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// LockedError says that a data folder already has an owner.
type LockedError struct{ Folder string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("another tandem is using the data folder %s: stop it first, or give this one a folder of its own with --data", e.Folder)
}

// lock is a locked file. The lock belongs to the open file: a child that inherits it holds it too, and it ends with its last holder,
// however that one dies.
type lock struct{ file *os.File }

var errHeld = errors.New("the lock is held")

// lockFolder makes the caller the owner of the folder.
func lockFolder(ctx context.Context, folder string) (*lock, error) {
	// Not at the first refusal: Running tries the lock for an instant, and a child of ours holds it between fork and exec.
	l, err := waitLock(ctx, ownerLock(folder), 200*time.Millisecond)
	if errors.Is(err, errHeld) {
		return nil, &LockedError{folder}
	}
	return l, err
}

// lockServer waits until no process of an earlier server is left. After kill -9 of the program the server needs a moment to shut
// down, after kill -9 of the server its connections need one to notice, and until then PostgreSQL refuses to start.
func lockServer(ctx context.Context, folder string) (*lock, error) {
	const patience = time.Minute
	l, err := waitLock(ctx, filepath.Join(folder, "postgres.alive.lock"), patience)
	if errors.Is(err, errHeld) {
		return nil, fmt.Errorf("the last postgresql server of %s is still running %s after its program ended: "+
			"wait, or stop it with `kill -INT` and the number in the first line of %s",
			folder, patience, filepath.Join(clusterFolder(folder), "postmaster.pid"))
	}
	return l, err
}

// waitLock returns errHeld when the lock is still held after patience.
func waitLock(ctx context.Context, path string, patience time.Duration) (*lock, error) {
	late := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		l, err := tryLock(path, true)
		if !errors.Is(err, errHeld) {
			return l, err
		}
		select {
		case <-tick.C:
		case <-late:
			return nil, errHeld
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for %s: %w", path, context.Cause(ctx))
		}
	}
}

// tryLock returns errHeld when another holds the lock. Shared locks do not refuse each other.
func tryLock(path string, exclusive bool) (*lock, error) {
	flags := os.O_RDWR
	if exclusive {
		flags |= os.O_CREATE
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := flock(file, exclusive); err != nil {
		file.Close()
		if errors.Is(err, errHeld) {
			return nil, err
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &lock{file}, nil
}

// release ends the lock for everyone who holds it.
func (l *lock) release() {
	funlock(l.file)
	l.file.Close()
}

// forget leaves the lock to those who inherited it; without any it ends.
func (l *lock) forget() { l.file.Close() }

func ownerLock(folder string) string { return filepath.Join(folder, "postgres.lock") }
