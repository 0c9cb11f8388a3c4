//go:build fault

package sync

import (
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// breaks names for each fault a scenario that must turn red while it is on: the checks can fail.
var breaks = map[string]string{
	"version_gap":     "TestPull/S16",
	"no_replay_check": "TestReplay/S3",
	"result_apart":    "TestReplay/S4",
	"lost_hint":       "TestStream/S31",
	"no_tombstone":    "TestPull/S23",
	"leak_404":        "TestAccess/S44",
	"list_no_catchup": "TestStream/S30",
	"self_conflict":   "TestSet/S57",
}

var underTest = flag.String("break", "", "the fault to switch on in this run")

// switchFault is called by TestMain once flags are read.
func switchFault() { Break(*underTest) }

func TestFaultsTurnScenariosRed(t *testing.T) {
	if *underTest != "" {
		return // this is the child, which runs only its scenario
	}
	for name, scenario := range breaks {
		t.Run(name, func(t *testing.T) {
			pattern := "^" + strings.Replace(scenario, "/", "$/^", 1)
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", pattern, "-test.timeout", "2m", "-break", name)
			output, err := child.CombinedOutput()
			if err == nil || !strings.Contains(string(output), "--- FAIL") {
				t.Errorf("%s does not fail with the fault %s (%v):\n%s", scenario, name, err, output)
			}
		})
	}
}
