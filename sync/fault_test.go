//go:build fault

package sync

import (
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// breaks names for each fault the scenarios that must turn red while it is on: the checks can fail.
var breaks = map[string][]string{
	"version_gap":     {"TestGap/S16", "TestModel"},
	"no_replay_check": {"TestReplay/S3", "TestModel"},
	"result_apart":    {"TestReplay/S4", "TestModel"},
	"lost_hint":       {"TestStream/S31"},
	"no_tombstone":    {"TestPull/S23", "TestModel"},
	"leak_404":        {"TestAccess/S44", "TestModel"},
	"list_no_catchup": {"TestStream/S30"},
	"self_conflict":   {"TestSet/S57", "TestRegisters"},
}

var underTest = flag.String("break", "", "the fault to switch on in this run")

// switchFault is called by TestMain once flags are read.
func switchFault() { Break(*underTest) }

func TestFaultsTurnScenariosRed(t *testing.T) {
	if *underTest != "" {
		return // this is the child, which runs only its scenario
	}
	for name, scenarios := range breaks {
		for _, scenario := range scenarios {
			t.Run(name+" "+scenario, func(t *testing.T) {
				pattern := "^" + strings.Replace(scenario, "/", "$/^", 1)
				child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", pattern, "-test.timeout", "2m",
					"-rapid.checks", "60", "-rapid.shrinktime", "0s", "-break", name)
				output, err := child.CombinedOutput()
				if err == nil || !strings.Contains(string(output), "--- FAIL") {
					t.Errorf("%s does not fail with the fault %s (%v):\n%s", scenario, name, err, output)
				}
			})
		}
	}
}
