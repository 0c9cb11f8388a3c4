package sync

import (
	"flag"
	"os"
	"testing"

	"tandem/queries/querytest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	switchFault()
	os.Exit(querytest.Main(m))
}
