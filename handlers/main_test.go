package handlers

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"tandem/queries/querytest"
)

// long runs the timed scenarios for as long as SCENARIOS.md asks, instead of seconds.
var long = flag.Bool("long", false, "run timed scenarios in full")

// program lets goleak look when the cluster is down again.
type program struct{ *testing.M }

func (p program) Run() int { return querytest.Main(p.M) }

// order makes the test's binary a crowd of readers instead.
var order = flag.String("crowd", "", "be readers of streams: how many, and of which; benchmarks start themselves so")

func TestMain(m *testing.M) {
	flag.Parse()
	if *order != "" {
		if err := runCrowd(*order); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(program{m})
}
