package github

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem/internal/importer"
)

// realFiles are beside the repository, not in it. What they hold was counted by other means than this package.
var realFiles = []realFile{
	{"github-bitcoin-core-gui.issues.jsonl.gz", "bitcoin-core/gui",
		importer.Summary{Issues: 341, Comments: 1332, Events: 756, Problems: 3}}, // three issues count a comment more than there is
	{"ietf-tls13-spec.archive.json.gz", "tlswg/tls13-spec",
		importer.Summary{Issues: 446, Pulls: 998, Comments: 963 + 1400, Reviews: 129 + 1306}},
	{"ietf-http2-spec.archive.json.gz", "httpwg/http2-spec",
		importer.Summary{Issues: 587, Pulls: 507, Comments: 1474 + 520, Reviews: 81 + 258}},
}

type realFile struct {
	name, repo string
	summary    importer.Summary
}

func TestParse_ReadsWholeFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	sample := realFile{"sample.jsonl.gz", "o/r", importer.Summary{Issues: 2}}
	if err := os.WriteFile(filepath.Join(folder, sample.name), []byte(packed(t, small+"\n"+second)), 0o600); err != nil {
		t.Fatal(err)
	}
	readsWhole(t, folder, sample)
	for _, file := range realFiles {
		if _, err := os.Stat(filepath.Join(dataFolder(t), file.name)); err == nil {
			readsWhole(t, dataFolder(t), file)
		}
	}
}

func readsWhole(t *testing.T, folder string, file realFile) {
	t.Run(file.name, func(t *testing.T) {
		t.Parallel()
		f, err := os.Open(filepath.Join(folder, file.name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var problems int
		ids := map[string]bool{}
		report, err := Parse(f, Options{File: file.name}, importer.Sink{
			Issue: func(i importer.Issue) error {
				fits(t, i)
				ids[i.SourceID] = true
				return nil
			},
			Problem: func(p importer.Problem) { problems++; t.Log(p) },
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(file.summary, report.Summary); diff != "" {
			t.Errorf("summary (-want +got):\n%s", diff)
		}
		if report.Source.Repo != file.repo || problems != file.summary.Problems || len(ids) != file.summary.Issues+file.summary.Pulls {
			t.Errorf("repo %q, %d problems, %d ids", report.Source.Repo, problems, len(ids))
		}
	})
}

// dataFolder is ../shared/data, seen from the root of the module. It need not exist.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "data")
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this package")
		}
		dir = filepath.Dir(dir)
	}
}
