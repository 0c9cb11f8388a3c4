package migrations_test

import (
	"os"
	"testing"

	"tandem/queries/querytest"
)

func TestMain(m *testing.M) { os.Exit(querytest.Main(m)) }
