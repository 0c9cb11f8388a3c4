package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// clusterMajor is the major version of the PostgreSQL that made the cluster, 0 when there is none yet. A folder that holds something
// else is an error: nothing may be made over it.
func clusterMajor(cluster string) (int, error) {
	entries, err := os.ReadDir(cluster)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look at the cluster: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(cluster, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%s holds files but no whole PostgreSQL cluster: move it away if nothing in it is needed, or put a backup back in its place", cluster)
	}
	major, convErr := strconv.Atoi(strings.TrimSpace(string(text)))
	if err := errors.Join(err, convErr); err != nil {
		return 0, fmt.Errorf("read which PostgreSQL made %s: %w", cluster, err)
	}
	return major, nil
}

// makeCluster makes a new cluster aside and moves it into place when it is whole.
func makeCluster(ctx context.Context, o Options, p programs, runAs account, alive *lock) error {
	aside, err := os.MkdirTemp(o.Folder, "postgres-unfinished-")
	if err != nil {
		return fmt.Errorf("make the cluster: %w", err)
	}
	err = runAs.own(aside)
	if err == nil {
		err = runInitdb(ctx, o, p, runAs, aside, alive)
	}
	if err == nil {
		err = moveIntoPlace(aside, clusterFolder(o.Folder))
	}
	if err != nil {
		os.RemoveAll(aside) // ours, and never used
		return fmt.Errorf("make the cluster: %w", err)
	}
	return nil
}

// runInitdb tries the names that systems have for plain UTF-8 letters. Sorting stays that of C, which no update of the system changes
// under an index.
func runInitdb(ctx context.Context, o Options, p programs, runAs account, cluster string, alive *lock) error {
	for _, letters := range []string{"C.UTF-8", "en_US.UTF-8", "UTF-8"} {
		said, err := initdb(ctx, runAs, alive, p.command("initdb", initdbArguments(o, p, cluster, letters)...))
		if err == nil || !strings.Contains(said, "invalid locale name") {
			return err
		}
	}
	o.Logger.WarnContext(ctx, "this system has no UTF-8 locale: search will be poor at letters beyond ASCII")
	_, err := initdb(ctx, runAs, alive, p.command("initdb", initdbArguments(o, p, cluster, "C")...))
	return err
}

func initdb(ctx context.Context, runAs account, alive *lock, cmd *exec.Cmd) (said string, err error) {
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	process, err := startProcess(cmd, runAs, alive)
	if err != nil {
		return "", err
	}
	err = process.wait(ctx)
	said = strings.TrimSpace(output.String())
	if err != nil {
		err = fmt.Errorf("initdb: %w: it said:\n%s", err, said)
	}
	return said, err
}

func initdbArguments(o Options, p programs, cluster, letters string) []string {
	args := []string{"-D", cluster, "-U", superuser, "-A", "trust", "-E", "UTF8",
		"--locale=C", "--lc-ctype=" + letters, "--data-checksums", "--no-instructions"}
	if p.major >= 17 {
		args = append(args, "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
	}
	if o.Fast {
		args = append(args, "--no-sync")
	}
	return args
}

// moveIntoPlace outlives a power cut. An empty folder may be in the way, nothing else: Remove refuses.
func moveIntoPlace(aside, cluster string) error {
	if err := os.Remove(cluster); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(aside, cluster); err != nil {
		return err
	}
	parent, err := os.Open(filepath.Dir(cluster))
	if err != nil {
		return err
	}
	defer parent.Close()
	return parent.Sync()
}
