package sync

import (
	"flag"
	"os"
	"testing"
	"time"

	"tandem/queries/querytest"
)

// long runs the scenarios that take a minute whole; without it they take five seconds.
var long = flag.Bool("long", false, "run minute-long scenarios whole, and more rounds of random ones")

func TestMain(m *testing.M) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	must(flag.Set("rapid.checks", "15")) // the command line may ask for more
	must(flag.Set("rapid.nofailfile", "true"))
	flag.Parse()
	switchFault()
	os.Exit(querytest.Main(m))
}

func stretch() time.Duration {
	if *long {
		return time.Minute
	}
	return 5 * time.Second
}

// rounds are few in every run, and many in a long one.
func rounds(few, many int) int {
	if *long {
		return many
	}
	return few
}
