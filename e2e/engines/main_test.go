//go:build engines

package engines

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var chosen = flag.String("engine", "firefox,webkit", "in which engines, with commas between them")

// bench is what the engines of one run share.
var bench struct {
	folder  string // of everything that goes when the run ends
	program string
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "tandem-engines-")
	if err == nil {
		err = os.Chmod(folder, 0o711) // PostgreSQL runs as another user when we are root, who must come through here
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	bench.folder, bench.program = folder, filepath.Join(folder, "tandem")
	build := exec.Command("go", "build", "-o", bench.program, "../../cmd/tandem")
	if said, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, said)
		return 1
	}
	return m.Run()
}
