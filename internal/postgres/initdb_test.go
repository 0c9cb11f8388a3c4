package postgres

import (
	"os"
	"path/filepath"
	"testing"
)

func TestStart_never_makes_a_cluster_over_other_files(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	precious := filepath.Join(clusterFolder(folder), "base", "precious")
	must(t, os.MkdirAll(filepath.Dir(precious), 0o700))
	must(t, os.WriteFile(precious, []byte("data"), 0o600))

	mention(t, refuse(t, Options{Folder: folder}), clusterFolder(folder), "no whole PostgreSQL cluster", "move it away")
	text, err := os.ReadFile(precious)
	if err != nil || string(text) != "data" {
		t.Errorf("the file was touched: %q, %v", text, err)
	}
}

func TestStart_takes_an_empty_cluster_folder(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	must(t, os.Mkdir(clusterFolder(folder), 0o700))
	connect(t, startWith(t, Options{Folder: folder, Fast: true}).URL())
}

func TestStart_refuses_the_cluster_of_another_version(t *testing.T) {
	t.Parallel()
	for _, major := range []string{"11", "97"} {
		t.Run(major, func(t *testing.T) {
			t.Parallel()
			folder := dataFolder(t)
			s := startWith(t, Options{Folder: folder, Fast: true})
			run(t, connect(t, s.URL()), "CREATE TABLE note AS SELECT 'kept' AS text")
			must(t, s.Stop(t.Context()))
			version := filepath.Join(clusterFolder(folder), "PG_VERSION")
			right, err := os.ReadFile(version)
			must(t, err)
			must(t, os.WriteFile(version, []byte(major+"\n"), 0o600))

			mention(t, refuse(t, Options{Folder: folder}), clusterFolder(folder), "made by PostgreSQL "+major,
				"install PostgreSQL "+major, "TANDEM_POSTGRES", "tandem backup", "tandem restore")

			must(t, os.WriteFile(version, right, 0o600))
			again := startWith(t, Options{Folder: folder, Fast: true})
			if got := ask(t, connect(t, again.URL()), "SELECT text FROM note"); got != "kept" {
				t.Errorf("the note says %q", got)
			}
		})
	}
}
