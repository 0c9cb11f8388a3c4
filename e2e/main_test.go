package e2e

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// bench is what the journeys of one run share: the program, and at most one demo and one browser of each kind.
var bench struct {
	folder  string // of everything that goes when the run ends
	program string
	demo    func() (*program, error)
	shell   func() (*browser, error)
	browser func() (*browser, error)
}

// together is how many journeys go on at once. Most of the time each waits: for a heartbeat, for a line that is cut.
const together = "3"

func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", together) // before the command line, which may say otherwise
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "tandem-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	// PostgreSQL runs as another user when we are root, who must come through here.
	if err := os.Chmod(folder, 0o711); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	bench.folder, bench.program = folder, filepath.Join(folder, "tandem")
	var demo *program
	var shell, chromium *browser
	bench.demo = sync.OnceValues(func() (*program, error) {
		demo = newProgram(filepath.Join(folder, "demo"), "demo")
		return demo, demo.start()
	})
	bench.shell = sync.OnceValues(func() (b *browser, err error) {
		shell, err = startShell(filepath.Join(folder, "shell"))
		return shell, err
	})
	bench.browser = sync.OnceValues(func() (b *browser, err error) {
		chromium, err = startBrowser(filepath.Join(folder, "profile"))
		return chromium, err
	})
	defer func() {
		for _, b := range []*browser{shell, chromium} {
			if b != nil {
				b.close()
			}
		}
		if demo != nil {
			demo.stop()
		}
	}()
	build := exec.Command("go", append(buildFlags(), "-o", bench.program, "../cmd/tandem")...)
	if said, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, said)
		return 1
	}
	return m.Run()
}

// sharedDemo is the demo workspace that most journeys work in, each with issues of its own.
func sharedDemo(t *testing.T) *program {
	t.Helper()
	p, err := bench.demo()
	if err != nil {
		t.Fatalf("start the demo: %v\n%s", err, p.log())
	}
	return p
}

// ownProgram starts a program for one journey, which may kill it.
func ownProgram(t *testing.T, command string) *program {
	t.Helper()
	folder, err := os.MkdirTemp(bench.folder, command+"-")
	if err == nil {
		err = os.Chmod(folder, 0o711)
	}
	if err != nil {
		t.Fatal(err)
	}
	p := newProgram(folder, command)
	t.Cleanup(p.stop)
	if err := p.start(); err != nil {
		t.Fatalf("start tandem %s: %v\n%s", command, err, p.log())
	}
	return p
}

// sharedShell is the one headless shell of the run, in which nearly all journeys go.
func sharedShell(t *testing.T) *browser {
	t.Helper()
	return started(t, bench.shell)
}

// sharedBrowser is the one whole Chromium of the run, for journeys with what a shell has not: a clipboard, Web Push, tabs that end by themselves.
func sharedBrowser(t *testing.T) *browser {
	t.Helper()
	return started(t, bench.browser)
}

// ownBrowser starts a whole Chromium for one journey, which may kill it and start it again on the same profile.
func ownBrowser(t *testing.T, profile string, more ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	b := started(t, func() (*browser, error) { return startBrowser(profile, more...) })
	t.Cleanup(b.close)
	return b
}

// started is a browser as start brings it. Without one the journey fails, or is skipped where nobody asked for it.
func started(t *testing.T, start func() (*browser, error)) *browser {
	t.Helper()
	b, err := start()
	if errors.Is(err, errNoBrowser) && os.Getenv("CI") == "" && os.Getenv("TANDEM_BROWSER") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}
