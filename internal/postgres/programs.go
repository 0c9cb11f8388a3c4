package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// programs is one installed PostgreSQL.
type programs struct {
	folder  string
	major   int
	version string // as it calls itself
}

func (p programs) command(name string, args ...string) *exec.Cmd {
	return exec.Command(filepath.Join(p.folder, name), args...)
}

// suits tells whether p may run a cluster of this major version, or make a new one (0).
func (p programs) suits(major int) bool {
	if major == 0 {
		return p.major >= oldest
	}
	return p.major == major
}

// newest is not ok when none suits.
func newest(found []programs, major int) (best programs, ok bool) {
	for _, p := range found {
		if p.suits(major) && p.major > best.major {
			best, ok = p, true
		}
	}
	return best, ok
}

// inspectAll leaves out what is not PostgreSQL or cannot be run: a client's folder, the build of another system.
func inspectAll(ctx context.Context, folders []string, runAs account) []programs {
	var found []programs
	for _, folder := range folders {
		if p, err := inspect(ctx, folder, runAs); err == nil {
			found = append(found, p)
		}
	}
	return found
}

var versionText = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

// inspect asks the programs for their version as the user who will run them, who may not reach what we do.
func inspect(ctx context.Context, folder string, runAs account) (programs, error) {
	if _, err := os.Stat(filepath.Join(folder, "initdb")); err != nil {
		return programs{}, err
	}
	text, err := runAs.output(ctx, filepath.Join(folder, "postgres"), "--version")
	if err != nil {
		return programs{}, fmt.Errorf("run postgres --version: %w", err)
	}
	match := versionText.FindStringSubmatch(text)
	if match == nil {
		return programs{}, fmt.Errorf("%s does not tell its version: %q", filepath.Join(folder, "postgres"), text)
	}
	major, err := strconv.Atoi(match[2])
	return programs{folder, major, match[1]}, err
}
