package handlers

import (
	"flag"
	"testing"

	"go.uber.org/goleak"

	"tandem/queries/querytest"
)

// long runs the timed scenarios for as long as SCENARIOS.md asks, instead of seconds.
var long = flag.Bool("long", false, "run timed scenarios in full")

// program lets goleak look when the cluster is down again.
type program struct{ *testing.M }

func (p program) Run() int { return querytest.Main(p.M) }

func TestMain(m *testing.M) {
	// The engine's caches of sessions clean up after themselves for as long as the program lives: they cannot be ended.
	goleak.VerifyTestMain(program{m}, goleak.IgnoreAnyFunction("github.com/hashicorp/golang-lru/v2/expirable.NewLRU[...].func1"))
}
