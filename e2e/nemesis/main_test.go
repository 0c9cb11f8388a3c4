package nemesis

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2/toxics"
)

var (
	seed   = flag.Uint64("seed", 0, "what the rounds draw from; 0 takes one from the clock and says which")
	rounds = flag.Int("rounds", 1, "how many rounds to run on the same processes")
	length = flag.Duration("round", 5*time.Second, "how long each round has faults")
	long   = flag.Bool("long", false, "rounds of a minute, and 50 transactions a second and client")
	rate   = flag.Float64("rate", 15, "transactions a second and client")
)

// settings are the flags, with what -long says.
func settings() (span time.Duration, perSecond float64) {
	if *long {
		return time.Minute, 50
	}
	return *length, *rate
}

// shared is what the tests of one run have in common.
var shared struct {
	folder string // of everything that goes when the run ends
	binary string
}

func TestMain(m *testing.M) {
	flag.Parse()
	toxics.Register("lose_commit", new(loseCommit))
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "tandem-nemesis-")
	if err == nil {
		err = os.Chmod(folder, 0o711) // PostgreSQL runs as another user when we are root, who must come through here
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	shared.folder, shared.binary = folder, filepath.Join(folder, "tandem")
	build := exec.Command("go", append(buildFlags(), "-o", shared.binary, "../../cmd/tandem")...)
	if said, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, said)
		return 1
	}
	return m.Run()
}
