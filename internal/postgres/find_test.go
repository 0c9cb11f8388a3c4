package postgres

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// install makes programs that only know their version. Majors here are in the nineties, which no machine has.
func install(t *testing.T, folder, version string) string {
	t.Helper()
	must(t, os.MkdirAll(folder, 0o755))
	script(t, filepath.Join(folder, "postgres"), fmt.Sprintf("echo 'postgres (PostgreSQL) %s (Test %[1]s-1)'", version))
	script(t, filepath.Join(folder, "initdb"), "exit 1")
	return folder
}

// script is written by a shell: a file that this program has open for writing could not be run while another test forks.
func script(t *testing.T, path, text string) {
	t.Helper()
	must(t, shell(`printf '#!/bin/sh\n%s\n' "$1" >"$2" && chmod 755 "$2"`, text, path))
}

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func find(t *testing.T, folder string, values map[string]string, major int) (programs, error) {
	t.Helper()
	o, err := Options{Folder: folder, Getenv: env(values)}.withDefaults()
	must(t, err)
	return findPrograms(t.Context(), o, serverAccount(folder), major)
}

func TestFindPrograms_takes_those_of_the_cluster(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	onPath := install(t, filepath.Join(folder, "path"), "99.1")
	old := install(t, filepath.Join(downloadsFolder(folder), "98.2-beta.3", "bin"), "98.2")
	older := install(t, filepath.Join(downloadsFolder(folder), "97.4", "bin"), "97.4")
	install(t, filepath.Join(downloadsFolder(folder), "96.4", "bin"), "96beta1")

	for major, want := range map[int]string{0: onPath, 99: onPath, 98: old, 97: older, 96: filepath.Join(downloadsFolder(folder), "96.4", "bin")} {
		got, err := find(t, folder, map[string]string{"PATH": "/nonexistent:" + onPath}, major)
		if err != nil || got.folder != want {
			t.Errorf("for a cluster of %d: %q, %v; want %q", major, got.folder, err, want)
		}
	}
	_, err := find(t, folder, map[string]string{"PATH": onPath}, 95)
	if err == nil {
		t.Fatal("found programs for a cluster of 95")
	}
	mention(t, err.Error(), "made by PostgreSQL 95", "99.1", "98.2", "97.4", "96beta1")
}

func TestFindPrograms_passes_over_what_does_not_run(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	client := filepath.Join(folder, "client") // no initdb
	must(t, os.Mkdir(client, 0o755))
	script(t, filepath.Join(client, "postgres"), "echo 'postgres (PostgreSQL) 99.1'")
	foreign := install(t, filepath.Join(downloadsFolder(folder), "99.1", "bin"), "99.1")
	script(t, filepath.Join(foreign, "postgres"), "exit 126")
	good := install(t, filepath.Join(downloadsFolder(folder), "99.0", "bin"), "99.0")

	got, err := find(t, folder, map[string]string{"PATH": client}, 99)
	if err != nil || got.folder != good {
		t.Errorf("got %q, %v; want %q", got.folder, err, good)
	}
}

func TestFindPrograms_follows_links_and_pg_config(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	real := install(t, filepath.Join(folder, "real"), "99.1")
	links := filepath.Join(folder, "links")
	must(t, os.Mkdir(links, 0o755))
	must(t, os.Symlink(filepath.Join(real, "postgres"), filepath.Join(links, "postgres")))
	config := filepath.Join(folder, "config")
	must(t, os.Mkdir(config, 0o755))
	script(t, filepath.Join(config, "pg_config"), `test "$1" = --bindir && echo `+real)

	for _, path := range []string{links, config} {
		got, err := find(t, folder, map[string]string{"PATH": path}, 0)
		if err != nil || got.folder != real {
			t.Errorf("with %s on PATH: %q, %v; want %q", path, got.folder, err, real)
		}
	}
}

func TestFindPrograms_insists_on_the_named_folder(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	named := install(t, filepath.Join(folder, "named"), "99.1")
	tooOld := install(t, filepath.Join(folder, "old"), "14.9")
	onPath := install(t, filepath.Join(folder, "path"), "98.1")

	got, err := find(t, folder, map[string]string{"TANDEM_POSTGRES": named, "PATH": onPath}, 0)
	if err != nil || got.folder != named || got.major != 99 || got.version != "99.1" {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		named string
		major int
		words []string
	}{
		"too_old":         {tooOld, 0, []string{"TANDEM_POSTGRES", "14.9", "15 or newer"}},
		"another_version": {named, 98, []string{clusterFolder(folder), "made by PostgreSQL 98", "99.1", "TANDEM_POSTGRES"}},
		"not_there":       {folder, 0, []string{"TANDEM_POSTGRES", "initdb", folder}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := find(t, folder, map[string]string{"TANDEM_POSTGRES": c.named, "PATH": onPath}, c.major)
			if err == nil {
				t.Fatal("taken")
			}
			mention(t, err.Error(), c.words...)
		})
	}
}
